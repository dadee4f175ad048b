//! From what callers write (ids, uuids, names, patterns) to row ids; one query per list.

use super::condition::Condition;
use crate::{DbResult, Sql, Tx, Visible};
use sightline_query::{Keys, Term};
use uuid::Uuid;

/// Ids of rows of `table` named by id, uuid or name. Ids are taken as they are: an unknown one matches nothing.
pub(super) fn ids(tx: &mut Tx<'_>, table: &str, keys: &Keys, fold_case: bool) -> DbResult<Vec<i64>> {
    let mut found = keys.ids.clone();
    if !keys.uuids.is_empty() {
        let sql = format!("SELECT id FROM {table} WHERE uuid = ANY($1)");
        found.extend(tx.all(&sql, crate::params![&keys.uuids], |row| row.int(0))?);
    }
    if !keys.names.is_empty() {
        found.extend(by_text(tx, table, "x.name", &keys.names, fold_case)?);
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Ids of the rows `x` of `table` of which a column matches one of the terms.
pub(super) fn by_text(
    tx: &mut Tx<'_>,
    table: &str,
    column: &str,
    terms: &[Term],
    fold_case: bool,
) -> DbResult<Vec<i64>> {
    by_condition(tx, table, &text(column, terms, fold_case))
}

/// Ids of the rows `x` of `table` that satisfy a condition.
pub(super) fn by_condition(tx: &mut Tx<'_>, table: &str, condition: &Condition) -> DbResult<Vec<i64>> {
    let everyone = super::Viewer {
        visible: Visible::everything(),
        deleted: super::DeletedAccess::All,
    };
    let mut sql = Sql::new(tx.dialect(), &format!("SELECT x.id FROM {table} x WHERE "));
    condition.render(&mut sql, everyone);
    tx.all(sql.text(), sql.values(), |row| row.int(0))
}

/// Ids of sharing groups: those of uuids that the viewer does not see stay unknown.
pub(super) fn group_ids(tx: &mut Tx<'_>, visible: Visible, keys: &Keys) -> DbResult<Vec<i64>> {
    let mut found = keys.ids.clone();
    if !keys.uuids.is_empty() {
        let mut sql = Sql::new(tx.dialect(), "SELECT g.id FROM sharing_groups g WHERE ");
        sql.any("g.uuid", &keys.uuids).push(" AND ");
        visible.sharing_group(&mut sql, "g");
        found.extend(tx.all(sql.text(), sql.values(), |row| row.int(0))?);
    }
    Ok(found)
}

/// The uuids of events named by id or uuid.
pub(super) fn event_uuids(tx: &mut Tx<'_>, visible: Visible, keys: &Keys) -> DbResult<Vec<Uuid>> {
    let mut uuids = keys.uuids.clone();
    if !keys.ids.is_empty() {
        let mut sql = Sql::new(tx.dialect(), "SELECT e.uuid FROM events e WHERE ");
        sql.any("e.id", &keys.ids).push(" AND ");
        visible.event(&mut sql, "e");
        uuids.extend(tx.all(sql.text(), sql.values(), |row| row.uuid(0))?);
    }
    Ok(uuids)
}

/// A column matches one of the terms, with or without regard to case.
pub(super) fn text(column: &str, terms: &[Term], fold_case: bool) -> Condition {
    let (patterns, exact): (Vec<&Term>, Vec<&Term>) = terms.iter().partition(|term| term.wildcard);
    let mut patterns: Vec<String> = patterns.into_iter().map(|term| term.text.clone()).collect();
    let exact: Vec<String> = exact.into_iter().map(|term| term.text.clone()).collect();
    let mut parts = Vec::new();
    if fold_case {
        // Both engines compare patterns alike without regard to case, but fold letters beyond ASCII differently.
        patterns.extend(exact.iter().map(|text| literal(text)));
    } else if !exact.is_empty() {
        parts.push(Condition::Texts(column.to_owned(), exact));
    }
    if !patterns.is_empty() {
        parts.push(Condition::Like {
            column: column.to_owned(),
            patterns,
            fold_case,
        });
    }
    Condition::Any(parts)
}

/// A pattern that matches only this text.
fn literal(text: &str) -> String {
    text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_")
}
