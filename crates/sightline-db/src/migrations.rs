//! The schema's history. Same file names for both engines; a test compares what they build.

use crate::{Access, Db, DbError, DbResult, Dialect, Tx, attributes, params};

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
    "0003_bulk_changes",
    "0003_external_logins",
    "0003_people",
    "0003_search",
    "0003_threads",
    "0004_restricted_content",
    "0004_knowledge",
    "0005_change_feed",
    "0006_correlations",
    "0007_mail",
    "0007_galaxies",
];

/// What a migration leaves to be filled in by the program.
fn fill(tx: &mut Tx<'_>, name: &str) -> DbResult<()> {
    match name {
        "0003_search" => attributes::fill_networks(tx),
        _ => Ok(()),
    }
}

/// PostgreSQL's advisory lock that keeps two starting nodes from migrating at once; an arbitrary constant.
const LOCK: i64 = 0x5167_4874;

/// Brings the schema up to date, in one transaction; the names of the migrations that ran.
/// Refuses a database that a newer version has migrated.
pub fn run(db: &Db, now: i64) -> DbResult<Vec<String>> {
    run_some(db, now, ALL)
}

fn run_some(db: &Db, now: i64, some: &'static [Migration]) -> DbResult<Vec<String>> {
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
        if tx.dialect() == Dialect::Postgres {
            require_trigrams(tx)?;
        }
        for migration in some.iter().filter(|m| !applied.iter().any(|name| name == m.name)) {
            tx.batch(match tx.dialect() {
                Dialect::Sqlite => migration.sqlite,
                Dialect::Postgres => migration.postgres,
            })?;
            fill(tx, migration.name)?;
            tx.exec("INSERT INTO migrations (name, applied) VALUES ($1, $2)", params![migration.name, now])?;
            ran.push(migration.name.to_owned());
        }
        Ok(ran)
    })
}

/// The extension that the text indexes need comes with PostgreSQL, but some systems package it apart.
fn require_trigrams(tx: &mut Tx<'_>) -> DbResult<()> {
    if tx.exists("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'", &[])? {
        return Ok(());
    }
    if !tx.exists(
        "SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'",
        &[],
    )? {
        return Err(DbError::Other(
            "the PostgreSQL server lacks the extension pg_trgm, which searches need: install the package that holds \
             PostgreSQL's additional modules (often called postgresql-contrib) on the server, and start again"
                .into(),
        ));
    }
    // Trusted: whoever may create objects in the database may create it.
    if !tx.exists(
        "SELECT 1 WHERE has_database_privilege(current_database(), 'CREATE')",
        &[],
    )? {
        return Err(DbError::Other(
            "this database's user may not create the extension pg_trgm, which searches need: run CREATE EXTENSION \
             pg_trgm in the database as a superuser, or GRANT CREATE ON DATABASE to the user, and start again"
                .into(),
        ));
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Target;
    use sightline_misp::networks::Network;
    use sightline_misp::types::AttributeType;

    #[test]
    fn rows_from_before_the_indexes_of_values_are_in_them() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&Target::Sqlite(folder.path().join("old.db"))).unwrap();
        let before = ALL
            .iter()
            .position(|migration| migration.name == "0003_search")
            .unwrap();
        run_some(&db, 0, &ALL[..before]).unwrap();
        db.run_blocking(Access::Write, |tx| {
            for (kind, value) in [("ip-dst", "192.0.2.7"), ("domain", "old.example")] {
                tx.exec(
                    "INSERT INTO attributes (uuid, event_id, type_id, category_id, value1, value2, value1_key, to_ids, \
                     timestamp, distribution, comment) VALUES ($1, 1, $2, 1, $1, '', 1, TRUE, 0, 5, '')",
                    params![value, AttributeType::parse(kind).unwrap().code()],
                )?;
            }
            Ok::<_, DbError>(())
        })
        .unwrap();
        assert!(!run(&db, 0).unwrap().is_empty());
        db.run_blocking(Access::Write, |tx| {
            crate::attribute_text::check(tx)?;
            let key = Network::parse("192.0.2.7").unwrap().key();
            let sql = "SELECT COUNT(*) FROM attributes WHERE network = $1";
            assert_eq!(tx.int(sql, params![&key])?, 1);
            let sql = "SELECT COUNT(*) FROM attribute_text WHERE attribute_text MATCH 'old'";
            assert_eq!(tx.int(sql, &[])?, 1);
            Ok::<_, DbError>(())
        })
        .unwrap();
    }
}
