//! Searches: query trees of `sightline-query` become SQL here, and nowhere else. Every statement carries the viewer's
//! predicates; a search of many rows is a list of ids or a scan in id order, read in chunks.

mod ahead;
mod attribute_set;
mod attributes;
mod condition;
pub mod explain;
mod names;
pub(crate) mod order;
mod plan;
mod resolve;
mod values;
mod viewer;

pub use ahead::AttributeRows;
pub use attribute_set::{AttributeSet, last_attribute};
pub use attributes::{AttributeCursor, AttributeRow, Holding, count_attributes};
pub use viewer::{DeletedAccess, Viewer};

use crate::attributes as attribute_table;
use crate::events as event_table;
use crate::objects as object_table;
use crate::{DbResult, Row, Sql, Tx};
use condition::Condition;
use resolve::{Aliases, Resolver};
use sightline_misp::records::{Attribute, Event, Object};
use sightline_query::{
    AttributePredicate, EventColumn, EventPredicate, Filter, ObjectPredicate, Order, Paging,
};
use std::collections::{HashMap, HashSet};

/// The ids that a search found, in the order asked, and how many there are on all pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The ids of this page.
    pub ids: Vec<i64>,
    /// How many ids all pages have.
    pub total: i64,
}

/// The visible events that satisfy a filter.
pub fn events(
    tx: &mut Tx<'_>,
    viewer: Viewer,
    filter: &Filter<EventPredicate>,
    order: &[Order<EventColumn>],
    paging: Paging,
) -> DbResult<Page> {
    let condition = Resolver { tx: &mut *tx, viewer }.events(filter, &Aliases::of_events())?;
    plan::prepare(tx, &condition)?;
    let matching = |sql: &mut Sql<'_>| viewer.event(sql, "e");
    page(
        tx,
        &condition,
        viewer,
        Source {
            from: "events e",
            id: "e.id",
            visible: &matching,
        },
        &order::events(order, viewer.visible),
        paging,
    )
}

/// The visible objects that satisfy a filter, in id order.
pub fn objects(
    tx: &mut Tx<'_>,
    viewer: Viewer,
    filter: &Filter<ObjectPredicate>,
    paging: Paging,
) -> DbResult<Page> {
    let condition = Resolver { tx: &mut *tx, viewer }.objects(filter, &Aliases::of_objects())?;
    plan::prepare(tx, &condition)?;
    let matching = |sql: &mut Sql<'_>| {
        viewer.event(sql, "e");
        sql.push(" AND ");
        viewer.object(sql, "e", "o");
    };
    let source = Source {
        from: "objects o JOIN events e ON e.id = o.event_id",
        id: "o.id",
        visible: &matching,
    };
    page(tx, &condition, viewer, source, "o.id", paging)
}

/// Some visible events, in the order of the ids.
pub fn event_rows(tx: &mut Tx<'_>, viewer: Viewer, ids: &[i64]) -> DbResult<Vec<Event>> {
    let rows = event_table::by_ids(tx, viewer.visible, ids)?;
    Ok(in_order(ids, rows.into_iter().map(|event| (event.id.0, event))))
}

/// Some visible objects, in the order of the ids.
pub fn object_rows(tx: &mut Tx<'_>, viewer: Viewer, ids: &[i64]) -> DbResult<Vec<Object>> {
    let rows = object_table::by_ids(tx, viewer.visible, ids)?;
    Ok(in_order(
        ids,
        rows.into_iter().map(|object| (object.id.0, object)),
    ))
}

/// The visible attributes of some objects, in id order.
pub fn attributes_of_objects(
    tx: &mut Tx<'_>,
    viewer: Viewer,
    objects: &[i64],
    live_only: bool,
) -> DbResult<Vec<Attribute>> {
    let mut sql = Sql::new(
        tx.dialect(),
        &format!(
            "SELECT {} FROM objects o JOIN events e ON e.id = o.event_id \
             JOIN attributes a ON a.event_id = o.event_id AND a.object_id = o.id WHERE ",
            attribute_table::COLUMNS
        ),
    );
    sql.any("o.id", objects).push(" AND ");
    viewer.event(&mut sql, "e");
    sql.push(" AND ");
    viewer.attribute(&mut sql, "e", "a");
    sql.push(if live_only {
        " AND NOT a.deleted ORDER BY a.id"
    } else {
        " ORDER BY a.id"
    });
    tx.all(sql.text(), sql.values(), |row| attribute_table::read(row, 0))
}

/// Those of some attributes that satisfy a filter; whether they are visible has been decided before.
pub fn attributes_satisfying(
    tx: &mut Tx<'_>,
    viewer: Viewer,
    filter: &Filter<AttributePredicate>,
    ids: &[i64],
) -> DbResult<HashSet<i64>> {
    let condition = Resolver { tx: &mut *tx, viewer }.attributes(filter, &Aliases::of_attributes())?;
    let mut sql = Sql::new(
        tx.dialect(),
        "SELECT a.id FROM attributes a JOIN events e ON e.id = a.event_id WHERE ",
    );
    sql.any("a.id", ids).push(" AND ");
    condition.render(&mut sql, viewer);
    Ok(tx
        .all(sql.text(), sql.values(), |row| row.int(0))?
        .into_iter()
        .collect())
}

fn in_order<T>(ids: &[i64], rows: impl Iterator<Item = (i64, T)>) -> Vec<T> {
    let mut rows: HashMap<i64, T> = rows.collect();
    ids.iter().filter_map(|id| rows.remove(id)).collect()
}

/// Where a search looks.
#[derive(Clone, Copy)]
struct Source<'s> {
    from: &'s str,
    id: &'s str,
    visible: &'s dyn Fn(&mut Sql<'_>),
}

fn page(
    tx: &mut Tx<'_>,
    condition: &Condition,
    viewer: Viewer,
    source: Source<'_>,
    order: &str,
    paging: Paging,
) -> DbResult<Page> {
    let select = |what: &str, dialect| {
        let mut sql = Sql::new(dialect, &format!("SELECT {what} FROM {} WHERE ", source.from));
        condition.render(&mut sql, viewer);
        sql.push(" AND ");
        (source.visible)(&mut sql);
        sql
    };
    let mut sql = select(source.id, tx.dialect());
    sql.push(" ORDER BY ").push(order);
    limit(&mut sql, paging);
    let ids = tx.all(sql.text(), sql.values(), id)?;
    let total = match paging.limit {
        Some(_) => {
            let sql = select("COUNT(*)", tx.dialect());
            tx.int(sql.text(), sql.values())?
        }
        None => i64::try_from(ids.len()).unwrap_or(i64::MAX),
    };
    Ok(Page { ids, total })
}

fn id(row: &Row<'_>) -> DbResult<i64> {
    row.int(0)
}

fn limit(sql: &mut Sql<'_>, paging: Paging) {
    if let Some(rows) = paging.limit {
        let offset = i64::try_from(paging.offset()).unwrap_or(i64::MAX);
        sql.push(" LIMIT ")
            .bind(i64::from(rows))
            .push(" OFFSET ")
            .bind(offset);
    }
}
