-- Notes, opinions and relationships (spec 01 section 13): one table, because they share all but three columns and are
-- always looked up together. Ids are therefore one sequence over the three kinds.

CREATE TABLE analyst_data (
    id BIGSERIAL PRIMARY KEY,
    uuid UUID NOT NULL,
    kind TEXT NOT NULL,
    object_type TEXT NOT NULL,
    object_uuid UUID NOT NULL,
    authors TEXT NOT NULL,
    org_uuid UUID NOT NULL,
    orgc_uuid UUID NOT NULL,
    created BIGINT NOT NULL,
    modified BIGINT NOT NULL,
    distribution BIGINT NOT NULL,
    sharing_group_id BIGINT NOT NULL DEFAULT 0,
    locked BOOLEAN NOT NULL DEFAULT FALSE,
    note TEXT,
    language TEXT,
    opinion BIGINT,
    comment TEXT,
    relationship_type TEXT,
    related_object_type TEXT,
    related_object_uuid UUID
);
CREATE UNIQUE INDEX analyst_data_uuid_unique ON analyst_data (uuid);
-- What hangs on an entity: every event document and every thread.
CREATE INDEX analyst_data_object_uuid ON analyst_data (object_uuid);
-- The relationships that point to an entity.
CREATE INDEX analyst_data_related_object_uuid ON analyst_data (related_object_uuid) WHERE related_object_uuid IS NOT NULL;

-- Uuids that must not come back by synchronisation.
CREATE TABLE analyst_data_blocklists (
    id BIGSERIAL PRIMARY KEY,
    analyst_data_uuid UUID NOT NULL,
    created BIGINT NOT NULL,
    analyst_data_info TEXT NOT NULL DEFAULT '',
    analyst_data_orgc TEXT NOT NULL DEFAULT '',
    comment TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX analyst_data_blocklists_uuid_unique ON analyst_data_blocklists (analyst_data_uuid);
