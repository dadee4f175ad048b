-- Kinds of clusters. The type is the name in tags and what joins a galaxy to its cluster file.
CREATE TABLE galaxies (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid BLOB NOT NULL,
    type TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    version INTEGER NOT NULL,
    icon TEXT NOT NULL,
    namespace TEXT NOT NULL,
    enabled BOOLEAN NOT NULL DEFAULT TRUE,
    local_only BOOLEAN NOT NULL DEFAULT FALSE,
    -- JSON: the tabs of its matrix, each with its columns. It is only ever shown.
    kill_chain_order TEXT
);
CREATE UNIQUE INDEX galaxies_uuid_unique ON galaxies (uuid);
CREATE UNIQUE INDEX galaxies_type_unique ON galaxies (type);

-- Default clusters come from files: organisation 0, distribution 3. Several galaxies may hold the same uuid.
CREATE TABLE galaxy_clusters (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    galaxy_id INTEGER NOT NULL,
    uuid BLOB NOT NULL,
    -- The file that a default cluster comes from.
    collection_uuid BLOB,
    value TEXT NOT NULL,
    -- Hash of the folded name of its tag.
    tag_key INTEGER NOT NULL,
    description TEXT NOT NULL,
    source TEXT NOT NULL,
    -- Separated by line breaks.
    authors TEXT NOT NULL,
    version INTEGER NOT NULL,
    distribution INTEGER NOT NULL,
    sharing_group_id INTEGER NOT NULL DEFAULT 0,
    org_id INTEGER NOT NULL,
    orgc_id INTEGER NOT NULL,
    is_default BOOLEAN NOT NULL,
    locked BOOLEAN NOT NULL DEFAULT FALSE,
    extends_uuid BLOB,
    extends_version INTEGER NOT NULL DEFAULT 0,
    published BOOLEAN NOT NULL DEFAULT FALSE,
    deleted BOOLEAN NOT NULL DEFAULT FALSE
);
-- Reads a galaxy in order of the ids.
CREATE INDEX galaxy_clusters_galaxy_id ON galaxy_clusters (galaxy_id, id);
-- Looks up what a uuid names.
CREATE INDEX galaxy_clusters_uuid ON galaxy_clusters (uuid);
-- Looks up what a tag means.
CREATE INDEX galaxy_clusters_tag_key ON galaxy_clusters (tag_key);
-- Custom clusters: few among many.
CREATE INDEX galaxy_clusters_custom ON galaxy_clusters (id) WHERE NOT is_default;
-- Whether a sharing group is used.
CREATE INDEX galaxy_clusters_sharing_group_id ON galaxy_clusters (sharing_group_id) WHERE sharing_group_id <> 0;

CREATE TABLE galaxy_elements (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    galaxy_cluster_id INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    -- Hash of the tag that a synonym of a default cluster would make.
    synonym_key INTEGER
);
-- Reads what is known of a cluster.
CREATE INDEX galaxy_elements_cluster_id ON galaxy_elements (galaxy_cluster_id);
-- Looks up what a tag means that names a synonym.
CREATE INDEX galaxy_elements_synonym_key ON galaxy_elements (synonym_key) WHERE synonym_key IS NOT NULL;

CREATE TABLE galaxy_cluster_relations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    galaxy_cluster_id INTEGER NOT NULL,
    -- The other cluster, known here or not.
    target_uuid BLOB NOT NULL,
    type TEXT NOT NULL,
    distribution INTEGER NOT NULL,
    sharing_group_id INTEGER NOT NULL DEFAULT 0,
    is_default BOOLEAN NOT NULL
);
-- Reads where a cluster points to.
CREATE INDEX galaxy_cluster_relations_cluster_id ON galaxy_cluster_relations (galaxy_cluster_id);
-- Reads what points to a cluster.
CREATE INDEX galaxy_cluster_relations_target ON galaxy_cluster_relations (target_uuid);
-- Whether a sharing group is used.
CREATE INDEX galaxy_cluster_relations_sharing_group_id ON galaxy_cluster_relations (sharing_group_id)
    WHERE sharing_group_id <> 0;

CREATE TABLE galaxy_cluster_relation_tags (
    relation_id INTEGER NOT NULL,
    tag_id INTEGER NOT NULL,
    PRIMARY KEY (relation_id, tag_id)
) WITHOUT ROWID;
-- Deleting a tag takes it off relations.
CREATE INDEX galaxy_cluster_relation_tags_tag_id ON galaxy_cluster_relation_tags (tag_id);

-- Custom clusters that must not come back.
CREATE TABLE galaxy_cluster_blocklist (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    cluster_uuid BLOB NOT NULL,
    created INTEGER NOT NULL,
    cluster_info TEXT NOT NULL,
    comment TEXT NOT NULL,
    cluster_orgc TEXT NOT NULL
);
CREATE UNIQUE INDEX galaxy_cluster_blocklist_uuid_unique ON galaxy_cluster_blocklist (cluster_uuid);
