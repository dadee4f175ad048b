//! Event reports.

use crate::events::distribution;
use crate::{DbResult, Row, Sql, Tx, Visible, params};
use sightline_core::ids::{EventId, EventReportId, SharingGroupId};
use sightline_misp::records::EventReport;
use uuid::Uuid;

const COLUMNS: &str =
    "r.id, r.uuid, r.event_id, r.name, r.content, r.distribution, r.sharing_group_id, r.timestamp, r.deleted";

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

/// Those of the uuids that are taken.
pub fn by_uuids(tx: &mut Tx<'_>, uuids: &[Uuid]) -> DbResult<Vec<EventReport>> {
    tx.all(
        &format!("SELECT {COLUMNS} FROM event_reports r WHERE r.uuid = ANY($1)"),
        params![uuids],
        read,
    )
}

/// Writes a new report; its `id` is ignored.
pub fn insert(tx: &mut Tx<'_>, report: &EventReport) -> DbResult<EventReportId> {
    tx.int(
        "INSERT INTO event_reports (uuid, event_id, name, content, distribution, sharing_group_id, timestamp, deleted) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
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
    )
    .map(EventReportId)
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
