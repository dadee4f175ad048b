//! Several notes, opinions and relationships: of things, of a page, of an exchange with another instance.

use super::{COLUMNS, read, seen_by};
use crate::like::escape;
use crate::{DbResult, Sql, Tx, Visible};
use sightline_core::ids::AnalystDataId;
use sightline_misp::records::{AnalystData, AnalystKind};
use uuid::Uuid;

/// Most rows that one look-up of threads returns: a thread that nobody reads to its end must not fill the memory.
const THREAD_ROWS: i64 = 10_000;

/// Whether there is any at all: most instances have none, and then an event of 100,000 attributes asks only this.
pub fn any(tx: &mut Tx<'_>) -> DbResult<bool> {
    tx.exists("SELECT 1 FROM analyst_data LIMIT 1", &[])
}

fn of(tx: &mut Tx<'_>, visible: Visible, column: &str, uuids: &[Uuid]) -> DbResult<Vec<AnalystData>> {
    let mut sql = Sql::new(
        tx.dialect(),
        &format!("SELECT {COLUMNS} FROM analyst_data d WHERE "),
    );
    sql.any(column, uuids).push(" AND ");
    seen_by(&mut sql, visible, "d");
    sql.push(" ORDER BY d.id LIMIT ").bind(THREAD_ROWS);
    tx.all(sql.text(), sql.values(), read)
}

/// The visible rows that hang on these uuids, oldest first.
pub fn hanging_on(tx: &mut Tx<'_>, visible: Visible, uuids: &[Uuid]) -> DbResult<Vec<AnalystData>> {
    of(tx, visible, "d.object_uuid", uuids)
}

/// The visible relationships that point to these uuids, oldest first.
pub fn pointing_to(tx: &mut Tx<'_>, visible: Visible, uuids: &[Uuid]) -> DbResult<Vec<AnalystData>> {
    of(tx, visible, "d.related_object_uuid", uuids)
}

/// Which rows a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only these.
    pub uuids: Option<Vec<Uuid>>,
    /// Only what hangs on this.
    pub target: Option<Uuid>,
}

impl Filter {
    fn conditions<'a>(&'a self, sql: &mut Sql<'a>) {
        if let Some(uuids) = &self.uuids {
            sql.push(" AND ").any("d.uuid", uuids.as_slice());
        }
        if let Some(target) = self.target {
            sql.push(" AND d.object_uuid = ").bind(target);
        }
    }
}

/// The next visible rows of a kind, in id order after `after`.
pub fn page(
    tx: &mut Tx<'_>,
    visible: Visible,
    kind: AnalystKind,
    filter: &Filter,
    after: AnalystDataId,
    limit: usize,
) -> DbResult<Vec<AnalystData>> {
    let mut sql = Sql::new(
        tx.dialect(),
        &format!("SELECT {COLUMNS} FROM analyst_data d WHERE d.id > "),
    );
    sql.bind(after).push(" AND d.kind = ").bind(kind.name());
    filter.conditions(&mut sql);
    sql.push(" AND ");
    seen_by(&mut sql, visible, "d");
    sql.push(" ORDER BY d.id LIMIT ")
        .bind(i64::try_from(limit).unwrap_or(i64::MAX));
    tx.all(sql.text(), sql.values(), read)
}

/// What the list of a kind is restricted to; texts are parts, without regard to case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListFilter {
    /// Part of the note, the comment or the relationship's type.
    pub text: Option<String>,
    /// Part of the name of the organisation that wrote it.
    pub org: Option<String>,
    /// Only what hangs on this.
    pub target: Option<Uuid>,
}

/// The visible rows of a kind, the latest first, and how many there are.
pub fn latest(
    tx: &mut Tx<'_>,
    visible: Visible,
    kind: AnalystKind,
    filter: &ListFilter,
    limit: i64,
    offset: i64,
) -> DbResult<(Vec<AnalystData>, i64)> {
    let part = |text: &Option<String>| format!("%{}%", escape(text.as_deref().unwrap_or_default()));
    let (text, org) = (part(&filter.text), part(&filter.org));
    let select = |tx: &Tx<'_>, what: &str| {
        let mut sql = Sql::new(
            tx.dialect(),
            &format!("SELECT {what} FROM analyst_data d WHERE d.kind = "),
        );
        sql.bind(kind.name());
        if let Some(target) = filter.target {
            sql.push(" AND d.object_uuid = ").bind(target);
        }
        if filter.text.is_some() {
            let column = "COALESCE(d.note, d.comment, d.relationship_type, '')";
            sql.push(" AND ").like(column, &text, false);
        }
        if filter.org.is_some() {
            sql.push(" AND EXISTS (SELECT 1 FROM organisations wo WHERE wo.uuid = d.orgc_uuid AND ");
            sql.like("wo.name", &org, false).push(")");
        }
        sql.push(" AND ");
        seen_by(&mut sql, visible, "d");
        sql
    };
    let count = select(tx, "COUNT(*)");
    let total = tx.int(count.text(), count.values())?;
    let mut sql = select(tx, COLUMNS);
    sql.push(" ORDER BY d.modified DESC, d.id DESC LIMIT ")
        .bind(limit);
    sql.push(" OFFSET ").bind(offset);
    Ok((tx.all(sql.text(), sql.values(), read)?, total))
}

/// Uuid and last change of every visible row, for another instance to compare: of organisations with these names or
/// not with those, in the order of kinds.
pub fn minimal(
    tx: &mut Tx<'_>,
    visible: Visible,
    wanted: &[String],
    unwanted: &[String],
) -> DbResult<Vec<(AnalystKind, Uuid, i64)>> {
    let mut sql = Sql::new(
        tx.dialect(),
        "SELECT d.kind, d.uuid, d.modified FROM analyst_data d LEFT JOIN organisations o ON o.uuid = d.orgc_uuid \
         WHERE TRUE",
    );
    if !wanted.is_empty() {
        sql.push(" AND ").any("o.name", wanted);
    }
    if !unwanted.is_empty() {
        sql.push(" AND NOT (")
            .any("COALESCE(o.name, '')", unwanted)
            .push(")");
    }
    sql.push(" AND ");
    seen_by(&mut sql, visible, "d");
    sql.push(" ORDER BY d.kind, d.id");
    let rows = tx.all(sql.text(), sql.values(), |row| {
        Ok((AnalystKind::parse(row.str(0)?), row.uuid(1)?, row.int(2)?))
    })?;
    Ok(rows
        .into_iter()
        .filter_map(|(kind, uuid, modified)| Some((kind?, uuid, modified)))
        .collect())
}
