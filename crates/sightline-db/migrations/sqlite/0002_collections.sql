-- Named bundles of tags.
CREATE TABLE tag_collections (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid BLOB NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    all_orgs BOOLEAN NOT NULL DEFAULT FALSE,
    org_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL
);
CREATE UNIQUE INDEX tag_collections_uuid_unique ON tag_collections (uuid);

CREATE TABLE tag_collection_tags (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tag_collection_id INTEGER NOT NULL,
    tag_id INTEGER NOT NULL
);
-- Reads a bundle, and keeps a tag from standing in it twice.
CREATE UNIQUE INDEX tag_collection_tags_unique ON tag_collection_tags (tag_collection_id, tag_id);
-- Takes a deleted tag out of every bundle.
CREATE INDEX tag_collection_tags_tag_id ON tag_collection_tags (tag_id);

-- Dossiers of events and galaxy clusters.
CREATE TABLE collections (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid BLOB NOT NULL,
    org_id INTEGER NOT NULL,
    orgc_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    created INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    distribution INTEGER NOT NULL,
    sharing_group_id INTEGER NOT NULL DEFAULT 0,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX collections_uuid_unique ON collections (uuid);

CREATE TABLE collection_elements (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid BLOB NOT NULL,
    element_uuid BLOB NOT NULL,
    element_type TEXT NOT NULL,
    collection_id INTEGER NOT NULL,
    description TEXT NOT NULL DEFAULT ''
);
-- Reads a dossier, and keeps a record from standing in it twice.
CREATE UNIQUE INDEX collection_elements_unique ON collection_elements (collection_id, element_uuid);
-- Takes a deleted event out of every dossier.
CREATE INDEX collection_elements_element_uuid ON collection_elements (element_uuid);

CREATE TABLE bookmarks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL,
    org_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    comment TEXT NOT NULL DEFAULT '',
    exposed_to_org BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX bookmarks_user_id ON bookmarks (user_id);
CREATE INDEX bookmarks_org_id ON bookmarks (org_id);

CREATE TABLE news (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,
    message TEXT NOT NULL,
    user_id INTEGER NOT NULL,
    date_created INTEGER NOT NULL
);

CREATE TABLE favourite_tags (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL,
    tag_id INTEGER NOT NULL
);
CREATE UNIQUE INDEX favourite_tags_unique ON favourite_tags (user_id, tag_id);
