-- Discussions (spec 10 part H): an event has one thread, which is seen by whoever sees the event.
CREATE TABLE threads (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id INTEGER NOT NULL,
    date_created INTEGER NOT NULL,
    date_modified INTEGER NOT NULL
);
CREATE UNIQUE INDEX threads_event_id_unique ON threads (event_id);
-- The list of discussions, the latest first.
CREATE INDEX threads_date_modified ON threads (date_modified);

-- What people say in them. post_id is the post that one answers, 0 for none; user_id stays when the user is gone.
CREATE TABLE posts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    thread_id INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    post_id INTEGER NOT NULL DEFAULT 0,
    user_id INTEGER NOT NULL,
    org_id INTEGER NOT NULL,
    contents TEXT NOT NULL,
    date_created INTEGER NOT NULL,
    date_modified INTEGER NOT NULL
);
-- A page of a thread, and how many posts it has.
CREATE INDEX posts_thread_id ON posts (thread_id);
-- What goes with an event that is deleted.
CREATE INDEX posts_event_id ON posts (event_id);
