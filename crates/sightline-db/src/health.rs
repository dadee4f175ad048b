//! Whether the database is fit for use: reachable, migrated, whole.

use crate::{DbResult, Dialect, Tx};

/// Whether the database answers and was migrated. A server migrates before it listens, so that nothing else than the
/// database itself can be wrong later.
pub fn answers(tx: &mut Tx<'_>) -> DbResult<bool> {
    tx.exists("SELECT 1 FROM migrations", &[])
}

/// Whether no other process of this product is connected to the database. SQLite's has one at a time.
pub fn is_alone(tx: &mut Tx<'_>) -> DbResult<bool> {
    if tx.dialect() == Dialect::Sqlite {
        return Ok(true);
    }
    let others = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() \
                  AND application_name LIKE 'sightline %' \
                  AND application_name <> current_setting('application_name')";
    Ok(!tx.exists(others, &[])?)
}

/// What is wrong with the stored data, by SQLite's own check of pages, indexes and references; empty when all is well.
/// PostgreSQL looks after its pages itself.
pub fn problems(tx: &mut Tx<'_>) -> DbResult<Vec<String>> {
    if tx.dialect() == Dialect::Postgres {
        return Ok(Vec::new());
    }
    tx.unhurried()?;
    let mut problems = tx.all("PRAGMA integrity_check", &[], |row| row.text(0))?;
    problems.retain(|line| line != "ok");
    let dangling = tx.all("PRAGMA foreign_key_check", &[], |row| row.text(0))?;
    problems.extend(
        dangling
            .into_iter()
            .map(|table| format!("a row of {table} names a row that is gone")),
    );
    Ok(problems)
}
