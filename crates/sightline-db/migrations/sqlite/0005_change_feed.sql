-- What happened, in the order of the commits: one row per audit row, for those who follow changes.
--
-- A row says which record it is about; the record itself is read when the row is told, with the reader's visibility. Only a
-- deletion keeps who could see the record, as it was then. The oldest row is never told: it marks up to where rows were
-- forgotten.
CREATE TABLE changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    created INTEGER NOT NULL,
    audit_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    action TEXT NOT NULL,
    record_id INTEGER NOT NULL,
    event_id INTEGER,
    tag_id INTEGER,
    local BOOLEAN NOT NULL DEFAULT FALSE,
    uuid BLOB,
    org_id INTEGER NOT NULL DEFAULT 0,
    distribution INTEGER NOT NULL DEFAULT 0,
    sharing_group_id INTEGER NOT NULL DEFAULT 0,
    published BOOLEAN NOT NULL DEFAULT FALSE,
    object_id INTEGER NOT NULL DEFAULT 0,
    -- What a record hung on: the attribute of a sighting, the only user of a tag.
    holder_id INTEGER NOT NULL DEFAULT 0
);
INSERT INTO changes (created, audit_id, kind, action, record_id) VALUES (0, 0, 'audit', 'create', 0);
