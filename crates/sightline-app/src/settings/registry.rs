//! The settings that may be changed while the server runs: the reference's name, where the value lives in the schema,
//! what it may be (spec 10 part B.1). Settings that do nothing here are not in the table.

use super::{correlation_registry, external_registry, zeromq};

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// `Group.key`, as clients call it.
    pub name: &'static str,
    /// `section.key` of the schema and of the configuration.
    pub path: &'static str,
    /// What a value may be.
    pub kind: Kind,
    /// How much it matters: 0 critical, 1 recommended, 2 optional.
    pub level: u8,
    /// What it does.
    pub description: &'static str,
}

/// What a value may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Flag,
    /// A number between two others.
    Number(i64, i64),
    /// A number of minutes between two others; seconds in the schema.
    Minutes(i64, i64),
    /// Text of at most so many characters.
    Text(usize),
    /// A mail address, or nothing.
    Address,
    /// A parameter of response policy zones, by its name there.
    Zone(&'static str),
    /// A regular expression of at most so many characters.
    Pattern(usize),
    /// One of: the value on the wire, the number in the schema, what it means.
    Choice(&'static [(&'static str, i64, &'static str)]),
    /// Text that never leaves again: at most so many characters.
    Secret(usize),
    /// At most so many texts, with a comma between them.
    List(usize),
    /// At most so many addresses or networks, with a comma between them.
    Networks(usize),
    /// A JSON object from text to text, of at most so many entries.
    Map(usize),
    /// Text with a form of its own.
    Formed(Form),
}

/// Texts that only one thing can read; each may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// An address of the web.
    Url,
    /// The address of a directory.
    DirectoryUrl,
    /// A condition that a directory reads.
    DirectoryFilter,
    /// The address of a network interface.
    Address,
    /// Letters, digits, hyphens and underscores: a header, or an attribute of a directory.
    Name,
}

/// Characters of a text with a form.
pub(super) const FORMED_CHARS: usize = 2_000;
/// What stands for a secret that is there.
pub(super) const MASK: &str = "*****";

const EVENT_DISTRIBUTIONS: Kind = Kind::Choice(&[
    ("0", 0, "Your organisation only"),
    ("1", 1, "This community only"),
    ("2", 2, "Connected communities"),
    ("3", 3, "All communities"),
]);
const ATTRIBUTE_DISTRIBUTIONS: Kind = Kind::Choice(&[
    ("0", 0, "Your organisation only"),
    ("1", 1, "This community only"),
    ("2", 2, "Connected communities"),
    ("3", 3, "All communities"),
    ("event", 5, "As the event"),
]);
const THREAT_LEVELS: Kind = Kind::Choice(&[
    ("1", 1, "High"),
    ("2", 2, "Medium"),
    ("3", 3, "Low"),
    ("4", 4, "Undefined"),
]);
const SIGHTING_POLICIES: Kind = Kind::Choice(&[
    ("0", 0, "Event owner"),
    ("1", 1, "Sighting reporters"),
    ("2", 2, "Everyone"),
    ("3", 3, "Event owner and host organisation"),
]);
/// Ten years: longer means "never" in practice.
const DAYS: Kind = Kind::Number(0, 3650);

pub(super) const fn setting(
    name: &'static str,
    path: &'static str,
    kind: Kind,
    level: u8,
    description: &'static str,
) -> Definition {
    Definition {
        name,
        path,
        kind,
        level,
        description,
    }
}

const GENERAL: &[Definition] = &[
    setting(
        "MISP.live",
        "access.live",
        Kind::Flag,
        0,
        "When off, only site administrators can use this instance.",
    ),
    setting(
        "MISP.maintenance_message",
        "access.maintenance_message",
        Kind::Text(1000),
        2,
        "What everybody else reads while the instance is not live.",
    ),
    setting(
        "MISP.default_event_distribution",
        "events.default_distribution",
        EVENT_DISTRIBUTIONS,
        0,
        "Who sees an event whose author does not say.",
    ),
    setting(
        "MISP.default_attribute_distribution",
        "events.default_attribute_distribution",
        ATTRIBUTE_DISTRIBUTIONS,
        0,
        "Who sees an attribute whose author does not say.",
    ),
    setting(
        "MISP.default_event_threat_level",
        "events.default_threat_level",
        THREAT_LEVELS,
        1,
        "The threat level of an event whose author does not say.",
    ),
    setting(
        "MISP.unpublishedprivate",
        "events.unpublished_private",
        Kind::Flag,
        2,
        "Other organisations do not see an event before it is published.",
    ),
    setting(
        "MISP.enableEventBlocklisting",
        "events.blocklist_deleted",
        Kind::Flag,
        1,
        "A deleted event is refused when it comes back.",
    ),
    setting(
        "MISP.block_publishing_for_same_creator",
        "events.four_eyes",
        Kind::Flag,
        2,
        "Whoever has created an event cannot publish it: a colleague has to.",
    ),
    setting(
        "MISP.max_correlations_per_event",
        "events.max_correlations",
        Kind::Number(1, 100_000),
        1,
        "The most values of one event that are looked up for its related events.",
    ),
    setting(
        "MISP.delegation",
        "events.delegation",
        Kind::Flag,
        1,
        "Organisations may offer events that only they see to each other.",
    ),
    setting(
        "MISP.discussion_disable",
        "events.discussion_disabled",
        Kind::Flag,
        1,
        "Nobody discusses events: what was said is kept, but not shown.",
    ),
    setting(
        "MISP.disable_user_add",
        "access.disable_user_add",
        Kind::Flag,
        2,
        "Nobody can add users.",
    ),
    setting(
        "MISP.disableUserSelfManagement",
        "access.disable_self_management",
        Kind::Flag,
        1,
        "Users cannot change their own record, password and keys; administrators can.",
    ),
    setting(
        "MISP.disable_user_password_change",
        "access.disable_password_change",
        Kind::Flag,
        2,
        "Users cannot change their own password.",
    ),
    setting(
        "MISP.disable_user_login_change",
        "access.disable_login_change",
        Kind::Flag,
        2,
        "Users cannot change their own e-mail address.",
    ),
    setting(
        "MISP.log_client_ip",
        "audit.client_ip",
        Kind::Flag,
        1,
        "The audit log holds the address that a change came from.",
    ),
    setting(
        "Sightline.audit_retention_days",
        "audit.retention_days",
        DAYS,
        2,
        "Entries of the audit log are pruned after so many days; the history of events that are still there stays readable. 0 keeps everything.",
    ),
    setting(
        "Sightline.change_feed_retention_days",
        "change_feed.retention_days",
        DAYS,
        2,
        "Entries of the change feed are forgotten after so many days: who follows changes has to come back before. 0 keeps everything.",
    ),
    setting(
        "Security.password_policy_length",
        "security.password_length",
        Kind::Number(1, 128),
        2,
        "The fewest characters of a password.",
    ),
    setting(
        "Security.advanced_authkeys_validity",
        "security.authkey_days",
        DAYS,
        1,
        "The most days that an API key can be valid; 0 for no limit.",
    ),
    setting(
        "Security.mandate_ip_allowlist_advanced_authkeys",
        "security.authkey_allowlist",
        Kind::Flag,
        2,
        "API keys have to say from which addresses they work.",
    ),
    setting(
        "Security.password_policy_complexity",
        "security.password_pattern",
        Kind::Pattern(1000),
        2,
        "What passwords have to match; empty for lower case, upper case and a digit or symbol, or 16 characters.",
    ),
    setting(
        "Security.require_password_confirmation",
        "security.confirm_password",
        Kind::Flag,
        1,
        "Whoever changes the own account says the password again.",
    ),
    setting(
        "Security.otp_required",
        "security.otp_required",
        Kind::Flag,
        1,
        "Everybody needs one-time passwords, except roles with perm_skip_otp.",
    ),
    setting(
        "Security.otp_disabled",
        "security.otp_disabled",
        Kind::Flag,
        2,
        "Nobody is asked for one-time passwords.",
    ),
    setting(
        "Security.otp_issuer",
        "security.otp_issuer",
        Kind::Text(60),
        2,
        "What authenticator apps call this instance.",
    ),
    setting(
        "Security.allow_self_registration",
        "access.self_registration",
        Kind::Flag,
        1,
        "Strangers may ask for an account, which a site administrator grants or not.",
    ),
    setting(
        "MISP.terms_text",
        "access.terms",
        Kind::Text(100_000),
        2,
        "What users have to accept before they see anything; empty for nothing.",
    ),
    setting(
        "MISP.log_user_ips",
        "audit.user_ips",
        Kind::Flag,
        2,
        "Whether it is kept at which addresses users were seen.",
    ),
    setting(
        "Security.hide_organisation_index_from_users",
        "security.hide_organisation_index_from_users",
        Kind::Flag,
        2,
        "Users who may not manage sharing groups cannot list organisations.",
    ),
    setting(
        "Security.hide_organisations_in_sharing_groups",
        "security.hide_organisations_in_sharing_groups",
        Kind::Flag,
        1,
        "Users without the right to extend sharing groups do not see who is in them.",
    ),
    setting(
        "Security.username_in_response_header",
        "access.username_header",
        Kind::Flag,
        2,
        "Answers of the API carry the user's name as X-Username.",
    ),
    setting(
        "Security.user_org_uuid_in_response_header",
        "access.org_uuid_header",
        Kind::Flag,
        2,
        "Answers of the API carry the uuid of the user's organisation as X-UserOrgUUID.",
    ),
    setting(
        "SecureAuth.amount",
        "security.login_attempts",
        Kind::Number(1, 1000),
        0,
        "Failed log-ins per user and address before a pause.",
    ),
    setting(
        "SecureAuth.expire",
        "security.login_pause",
        Kind::Number(1, 86_400),
        0,
        "The length of that pause in seconds.",
    ),
    setting(
        "Session.timeout",
        "security.session_idle",
        Kind::Minutes(1, 525_600),
        1,
        "A session ends after so many minutes without a request.",
    ),
    setting(
        "Plugin.Sightings_policy",
        "sightings.policy",
        SIGHTING_POLICIES,
        1,
        "Who sees whose sightings.",
    ),
    setting(
        "Plugin.Sightings_anonymise",
        "sightings.anonymise",
        Kind::Flag,
        1,
        "Other organisations do not see who has sighted something.",
    ),
    setting(
        "Plugin.Sightings_anonymise_as",
        "sightings.anonymise_as",
        // Ids of organisations.
        Kind::Number(0, i64::MAX),
        2,
        "The id of the organisation that synchronising users read instead of the one that saw something; 0 for the true one.",
    ),
    setting(
        "Plugin.Sightings_range",
        "sightings.range",
        Kind::Number(1, 3650),
        2,
        "How many days back the timeline of sightings goes.",
    ),
    setting(
        "MISP.disable_sighting_loading",
        "sightings.disable_loading",
        Kind::Flag,
        2,
        "Events and attributes are shown without their sightings.",
    ),
    setting(
        "Plugin.RPZ_policy",
        "exports.rpz_policy",
        Kind::Zone("policy"),
        2,
        "Response policy zones: what a name server does with what the zone lists, 0 to 5 or by name.",
    ),
    setting(
        "Plugin.RPZ_walled_garden",
        "exports.rpz_walled_garden",
        Kind::Zone("walled_garden"),
        2,
        "Response policy zones: where policy 3 leads.",
    ),
    setting(
        "Plugin.RPZ_serial",
        "exports.rpz_serial",
        Kind::Zone("serial"),
        2,
        "Response policy zones: the serial number; $date and $time stand for the day and the second.",
    ),
    setting(
        "Plugin.RPZ_refresh",
        "exports.rpz_refresh",
        Kind::Zone("refresh"),
        2,
        "Response policy zones: after how long a secondary server asks for a new version.",
    ),
    setting(
        "Plugin.RPZ_retry",
        "exports.rpz_retry",
        Kind::Zone("retry"),
        2,
        "Response policy zones: after how long it asks again.",
    ),
    setting(
        "Plugin.RPZ_expiry",
        "exports.rpz_expiry",
        Kind::Zone("expiry"),
        2,
        "Response policy zones: after how long without an answer it gives the zone up.",
    ),
    setting(
        "Plugin.RPZ_minimum_ttl",
        "exports.rpz_minimum_ttl",
        Kind::Zone("minimum_ttl"),
        2,
        "Response policy zones: how long it is remembered that a name is not there.",
    ),
    setting(
        "Plugin.RPZ_ttl",
        "exports.rpz_ttl",
        Kind::Zone("ttl"),
        2,
        "Response policy zones: how long an answer is remembered.",
    ),
    setting(
        "Plugin.RPZ_ns",
        "exports.rpz_ns",
        Kind::Zone("ns"),
        2,
        "Response policy zones: the zone's name server.",
    ),
    setting(
        "Plugin.RPZ_ns_alt",
        "exports.rpz_ns_alt",
        Kind::Zone("ns_alt"),
        2,
        "Response policy zones: a second name server, if there is one.",
    ),
    setting(
        "Plugin.RPZ_email",
        "exports.rpz_email",
        Kind::Zone("email"),
        2,
        "Response policy zones: who looks after the zone, with a dot for the @.",
    ),
];

/// Every setting, in the order in which they are shown.
pub(super) fn all() -> impl Iterator<Item = &'static Definition> {
    GENERAL
        .iter()
        .chain(correlation_registry::ALL)
        .chain(super::mail::ALL)
        .chain(external_registry::ALL)
        .chain(zeromq::ALL)
}

/// A regular expression, with or without the strokes around it that the reference's language needs.
pub(crate) fn pattern(text: &str) -> Option<fancy_regex::Regex> {
    let inner = text
        .strip_prefix('/')
        .and_then(|rest| rest.strip_suffix('/'))
        .unwrap_or(text);
    fancy_regex::Regex::new(inner).ok()
}

/// The setting of this name.
pub(super) fn find(name: &str) -> Option<&'static Definition> {
    all().find(|definition| definition.name == name)
}
