-- People whom others vouch for: log-ins that are on their way through a provider, and how such users are found.

-- One row from the moment a browser leaves for the provider until it comes back; taken once.
CREATE TABLE oidc_departures (
    state_hash BLOB PRIMARY KEY,
    nonce TEXT NOT NULL,
    verifier TEXT NOT NULL,
    next TEXT NOT NULL,
    ip TEXT NOT NULL,
    expires INTEGER NOT NULL
);
-- For forgetting the oldest of one address, and those that are over.
CREATE INDEX oidc_departures_ip ON oidc_departures (ip, expires);
CREATE INDEX oidc_departures_expires ON oidc_departures (expires);

-- A subject is one user.
CREATE UNIQUE INDEX users_sub_unique ON users (sub);
-- For the header of a reverse proxy, which is looked up with every request.
CREATE INDEX users_external_auth_key ON users (external_auth_key) WHERE external_auth_required;
