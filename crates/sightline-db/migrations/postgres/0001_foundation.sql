-- Instance-wide values that are not settings: the instance's uuid, secrets made at first start.
CREATE TABLE instance (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE organisations (
    id BIGSERIAL PRIMARY KEY,
    uuid UUID NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    type TEXT NOT NULL DEFAULT '',
    nationality TEXT NOT NULL DEFAULT '',
    sector TEXT NOT NULL DEFAULT '',
    contacts TEXT,
    created_by BIGINT NOT NULL DEFAULT 0,
    local BOOLEAN NOT NULL,
    restricted_to_domain TEXT NOT NULL DEFAULT '[]',
    landingpage TEXT,
    date_created BIGINT NOT NULL,
    date_modified BIGINT NOT NULL
);
CREATE UNIQUE INDEX organisations_uuid_unique ON organisations (uuid);
CREATE UNIQUE INDEX organisations_name_unique ON organisations (name);

CREATE TABLE roles (
    id BIGSERIAL PRIMARY KEY,
    name TEXT NOT NULL,
    permissions BIGINT NOT NULL,
    default_role BOOLEAN NOT NULL DEFAULT FALSE,
    restricted_to_site_admin BOOLEAN NOT NULL DEFAULT FALSE,
    enforce_rate_limit BOOLEAN NOT NULL DEFAULT FALSE,
    rate_limit_count BIGINT NOT NULL DEFAULT 0,
    memory_limit TEXT,
    max_execution_time TEXT,
    created BIGINT NOT NULL,
    modified BIGINT NOT NULL
);
CREATE UNIQUE INDEX roles_name_unique ON roles (name);

CREATE TABLE users (
    id BIGSERIAL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    role_id BIGINT NOT NULL,
    email TEXT NOT NULL,
    password TEXT NOT NULL,
    change_pw BOOLEAN NOT NULL DEFAULT TRUE,
    autoalert BOOLEAN NOT NULL DEFAULT FALSE,
    contactalert BOOLEAN NOT NULL DEFAULT FALSE,
    notification_daily BOOLEAN NOT NULL DEFAULT FALSE,
    notification_weekly BOOLEAN NOT NULL DEFAULT FALSE,
    notification_monthly BOOLEAN NOT NULL DEFAULT FALSE,
    disabled BOOLEAN NOT NULL DEFAULT FALSE,
    force_logout BOOLEAN NOT NULL DEFAULT FALSE,
    termsaccepted BOOLEAN NOT NULL DEFAULT FALSE,
    gpgkey TEXT NOT NULL DEFAULT '',
    certif_public TEXT NOT NULL DEFAULT '',
    nids_sid BIGINT NOT NULL DEFAULT 0,
    newsread BIGINT NOT NULL DEFAULT 0,
    invited_by BIGINT NOT NULL DEFAULT 0,
    expiration BIGINT,
    totp TEXT,
    hotp_counter BIGINT,
    external_auth_required BOOLEAN NOT NULL DEFAULT FALSE,
    external_auth_key TEXT NOT NULL DEFAULT '',
    sub TEXT,
    current_login BIGINT NOT NULL DEFAULT 0,
    last_login BIGINT NOT NULL DEFAULT 0,
    last_api_access BIGINT NOT NULL DEFAULT 0,
    last_pw_change BIGINT NOT NULL DEFAULT 0,
    date_created BIGINT NOT NULL,
    date_modified BIGINT NOT NULL
);
CREATE UNIQUE INDEX users_email_unique ON users (email);
CREATE INDEX users_org_id ON users (org_id);

-- Keys are 40 random characters: a plain SHA-256 is as strong as they are, and fast enough for every request.
CREATE TABLE auth_keys (
    id BIGSERIAL PRIMARY KEY,
    uuid UUID NOT NULL,
    user_id BIGINT NOT NULL,
    key_hash BYTEA NOT NULL,
    authkey_start TEXT NOT NULL,
    authkey_end TEXT NOT NULL,
    created BIGINT NOT NULL,
    expiration BIGINT NOT NULL DEFAULT 0,
    read_only BOOLEAN NOT NULL DEFAULT FALSE,
    comment TEXT NOT NULL DEFAULT '',
    allowed_ips TEXT,
    unique_ips TEXT NOT NULL DEFAULT '[]',
    last_used BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX auth_keys_key_hash_unique ON auth_keys (key_hash);
CREATE UNIQUE INDEX auth_keys_uuid_unique ON auth_keys (uuid);
CREATE INDEX auth_keys_user_id ON auth_keys (user_id);

CREATE TABLE sessions (
    token_hash BYTEA PRIMARY KEY,
    user_id BIGINT NOT NULL,
    csrf TEXT NOT NULL,
    created BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    ip TEXT NOT NULL,
    user_agent TEXT NOT NULL
);
CREATE INDEX sessions_user_id ON sessions (user_id);

CREATE TABLE login_failures (
    id BIGSERIAL PRIMARY KEY,
    ip TEXT NOT NULL,
    username TEXT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX login_failures_ip_username ON login_failures (ip, username);

CREATE TABLE user_settings (
    id BIGSERIAL PRIMARY KEY,
    user_id BIGINT NOT NULL,
    setting TEXT NOT NULL,
    value TEXT NOT NULL,
    timestamp BIGINT NOT NULL
);
CREATE UNIQUE INDEX user_settings_user_id_setting_unique ON user_settings (user_id, setting);

CREATE TABLE sharing_groups (
    id BIGSERIAL PRIMARY KEY,
    uuid UUID NOT NULL,
    name TEXT NOT NULL,
    releasability TEXT NOT NULL DEFAULT '',
    description TEXT NOT NULL DEFAULT '',
    organisation_uuid UUID,
    org_id BIGINT NOT NULL,
    sync_user_id BIGINT NOT NULL DEFAULT 0,
    active BOOLEAN NOT NULL DEFAULT TRUE,
    local BOOLEAN NOT NULL DEFAULT TRUE,
    roaming BOOLEAN NOT NULL DEFAULT FALSE,
    created BIGINT NOT NULL,
    modified BIGINT NOT NULL
);
CREATE UNIQUE INDEX sharing_groups_uuid_unique ON sharing_groups (uuid);
CREATE UNIQUE INDEX sharing_groups_name_unique ON sharing_groups (name);

CREATE TABLE sharing_group_orgs (
    id BIGSERIAL PRIMARY KEY,
    sharing_group_id BIGINT NOT NULL,
    org_id BIGINT NOT NULL,
    extend BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE UNIQUE INDEX sharing_group_orgs_sharing_group_id_org_id_unique ON sharing_group_orgs (sharing_group_id, org_id);
CREATE INDEX sharing_group_orgs_org_id_sharing_group_id ON sharing_group_orgs (org_id, sharing_group_id);

CREATE TABLE sharing_group_servers (
    id BIGSERIAL PRIMARY KEY,
    sharing_group_id BIGINT NOT NULL,
    server_id BIGINT NOT NULL,
    all_orgs BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE UNIQUE INDEX sharing_group_servers_sharing_group_id_server_id_unique ON sharing_group_servers (sharing_group_id, server_id);

CREATE TABLE events (
    id BIGSERIAL PRIMARY KEY,
    uuid UUID NOT NULL,
    org_id BIGINT NOT NULL,
    orgc_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    date TEXT NOT NULL,
    info TEXT NOT NULL,
    threat_level_id BIGINT NOT NULL,
    analysis BIGINT NOT NULL,
    distribution BIGINT NOT NULL,
    sharing_group_id BIGINT NOT NULL DEFAULT 0,
    published BOOLEAN NOT NULL DEFAULT FALSE,
    timestamp BIGINT NOT NULL,
    publish_timestamp BIGINT NOT NULL DEFAULT 0,
    sighting_timestamp BIGINT NOT NULL DEFAULT 0,
    attribute_count BIGINT NOT NULL DEFAULT 0,
    locked BOOLEAN NOT NULL DEFAULT FALSE,
    proposal_email_lock BOOLEAN NOT NULL DEFAULT FALSE,
    disable_correlation BOOLEAN NOT NULL DEFAULT FALSE,
    extends_uuid UUID,
    protected BOOLEAN
);
CREATE UNIQUE INDEX events_uuid_unique ON events (uuid);
CREATE INDEX events_orgc_id ON events (orgc_id);
CREATE INDEX events_org_id ON events (org_id);
CREATE INDEX events_timestamp ON events (timestamp);
CREATE INDEX events_publish_timestamp ON events (publish_timestamp);
CREATE INDEX events_date ON events (date);
CREATE INDEX events_extends_uuid ON events (extends_uuid);

-- value1_key and value2_key are 64-bit keys of the folded halves (docs/database.md); type_id and category_id are the
-- codes of the attribute type table.
CREATE TABLE attributes (
    id BIGSERIAL PRIMARY KEY,
    uuid UUID NOT NULL,
    event_id BIGINT NOT NULL,
    object_id BIGINT NOT NULL DEFAULT 0,
    object_relation TEXT,
    type_id BIGINT NOT NULL,
    category_id BIGINT NOT NULL,
    value1 TEXT NOT NULL,
    value2 TEXT NOT NULL,
    value1_key BIGINT NOT NULL,
    value2_key BIGINT,
    to_ids BOOLEAN NOT NULL,
    timestamp BIGINT NOT NULL,
    distribution BIGINT NOT NULL,
    sharing_group_id BIGINT NOT NULL DEFAULT 0,
    comment TEXT NOT NULL,
    deleted BOOLEAN NOT NULL DEFAULT FALSE,
    disable_correlation BOOLEAN NOT NULL DEFAULT FALSE,
    first_seen BIGINT,
    last_seen BIGINT
);
CREATE UNIQUE INDEX attributes_uuid_unique ON attributes (uuid);
-- With the id, which SQLite appends to every index by itself: the pages of a large event are read in its order.
CREATE INDEX attributes_event_id_object_id ON attributes (event_id, object_id, id);
CREATE INDEX attributes_value1_key_event_id ON attributes (value1_key, event_id);
CREATE INDEX attributes_value2_key_event_id ON attributes (value2_key, event_id) WHERE value2_key IS NOT NULL;
CREATE INDEX attributes_timestamp ON attributes (timestamp);

CREATE TABLE objects (
    id BIGSERIAL PRIMARY KEY,
    uuid UUID NOT NULL,
    event_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    meta_category TEXT NOT NULL,
    description TEXT NOT NULL,
    template_uuid UUID,
    template_version BIGINT NOT NULL,
    timestamp BIGINT NOT NULL,
    distribution BIGINT NOT NULL,
    sharing_group_id BIGINT NOT NULL DEFAULT 0,
    comment TEXT NOT NULL,
    deleted BOOLEAN NOT NULL DEFAULT FALSE,
    first_seen BIGINT,
    last_seen BIGINT
);
CREATE UNIQUE INDEX objects_uuid_unique ON objects (uuid);
CREATE INDEX objects_event_id ON objects (event_id);

CREATE TABLE object_references (
    id BIGSERIAL PRIMARY KEY,
    uuid UUID NOT NULL,
    timestamp BIGINT NOT NULL,
    object_id BIGINT NOT NULL,
    event_id BIGINT NOT NULL,
    source_uuid UUID NOT NULL,
    referenced_uuid UUID NOT NULL,
    referenced_id BIGINT NOT NULL,
    referenced_type BIGINT NOT NULL,
    relationship_type TEXT NOT NULL,
    comment TEXT NOT NULL,
    deleted BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE UNIQUE INDEX object_references_uuid_unique ON object_references (uuid);
CREATE INDEX object_references_object_id ON object_references (object_id);
CREATE INDEX object_references_event_id ON object_references (event_id);
CREATE INDEX object_references_referenced_uuid ON object_references (referenced_uuid);

CREATE TABLE event_reports (
    id BIGSERIAL PRIMARY KEY,
    uuid UUID NOT NULL,
    event_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    content TEXT NOT NULL,
    distribution BIGINT NOT NULL,
    sharing_group_id BIGINT NOT NULL DEFAULT 0,
    timestamp BIGINT NOT NULL,
    deleted BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE UNIQUE INDEX event_reports_uuid_unique ON event_reports (uuid);
CREATE INDEX event_reports_event_id ON event_reports (event_id);

CREATE TABLE tags (
    id BIGSERIAL PRIMARY KEY,
    name TEXT NOT NULL,
    name_key BIGINT NOT NULL,
    colour TEXT NOT NULL,
    exportable BOOLEAN NOT NULL DEFAULT TRUE,
    org_id BIGINT NOT NULL DEFAULT 0,
    user_id BIGINT NOT NULL DEFAULT 0,
    hide_tag BOOLEAN NOT NULL DEFAULT FALSE,
    numerical_value BIGINT,
    is_galaxy BOOLEAN NOT NULL DEFAULT FALSE,
    is_custom_galaxy BOOLEAN NOT NULL DEFAULT FALSE,
    local_only BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE UNIQUE INDEX tags_name_unique ON tags (name);
CREATE INDEX tags_name_key ON tags (name_key);

CREATE TABLE event_tags (
    id BIGSERIAL PRIMARY KEY,
    event_id BIGINT NOT NULL,
    tag_id BIGINT NOT NULL,
    local BOOLEAN NOT NULL DEFAULT FALSE,
    relationship_type TEXT
);
CREATE UNIQUE INDEX event_tags_event_id_tag_id_unique ON event_tags (event_id, tag_id);
CREATE INDEX event_tags_tag_id_event_id ON event_tags (tag_id, event_id);

CREATE TABLE attribute_tags (
    id BIGSERIAL PRIMARY KEY,
    attribute_id BIGINT NOT NULL,
    event_id BIGINT NOT NULL,
    tag_id BIGINT NOT NULL,
    local BOOLEAN NOT NULL DEFAULT FALSE,
    relationship_type TEXT
);
CREATE UNIQUE INDEX attribute_tags_attribute_id_tag_id_unique ON attribute_tags (attribute_id, tag_id);
CREATE INDEX attribute_tags_tag_id_attribute_id ON attribute_tags (tag_id, attribute_id);
CREATE INDEX attribute_tags_event_id ON attribute_tags (event_id);

CREATE TABLE sightings (
    id BIGSERIAL PRIMARY KEY,
    uuid UUID NOT NULL,
    attribute_id BIGINT NOT NULL,
    event_id BIGINT NOT NULL,
    org_id BIGINT NOT NULL,
    date_sighting BIGINT NOT NULL,
    source TEXT NOT NULL DEFAULT '',
    type BIGINT NOT NULL
);
CREATE UNIQUE INDEX sightings_uuid_unique ON sightings (uuid);
CREATE INDEX sightings_attribute_id ON sightings (attribute_id);
CREATE INDEX sightings_event_id ON sightings (event_id);
CREATE INDEX sightings_date_sighting ON sightings (date_sighting);

CREATE TABLE event_blocklist (
    id BIGSERIAL PRIMARY KEY,
    event_uuid UUID NOT NULL,
    created BIGINT NOT NULL,
    event_info TEXT NOT NULL DEFAULT '',
    comment TEXT NOT NULL DEFAULT '',
    event_orgc TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX event_blocklist_event_uuid_unique ON event_blocklist (event_uuid);

CREATE TABLE feeds (
    id BIGSERIAL PRIMARY KEY,
    name TEXT NOT NULL,
    provider TEXT NOT NULL,
    url TEXT NOT NULL,
    rules TEXT NOT NULL DEFAULT '{}',
    enabled BOOLEAN NOT NULL DEFAULT FALSE,
    distribution BIGINT NOT NULL DEFAULT 0,
    sharing_group_id BIGINT NOT NULL DEFAULT 0,
    tag_id BIGINT NOT NULL DEFAULT 0,
    tag_collection_id BIGINT NOT NULL DEFAULT 0,
    is_default BOOLEAN NOT NULL DEFAULT FALSE,
    source_format TEXT NOT NULL,
    fixed_event BOOLEAN NOT NULL DEFAULT FALSE,
    delta_merge BOOLEAN NOT NULL DEFAULT FALSE,
    event_id BIGINT NOT NULL DEFAULT 0,
    publish BOOLEAN NOT NULL DEFAULT FALSE,
    override_ids BOOLEAN NOT NULL DEFAULT FALSE,
    settings TEXT NOT NULL DEFAULT '{}',
    input_source TEXT NOT NULL,
    delete_local_file BOOLEAN NOT NULL DEFAULT FALSE,
    lookup_visible BOOLEAN NOT NULL DEFAULT FALSE,
    headers TEXT,
    caching_enabled BOOLEAN NOT NULL DEFAULT FALSE,
    force_to_ids BOOLEAN NOT NULL DEFAULT FALSE,
    orgc_id BIGINT NOT NULL DEFAULT 0,
    etag TEXT,
    last_fetch BIGINT NOT NULL DEFAULT 0,
    last_result TEXT NOT NULL DEFAULT ''
);

CREATE TABLE jobs (
    id BIGSERIAL PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    progress BIGINT NOT NULL DEFAULT 0,
    total BIGINT NOT NULL DEFAULT 0,
    message TEXT NOT NULL DEFAULT '',
    checkpoint TEXT NOT NULL DEFAULT '{}',
    attempts BIGINT NOT NULL DEFAULT 0,
    cancel BOOLEAN NOT NULL DEFAULT FALSE,
    user_id BIGINT NOT NULL DEFAULT 0,
    org_id BIGINT NOT NULL DEFAULT 0,
    unique_key TEXT,
    created BIGINT NOT NULL,
    run_at BIGINT NOT NULL,
    started BIGINT NOT NULL DEFAULT 0,
    finished BIGINT NOT NULL DEFAULT 0,
    worker TEXT,
    heartbeat BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX jobs_state_run_at ON jobs (state, run_at);
CREATE UNIQUE INDEX jobs_unique_key_unique ON jobs (unique_key);

CREATE TABLE job_log (
    id BIGSERIAL PRIMARY KEY,
    job_id BIGINT NOT NULL,
    created BIGINT NOT NULL,
    level TEXT NOT NULL,
    message TEXT NOT NULL
);
CREATE INDEX job_log_job_id ON job_log (job_id);

-- One row per change, written in the change's own transaction.
CREATE TABLE audit_logs (
    id BIGSERIAL PRIMARY KEY,
    created BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    org_id BIGINT NOT NULL,
    authkey_id BIGINT NOT NULL DEFAULT 0,
    ip TEXT,
    request_type BIGINT NOT NULL,
    request_id TEXT,
    action TEXT NOT NULL,
    model TEXT NOT NULL,
    model_id BIGINT NOT NULL,
    model_title TEXT,
    event_id BIGINT,
    change TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_logs_created ON audit_logs (created);
CREATE INDEX audit_logs_event_id ON audit_logs (event_id);
CREATE INDEX audit_logs_model_model_id ON audit_logs (model, model_id);
