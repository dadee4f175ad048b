//! Settings: the typed schema, the names that the reference gives them, and changing them while the server runs.
//!
//! A value comes from the configuration where that names it, else from the database, else from the schema's default.

mod correlation_registry;
mod exports;
mod external;
mod external_registry;
mod live;
mod mail;
mod manage;
mod registry;
mod schema;
#[cfg(test)]
mod tests;
mod values;
mod words;
mod zeromq;

pub use exports::ExportSettings;
pub use external::{HeaderLoginSettings, LdapSettings, OidcSettings, Secret};
pub use live::LiveSettings;
pub use mail::MailSettings;
pub use manage::{Setting, Source, all, check, load, one, refresh, set};
pub(crate) use registry::pattern;
pub use registry::{Definition, Form, Kind};
pub use schema::{
    AccessSettings, AuditSettings, ChangeFeedSettings, CorrelationSettings, EventSettings, FeedSettings,
    KnowledgeSettings, SecuritySettings, Settings, SightingSettings,
};
pub(crate) use words::network;
pub use zeromq::ZeroMqSettings;
