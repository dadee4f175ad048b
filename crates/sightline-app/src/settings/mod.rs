//! Settings: the typed schema, the names that the reference gives them, and changing them while the server runs.
//!
//! A value comes from the configuration where that names it, else from the database, else from the schema's default.

mod live;
mod mail;
mod manage;
mod registry;
mod schema;
#[cfg(test)]
mod tests;

pub use live::LiveSettings;
pub use mail::MailSettings;
pub use manage::{Setting, Source, all, load, one, refresh, set};
pub use registry::{Definition, Kind};
pub use schema::{
    AccessSettings, AuditSettings, EventSettings, FeedSettings, SecuritySettings, Settings, SightingSettings,
};
