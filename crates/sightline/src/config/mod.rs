//! The configuration: one typed schema. Flags win over the environment, which wins over the file (see `layers`).

mod check;
mod layers;
mod mask;
#[cfg(test)]
mod tests;

pub(crate) use check::network;
pub(crate) use layers::{Sources, load};
pub(crate) use mask::masked;

use serde::{Deserialize, Serialize};
use sightline_app::Settings;
use sightline_app::settings::{
    AccessSettings, AuditSettings, ChangeFeedSettings, CorrelationSettings, EventSettings, ExportSettings,
    FeedSettings, HeaderLoginSettings, KnowledgeSettings, LdapSettings, LiveSettings, MailSettings,
    OidcSettings, SecuritySettings, SightingSettings, ZeroMqSettings,
};
use sightline_remote::{RemoteConfig, SmtpConfig};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Everything that an administrator may set. Unknown keys are refused.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// The listener.
    pub(crate) server: ServerConfig,
    /// Where the data lives.
    pub(crate) database: DatabaseConfig,
    /// Outbound connections.
    pub(crate) remote: RemoteConfig,
    /// What is logged, and how.
    pub(crate) log: LogConfig,
    /// Events and attributes.
    pub(crate) events: EventSettings,
    /// What correlates with what.
    pub(crate) correlations: CorrelationSettings,
    /// Log-in, keys, passwords, limits.
    pub(crate) security: SecuritySettings,
    /// Feeds.
    pub(crate) feeds: FeedSettings,
    /// The knowledge libraries.
    pub(crate) knowledge: KnowledgeSettings,
    /// Sightings.
    pub(crate) sightings: SightingSettings,
    /// Maintenance, and what users may do for themselves.
    pub(crate) access: AccessSettings,
    /// The audit log.
    pub(crate) audit: AuditSettings,
    /// Mail.
    pub(crate) mail: MailSettings,
    /// The mail server.
    pub(crate) smtp: SmtpConfig,
    /// The change feed.
    pub(crate) change_feed: ChangeFeedSettings,
    /// Exports.
    pub(crate) exports: ExportSettings,
    /// Users that a reverse proxy's header names.
    pub(crate) header_login: HeaderLoginSettings,
    /// Log-in through an OpenID Connect provider.
    pub(crate) oidc: OidcSettings,
    /// Passwords that a directory checks.
    pub(crate) ldap: LdapSettings,
    /// Publishing over ZeroMQ.
    pub(crate) zeromq: ZeroMqSettings,
    /// `section.key` of everything that the file or the environment names.
    #[serde(skip)]
    pub(crate) named: BTreeSet<String>,
}

impl Config {
    /// The part that the application reads.
    pub(crate) fn settings(&self) -> LiveSettings {
        LiveSettings::new(self.behaviour(), self.named.clone())
    }

    /// The same as a value.
    pub(super) fn behaviour(&self) -> Settings {
        Settings {
            events: self.events.clone(),
            correlations: self.correlations.clone(),
            security: self.security.clone(),
            feeds: self.feeds.clone(),
            knowledge: self.knowledge.clone(),
            sightings: self.sightings.clone(),
            access: self.access.clone(),
            audit: self.audit.clone(),
            mail: self.mail.clone(),
            change_feed: self.change_feed.clone(),
            exports: self.exports.clone(),
            header_login: self.header_login.clone(),
            oidc: self.oidc.clone(),
            ldap: self.ldap.clone(),
            zeromq: self.zeromq.clone(),
        }
    }
}

/// `[server]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ServerConfig {
    /// Address and port; port 0 takes a free one.
    pub(crate) listen: String,
    /// The URL under which people reach the server; empty for the address that it listens on.
    pub(crate) url: String,
    /// PEM file with the certificate chain. Together with `tls_key` it switches TLS on.
    pub(crate) tls_certificate: Option<PathBuf>,
    /// PEM file with the private key.
    pub(crate) tls_key: Option<PathBuf>,
    /// Largest request body in bytes, after decompression.
    pub(crate) max_body_bytes: usize,
    /// Seconds until a request is given up; the chunks of an answer that has begun are not counted.
    pub(crate) request_timeout: u64,
    /// Whether `/metrics` answers.
    pub(crate) metrics: bool,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".into(),
            url: String::new(),
            tls_certificate: None,
            tls_key: None,
            max_body_bytes: 100 * 1024 * 1024,
            request_timeout: 300,
            metrics: true,
        }
    }
}

/// `[database]`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DatabaseConfig {
    /// A `postgres://` URL; empty for SQLite in the data directory.
    pub(crate) url: String,
}

/// `[log]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LogConfig {
    /// For people or for collectors.
    pub(crate) format: LogFormat,
    /// A level, or a filter by module such as `info,sightline_remote=debug`.
    pub(crate) level: String,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self {
            format: LogFormat::Text,
            level: "info".into(),
        }
    }
}

/// The form of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// A line for people.
    Text,
    /// A JSON object.
    Json,
}
