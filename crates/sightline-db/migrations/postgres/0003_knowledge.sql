-- What was loaded of the knowledge libraries: a file with the same content is not read again.
CREATE TABLE knowledge_files (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    content_hash BYTEA NOT NULL,
    loaded BIGINT NOT NULL,
    PRIMARY KEY (kind, name)
);

CREATE TABLE taxonomies (
    id BIGSERIAL PRIMARY KEY,
    namespace TEXT NOT NULL,
    description TEXT NOT NULL,
    version BIGINT NOT NULL,
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
    id BIGSERIAL PRIMARY KEY,
    taxonomy_id BIGINT NOT NULL,
    tag TEXT NOT NULL,
    tag_key BIGINT NOT NULL,
    predicate TEXT NOT NULL,
    expanded TEXT NOT NULL,
    description TEXT NOT NULL,
    colour TEXT NOT NULL,
    numerical_value DOUBLE PRECISION,
    exclusive_predicate BOOLEAN NOT NULL
);
-- Reads a taxonomy.
CREATE INDEX taxonomy_entries_taxonomy_id ON taxonomy_entries (taxonomy_id);
-- Finds what a tag means, by the hash of its folded name.
CREATE INDEX taxonomy_entries_tag_key ON taxonomy_entries (tag_key);
