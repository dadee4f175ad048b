//! One window of the attributes of an event, or of an event and those that extend it, as the event page shows them:
//! filtered, sorted, by position.

use crate::attributes::{COLUMNS, read};
use crate::{DbResult, Sql, Tx, Visible};
use sightline_misp::records::Attribute;

/// How the rows are ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Event by event, those outside objects first, then object by object.
    #[default]
    Structure,
    /// Newest first.
    Newest,
    /// By value.
    Value,
    /// By type, then value.
    Kind,
}

/// Which rows.
#[derive(Clone, Debug, Default)]
pub struct WindowFilter {
    /// Part of the value or the comment, without regard to case.
    pub text: Option<String>,
    /// Only these type codes.
    pub types: Option<Vec<i64>>,
    /// Only with or without the IDS flag.
    pub to_ids: Option<bool>,
    /// Only live ones, only deleted ones, or both.
    pub deleted: Option<bool>,
}

/// The rows of these events from position `offset`, and how many the filter lets through in all. The events must be
/// visible: here only what is inside them is checked.
pub fn window(
    tx: &mut Tx<'_>,
    visible: Visible,
    events: &[i64],
    filter: &WindowFilter,
    order: Order,
    offset: u64,
    limit: u64,
) -> DbResult<(Vec<Attribute>, i64)> {
    let pattern = format!(
        "%{}%",
        crate::like::escape(filter.text.as_deref().unwrap_or_default())
    );
    let mut count = Sql::new(
        tx.dialect(),
        "SELECT COUNT(*) FROM attributes a JOIN events e ON e.id = a.event_id WHERE ",
    );
    conditions(&mut count, visible, events, filter, &pattern);
    let total = tx.int(count.text(), count.values())?;
    let mut sql = Sql::new(
        tx.dialect(),
        &format!("SELECT {COLUMNS} FROM attributes a JOIN events e ON e.id = a.event_id WHERE "),
    );
    conditions(&mut sql, visible, events, filter, &pattern);
    sql.push(match order {
        Order::Structure => " ORDER BY a.event_id, a.object_id, a.id",
        Order::Newest => " ORDER BY a.timestamp DESC, a.id DESC",
        Order::Value => " ORDER BY a.value1, a.value2, a.id",
        Order::Kind => " ORDER BY a.type_id, a.value1, a.id",
    });
    sql.push(" LIMIT ").bind(i64::try_from(limit).unwrap_or(i64::MAX));
    sql.push(" OFFSET ")
        .bind(i64::try_from(offset).unwrap_or(i64::MAX));
    let rows = tx.all(sql.text(), sql.values(), |row| read(row, 0))?;
    Ok((rows, total))
}

fn conditions<'a>(
    sql: &mut Sql<'a>,
    visible: Visible,
    events: &'a [i64],
    filter: &'a WindowFilter,
    pattern: &'a str,
) {
    // Told apart, so that the planner walks one event by its index in the order that is wanted.
    match events {
        [event] => sql.push("a.event_id = ").bind(*event),
        several => sql.any("a.event_id", several),
    };
    sql.push(" AND ");
    visible.attribute(sql, "e", "a");
    if filter.text.is_some() {
        sql.push(" AND (")
            .like("a.value1", pattern, false)
            .push(" OR ")
            .like("a.value2", pattern, false);
        sql.push(" OR ").like("a.comment", pattern, false).push(")");
    }
    if let Some(types) = &filter.types {
        sql.push(" AND ").any("a.type_id", types);
    }
    if let Some(to_ids) = filter.to_ids {
        sql.push(if to_ids {
            " AND a.to_ids"
        } else {
            " AND NOT a.to_ids"
        });
    }
    match filter.deleted {
        Some(true) => {
            sql.push(" AND a.deleted");
        }
        Some(false) => {
            sql.push(" AND NOT a.deleted");
        }
        None => {}
    }
}
