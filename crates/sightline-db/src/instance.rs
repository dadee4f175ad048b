//! Values of the instance that are not settings: made once, kept for good.

use crate::{DbResult, Tx, params};

/// A value by name.
pub fn get(tx: &mut Tx<'_>, name: &str) -> DbResult<Option<String>> {
    tx.first(
        "SELECT value FROM instance WHERE name = $1",
        params![name],
        |row| row.text(0),
    )
}

/// Writes a value that is not there yet.
pub fn insert(tx: &mut Tx<'_>, name: &str, value: &str) -> DbResult<()> {
    tx.exec(
        "INSERT INTO instance (name, value) VALUES ($1, $2)",
        params![name, value],
    )?;
    Ok(())
}
