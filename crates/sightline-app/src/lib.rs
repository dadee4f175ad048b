//! The product's rules, one folder per feature. Knows no HTTP, no HTML, no MISP envelope.

pub mod attributes;
pub mod auth_keys;
pub mod correlations;
pub mod events;
pub mod feeds;
pub mod login;
pub mod objects;
pub mod organisations;
pub mod samples;
pub mod search;
pub mod setup;
pub mod sightings;
pub mod tags;
pub mod sharing_groups;
mod changes;
pub mod roles;
mod text_list;
pub mod user_settings;
pub mod users;
pub mod context;
pub mod files;
pub mod jobs;
pub mod settings;

pub use context::{Caller, Ctx, Origin, Platform, RequestType};
pub use sightline_db::Tx;
pub use settings::Settings;
