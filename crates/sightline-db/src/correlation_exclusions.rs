//! Values that never correlate.

use crate::{DbResult, Row, Sql, Tx, params};
use sightline_core::ids::CorrelationExclusionId;
use sightline_misp::records::CorrelationExclusion;

const COLUMNS: &str = "x.id, x.value, x.from_json, x.comment";

fn read(row: &Row<'_>) -> DbResult<CorrelationExclusion> {
    Ok(CorrelationExclusion {
        id: CorrelationExclusionId(row.int(0)?),
        value: row.text(1)?,
        from_json: row.bool(2)?,
        comment: row.opt_text(3)?,
    })
}

/// Every one, for matching.
pub fn all(tx: &mut Tx<'_>) -> DbResult<Vec<CorrelationExclusion>> {
    tx.all(
        &format!("SELECT {COLUMNS} FROM correlation_exclusions x ORDER BY x.id"),
        &[],
        read,
    )
}

/// A page in the order of the ids of those whose value or comment contains a text, and how many there are in all.
pub fn list(
    tx: &mut Tx<'_>,
    containing: &str,
    limit: u32,
    offset: i64,
) -> DbResult<(Vec<CorrelationExclusion>, i64)> {
    let pattern = format!("%{}%", crate::like::escape(containing));
    let mut count = Sql::new(tx.dialect(), "SELECT COUNT(*) FROM correlation_exclusions x");
    narrow(&mut count, containing, &pattern);
    let total = tx.int(count.text(), count.values())?;
    let mut sql = Sql::new(
        tx.dialect(),
        &format!("SELECT {COLUMNS} FROM correlation_exclusions x"),
    );
    narrow(&mut sql, containing, &pattern);
    sql.push(" ORDER BY x.id LIMIT ")
        .bind(limit)
        .push(" OFFSET ")
        .bind(offset);
    Ok((tx.all(sql.text(), sql.values(), read)?, total))
}

fn narrow<'a>(sql: &mut Sql<'a>, containing: &str, pattern: &'a str) {
    if !containing.is_empty() {
        sql.push(" WHERE (").like("x.value", pattern, false);
        sql.push(" OR ").like("x.comment", pattern, false).push(")");
    }
}

/// One of them.
pub fn by_id(tx: &mut Tx<'_>, id: CorrelationExclusionId) -> DbResult<Option<CorrelationExclusion>> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM correlation_exclusions x WHERE x.id = $1"),
        params![id],
        read,
    )
}

/// Writes a new one; its `id` is ignored. `None` when the value is excluded already.
pub fn insert(tx: &mut Tx<'_>, new: &CorrelationExclusion) -> DbResult<Option<CorrelationExclusionId>> {
    tx.first(
        "INSERT INTO correlation_exclusions (value, from_json, comment) VALUES ($1, $2, $3) \
         ON CONFLICT (value) DO NOTHING RETURNING id",
        params![&new.value, new.from_json, new.comment.as_deref()],
        |row| Ok(CorrelationExclusionId(row.int(0)?)),
    )
}

/// Writes the comment back: a value is another exclusion.
pub fn update(tx: &mut Tx<'_>, changed: &CorrelationExclusion) -> DbResult<()> {
    tx.exec(
        "UPDATE correlation_exclusions SET comment = $2 WHERE id = $1",
        params![changed.id, changed.comment.as_deref()],
    )?;
    Ok(())
}

/// Removes one.
pub fn delete(tx: &mut Tx<'_>, id: CorrelationExclusionId) -> DbResult<()> {
    tx.exec("DELETE FROM correlation_exclusions WHERE id = $1", params![id])?;
    Ok(())
}
