-- Addresses and networks by their bytes: which addresses a network holds, which networks hold an address. The bytes of
-- rows that were there before are filled in by the program, which knows how to read addresses.
ALTER TABLE attributes ADD COLUMN network BYTEA;
CREATE INDEX attributes_network ON attributes (network) WHERE network IS NOT NULL;

-- Every three letters in a row of a value or comment: patterns such as %part%.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX attributes_value1_text ON attributes USING gin (value1 gin_trgm_ops);
CREATE INDEX attributes_value2_text ON attributes USING gin (value2 gin_trgm_ops) WHERE value2_key IS NOT NULL;
CREATE INDEX attributes_comment_text ON attributes USING gin (comment gin_trgm_ops) WHERE comment <> '';
