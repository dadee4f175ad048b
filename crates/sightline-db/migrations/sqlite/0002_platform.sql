-- Settings that were changed while the server ran; the value is JSON.
CREATE TABLE system_settings (
    setting TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    modified INTEGER NOT NULL
);

-- Who it was stays readable when the user is gone.
ALTER TABLE audit_logs ADD COLUMN email TEXT NOT NULL DEFAULT '';
UPDATE audit_logs SET email = COALESCE((SELECT u.email FROM users u WHERE u.id = audit_logs.user_id), '');

-- For an organisation's own log, which is read latest first.
CREATE INDEX audit_logs_org_id ON audit_logs (org_id, id);
-- For a user's own log.
CREATE INDEX audit_logs_user_id ON audit_logs (user_id, id);
-- For keys that name nobody: whether an address has been noted within the hour. Small, whatever else the log holds.
CREATE INDEX audit_logs_auth_fail ON audit_logs (ip, created) WHERE action = 'auth_fail';
