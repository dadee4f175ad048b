//! How this instance stands: its schema, its database, its waiting jobs. For site administrators.

use crate::Ctx;
use crate::jobs::{Filter, State};
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::schema::{self, Columns};
use sightline_db::{Dialect, jobs, migrations};
use std::collections::BTreeMap;

/// The schema as it is, beside what this version expects.
#[derive(Clone, Debug)]
pub struct Schema {
    /// `sqlite` or `postgres`.
    pub engine: &'static str,
    /// Migrations that the database holds.
    pub version: usize,
    /// Migrations that this version knows.
    pub expected_version: usize,
    /// Table -> columns that are there.
    pub columns: Columns,
    /// Table -> indexed column -> whether it is unique by itself.
    pub indexes: BTreeMap<String, BTreeMap<String, bool>>,
    /// Table -> columns that this version needs and that are missing.
    pub missing: Columns,
}

/// Looks at the schema.
pub async fn schema(ctx: &Ctx) -> AppResult<Schema> {
    ctx.require(Permission::SiteAdmin)?;
    ctx.read(|_, tx| {
        let (version, expected_version) = migrations::versions(tx)?;
        let columns = schema::columns(tx)?;
        let mut missing = schema::expected()?;
        missing.retain(|table, wanted| {
            let there = columns.get(table);
            wanted.retain(|column| !there.is_some_and(|there| there.contains(column)));
            !wanted.is_empty()
        });
        Ok(Schema {
            engine: match tx.dialect() {
                Dialect::Sqlite => "sqlite",
                Dialect::Postgres => "postgres",
            },
            version,
            expected_version,
            indexes: schema::indexes(tx)?,
            columns,
            missing,
        })
    })
    .await
}

/// Table, bytes of its rows, bytes of its indexes.
pub async fn sizes(ctx: &Ctx) -> AppResult<Vec<(String, i64, i64)>> {
    ctx.require(Permission::SiteAdmin)?;
    ctx.read(|_, tx| Ok(schema::sizes(tx)?)).await
}

/// How many jobs wait for a worker.
pub async fn waiting_jobs(ctx: &Ctx) -> AppResult<i64> {
    ctx.require(Permission::SiteAdmin)?;
    ctx.read(|_, tx| {
        let waiting = Filter {
            state: Some(State::Queued),
            ..Filter::default()
        };
        Ok(jobs::list(tx, &waiting, 1, 0)?.1)
    })
    .await
}

/// Rings for the workers: they look for jobs at once, and take over those that a dead process left.
pub fn wake_workers(ctx: &Ctx) -> AppResult<()> {
    ctx.require(Permission::SiteAdmin)?;
    if ctx.caller.read_only {
        return Err(AppError::no_permission());
    }
    ctx.platform.bell.notify_one();
    Ok(())
}
