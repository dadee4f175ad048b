//! `Db` and `Tx` over SQLite and PostgreSQL, visibility, and all SQL.

pub mod audit;
pub mod attributes;
mod engine;
pub mod event_reports;
pub mod events;
pub mod objects;
pub mod sharing_groups;
pub mod jobs;
mod like;
pub mod migrations;
pub mod sql;
mod visibility;

pub use engine::{Access, Db, DbError, DbResult, Dialect, Kind, Row, Target, Tx, Value};
pub use sql::Sql;
pub use visibility::Visible;
