//! The schema's history. Same file names for both engines; a test compares what they build.

use crate::{Access, Db, DbError, DbResult, Dialect, Tx, params};

struct Migration {
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! migrations {
    ($($name:literal),+ $(,)?) => {
        const ALL: &[Migration] = &[$(Migration {
            name: $name,
            sqlite: include_str!(concat!("../migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../migrations/postgres/", $name, ".sql")),
        }),+];
    };
}

migrations![
    "0001_foundation",
    "0002_analyst_data",
    "0002_blocklists",
    "0002_collections",
    "0002_feed_caches",
    "0002_platform",
    "0002_proposals",
    "0002_sharing_groups",
    "0003_mail",
];

/// PostgreSQL's advisory lock that keeps two starting nodes from migrating at once; an arbitrary constant.
const LOCK: i64 = 0x5167_4874;

/// Brings the schema up to date, in one transaction; the names of the migrations that ran.
/// Refuses a database that a newer version has migrated.
pub fn run(db: &Db, now: i64) -> DbResult<Vec<String>> {
    db.run_blocking(Access::Write, move |tx| {
        // Building an index over a large table may take long.
        tx.unhurried()?;
        if tx.dialect() == Dialect::Postgres {
            tx.exists("SELECT pg_advisory_xact_lock($1)", params![LOCK])?;
        }
        tx.batch("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied BIGINT NOT NULL)")?;
        let applied = applied(tx)?;
        if let Some(unknown) = applied.iter().find(|name| !ALL.iter().any(|m| m.name == **name)) {
            return Err(DbError::Other(format!(
                "the database holds migration `{unknown}`, which this version does not know: it was used by a newer \
                 version; install that version, or restore a backup"
            )));
        }
        let mut ran = Vec::new();
        for migration in ALL.iter().filter(|m| !applied.iter().any(|name| name == m.name)) {
            tx.batch(match tx.dialect() {
                Dialect::Sqlite => migration.sqlite,
                Dialect::Postgres => migration.postgres,
            })?;
            tx.exec("INSERT INTO migrations (name, applied) VALUES ($1, $2)", params![migration.name, now])?;
            ran.push(migration.name.to_owned());
        }
        Ok(ran)
    })
}

/// The statements of every migration for SQLite, in order.
pub(crate) fn sqlite() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|migration| migration.sqlite)
}

/// How many migrations the database holds, and how many this version knows.
pub fn versions(tx: &mut Tx<'_>) -> DbResult<(usize, usize)> {
    Ok((applied(tx)?.len(), ALL.len()))
}

fn applied(tx: &mut Tx<'_>) -> DbResult<Vec<String>> {
    tx.all("SELECT name FROM migrations ORDER BY name", &[], |row| {
        row.text(0)
    })
}
