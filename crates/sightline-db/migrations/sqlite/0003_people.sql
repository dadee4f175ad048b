-- A session whose password was right and whose one-time password is still to come; and the secret that its user is about
-- to confirm.
ALTER TABLE sessions ADD COLUMN otp_pending BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE sessions ADD COLUMN totp_candidate TEXT;

-- The last step of time whose code was taken: no code is taken twice.
ALTER TABLE users ADD COLUMN totp_step INTEGER NOT NULL DEFAULT 0;

-- What people outside ask of the administrators; the only kind is `registration`.
CREATE TABLE inbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid BLOB NOT NULL,
    title TEXT NOT NULL,
    type TEXT NOT NULL,
    ip TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    comment TEXT NOT NULL DEFAULT '',
    timestamp INTEGER NOT NULL,
    data TEXT NOT NULL
);
CREATE UNIQUE INDEX inbox_uuid_unique ON inbox (uuid);
-- How much an address has asked lately.
CREATE INDEX inbox_ip_timestamp ON inbox (ip, timestamp);

-- From where users were seen, when that is to be kept.
CREATE TABLE user_ips (
    ip TEXT NOT NULL,
    user_id INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    PRIMARY KEY (ip, user_id)
) WITHOUT ROWID;
CREATE INDEX user_ips_user_id ON user_ips (user_id);

-- With which program a change was made.
ALTER TABLE audit_logs ADD COLUMN user_agent TEXT;
