-- Instance-wide values that are not settings: the instance's uuid, secrets made at first start.
CREATE TABLE instance (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE organisations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid BLOB NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    type TEXT NOT NULL DEFAULT '',
    nationality TEXT NOT NULL DEFAULT '',
    sector TEXT NOT NULL DEFAULT '',
    contacts TEXT,
    created_by INTEGER NOT NULL DEFAULT 0,
    local BOOLEAN NOT NULL,
    restricted_to_domain TEXT NOT NULL DEFAULT '[]',
    landingpage TEXT,
    date_created INTEGER NOT NULL,
    date_modified INTEGER NOT NULL
);
CREATE UNIQUE INDEX organisations_uuid_unique ON organisations (uuid);
CREATE UNIQUE INDEX organisations_name_unique ON organisations (name);

CREATE TABLE roles (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    permissions INTEGER NOT NULL,
    default_role BOOLEAN NOT NULL DEFAULT FALSE,
    restricted_to_site_admin BOOLEAN NOT NULL DEFAULT FALSE,
    enforce_rate_limit BOOLEAN NOT NULL DEFAULT FALSE,
    rate_limit_count INTEGER NOT NULL DEFAULT 0,
    memory_limit TEXT,
    max_execution_time TEXT,
    created INTEGER NOT NULL,
    modified INTEGER NOT NULL
);
CREATE UNIQUE INDEX roles_name_unique ON roles (name);

CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    org_id INTEGER NOT NULL,
    role_id INTEGER NOT NULL,
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
    nids_sid INTEGER NOT NULL DEFAULT 0,
    newsread INTEGER NOT NULL DEFAULT 0,
    invited_by INTEGER NOT NULL DEFAULT 0,
    expiration INTEGER,
    totp TEXT,
    hotp_counter INTEGER,
    external_auth_required BOOLEAN NOT NULL DEFAULT FALSE,
    external_auth_key TEXT NOT NULL DEFAULT '',
    sub TEXT,
    current_login INTEGER NOT NULL DEFAULT 0,
    last_login INTEGER NOT NULL DEFAULT 0,
    last_api_access INTEGER NOT NULL DEFAULT 0,
    last_pw_change INTEGER NOT NULL DEFAULT 0,
    date_created INTEGER NOT NULL,
    date_modified INTEGER NOT NULL
);
CREATE UNIQUE INDEX users_email_unique ON users (email);
CREATE INDEX users_org_id ON users (org_id);

-- Keys are 40 random characters: a plain SHA-256 is as strong as they are, and fast enough for every request.
CREATE TABLE auth_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid BLOB NOT NULL,
    user_id INTEGER NOT NULL,
    key_hash BLOB NOT NULL,
    authkey_start TEXT NOT NULL,
    authkey_end TEXT NOT NULL,
    created INTEGER NOT NULL,
    expiration INTEGER NOT NULL DEFAULT 0,
    read_only BOOLEAN NOT NULL DEFAULT FALSE,
    comment TEXT NOT NULL DEFAULT '',
    allowed_ips TEXT,
    unique_ips TEXT NOT NULL DEFAULT '[]',
    last_used INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX auth_keys_key_hash_unique ON auth_keys (key_hash);
CREATE UNIQUE INDEX auth_keys_uuid_unique ON auth_keys (uuid);
CREATE INDEX auth_keys_user_id ON auth_keys (user_id);

CREATE TABLE sessions (
    token_hash BLOB PRIMARY KEY,
    user_id INTEGER NOT NULL,
    csrf TEXT NOT NULL,
    created INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    ip TEXT NOT NULL,
    user_agent TEXT NOT NULL
);
CREATE INDEX sessions_user_id ON sessions (user_id);

CREATE TABLE login_failures (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ip TEXT NOT NULL,
    username TEXT NOT NULL,
    expires INTEGER NOT NULL
);
CREATE INDEX login_failures_ip_username ON login_failures (ip, username);

CREATE TABLE user_settings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL,
    setting TEXT NOT NULL,
    value TEXT NOT NULL,
    timestamp INTEGER NOT NULL
);
CREATE UNIQUE INDEX user_settings_user_id_setting_unique ON user_settings (user_id, setting);

CREATE TABLE sharing_groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid BLOB NOT NULL,
    name TEXT NOT NULL,
    releasability TEXT NOT NULL DEFAULT '',
    description TEXT NOT NULL DEFAULT '',
    organisation_uuid BLOB,
    org_id INTEGER NOT NULL,
    sync_user_id INTEGER NOT NULL DEFAULT 0,
    active BOOLEAN NOT NULL DEFAULT TRUE,
    local BOOLEAN NOT NULL DEFAULT TRUE,
    roaming BOOLEAN NOT NULL DEFAULT FALSE,
    created INTEGER NOT NULL,
    modified INTEGER NOT NULL
);
CREATE UNIQUE INDEX sharing_groups_uuid_unique ON sharing_groups (uuid);
CREATE UNIQUE INDEX sharing_groups_name_unique ON sharing_groups (name);

CREATE TABLE sharing_group_orgs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sharing_group_id INTEGER NOT NULL,
    org_id INTEGER NOT NULL,
    extend BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE UNIQUE INDEX sharing_group_orgs_sharing_group_id_org_id_unique ON sharing_group_orgs (sharing_group_id, org_id);
CREATE INDEX sharing_group_orgs_org_id_sharing_group_id ON sharing_group_orgs (org_id, sharing_group_id);

CREATE TABLE sharing_group_servers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sharing_group_id INTEGER NOT NULL,
    server_id INTEGER NOT NULL,
    all_orgs BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE UNIQUE INDEX sharing_group_servers_sharing_group_id_server_id_unique ON sharing_group_servers (sharing_group_id, server_id);

CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid BLOB NOT NULL,
    org_id INTEGER NOT NULL,
    orgc_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    date TEXT NOT NULL,
    info TEXT NOT NULL,
    threat_level_id INTEGER NOT NULL,
    analysis INTEGER NOT NULL,
    distribution INTEGER NOT NULL,
    sharing_group_id INTEGER NOT NULL DEFAULT 0,
    published BOOLEAN NOT NULL DEFAULT FALSE,
    timestamp INTEGER NOT NULL,
    publish_timestamp INTEGER NOT NULL DEFAULT 0,
    sighting_timestamp INTEGER NOT NULL DEFAULT 0,
    attribute_count INTEGER NOT NULL DEFAULT 0,
    locked BOOLEAN NOT NULL DEFAULT FALSE,
    proposal_email_lock BOOLEAN NOT NULL DEFAULT FALSE,
    disable_correlation BOOLEAN NOT NULL DEFAULT FALSE,
    extends_uuid BLOB,
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
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid BLOB NOT NULL,
    event_id INTEGER NOT NULL,
    object_id INTEGER NOT NULL DEFAULT 0,
    object_relation TEXT,
    type_id INTEGER NOT NULL,
    category_id INTEGER NOT NULL,
    value1 TEXT NOT NULL,
    value2 TEXT NOT NULL,
    value1_key INTEGER NOT NULL,
    value2_key INTEGER,
    to_ids BOOLEAN NOT NULL,
    timestamp INTEGER NOT NULL,
    distribution INTEGER NOT NULL,
    sharing_group_id INTEGER NOT NULL DEFAULT 0,
    comment TEXT NOT NULL,
    deleted BOOLEAN NOT NULL DEFAULT FALSE,
    disable_correlation BOOLEAN NOT NULL DEFAULT FALSE,
    first_seen INTEGER,
    last_seen INTEGER
);
CREATE UNIQUE INDEX attributes_uuid_unique ON attributes (uuid);
CREATE INDEX attributes_event_id_object_id ON attributes (event_id, object_id);
CREATE INDEX attributes_value1_key_event_id ON attributes (value1_key, event_id);
CREATE INDEX attributes_value2_key_event_id ON attributes (value2_key, event_id) WHERE value2_key IS NOT NULL;
CREATE INDEX attributes_timestamp ON attributes (timestamp);

CREATE TABLE objects (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid BLOB NOT NULL,
    event_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    meta_category TEXT NOT NULL,
    description TEXT NOT NULL,
    template_uuid BLOB,
    template_version INTEGER NOT NULL,
    timestamp INTEGER NOT NULL,
    distribution INTEGER NOT NULL,
    sharing_group_id INTEGER NOT NULL DEFAULT 0,
    comment TEXT NOT NULL,
    deleted BOOLEAN NOT NULL DEFAULT FALSE,
    first_seen INTEGER,
    last_seen INTEGER
);
CREATE UNIQUE INDEX objects_uuid_unique ON objects (uuid);
CREATE INDEX objects_event_id ON objects (event_id);

CREATE TABLE object_references (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid BLOB NOT NULL,
    timestamp INTEGER NOT NULL,
    object_id INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    source_uuid BLOB NOT NULL,
    referenced_uuid BLOB NOT NULL,
    referenced_id INTEGER NOT NULL,
    referenced_type INTEGER NOT NULL,
    relationship_type TEXT NOT NULL,
    comment TEXT NOT NULL,
    deleted BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE UNIQUE INDEX object_references_uuid_unique ON object_references (uuid);
CREATE INDEX object_references_object_id ON object_references (object_id);
CREATE INDEX object_references_event_id ON object_references (event_id);
CREATE INDEX object_references_referenced_uuid ON object_references (referenced_uuid);

CREATE TABLE event_reports (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid BLOB NOT NULL,
    event_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    content TEXT NOT NULL,
    distribution INTEGER NOT NULL,
    sharing_group_id INTEGER NOT NULL DEFAULT 0,
    timestamp INTEGER NOT NULL,
    deleted BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE UNIQUE INDEX event_reports_uuid_unique ON event_reports (uuid);
CREATE INDEX event_reports_event_id ON event_reports (event_id);

CREATE TABLE tags (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    name_key INTEGER NOT NULL,
    colour TEXT NOT NULL,
    exportable BOOLEAN NOT NULL DEFAULT TRUE,
    org_id INTEGER NOT NULL DEFAULT 0,
    user_id INTEGER NOT NULL DEFAULT 0,
    hide_tag BOOLEAN NOT NULL DEFAULT FALSE,
    numerical_value INTEGER,
    is_galaxy BOOLEAN NOT NULL DEFAULT FALSE,
    is_custom_galaxy BOOLEAN NOT NULL DEFAULT FALSE,
    local_only BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE UNIQUE INDEX tags_name_unique ON tags (name);
CREATE INDEX tags_name_key ON tags (name_key);

CREATE TABLE event_tags (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id INTEGER NOT NULL,
    tag_id INTEGER NOT NULL,
    local BOOLEAN NOT NULL DEFAULT FALSE,
    relationship_type TEXT
);
CREATE UNIQUE INDEX event_tags_event_id_tag_id_unique ON event_tags (event_id, tag_id);
CREATE INDEX event_tags_tag_id_event_id ON event_tags (tag_id, event_id);

CREATE TABLE attribute_tags (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    attribute_id INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    tag_id INTEGER NOT NULL,
    local BOOLEAN NOT NULL DEFAULT FALSE,
    relationship_type TEXT
);
CREATE UNIQUE INDEX attribute_tags_attribute_id_tag_id_unique ON attribute_tags (attribute_id, tag_id);
CREATE INDEX attribute_tags_tag_id_attribute_id ON attribute_tags (tag_id, attribute_id);
CREATE INDEX attribute_tags_event_id ON attribute_tags (event_id);

CREATE TABLE sightings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid BLOB NOT NULL,
    attribute_id INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    org_id INTEGER NOT NULL,
    date_sighting INTEGER NOT NULL,
    source TEXT NOT NULL DEFAULT '',
    type INTEGER NOT NULL
);
CREATE UNIQUE INDEX sightings_uuid_unique ON sightings (uuid);
CREATE INDEX sightings_attribute_id ON sightings (attribute_id);
CREATE INDEX sightings_event_id ON sightings (event_id);
CREATE INDEX sightings_date_sighting ON sightings (date_sighting);

CREATE TABLE event_blocklist (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event_uuid BLOB NOT NULL,
    created INTEGER NOT NULL,
    event_info TEXT NOT NULL DEFAULT '',
    comment TEXT NOT NULL DEFAULT '',
    event_orgc TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX event_blocklist_event_uuid_unique ON event_blocklist (event_uuid);

CREATE TABLE feeds (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    provider TEXT NOT NULL,
    url TEXT NOT NULL,
    rules TEXT NOT NULL DEFAULT '{}',
    enabled BOOLEAN NOT NULL DEFAULT FALSE,
    distribution INTEGER NOT NULL DEFAULT 0,
    sharing_group_id INTEGER NOT NULL DEFAULT 0,
    tag_id INTEGER NOT NULL DEFAULT 0,
    tag_collection_id INTEGER NOT NULL DEFAULT 0,
    is_default BOOLEAN NOT NULL DEFAULT FALSE,
    source_format TEXT NOT NULL,
    fixed_event BOOLEAN NOT NULL DEFAULT FALSE,
    delta_merge BOOLEAN NOT NULL DEFAULT FALSE,
    event_id INTEGER NOT NULL DEFAULT 0,
    publish BOOLEAN NOT NULL DEFAULT FALSE,
    override_ids BOOLEAN NOT NULL DEFAULT FALSE,
    settings TEXT NOT NULL DEFAULT '{}',
    input_source TEXT NOT NULL,
    delete_local_file BOOLEAN NOT NULL DEFAULT FALSE,
    lookup_visible BOOLEAN NOT NULL DEFAULT FALSE,
    headers TEXT,
    caching_enabled BOOLEAN NOT NULL DEFAULT FALSE,
    force_to_ids BOOLEAN NOT NULL DEFAULT FALSE,
    orgc_id INTEGER NOT NULL DEFAULT 0,
    etag TEXT,
    last_fetch INTEGER NOT NULL DEFAULT 0,
    last_result TEXT NOT NULL DEFAULT ''
);

CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    progress INTEGER NOT NULL DEFAULT 0,
    total INTEGER NOT NULL DEFAULT 0,
    message TEXT NOT NULL DEFAULT '',
    checkpoint TEXT NOT NULL DEFAULT '{}',
    attempts INTEGER NOT NULL DEFAULT 0,
    cancel BOOLEAN NOT NULL DEFAULT FALSE,
    user_id INTEGER NOT NULL DEFAULT 0,
    org_id INTEGER NOT NULL DEFAULT 0,
    unique_key TEXT,
    created INTEGER NOT NULL,
    run_at INTEGER NOT NULL,
    started INTEGER NOT NULL DEFAULT 0,
    finished INTEGER NOT NULL DEFAULT 0,
    worker TEXT,
    heartbeat INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX jobs_state_run_at ON jobs (state, run_at);
CREATE UNIQUE INDEX jobs_unique_key_unique ON jobs (unique_key);

CREATE TABLE job_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id INTEGER NOT NULL,
    created INTEGER NOT NULL,
    level TEXT NOT NULL,
    message TEXT NOT NULL
);
CREATE INDEX job_log_job_id ON job_log (job_id);

-- One row per change, written in the change's own transaction.
CREATE TABLE audit_logs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    created INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    org_id INTEGER NOT NULL,
    authkey_id INTEGER NOT NULL DEFAULT 0,
    ip TEXT,
    request_type INTEGER NOT NULL,
    request_id TEXT,
    action TEXT NOT NULL,
    model TEXT NOT NULL,
    model_id INTEGER NOT NULL,
    model_title TEXT,
    event_id INTEGER,
    change TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_logs_created ON audit_logs (created);
CREATE INDEX audit_logs_event_id ON audit_logs (event_id);
CREATE INDEX audit_logs_model_model_id ON audit_logs (model, model_id);
