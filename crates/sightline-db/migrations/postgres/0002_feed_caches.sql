-- What feeds hold, known without being imported: the MD5 of each value, and the event that holds it, all zeros where the feed
-- has no events. `run` is the job that saw the value last: what a complete run did not see is swept away after it.
CREATE TABLE feed_cache_values (
    hash UUID NOT NULL,
    feed_id BIGINT NOT NULL,
    event_uuid UUID NOT NULL,
    run BIGINT NOT NULL,
    PRIMARY KEY (hash, feed_id, event_uuid)
);
-- For sweeping, counting and forgetting one feed.
CREATE INDEX feed_cache_values_feed_id_run ON feed_cache_values (feed_id, run);

CREATE TABLE feed_caches (
    feed_id BIGINT PRIMARY KEY,
    cached BIGINT NOT NULL,
    hashes BIGINT NOT NULL,
    -- How many of them another feed held, too.
    covered BIGINT NOT NULL,
    etag TEXT
);
