//! Several notes, opinions and relationships: of things, of a page, of an exchange with another instance.

use super::{COLUMN_COUNT, COLUMNS, read, seen_by};
use crate::like::escape;
use crate::{DbError, DbResult, Sql, Tx, Visible};
use sightline_core::Stretch;
use sightline_core::ids::AnalystDataId;
use sightline_misp::records::{AnalystData, AnalystKind};
use std::collections::HashSet;
use uuid::Uuid;

/// Rows that one look-up of threads returns, shared by all that it asks for: a thread that nobody reads to its end must
/// not fill the memory.
pub const THREAD_ROWS: usize = 10_000;
/// Rows that each gets in any case.
const FEWEST: usize = 10;

/// What hangs on some things, or points to them.
#[derive(Clone, Debug, Default)]
pub struct Hanging {
    /// Oldest first.
    pub rows: Vec<AnalystData>,
    /// The things of which there is more than is in `rows`.
    pub cut: HashSet<Uuid>,
}

/// Whether there is any at all: most instances have none, and then an event of 100,000 attributes asks only this.
pub fn any(tx: &mut Tx<'_>) -> DbResult<bool> {
    tx.exists("SELECT 1 FROM analyst_data LIMIT 1", &[])
}

/// The oldest rows of each: one that much hangs on takes nothing from the others.
fn of(tx: &mut Tx<'_>, visible: Visible, column: &str, uuids: &[Uuid]) -> DbResult<Hanging> {
    let share = (THREAD_ROWS / uuids.len().max(1)).max(FEWEST);
    let share = i64::try_from(share).unwrap_or(i64::MAX - 1);
    let mut sql = Sql::new(
        tx.dialect(),
        &format!(
            "SELECT {COLUMNS}, d.place, d.{column} FROM (SELECT d.*, \
             ROW_NUMBER() OVER (PARTITION BY d.{column} ORDER BY d.id) AS place FROM analyst_data d WHERE "
        ),
    );
    sql.any(&format!("d.{column}"), uuids).push(" AND ");
    seen_by(&mut sql, visible, "d");
    sql.push(") d WHERE d.place <= ")
        .bind(share + 1)
        .push(" ORDER BY d.id");
    let mut hanging = Hanging::default();
    tx.each(sql.text(), sql.values(), |row| {
        if row.int(COLUMN_COUNT)? > share {
            hanging.cut.insert(row.uuid(COLUMN_COUNT + 1)?);
        } else {
            hanging.rows.push(read(row)?);
        }
        Ok::<_, DbError>(true)
    })?;
    Ok(hanging)
}

/// How many visible rows hang on each of these uuids, replies and their replies included; those with none are left out.
pub fn count_on(tx: &mut Tx<'_>, visible: Visible, uuids: &[Uuid]) -> DbResult<Vec<(Uuid, i64)>> {
    // UNION drops repetitions, so a circle ends.
    let mut sql = Sql::new(
        tx.dialect(),
        "WITH RECURSIVE below (root, uuid) AS (SELECT d.object_uuid, d.uuid FROM analyst_data d WHERE ",
    );
    sql.any("d.object_uuid", uuids).push(" AND ");
    seen_by(&mut sql, visible, "d");
    sql.push(
        " UNION SELECT below.root, d.uuid FROM below JOIN analyst_data d ON d.object_uuid = below.uuid WHERE ",
    );
    seen_by(&mut sql, visible, "d");
    sql.push(") SELECT root, COUNT(*) FROM below GROUP BY root");
    tx.all(sql.text(), sql.values(), |row| Ok((row.uuid(0)?, row.int(1)?)))
}

/// The visible rows that hang on these uuids, oldest first.
pub fn hanging_on(tx: &mut Tx<'_>, visible: Visible, uuids: &[Uuid]) -> DbResult<Hanging> {
    of(tx, visible, "object_uuid", uuids)
}

/// The visible relationships that point to these uuids, oldest first.
pub fn pointing_to(tx: &mut Tx<'_>, visible: Visible, uuids: &[Uuid]) -> DbResult<Hanging> {
    of(tx, visible, "related_object_uuid", uuids)
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
    fn select<'a>(&'a self, tx: &Tx<'_>, what: &str, visible: Visible, kind: AnalystKind) -> Sql<'a> {
        let mut sql = Sql::new(
            tx.dialect(),
            &format!("SELECT {what} FROM analyst_data d WHERE d.kind = "),
        );
        sql.bind(kind.name());
        if let Some(uuids) = &self.uuids {
            sql.push(" AND ").any("d.uuid", uuids.as_slice());
        }
        if let Some(target) = self.target {
            sql.push(" AND d.object_uuid = ").bind(target);
        }
        sql.push(" AND ");
        seen_by(&mut sql, visible, "d");
        sql
    }
}

/// The next visible rows of a list of a kind, in id order; at most `most`.
pub fn page(
    tx: &mut Tx<'_>,
    visible: Visible,
    kind: AnalystKind,
    filter: &Filter,
    stretch: Stretch<AnalystDataId>,
    most: usize,
) -> DbResult<Vec<AnalystData>> {
    let mut sql = filter.select(tx, COLUMNS, visible, kind);
    sql.push(" AND d.id > ").bind(stretch.after);
    sql.push(" ORDER BY d.id LIMIT ").bind(stretch.rows(most));
    sql.push(" OFFSET ").bind(stretch.skip);
    tx.all(sql.text(), sql.values(), read)
}

/// How many visible rows a list of a kind has.
pub fn count(tx: &mut Tx<'_>, visible: Visible, kind: AnalystKind, filter: &Filter) -> DbResult<i64> {
    let sql = filter.select(tx, "COUNT(*)", visible, kind);
    tx.int(sql.text(), sql.values())
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
