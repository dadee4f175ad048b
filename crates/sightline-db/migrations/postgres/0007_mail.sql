-- What people write to others by mail; the jobs that send it hold its id only. Swept away after a month.
CREATE TABLE mail_messages (
    id BIGSERIAL PRIMARY KEY,
    user_id BIGINT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    created BIGINT NOT NULL
);
CREATE INDEX mail_messages_created ON mail_messages (created);

-- Which alerts were asked for, so that nobody floods the others. Swept away after a month.
CREATE TABLE event_alerts (
    id BIGSERIAL PRIMARY KEY,
    event_id BIGINT NOT NULL,
    orgc_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    created BIGINT NOT NULL,
    -- Whether mails were queued, or only wanted.
    sent BOOLEAN NOT NULL
);
CREATE INDEX event_alerts_event_id ON event_alerts (event_id, created);
CREATE INDEX event_alerts_orgc_id ON event_alerts (orgc_id, created);
CREATE INDEX event_alerts_user_id ON event_alerts (user_id, created);
CREATE INDEX event_alerts_created ON event_alerts (created);

-- Links for those who have forgotten their password: the SHA-256 of the token, which is only in the mail.
CREATE TABLE password_resets (
    token_hash BYTEA PRIMARY KEY,
    user_id BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX password_resets_user_id ON password_resets (user_id);

-- What stands in a user's mails for unsubscribing without logging in.
CREATE TABLE unsubscribe_codes (
    user_id BIGINT PRIMARY KEY,
    code TEXT NOT NULL
);
CREATE UNIQUE INDEX unsubscribe_codes_code_unique ON unsubscribe_codes (code);

-- Up to when each kind of digest has been queued.
CREATE TABLE digest_runs (
    period TEXT PRIMARY KEY,
    until BIGINT NOT NULL
);
