//! `Db` and `Tx` over SQLite and PostgreSQL, visibility, and all SQL.

pub mod analyst_data;
pub mod attribute_window;
pub mod attributes;
pub mod audit;
pub mod auth_keys;
pub mod backup;
pub mod correlations;
mod engine;
pub mod entities;
pub mod event_reports;
pub mod events;
pub mod feed_caches;
pub mod feeds;
pub mod health;
pub mod instance;
pub mod jobs;
mod like;
pub mod migrations;
pub mod objects;
pub mod organisations;
pub mod roles;
pub mod schema;
pub mod search;
pub mod sessions;
pub mod settings;
pub mod sharing_groups;
pub mod sightings;
pub mod sql;
pub mod statistics;
pub mod tags;
pub mod user_settings;
pub mod users;
mod visibility;

pub use engine::{Access, Ahead, Db, DbError, DbResult, Dialect, Kind, Row, Target, Tx, Value};
pub use sql::Sql;
pub use visibility::Visible;
