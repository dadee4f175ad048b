-- What was loaded of the knowledge libraries: a file with the same content is not read again. `record_id` is what came of it,
-- 0 when nothing did; `problem` says why it could not be read.
CREATE TABLE knowledge_files (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    content_hash BLOB NOT NULL,
    record_id INTEGER NOT NULL,
    loaded INTEGER NOT NULL,
    job_id INTEGER NOT NULL,
    problem TEXT,
    PRIMARY KEY (kind, name)
);

CREATE TABLE taxonomies (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    namespace TEXT NOT NULL,
    description TEXT NOT NULL,
    version INTEGER NOT NULL,
    enabled BOOLEAN NOT NULL DEFAULT FALSE,
    exclusive BOOLEAN NOT NULL DEFAULT FALSE,
    required BOOLEAN NOT NULL DEFAULT FALSE,
    highlighted BOOLEAN NOT NULL DEFAULT FALSE,
    -- The file, for those who export it.
    content TEXT NOT NULL
);
CREATE UNIQUE INDEX taxonomies_namespace_unique ON taxonomies (namespace);

-- The tags that a taxonomy makes, in its order; the tags themselves exist once they are enabled or used.
CREATE TABLE taxonomy_entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    taxonomy_id INTEGER NOT NULL,
    tag TEXT NOT NULL,
    tag_key INTEGER NOT NULL,
    predicate TEXT NOT NULL,
    expanded TEXT NOT NULL,
    description TEXT NOT NULL,
    colour TEXT NOT NULL,
    -- A decimal number as text: it is only ever shown, and handed to the formulas.
    numerical_value TEXT,
    exclusive_predicate BOOLEAN NOT NULL
);
-- Reads a taxonomy.
CREATE INDEX taxonomy_entries_taxonomy_id ON taxonomy_entries (taxonomy_id);
-- Finds what a tag means, by the hash of its folded name.
CREATE INDEX taxonomy_entries_tag_key ON taxonomy_entries (tag_key);

CREATE TABLE warninglists (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    description TEXT NOT NULL,
    version INTEGER NOT NULL,
    enabled BOOLEAN NOT NULL DEFAULT FALSE,
    is_default BOOLEAN NOT NULL,
    category TEXT NOT NULL,
    -- Attribute types, separated by line breaks; empty for all.
    types TEXT NOT NULL,
    -- Where the entries are: a new version is written beside the old one, and this switches between them.
    content_id INTEGER NOT NULL,
    entry_count INTEGER NOT NULL
);
CREATE UNIQUE INDEX warninglists_name_unique ON warninglists (name);

-- Every set of entries there is; those that no list names are left over from a run that was stopped, and are swept away.
CREATE TABLE warninglist_contents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    created INTEGER NOT NULL
);

CREATE TABLE warninglist_entries (
    content_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    value TEXT NOT NULL,
    comment TEXT NOT NULL,
    PRIMARY KEY (content_id, position)
) WITHOUT ROWID;
