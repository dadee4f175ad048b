-- Title and creator of a deleted event that not everybody here could see stay with this organisation; 0 for no limit.
ALTER TABLE event_blocklist ADD COLUMN owner_id INTEGER NOT NULL DEFAULT 0;
-- Who could see what was deleted before is not known: nobody but site administrators reads those.
UPDATE event_blocklist SET owner_id = -1;

-- Organisations whose events are refused, and how often that happened.
CREATE TABLE org_blocklist (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    org_uuid BLOB NOT NULL,
    created INTEGER NOT NULL,
    org_name TEXT NOT NULL DEFAULT '',
    comment TEXT NOT NULL DEFAULT '',
    blocked_amount INTEGER NOT NULL DEFAULT 0,
    blocked_last_time INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX org_blocklist_org_uuid_unique ON org_blocklist (org_uuid);
