-- Discussions (spec 10 part H): an event has one thread, which is seen by whoever sees the event.
CREATE TABLE threads (
    id BIGSERIAL PRIMARY KEY,
    event_id BIGINT NOT NULL,
    date_created BIGINT NOT NULL,
    date_modified BIGINT NOT NULL
);
CREATE UNIQUE INDEX threads_event_id_unique ON threads (event_id);
-- The list of discussions, the latest first.
CREATE INDEX threads_date_modified ON threads (date_modified);

-- What people say in them. post_id is the post that one answers, 0 for none; user_id stays when the user is gone.
CREATE TABLE posts (
    id BIGSERIAL PRIMARY KEY,
    thread_id BIGINT NOT NULL,
    event_id BIGINT NOT NULL,
    post_id BIGINT NOT NULL DEFAULT 0,
    user_id BIGINT NOT NULL,
    org_id BIGINT NOT NULL,
    contents TEXT NOT NULL,
    date_created BIGINT NOT NULL,
    date_modified BIGINT NOT NULL
);
-- A page of a thread, and how many posts it has.
CREATE INDEX posts_thread_id ON posts (thread_id);
-- What goes with an event that is deleted.
CREATE INDEX posts_event_id ON posts (event_id);
