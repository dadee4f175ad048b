//! How a search would be answered, without answering it: for administrators who wonder why one is slow.

use super::condition::Condition;
use super::resolve::{Aliases, Resolver};
use super::{AttributeCursor, Viewer, limit, order, plan};
use crate::{DbResult, Dialect, Sql, Tx};
use sightline_query::{
    AttributeColumn, AttributePredicate, EventColumn, EventPredicate, Filter, Order, Paging,
};

/// The way of one search.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// What finds the rows: columns with an index, or nothing when all are read.
    pub index: Option<String>,
    /// About how many rows that finds; `None` when it was not counted, or is more than is counted.
    pub rows: Option<i64>,
    /// The statement that lists what is found.
    pub statement: String,
    /// How the engine would run it, in its own words.
    pub engine: Vec<String>,
}

/// How a search for attributes would be answered.
pub fn attributes(
    tx: &mut Tx<'_>,
    viewer: Viewer,
    filter: &Filter<AttributePredicate>,
    sort: &[Order<AttributeColumn>],
    paging: Paging,
) -> DbResult<Explanation> {
    let cursor = AttributeCursor::planned(tx, viewer, filter, sort, paging)?;
    let lead = cursor.lead().cloned();
    let sql = cursor.listing(tx.dialect(), sort, paging);
    explained(tx, lead, &sql)
}

/// How a search for events would be answered.
pub fn events(
    tx: &mut Tx<'_>,
    viewer: Viewer,
    filter: &Filter<EventPredicate>,
    sort: &[Order<EventColumn>],
    paging: Paging,
) -> DbResult<Explanation> {
    let condition = Resolver { tx: &mut *tx, viewer }.events(filter, &Aliases::of_events())?;
    plan::prepare(tx, &condition)?;
    let lead = lead_of_events(tx, &condition)?;
    let mut sql = Sql::new(tx.dialect(), "SELECT e.id FROM events e WHERE ");
    condition.render(&mut sql, viewer);
    sql.push(" AND ");
    viewer.event(&mut sql, "e");
    sql.push(" ORDER BY ").push(&order::events(sort, viewer.visible));
    limit(&mut sql, paging);
    explained(tx, lead, &sql)
}

/// The most selective of the conditions on the event itself or on attributes that it must have.
fn lead_of_events(tx: &mut Tx<'_>, condition: &Condition) -> DbResult<Option<plan::Lead>> {
    Ok(plan::plan(tx, condition.clone())?.lead)
}

fn explained(tx: &mut Tx<'_>, lead: Option<plan::Lead>, sql: &Sql<'_>) -> DbResult<Explanation> {
    let (explain, column) = match tx.dialect() {
        Dialect::Sqlite => ("EXPLAIN QUERY PLAN", 3),
        Dialect::Postgres => ("EXPLAIN", 0),
    };
    let engine = tx.all(&format!("{explain} {}", sql.text()), sql.values(), |row| {
        row.text(column)
    })?;
    let rows = match tx.dialect() {
        Dialect::Sqlite => lead.as_ref().and_then(|lead| lead.rows),
        Dialect::Postgres => engine.first().and_then(|line| estimate(line)),
    };
    Ok(Explanation {
        index: lead.map(|lead| lead.index),
        rows,
        statement: sql.text().to_owned(),
        engine,
    })
}

/// The number of rows in the first line of PostgreSQL's plan.
fn estimate(line: &str) -> Option<i64> {
    let (_, rest) = line.split_once("rows=")?;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}
