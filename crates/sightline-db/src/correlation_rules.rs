//! Groups of events that do not correlate among themselves.

use crate::{DbError, DbResult, Row, Tx, params};
use sightline_core::ids::CorrelationRuleId;
use sightline_misp::records::{CorrelationRule, Selector};

const COLUMNS: &str = "r.id, r.uuid, r.name, r.comment, r.selector_type, r.selector_list, r.timestamp";

fn read(row: &Row<'_>) -> DbResult<CorrelationRule> {
    let unreadable = |what: String| DbError::Other(format!("a correlation rule cannot be read: {what}"));
    let selector = row.str(4)?;
    Ok(CorrelationRule {
        id: CorrelationRuleId(row.int(0)?),
        uuid: row.uuid(1)?,
        name: row.text(2)?,
        comment: row.text(3)?,
        selector: Selector::parse(selector).ok_or_else(|| unreadable(selector.to_owned()))?,
        list: serde_json::from_str(row.str(5)?).map_err(|error| unreadable(error.to_string()))?,
        timestamp: row.int(6)?,
    })
}

/// Every one, for matching.
pub fn all(tx: &mut Tx<'_>) -> DbResult<Vec<CorrelationRule>> {
    tx.all(
        &format!("SELECT {COLUMNS} FROM correlation_rules r ORDER BY r.id"),
        &[],
        read,
    )
}

/// A page in the order of the ids, and how many there are in all.
pub fn list(tx: &mut Tx<'_>, limit: u32, offset: i64) -> DbResult<(Vec<CorrelationRule>, i64)> {
    let total = tx.int("SELECT COUNT(*) FROM correlation_rules", &[])?;
    let rules = tx.all(
        &format!("SELECT {COLUMNS} FROM correlation_rules r ORDER BY r.id LIMIT $1 OFFSET $2"),
        params![limit, offset],
        read,
    )?;
    Ok((rules, total))
}

/// One of them.
pub fn by_id(tx: &mut Tx<'_>, id: CorrelationRuleId) -> DbResult<Option<CorrelationRule>> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM correlation_rules r WHERE r.id = $1"),
        params![id],
        read,
    )
}

fn stored(list: &[String]) -> DbResult<String> {
    serde_json::to_string(list).map_err(|error| DbError::Other(error.to_string()))
}

/// Writes a new one; its `id` is ignored.
pub fn insert(tx: &mut Tx<'_>, new: &CorrelationRule) -> DbResult<CorrelationRuleId> {
    let list = stored(&new.list)?;
    tx.int(
        "INSERT INTO correlation_rules (uuid, name, comment, selector_type, selector_list, timestamp) \
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
        params![
            new.uuid,
            &new.name,
            &new.comment,
            new.selector.name(),
            &list,
            new.timestamp
        ],
    )
    .map(CorrelationRuleId)
}

/// Writes one back; its uuid never changes.
pub fn update(tx: &mut Tx<'_>, changed: &CorrelationRule) -> DbResult<()> {
    let list = stored(&changed.list)?;
    tx.exec(
        "UPDATE correlation_rules SET name = $2, comment = $3, selector_type = $4, selector_list = $5, \
         timestamp = $6 WHERE id = $1",
        params![
            changed.id,
            &changed.name,
            &changed.comment,
            changed.selector.name(),
            &list,
            changed.timestamp
        ],
    )?;
    Ok(())
}

/// Removes one.
pub fn delete(tx: &mut Tx<'_>, id: CorrelationRuleId) -> DbResult<()> {
    tx.exec("DELETE FROM correlation_rules WHERE id = $1", params![id])?;
    Ok(())
}
