//! The product's rules, one folder per feature. Knows no HTTP, no HTML, no MISP envelope.

pub mod analyst_data;
pub mod attributes;
pub mod auth_keys;
mod changes;
pub mod context;
pub mod correlations;
pub mod diagnostics;
pub mod event_reports;
pub mod events;
pub mod feeds;
pub mod files;
pub mod jobs;
pub mod login;
pub mod logs;
pub mod objects;
pub mod organisations;
pub mod roles;
pub mod samples;
pub mod search;
pub mod search_rates;
pub mod settings;
pub mod setup;
pub mod sharing_groups;
pub mod sightings;
pub mod statistics;
pub mod tags;
mod text_list;
pub mod user_settings;
pub mod users;

pub use context::{Caller, Ctx, Origin, Platform, RequestType};
pub use settings::{LiveSettings, Settings};
pub use sightline_db::Tx;
