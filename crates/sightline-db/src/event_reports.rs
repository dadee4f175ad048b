//! Event reports.

use crate::events::{self, distribution};
use crate::{DbResult, Dialect, Row, Sql, Tx, Visible, params};
use sightline_core::Stretch;
use sightline_core::ids::{EventId, EventReportId, SharingGroupId};
use sightline_misp::records::{Event, EventReport};
use uuid::Uuid;

const COLUMNS: &str =
    "r.id, r.uuid, r.event_id, r.name, r.content, r.distribution, r.sharing_group_id, r.timestamp, r.deleted";

const COLUMN_COUNT: usize = 9;

fn read(row: &Row<'_>) -> DbResult<EventReport> {
    Ok(EventReport {
        id: EventReportId(row.int(0)?),
        uuid: row.uuid(1)?,
        event_id: EventId(row.int(2)?),
        name: row.text(3)?,
        content: row.text(4)?,
        distribution: distribution(row.int(5)?)?,
        sharing_group_id: SharingGroupId(row.int(6)?),
        timestamp: row.int(7)?,
        deleted: row.bool(8)?,
    })
}

/// The visible reports of an event, in id order.
pub fn of_event(
    tx: &mut Tx<'_>,
    visible: Visible,
    event: EventId,
    deleted: Option<bool>,
) -> DbResult<Vec<EventReport>> {
    let mut sql = Sql::new(
        tx.dialect(),
        &format!(
            "SELECT {COLUMNS} FROM event_reports r JOIN events e ON e.id = r.event_id WHERE r.event_id = "
        ),
    );
    sql.bind(event).push(" AND ");
    visible.inner(&mut sql, "e", "r");
    if let Some(deleted) = deleted {
        sql.push(if deleted {
            " AND r.deleted"
        } else {
            " AND NOT r.deleted"
        });
    }
    sql.push(" ORDER BY r.id");
    tx.all(sql.text(), sql.values(), read)
}

/// A report by id or uuid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the two keys")]
pub enum Key {
    Id(EventReportId),
    Uuid(Uuid),
}

fn keyed(sql: &mut Sql<'_>, key: Key) {
    match key {
        Key::Id(id) => sql.push("r.id = ").bind(id),
        Key::Uuid(uuid) => sql.push("r.uuid = ").bind(uuid),
    };
}

fn with_event(dialect: Dialect) -> Sql<'static> {
    Sql::new(
        dialect,
        &format!(
            "SELECT {COLUMNS}, {} FROM event_reports r JOIN events e ON e.id = r.event_id WHERE ",
            events::context()
        ),
    )
}

fn read_with_event(row: &Row<'_>) -> DbResult<(EventReport, Event)> {
    Ok((read(row)?, events::read(row, COLUMN_COUNT)?))
}

/// What every look-up respects. A deleted report is shown to those who own its event, to nobody else.
fn seen_by(sql: &mut Sql<'_>, visible: Visible) {
    visible.event(sql, "e");
    sql.push(" AND ");
    visible.inner(sql, "e", "r");
    sql.push(" AND (NOT r.deleted OR ");
    visible.owner(sql, "e");
    sql.push(")");
}

/// By id or uuid with its event, if the viewer may see both.
pub fn find(tx: &mut Tx<'_>, visible: Visible, key: Key) -> DbResult<Option<(EventReport, Event)>> {
    let mut sql = with_event(tx.dialect());
    keyed(&mut sql, key);
    sql.push(" AND ");
    seen_by(&mut sql, visible);
    tx.first(sql.text(), sql.values(), read_with_event)
}

/// Locks the event that the report is in, as everybody does who changes an event's content.
pub fn lock(tx: &mut Tx<'_>, key: Key) -> DbResult<()> {
    match key {
        Key::Id(id) => {
            let of = "id = (SELECT event_id FROM event_reports WHERE id = $1)";
            events::lock_where(tx, of, params![id])
        }
        Key::Uuid(uuid) => {
            let of = "id = (SELECT event_id FROM event_reports WHERE uuid = $1)";
            events::lock_where(tx, of, params![uuid])
        }
    }
}

/// Which reports a list shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Only of these events.
    pub events: Option<Vec<i64>>,
    /// `Some(false)`: live only, `Some(true)`: deleted only, `None`: both.
    pub deleted: Option<bool>,
    /// Part of the name, or the whole uuid.
    pub text: Option<String>,
}

impl Filter {
    /// What follows `WHERE`; `pattern` is the text between wildcards.
    fn conditions<'a>(&'a self, sql: &mut Sql<'a>, visible: Visible, pattern: &'a str) {
        seen_by(sql, visible);
        if let Some(events) = &self.events {
            sql.push(" AND ").any("r.event_id", events.as_slice());
        }
        match self.deleted {
            Some(true) => sql.push(" AND r.deleted"),
            Some(false) => sql.push(" AND NOT r.deleted"),
            None => sql,
        };
        if let Some(text) = &self.text {
            sql.push(" AND (").like("r.name", pattern, false);
            if let Ok(uuid) = Uuid::try_parse(text) {
                sql.push(" OR r.uuid = ").bind(uuid);
            }
            sql.push(")");
        }
    }

    fn pattern(&self) -> String {
        format!(
            "%{}%",
            crate::like::escape(self.text.as_deref().unwrap_or_default())
        )
    }
}

/// The next reports of a list with their events, in id order; at most `most`.
pub fn after(
    tx: &mut Tx<'_>,
    visible: Visible,
    filter: &Filter,
    stretch: Stretch<EventReportId>,
    most: usize,
) -> DbResult<Vec<(EventReport, Event)>> {
    let pattern = filter.pattern();
    let mut sql = with_event(tx.dialect());
    filter.conditions(&mut sql, visible, &pattern);
    sql.push(" AND r.id > ").bind(stretch.after);
    sql.push(" ORDER BY r.id LIMIT ").bind(stretch.rows(most));
    sql.push(" OFFSET ").bind(stretch.skip);
    tx.all(sql.text(), sql.values(), read_with_event)
}

/// How many reports a list has.
pub fn count(tx: &mut Tx<'_>, visible: Visible, filter: &Filter) -> DbResult<i64> {
    let pattern = filter.pattern();
    let mut sql = Sql::new(
        tx.dialect(),
        "SELECT COUNT(*) FROM event_reports r JOIN events e ON e.id = r.event_id WHERE ",
    );
    filter.conditions(&mut sql, visible, &pattern);
    tx.int(sql.text(), sql.values())
}

/// A page of reports with their events, the newest change first, and how many there are in all.
pub fn page(
    tx: &mut Tx<'_>,
    visible: Visible,
    filter: &Filter,
    limit: u32,
    offset: u64,
) -> DbResult<(Vec<(EventReport, Event)>, i64)> {
    let pattern = filter.pattern();
    let total = count(tx, visible, filter)?;
    let mut sql = with_event(tx.dialect());
    filter.conditions(&mut sql, visible, &pattern);
    sql.push(" ORDER BY r.timestamp DESC, r.id DESC LIMIT ")
        .bind(limit)
        .push(" OFFSET ")
        .bind(i64::try_from(offset).unwrap_or(i64::MAX));
    Ok((tx.all(sql.text(), sql.values(), read_with_event)?, total))
}

/// How many live reports the viewer sees of each of these events.
pub fn counts(tx: &mut Tx<'_>, visible: Visible, events: &[i64]) -> DbResult<Vec<(EventId, i64)>> {
    let mut sql = Sql::new(
        tx.dialect(),
        "SELECT r.event_id, COUNT(*) FROM event_reports r JOIN events e ON e.id = r.event_id WHERE NOT r.deleted AND ",
    );
    sql.any("r.event_id", events).push(" AND ");
    seen_by(&mut sql, visible);
    sql.push(" GROUP BY r.event_id");
    tx.all(sql.text(), sql.values(), |row| {
        Ok((EventId(row.int(0)?), row.int(1)?))
    })
}

/// Deletes a report for good.
pub fn delete(tx: &mut Tx<'_>, id: EventReportId) -> DbResult<()> {
    tx.exec("DELETE FROM event_reports WHERE id = $1", params![id])?;
    Ok(())
}

/// Those of the uuids that are taken.
pub fn by_uuids(tx: &mut Tx<'_>, uuids: &[Uuid]) -> DbResult<Vec<EventReport>> {
    tx.all(
        &format!("SELECT {COLUMNS} FROM event_reports r WHERE r.uuid = ANY($1)"),
        params![uuids],
        read,
    )
}

/// Writes a new report, unless its uuid is taken; its `id` is ignored.
pub fn insert_if_new(tx: &mut Tx<'_>, report: &EventReport) -> DbResult<Option<EventReportId>> {
    tx.first(
        "INSERT INTO event_reports (uuid, event_id, name, content, distribution, sharing_group_id, timestamp, deleted) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING id",
        params![
            report.uuid,
            report.event_id,
            &report.name,
            &report.content,
            report.distribution.number(),
            report.sharing_group_id,
            report.timestamp,
            report.deleted
        ],
        |row| row.int(0).map(EventReportId),
    )
}

/// Writes a report back; its uuid and event never change.
pub fn update(tx: &mut Tx<'_>, report: &EventReport) -> DbResult<()> {
    tx.exec(
        "UPDATE event_reports SET name = $2, content = $3, distribution = $4, sharing_group_id = $5, timestamp = $6, \
         deleted = $7 WHERE id = $1",
        params![
            report.id,
            &report.name,
            &report.content,
            report.distribution.number(),
            report.sharing_group_id,
            report.timestamp,
            report.deleted
        ],
    )?;
    Ok(())
}
