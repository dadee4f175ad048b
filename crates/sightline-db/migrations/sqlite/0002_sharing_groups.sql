-- Members of a group that hides them do not read who else is in it.
ALTER TABLE sharing_groups ADD COLUMN hide_members BOOLEAN NOT NULL DEFAULT FALSE;

-- Two groups may share a name: a name that is "taken" would tell of a group that the caller may not see.
DROP INDEX sharing_groups_name_unique;

-- What is shared with a group: deleting the group asks for it, and so do searches for a group. Few rows have one.
CREATE INDEX events_sharing_group_id ON events (sharing_group_id) WHERE sharing_group_id <> 0;
CREATE INDEX attributes_sharing_group_id ON attributes (sharing_group_id) WHERE sharing_group_id <> 0;
CREATE INDEX objects_sharing_group_id ON objects (sharing_group_id) WHERE sharing_group_id <> 0;
CREATE INDEX event_reports_sharing_group_id ON event_reports (sharing_group_id) WHERE sharing_group_id <> 0;

-- Small pictures, validated when they come in: kept here so that a backup and a merge are whole.
CREATE TABLE organisation_logos (
    org_id INTEGER PRIMARY KEY,
    type TEXT NOT NULL,
    image BLOB NOT NULL,
    modified INTEGER NOT NULL
);
