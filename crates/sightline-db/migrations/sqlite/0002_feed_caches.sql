-- What feeds hold, known without being imported: the MD5 of each value, and the event that holds it, all zeros where the feed
-- has no events. `run` is the job that saw the value last: what a complete run did not see is swept away after it.
CREATE TABLE feed_cache_values (
    hash BLOB NOT NULL,
    feed_id INTEGER NOT NULL,
    event_uuid BLOB NOT NULL,
    run INTEGER NOT NULL,
    PRIMARY KEY (hash, feed_id, event_uuid)
) WITHOUT ROWID;
-- For sweeping, counting and forgetting one feed.
CREATE INDEX feed_cache_values_feed_id_run ON feed_cache_values (feed_id, run);

CREATE TABLE feed_caches (
    feed_id INTEGER PRIMARY KEY,
    cached INTEGER NOT NULL,
    hashes INTEGER NOT NULL,
    -- How many of them another feed held, too.
    covered INTEGER NOT NULL,
    etag TEXT
);
