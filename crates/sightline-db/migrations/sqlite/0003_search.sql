-- Addresses and networks by their bytes: which addresses a network holds, which networks hold an address. The bytes of
-- rows that were there before are filled in by the program, which knows how to read addresses.
ALTER TABLE attributes ADD COLUMN network BLOB;
CREATE INDEX attributes_network ON attributes (network) WHERE network IS NOT NULL;

-- Every three letters in a row of a value or comment: patterns such as %part%. Postings only, the text stays where it is.
-- Inserts are written beside the row and not by a trigger: the index is flushed at every statement inside one, which
-- makes an ingest six times as long.
CREATE VIRTUAL TABLE attribute_text USING fts5 (
    value1, value2, comment,
    content = 'attributes', content_rowid = 'id', tokenize = 'trigram', detail = 'none', columnsize = 0
);
INSERT INTO attribute_text (attribute_text) VALUES ('rebuild');
CREATE TRIGGER attribute_text_delete AFTER DELETE ON attributes BEGIN
    INSERT INTO attribute_text (attribute_text, rowid, value1, value2, comment)
    VALUES ('delete', old.id, old.value1, old.value2, old.comment);
END;
CREATE TRIGGER attribute_text_update AFTER UPDATE OF value1, value2, comment ON attributes
WHEN old.value1 <> new.value1 OR old.value2 <> new.value2 OR old.comment <> new.comment BEGIN
    INSERT INTO attribute_text (attribute_text, rowid, value1, value2, comment)
    VALUES ('delete', old.id, old.value1, old.value2, old.comment);
    INSERT INTO attribute_text (rowid, value1, value2, comment)
    VALUES (new.id, new.value1, new.value2, new.comment);
END;
