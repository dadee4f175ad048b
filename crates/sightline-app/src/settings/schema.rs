//! What an administrator may configure of the product's behaviour: the types and their defaults. The binary reads it
//! from its configuration; what that leaves open may be changed while the server runs (`registry`).

use super::MailSettings;
use super::exports::ExportSettings;
use super::external::{HeaderLoginSettings, LdapSettings, OidcSettings};
use super::zeromq::ZeroMqSettings;
use serde::{Deserialize, Serialize};
use sightline_misp::records::Distribution;
use std::path::PathBuf;

/// Behaviour of the whole instance. Unknown keys are refused.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Events and attributes.
    pub events: EventSettings,
    /// What correlates with what.
    pub correlations: CorrelationSettings,
    /// Log-in, keys, passwords.
    pub security: SecuritySettings,
    /// Feeds.
    pub feeds: FeedSettings,
    /// The knowledge libraries.
    pub knowledge: KnowledgeSettings,
    /// Sightings.
    pub sightings: SightingSettings,
    /// Who may use the instance, and what users may do for themselves.
    pub access: AccessSettings,
    /// The audit log.
    pub audit: AuditSettings,
    /// Mail.
    pub mail: MailSettings,
    /// The change feed.
    pub change_feed: ChangeFeedSettings,
    /// Exports.
    pub exports: ExportSettings,
    /// Users that a reverse proxy's header names.
    pub header_login: HeaderLoginSettings,
    /// Log-in through an OpenID Connect provider.
    pub oidc: OidcSettings,
    /// Passwords that a directory checks.
    pub ldap: LdapSettings,
    /// Publishing over ZeroMQ.
    pub zeromq: ZeroMqSettings,
}

/// `[access]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AccessSettings {
    /// Off during maintenance: only site administrators get in (`MISP.live`).
    pub live: bool,
    /// What the others read meanwhile (`MISP.maintenance_message`).
    pub maintenance_message: String,
    /// Nobody adds users (`MISP.disable_user_add`).
    pub disable_user_add: bool,
    /// Users cannot change their own record, password or key (`MISP.disableUserSelfManagement`).
    pub disable_self_management: bool,
    /// Users cannot change their own password (`MISP.disable_user_password_change`).
    pub disable_password_change: bool,
    /// Users cannot change their own e-mail address (`MISP.disable_user_login_change`).
    pub disable_login_change: bool,
    /// Answers of the API name the user (`Security.username_in_response_header`).
    pub username_header: bool,
    /// Answers of the API name the user's organisation (`Security.user_org_uuid_in_response_header`).
    pub org_uuid_header: bool,
    /// What users have to accept before they see anything; empty for nothing (`MISP.terms_text`).
    pub terms: String,
    /// Strangers may ask for an account (`Security.allow_self_registration`).
    pub self_registration: bool,
}

impl Default for AccessSettings {
    fn default() -> Self {
        Self {
            live: true,
            maintenance_message: "This instance is being maintained. Please come back later.".into(),
            disable_user_add: false,
            disable_self_management: false,
            disable_password_change: false,
            disable_login_change: false,
            username_header: false,
            org_uuid_header: false,
            terms: String::new(),
            self_registration: false,
        }
    }
}

/// `[audit]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AuditSettings {
    /// Whether rows hold the address that a change came from (`MISP.log_client_ip`).
    pub client_ip: bool,
    /// Whether it is kept at which addresses users were seen (`MISP.log_user_ips`).
    pub user_ips: bool,
    /// Rows older than so many days are pruned; 0 keeps them for good.
    pub retention_days: u32,
}

impl Default for AuditSettings {
    fn default() -> Self {
        Self {
            client_ip: true,
            user_ips: false,
            retention_days: 0,
        }
    }
}

/// `[change_feed]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChangeFeedSettings {
    /// Changes older than so many days are forgotten; 0 keeps them for good.
    pub retention_days: u32,
}

impl Default for ChangeFeedSettings {
    fn default() -> Self {
        Self { retention_days: 30 }
    }
}

/// `[events]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EventSettings {
    /// Distribution of an event whose author names none, 0 to 3 (`MISP.default_event_distribution`).
    pub default_distribution: u8,
    /// Distribution of an attribute whose author names none, 0 to 3 or 5 (`MISP.default_attribute_distribution`).
    pub default_attribute_distribution: u8,
    /// Threat level of an event whose author names none, 1 to 4.
    pub default_threat_level: u8,
    /// Hide other organisations' unpublished events (`MISP.unpublishedprivate`).
    pub unpublished_private: bool,
    /// Remember the uuid of a deleted event and refuse it when it comes back.
    pub blocklist_deleted: bool,
    /// An event's author cannot publish it (`MISP.block_publishing_for_same_creator`).
    pub four_eyes: bool,
    /// Most values of one event that are looked up for its related events (`MISP.max_correlations_per_event`): an
    /// event that shares more is a copy, and the first ones already say of what.
    pub max_correlations: u32,
    /// Organisations may hand events to each other (`MISP.delegation`).
    pub delegation: bool,
    /// Nobody discusses events (`MISP.discussion_disable`).
    pub discussion_disabled: bool,
}

impl Default for EventSettings {
    fn default() -> Self {
        Self {
            default_distribution: 1,
            default_attribute_distribution: 5,
            default_threat_level: 4,
            unpublished_private: false,
            blocklist_deleted: true,
            four_eyes: false,
            max_correlations: 5_000,
            delegation: true,
            discussion_disabled: false,
        }
    }
}

impl EventSettings {
    /// The default for events; anything else than 0 to 3 counts as 0, the narrowest.
    pub fn distribution(&self) -> Distribution {
        Distribution::from_number(i64::from(self.default_distribution))
            .filter(|d| !matches!(d, Distribution::SharingGroup | Distribution::Inherit))
            .unwrap_or(Distribution::OrganisationOnly)
    }

    /// The default for attributes; a sharing group cannot be a default.
    pub fn attribute_distribution(&self) -> Distribution {
        Distribution::from_number(i64::from(self.default_attribute_distribution))
            .filter(|d| !matches!(d, Distribution::SharingGroup))
            .unwrap_or(Distribution::Inherit)
    }
}

/// `[correlations]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CorrelationSettings {
    /// Nothing correlates (`MISP.completely_disable_correlation`).
    pub disabled: bool,
    /// Who may change an event may switch off its correlation and that of its attributes
    /// (`MISP.allow_disabling_correlation`).
    pub may_be_disabled: bool,
    /// A value met in more attributes of other events than this says nothing (`MISP.correlation_limit`).
    pub limit: u32,
    /// Addresses meet the networks that hold them (`MISP.enable_advanced_correlations`).
    pub advanced: bool,
    /// The list of events says how many others each shares values with (`MISP.showCorrelationsOnIndex`).
    pub on_index: bool,
}

impl Default for CorrelationSettings {
    fn default() -> Self {
        Self {
            disabled: false,
            may_be_disabled: false,
            limit: 20,
            advanced: false,
            on_index: false,
        }
    }
}

/// `[security]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SecuritySettings {
    /// Shortest password, in characters (`Security.password_policy_length`).
    pub password_length: usize,
    /// A regular expression that passwords have to match; empty for the built-in rule
    /// (`Security.password_policy_complexity`).
    pub password_pattern: String,
    /// Whoever changes the own account says the password again, also with an API key
    /// (`Security.require_password_confirmation`).
    pub confirm_password: bool,
    /// Everybody needs one-time passwords, except roles with `perm_skip_otp` (`Security.otp_required`).
    pub otp_required: bool,
    /// Nobody is asked for one-time passwords (`Security.otp_disabled`).
    pub otp_disabled: bool,
    /// What authenticator apps call this instance (`Security.otp_issuer`).
    pub otp_issuer: String,
    /// New API keys have to say from which addresses they work (`Security.mandate_ip_allowlist_advanced_authkeys`).
    pub authkey_allowlist: bool,
    /// Failed log-ins per address and user before a pause (`SecureAuth.amount`).
    pub login_attempts: u32,
    /// Length of that pause in seconds (`SecureAuth.expire`).
    pub login_pause: u32,
    /// A session ends after so many seconds without a request.
    pub session_idle: u32,
    /// Longest validity of an API key in days; 0 for no limit (`Security.advanced_authkeys_validity`).
    pub authkey_days: u32,
    /// Requests per minute and user; 0 switches the limit off.
    pub requests_per_minute: u32,
    /// Addresses or networks of reverse proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<String>,
    /// Local passwords do not work where an external authentication is configured (`Security.auth_enforced`).
    pub external_only: bool,
    /// List organisations only for those who manage sharing groups; others see their own and those whose events they
    /// see (`Security.hide_organisation_index_from_users`).
    pub hide_organisation_index_from_users: bool,
    /// Show the members of sharing groups only to those who manage sharing groups
    /// (`Security.hide_organisations_in_sharing_groups`).
    pub hide_organisations_in_sharing_groups: bool,
    /// Who has forgotten the password may ask for a link by mail (`Security.allow_password_forgotten`).
    pub allow_password_forgotten: bool,
}

impl Default for SecuritySettings {
    fn default() -> Self {
        Self {
            password_length: 12,
            password_pattern: String::new(),
            confirm_password: false,
            otp_required: false,
            otp_disabled: false,
            otp_issuer: "Sightline".into(),
            authkey_allowlist: false,
            login_attempts: 5,
            login_pause: 300,
            session_idle: 3600 * 12,
            authkey_days: 0,
            requests_per_minute: 0,
            trusted_proxies: Vec::new(),
            external_only: false,
            hide_organisation_index_from_users: false,
            hide_organisations_in_sharing_groups: false,
            allow_password_forgotten: false,
        }
    }
}

/// `[feeds]`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FeedSettings {
    /// Directories below which feeds with `input_source = local` may lie. None by default.
    pub local_roots: Vec<PathBuf>,
}

/// `[knowledge]`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KnowledgeSettings {
    /// Where an update reads taxonomies, warninglists and their like: directories, archives, or http(s) addresses of
    /// archives, in this order. None by default.
    pub sources: Vec<String>,
}

/// `[sightings]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SightingSettings {
    /// Who sees whose sightings, 0 to 3 (`Plugin.Sightings_policy`, spec 01 section 7).
    pub policy: u8,
    /// Hide who saw it from other organisations (`Plugin.Sightings_anonymise`).
    pub anonymise: bool,
    /// Id of the organisation whose name synchronising users read on what others saw; 0 for the true names
    /// (`Plugin.Sightings_anonymise_as`).
    pub anonymise_as: i64,
    /// How many days back the timeline of sightings goes (`Plugin.Sightings_range`).
    pub range: u32,
    /// Leave sightings out of events and attributes (`MISP.disable_sighting_loading`).
    pub disable_loading: bool,
}

impl Default for SightingSettings {
    fn default() -> Self {
        Self {
            policy: 0,
            anonymise: false,
            anonymise_as: 0,
            range: 365,
            disable_loading: false,
        }
    }
}
