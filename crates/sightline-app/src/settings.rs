//! What an administrator may configure of the product's behaviour. The binary reads it from its configuration.

use serde::{Deserialize, Serialize};
use sightline_misp::records::Distribution;
use std::path::PathBuf;

/// Behaviour of the whole instance. Unknown keys are refused.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Events and attributes.
    pub events: EventSettings,
    /// Log-in, keys, passwords.
    pub security: SecuritySettings,
    /// Feeds.
    pub feeds: FeedSettings,
    /// Sightings.
    pub sightings: SightingSettings,
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
    /// Organisations may hand events to each other (`MISP.delegation`).
    pub delegation: bool,
}

impl Default for EventSettings {
    fn default() -> Self {
        Self {
            default_distribution: 1,
            default_attribute_distribution: 5,
            default_threat_level: 4,
            unpublished_private: false,
            blocklist_deleted: true,
            delegation: true,
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

/// `[security]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SecuritySettings {
    /// Shortest password, in characters (`Security.password_policy_length`).
    pub password_length: usize,
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
}

impl Default for SecuritySettings {
    fn default() -> Self {
        Self {
            password_length: 12,
            login_attempts: 5,
            login_pause: 300,
            session_idle: 3600 * 12,
            authkey_days: 0,
            requests_per_minute: 0,
            trusted_proxies: Vec::new(),
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
