//! Events.

use crate::{DbError, DbResult, Dialect, Row, Sql, Tx, Value, Visible, params};
use sightline_core::ids::{EventId, OrgId, SharingGroupId, TagId, UserId};
use sightline_misp::records::{Analysis, Distribution, Event, ThreatLevel};
use uuid::Uuid;

/// How many columns [`read`] expects.
pub(crate) const COLUMN_COUNT: usize = 21;

/// Appends the columns that [`read`] expects, of a table named `e`, with the number of attributes that the viewer sees.
pub(crate) fn push_columns(sql: &mut Sql<'_>, visible: Visible) {
    let attribute_count = visible.attribute_count(sql, "e");
    sql.push(&select(&attribute_count));
}

/// The same columns for those who may know everything of the event.
pub(crate) fn columns() -> String {
    select("e.attribute_count")
}

/// The columns of an event that is read for the sake of something in it; its attributes are not counted.
pub(crate) fn context() -> String {
    select("CAST(0 AS BIGINT)")
}

fn select(attribute_count: &str) -> String {
    format!(
        "e.id, e.uuid, e.org_id, e.orgc_id, e.user_id, e.date, e.info, e.threat_level_id, e.analysis, e.distribution, \
         e.sharing_group_id, e.published, e.timestamp, e.publish_timestamp, e.sighting_timestamp, {attribute_count}, \
         e.locked, e.proposal_email_lock, e.disable_correlation, e.extends_uuid, e.protected"
    )
}

/// Reads an event that starts at column `at`.
pub(crate) fn read(row: &Row<'_>, at: usize) -> DbResult<Event> {
    Ok(Event {
        id: EventId(row.int(at)?),
        uuid: row.uuid(at + 1)?,
        org_id: OrgId(row.int(at + 2)?),
        orgc_id: OrgId(row.int(at + 3)?),
        user_id: UserId(row.int(at + 4)?),
        date: row.text(at + 5)?,
        info: row.text(at + 6)?,
        threat_level: ThreatLevel::from_number(row.int(at + 7)?).unwrap_or(ThreatLevel::Undefined),
        analysis: Analysis::from_number(row.int(at + 8)?).unwrap_or(Analysis::Initial),
        distribution: distribution(row.int(at + 9)?)?,
        sharing_group_id: SharingGroupId(row.int(at + 10)?),
        published: row.bool(at + 11)?,
        timestamp: row.int(at + 12)?,
        publish_timestamp: row.int(at + 13)?,
        sighting_timestamp: row.int(at + 14)?,
        attribute_count: row.int(at + 15)?,
        locked: row.bool(at + 16)?,
        proposal_email_lock: row.bool(at + 17)?,
        disable_correlation: row.bool(at + 18)?,
        extends_uuid: row.opt_uuid(at + 19)?,
        protected: row.opt_bool(at + 20)?,
    })
}

/// A stored distribution; an unknown number is a defect, never widened.
pub(crate) fn distribution(number: i64) -> DbResult<Distribution> {
    Distribution::from_number(number).ok_or_else(|| DbError::Other(format!("unknown distribution {number}")))
}

/// Keeps others from changing the event and what is in it until this transaction ends, so that what is read of it next is
/// still true when it is written. Whoever changes content takes this lock first, so that nobody waits in a circle. SQLite
/// has a single writer, so there is nothing to do.
pub fn lock(tx: &mut Tx<'_>, id: Option<EventId>, uuid: Option<Uuid>) -> DbResult<()> {
    match (id, uuid) {
        (Some(id), _) => lock_where(tx, "id = $1", params![id]),
        (None, uuid) => lock_where(tx, "uuid = $1", params![uuid]),
    }
}

/// As [`lock`], for several events, in the order of their ids: two that do this never wait for each other in a circle.
pub fn lock_many(tx: &mut Tx<'_>, ids: &[i64]) -> DbResult<()> {
    if tx.dialect() == Dialect::Postgres {
        tx.all(
            "SELECT 1 FROM events WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE",
            params![ids],
            |_| Ok(()),
        )?;
    }
    Ok(())
}

/// As [`lock`], for the event that a condition names.
pub(crate) fn lock_where(tx: &mut Tx<'_>, condition: &str, params: &[Value<'_>]) -> DbResult<()> {
    if tx.dialect() == Dialect::Postgres {
        tx.exists(
            &format!("SELECT 1 FROM events WHERE {condition} FOR NO KEY UPDATE"),
            params,
        )?;
    }
    Ok(())
}

/// The start of a statement that reads events, up to its conditions.
fn visible_events(dialect: Dialect, visible: Visible) -> Sql<'static> {
    let mut sql = Sql::new(dialect, "SELECT ");
    push_columns(&mut sql, visible);
    sql.push(" FROM events e WHERE ");
    sql
}

/// By id, if visible.
pub fn by_id(tx: &mut Tx<'_>, visible: Visible, id: EventId) -> DbResult<Option<Event>> {
    let mut sql = visible_events(tx.dialect(), visible);
    sql.push("e.id = ").bind(id).push(" AND ");
    visible.event(&mut sql, "e");
    tx.first(sql.text(), sql.values(), |row| read(row, 0))
}

/// By uuid, if visible.
pub fn by_uuid(tx: &mut Tx<'_>, visible: Visible, uuid: Uuid) -> DbResult<Option<Event>> {
    let mut sql = visible_events(tx.dialect(), visible);
    sql.push("e.uuid = ").bind(uuid).push(" AND ");
    visible.event(&mut sql, "e");
    tx.first(sql.text(), sql.values(), |row| read(row, 0))
}

/// Those of the ids that are visible.
pub fn by_ids(tx: &mut Tx<'_>, visible: Visible, ids: &[i64]) -> DbResult<Vec<Event>> {
    let mut sql = visible_events(tx.dialect(), visible);
    sql.any("e.id", ids).push(" AND ");
    visible.event(&mut sql, "e");
    sql.push(" ORDER BY e.id");
    tx.all(sql.text(), sql.values(), |row| read(row, 0))
}

/// The visible events that have a tag, the newest first, at most `most`.
pub fn tagged(tx: &mut Tx<'_>, visible: Visible, tag: TagId, most: usize) -> DbResult<Vec<Event>> {
    let mut sql = Sql::new(
        tx.dialect(),
        &format!(
            "SELECT {} FROM event_tags t JOIN events e ON e.id = t.event_id WHERE t.tag_id = ",
            context()
        ),
    );
    sql.bind(tag).push(" AND ");
    visible.event(&mut sql, "e");
    sql.push(" ORDER BY e.id DESC LIMIT ")
        .bind(i64::try_from(most).unwrap_or(i64::MAX));
    tx.all(sql.text(), sql.values(), |row| read(row, 0))
}

/// Those of the uuids that are visible.
pub fn by_uuids(tx: &mut Tx<'_>, visible: Visible, uuids: &[Uuid]) -> DbResult<Vec<Event>> {
    let mut sql = visible_events(tx.dialect(), visible);
    sql.any("e.uuid", uuids).push(" AND ");
    visible.event(&mut sql, "e");
    sql.push(" ORDER BY e.id");
    tx.all(sql.text(), sql.values(), |row| read(row, 0))
}

/// Visible events that extend the event of this uuid, the oldest first, at most `limit`.
pub fn extending(tx: &mut Tx<'_>, visible: Visible, uuid: Uuid, limit: usize) -> DbResult<Vec<Event>> {
    let mut sql = visible_events(tx.dialect(), visible);
    sql.push("e.extends_uuid = ").bind(uuid).push(" AND ");
    visible.event(&mut sql, "e");
    sql.push(" ORDER BY e.id LIMIT ")
        .bind(i64::try_from(limit).unwrap_or(i64::MAX));
    tx.all(sql.text(), sql.values(), |row| read(row, 0))
}

/// Writes a new event; its `id` is ignored.
pub fn insert(tx: &mut Tx<'_>, event: &Event) -> DbResult<EventId> {
    tx.int(
        "INSERT INTO events (uuid, org_id, orgc_id, user_id, date, info, threat_level_id, analysis, distribution, \
         sharing_group_id, published, timestamp, publish_timestamp, locked, disable_correlation, extends_uuid, \
         protected) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) RETURNING id",
        params![
            event.uuid,
            event.org_id,
            event.orgc_id,
            event.user_id,
            &event.date,
            &event.info,
            event.threat_level.number(),
            event.analysis.number(),
            event.distribution.number(),
            event.sharing_group_id,
            event.published,
            event.timestamp,
            event.publish_timestamp,
            event.locked,
            event.disable_correlation,
            event.extends_uuid,
            event.protected
        ],
    )
    .map(EventId)
}

/// Writes back what an edit may change (spec 03 section 3.2).
pub fn update(tx: &mut Tx<'_>, event: &Event) -> DbResult<()> {
    tx.exec(
        "UPDATE events SET date = $2, info = $3, threat_level_id = $4, analysis = $5, distribution = $6, \
         sharing_group_id = $7, published = $8, timestamp = $9, publish_timestamp = $10, disable_correlation = $11, \
         extends_uuid = $12, protected = $13, locked = $14 WHERE id = $1",
        params![
            event.id,
            &event.date,
            &event.info,
            event.threat_level.number(),
            event.analysis.number(),
            event.distribution.number(),
            event.sharing_group_id,
            event.published,
            event.timestamp,
            event.publish_timestamp,
            event.disable_correlation,
            event.extends_uuid,
            event.protected,
            event.locked
        ],
    )?;
    Ok(())
}

/// `published = false, timestamp = now` (spec 03 section 1.4).
pub fn unpublish_at(tx: &mut Tx<'_>, id: EventId, now: i64) -> DbResult<()> {
    tx.exec(
        "UPDATE events SET published = FALSE, timestamp = $2 WHERE id = $1",
        params![id, now],
    )?;
    Ok(())
}

/// As [`unpublish_at`], for several events.
pub fn unpublish_many_at(tx: &mut Tx<'_>, ids: &[i64], now: i64) -> DbResult<()> {
    tx.exec(
        "UPDATE events SET published = FALSE, timestamp = $2 WHERE id = ANY($1)",
        params![ids, now],
    )?;
    Ok(())
}

/// Sets the published flag; `at` is the publish time, kept when `None`.
pub fn set_published(tx: &mut Tx<'_>, id: EventId, published: bool, at: Option<i64>) -> DbResult<()> {
    tx.exec(
        "UPDATE events SET published = $2, publish_timestamp = COALESCE($3, publish_timestamp) WHERE id = $1",
        params![id, published, at],
    )?;
    Ok(())
}

/// Sets when the event's sightings were last published.
pub fn set_sighting_timestamp(tx: &mut Tx<'_>, id: EventId, now: i64) -> DbResult<()> {
    tx.exec(
        "UPDATE events SET sighting_timestamp = $2 WHERE id = $1",
        params![id, now],
    )?;
    Ok(())
}

/// Allows the next proposal to be announced again: the owner has dealt with the last ones (spec 01 section 2).
pub fn clear_proposal_lock(tx: &mut Tx<'_>, id: EventId) -> DbResult<()> {
    tx.exec(
        "UPDATE events SET proposal_email_lock = FALSE WHERE id = $1 AND proposal_email_lock",
        params![id],
    )?;
    Ok(())
}

/// Adds to the count of live attributes.
pub fn add_to_count(tx: &mut Tx<'_>, id: EventId, delta: i64) -> DbResult<()> {
    if delta != 0 {
        tx.exec(
            "UPDATE events SET attribute_count = attribute_count + $2 WHERE id = $1",
            params![id, delta],
        )?;
    }
    Ok(())
}

/// Removes the event and everything that hangs on it.
pub fn delete(tx: &mut Tx<'_>, id: EventId) -> DbResult<()> {
    for table in [
        "attribute_tags",
        "event_tags",
        "sightings",
        "proposals",
        "event_delegations",
        "posts",
        "threads",
        "object_references",
        "objects",
        "event_reports",
        "attributes",
    ] {
        tx.exec(&format!("DELETE FROM {table} WHERE event_id = $1"), params![id])?;
    }
    tx.exec("DELETE FROM events WHERE id = $1", params![id])?;
    Ok(())
}

/// id and timestamp of the events among these uuids, seen or not: for feeds, which compare before they download.
pub fn timestamps(tx: &mut Tx<'_>, uuids: &[Uuid]) -> DbResult<Vec<(Uuid, EventId, i64)>> {
    tx.all(
        "SELECT uuid, id, timestamp FROM events WHERE uuid = ANY($1)",
        params![uuids],
        |row| Ok((row.uuid(0)?, EventId(row.int(1)?), row.int(2)?)),
    )
}
