-- Notes, opinions and relationships (spec 01 section 13): one table, because they share all but three columns and are
-- always looked up together. Ids are therefore one sequence over the three kinds.

CREATE TABLE analyst_data (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid BLOB NOT NULL,
    kind TEXT NOT NULL,
    object_type TEXT NOT NULL,
    object_uuid BLOB NOT NULL,
    authors TEXT NOT NULL,
    org_uuid BLOB NOT NULL,
    orgc_uuid BLOB NOT NULL,
    created INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    distribution INTEGER NOT NULL,
    sharing_group_id INTEGER NOT NULL DEFAULT 0,
    locked BOOLEAN NOT NULL DEFAULT FALSE,
    note TEXT,
    language TEXT,
    opinion INTEGER,
    comment TEXT,
    relationship_type TEXT,
    related_object_type TEXT,
    related_object_uuid BLOB
);
CREATE UNIQUE INDEX analyst_data_uuid_unique ON analyst_data (uuid);
-- What hangs on an entity: every event document and every thread.
CREATE INDEX analyst_data_object_uuid ON analyst_data (object_uuid);
-- The relationships that point to an entity.
CREATE INDEX analyst_data_related_object_uuid ON analyst_data (related_object_uuid) WHERE related_object_uuid IS NOT NULL;

-- Uuids that must not come back by synchronisation.
CREATE TABLE analyst_data_blocklists (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    analyst_data_uuid BLOB NOT NULL,
    created INTEGER NOT NULL,
    analyst_data_info TEXT NOT NULL DEFAULT '',
    analyst_data_orgc TEXT NOT NULL DEFAULT '',
    comment TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX analyst_data_blocklists_uuid_unique ON analyst_data_blocklists (analyst_data_uuid);
