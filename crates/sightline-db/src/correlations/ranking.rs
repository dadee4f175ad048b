//! The values that the most attributes share: counted slice by slice of the key space, kept in a small table.

use super::{codes, correlates};
use crate::{DbResult, Kind, Row, Tx, Value, params};
use sightline_misp::fold::value_key;
use sightline_misp::types::AttributeType;

/// A value that several events share, as it was counted last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ranked {
    /// Its place, from 1.
    pub id: i64,
    /// One spelling of it.
    pub value: String,
    /// Attributes that hold it.
    pub attributes: i64,
    /// Events that hold it.
    pub events: i64,
    /// When it was counted.
    pub counted: i64,
}

/// The key of a value with its number of attributes and events.
pub type Counted = (i64, i64, i64);

/// The values with keys from `first` to `last` that several events share, those of the most attributes first.
pub fn count(tx: &mut Tx<'_>, first: i64, last: i64, most: usize) -> DbResult<Vec<Counted>> {
    let ports = codes(AttributeType::correlates_value1_only);
    let half = |column: &str, more: &str| {
        format!(
            "SELECT a.{column} AS key, a.event_id AS event FROM attributes a JOIN events e ON e.id = a.event_id \
             WHERE a.{column} >= $1 AND a.{column} <= $2 AND a.{column} <> $3 AND {} AND NOT e.disable_correlation{more}",
            correlates("a")
        )
    };
    tx.all(
        &format!(
            "SELECT key, COUNT(*), COUNT(DISTINCT event) FROM ({} UNION ALL {}) k GROUP BY key \
             HAVING COUNT(DISTINCT event) > 1 ORDER BY 2 DESC, 3 DESC, 1 LIMIT $4",
            half("value1_key", ""),
            half(
                "value2_key",
                &format!(" AND a.value2_key <> a.value1_key AND a.type_id NOT IN ({ports})")
            )
        ),
        params![
            first,
            last,
            value_key(""),
            i64::try_from(most).unwrap_or(i64::MAX)
        ],
        |row| Ok((row.int(0)?, row.int(1)?, row.int(2)?)),
    )
}

/// Keeps these values in place of all before; a value that is gone meanwhile is left out. How many there are.
pub fn replace(tx: &mut Tx<'_>, counted: &[Counted], now: i64) -> DbResult<usize> {
    const COLUMNS: &[(&str, Kind)] = &[
        ("id", Kind::Int),
        ("value", Kind::Text),
        ("attributes", Kind::Int),
        ("events", Kind::Int),
        ("counted", Kind::Int),
    ];
    let mut rows: Vec<Ranked> = Vec::with_capacity(counted.len());
    for (key, attributes, events) in counted {
        if let Some(value) = spelling(tx, *key)? {
            rows.push(Ranked {
                id: i64::try_from(rows.len()).unwrap_or(i64::MAX).saturating_add(1),
                value,
                attributes: *attributes,
                events: *events,
                counted: now,
            });
        }
    }
    tx.exec("DELETE FROM correlation_ranking", &[])?;
    tx.insert_many("correlation_ranking", COLUMNS, rows.len(), |n, out| {
        if let Some(row) = rows.get(n) {
            out.extend([
                Value::Int(row.id),
                Value::Text(&row.value),
                Value::Int(row.attributes),
                Value::Int(row.events),
                Value::Int(row.counted),
            ]);
        }
    })?;
    Ok(rows.len())
}

fn spelling(tx: &mut Tx<'_>, key: i64) -> DbResult<Option<String>> {
    let first = tx.first(
        "SELECT value1 FROM attributes WHERE value1_key = $1 LIMIT 1",
        params![key],
        |row| row.text(0),
    )?;
    match first {
        Some(value) => Ok(Some(value)),
        None => tx.first(
            "SELECT value2 FROM attributes WHERE value2_key = $1 LIMIT 1",
            params![key],
            |row| row.text(0),
        ),
    }
}

/// Which of the values are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Every one.
    All,
    /// Those of more attributes than this.
    Above(i64),
    /// The others.
    UpTo(i64),
}

/// In which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the column; the most come first, but for the alphabet"
)]
pub enum By {
    Attributes,
    Events,
    Value,
}

/// A page of the values, and how many there are in all.
pub fn list(tx: &mut Tx<'_>, which: Which, by: By, limit: u32, offset: i64) -> DbResult<(Vec<Ranked>, i64)> {
    let (low, high) = match which {
        Which::All => (i64::MIN, i64::MAX),
        Which::Above(limit) => (limit.saturating_add(1), i64::MAX),
        Which::UpTo(limit) => (i64::MIN, limit),
    };
    let order = match by {
        By::Attributes => "attributes DESC, id",
        By::Events => "events DESC, id",
        By::Value => "value, id",
    };
    let total = tx.int(
        "SELECT COUNT(*) FROM correlation_ranking WHERE attributes >= $1 AND attributes <= $2",
        params![low, high],
    )?;
    let rows = tx.all(
        &format!(
            "SELECT id, value, attributes, events, counted FROM correlation_ranking \
             WHERE attributes >= $1 AND attributes <= $2 ORDER BY {order} LIMIT $3 OFFSET $4"
        ),
        params![low, high, limit, offset],
        read,
    )?;
    Ok((rows, total))
}

fn read(row: &Row<'_>) -> DbResult<Ranked> {
    Ok(Ranked {
        id: row.int(0)?,
        value: row.text(1)?,
        attributes: row.int(2)?,
        events: row.int(3)?,
        counted: row.int(4)?,
    })
}
