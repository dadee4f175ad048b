//! `sightings/restSearch`: the query tree of `sightline-query` over sightings (spec 04 section 6).

use super::ShownTo;
use super::list::seen_by;
use crate::search::{AttributeCursor, DeletedAccess, Viewer};
use crate::tags::like_any;
use crate::{DbResult, Sql, Tx, Value, Visible, params, search};
use sightline_core::limits::CHUNK_ROWS;
use sightline_misp::records::Attribute;
use sightline_query::{AttributePredicate, Filter, Keys, Paging, SightingPredicate as S, Term, TimeRange};

/// The sightings that satisfy the filter and that the viewer is shown, in id order.
pub fn find_ids(
    tx: &mut Tx<'_>,
    visible: Visible,
    shown: ShownTo,
    filter: &Filter<S>,
    paging: Paging,
) -> DbResult<Vec<i64>> {
    let condition = resolve(tx, visible, filter)?;
    let mut sql = Sql::new(
        tx.dialect(),
        "SELECT s.id FROM sightings s JOIN attributes a ON a.id = s.attribute_id JOIN events e ON e.id = a.event_id \
         WHERE ",
    );
    condition.render(&mut sql);
    sql.push(" AND ");
    seen_by(&mut sql, visible, shown);
    sql.push(" ORDER BY s.id");
    if let Some(rows) = paging.limit {
        sql.push(" LIMIT ")
            .bind(rows)
            .push(" OFFSET ")
            .bind(i64::try_from(paging.offset()).unwrap_or(i64::MAX));
    }
    tx.all(sql.text(), sql.values(), |row| row.int(0))
}

/// The visible attributes that satisfy a filter, in id order; where there are more than `most`, one more than that.
pub fn attributes_matching(
    tx: &mut Tx<'_>,
    visible: Visible,
    filter: &Filter<AttributePredicate>,
    most: Option<usize>,
) -> DbResult<Vec<Attribute>> {
    let one_more = |most: usize| u32::try_from(most).unwrap_or(u32::MAX).saturating_add(1);
    let paging = Paging {
        limit: most.map(one_more),
        ..EVERYTHING
    };
    let mut cursor = AttributeCursor::open(tx, viewer(visible), filter, &[], paging)?;
    let mut found = Vec::new();
    loop {
        let rows = cursor.next(tx, CHUNK_ROWS)?;
        if rows.is_empty() {
            return Ok(found);
        }
        found.extend(rows.into_iter().map(|row| row.attribute));
    }
}

const EVERYTHING: Paging = Paging { limit: None, page: 1 };

/// Whose deleted rows are found does not matter: sightings of deleted attributes are never shown.
const fn viewer(visible: Visible) -> Viewer {
    Viewer {
        visible,
        deleted: DeletedAccess::All,
    }
}

/// A filter whose uuids and names have become ids.
enum Condition {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Ints(&'static str, Vec<i64>),
    Sources {
        exact: Vec<String>,
        patterns: Vec<String>,
    },
    Date(TimeRange),
}

fn resolve(tx: &mut Tx<'_>, visible: Visible, filter: &Filter<S>) -> DbResult<Condition> {
    let mut parts = |list: &[Filter<S>]| {
        list.iter()
            .map(|part| resolve(tx, visible, part))
            .collect::<DbResult<Vec<_>>>()
    };
    Ok(match filter {
        Filter::All(list) => Condition::All(parts(list)?),
        Filter::Any(list) => Condition::Any(parts(list)?),
        Filter::Not(part) => Condition::Not(Box::new(resolve(tx, visible, part)?)),
        Filter::Is(predicate) => leaf(tx, visible, predicate)?,
    })
}

fn leaf(tx: &mut Tx<'_>, visible: Visible, predicate: &S) -> DbResult<Condition> {
    Ok(match predicate {
        S::Sighting(keys) => {
            let mut ids = keys.ids.clone();
            ids.extend(tx.all(
                "SELECT id FROM sightings WHERE uuid = ANY($1)",
                params![&keys.uuids],
                |row| row.int(0),
            )?);
            Condition::Ints("s.id", ids)
        }
        S::Date(range) => Condition::Date(*range),
        S::Kind(kinds) => Condition::Ints("s.type", kinds.clone()),
        S::Org(keys) => Condition::Ints("s.org_id", organisation_ids(tx, keys)?),
        S::Source(terms) => sources(terms),
        S::OfEvent(filter) => Condition::Ints(
            "s.event_id",
            search::events(tx, viewer(visible), filter, &[], EVERYTHING)?.ids,
        ),
        S::OfAttribute(filter) => {
            let found = attributes_matching(tx, visible, filter, None)?;
            Condition::Ints(
                "s.attribute_id",
                found.iter().map(|attribute| attribute.id.0).collect(),
            )
        }
    })
}

fn organisation_ids(tx: &mut Tx<'_>, keys: &Keys) -> DbResult<Vec<i64>> {
    let mut ids = keys.ids.clone();
    ids.extend(tx.all(
        "SELECT id FROM organisations WHERE uuid = ANY($1)",
        params![&keys.uuids],
        |row| row.int(0),
    )?);
    let patterns: Vec<String> = keys.names.iter().map(pattern).collect();
    let mut sql = Sql::new(tx.dialect(), "SELECT o.id FROM organisations o WHERE ");
    like_any(&mut sql, "o.name", &patterns);
    ids.extend(tx.all(sql.text(), sql.values(), |row| row.int(0))?);
    Ok(ids)
}

/// The pattern that a term is, or that means exactly its text.
fn pattern(term: &Term) -> String {
    if term.wildcard {
        term.text.clone()
    } else {
        term.text
            .replace('\\', r"\\")
            .replace('%', r"\%")
            .replace('_', r"\_")
    }
}

fn sources(terms: &[Term]) -> Condition {
    let texts = |wildcard| {
        terms
            .iter()
            .filter(|t| t.wildcard == wildcard)
            .map(|t| t.text.clone())
            .collect()
    };
    Condition::Sources {
        exact: texts(false),
        patterns: texts(true),
    }
}

impl Condition {
    fn render<'a>(&'a self, sql: &mut Sql<'a>) {
        match self {
            Self::All(parts) => join(parts, "TRUE", " AND ", sql),
            Self::Any(parts) => join(parts, "FALSE", " OR ", sql),
            Self::Not(part) => {
                sql.push("NOT ");
                part.render(sql);
            }
            Self::Ints(column, list) => {
                sql.any(column, list);
            }
            Self::Sources { exact, patterns } => {
                sql.push("(").any("s.source", exact).push(" OR ");
                like_any(sql, "s.source", patterns);
                sql.push(")");
            }
            Self::Date(range) => {
                sql.push("s.date_sighting BETWEEN ")
                    .bind(Value::Int(range.from.unwrap_or(i64::MIN)));
                sql.push(" AND ").bind(Value::Int(range.to.unwrap_or(i64::MAX)));
            }
        }
    }
}

/// Joins in halves: a thousand alternatives in one row would exceed SQLite's depth of expressions.
fn join<'a>(parts: &'a [Condition], empty: &str, operator: &str, sql: &mut Sql<'a>) {
    match parts {
        [] => {
            sql.push(empty);
        }
        [only] => only.render(sql),
        _ => {
            let (left, right) = parts.split_at(parts.len() / 2);
            sql.push("(");
            join(left, empty, operator, sql);
            sql.push(operator);
            join(right, empty, operator, sql);
            sql.push(")");
        }
    }
}
