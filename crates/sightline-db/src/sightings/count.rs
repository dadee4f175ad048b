//! Counting sightings per event, by source and over time, under the same rules as listing them.

use super::list::seen_by;
use super::{Scope, ShownTo};
use crate::{DbResult, Sql, Tx, Visible};
use sightline_core::ids::EventId;
use sightline_misp::records::SightingType;

/// How many sightings of each type the viewer is shown, per event.
pub fn per_event(
    tx: &mut Tx<'_>,
    visible: Visible,
    shown: ShownTo,
    events: &[i64],
) -> DbResult<Vec<(EventId, SightingType, i64)>> {
    let mut sql = Sql::new(
        tx.dialect(),
        "SELECT s.event_id, s.type, COUNT(*) FROM sightings s JOIN attributes a ON a.id = s.attribute_id \
         JOIN events e ON e.id = a.event_id WHERE ",
    );
    sql.any("s.event_id", events).push(" AND ");
    seen_by(&mut sql, visible, shown);
    sql.push(" GROUP BY s.event_id, s.type");
    tx.all(sql.text(), sql.values(), |row| {
        Ok((
            EventId(row.int(0)?),
            SightingType::from_number(row.int(1)?).unwrap_or_default(),
            row.int(2)?,
        ))
    })
}

/// How many sightings the viewer is shown, by their source and event. Without those that name no source.
pub fn per_source(
    tx: &mut Tx<'_>,
    visible: Visible,
    shown: ShownTo,
) -> DbResult<Vec<(String, EventId, i64)>> {
    let mut sql = Sql::new(
        tx.dialect(),
        "SELECT s.source, s.event_id, COUNT(*) FROM sightings s JOIN attributes a ON a.id = s.attribute_id \
         JOIN events e ON e.id = a.event_id WHERE s.source <> '' AND ",
    );
    seen_by(&mut sql, visible, shown);
    sql.push(" GROUP BY s.source, s.event_id ORDER BY s.source, s.event_id");
    tx.all(sql.text(), sql.values(), |row| {
        Ok((row.text(0)?, EventId(row.int(1)?), row.int(2)?))
    })
}

/// How many sightings of each type the viewer is shown per stretch of `width` seconds since `from`, numbered from 0;
/// everything older counts as stretch -1.
pub fn per_stretch(
    tx: &mut Tx<'_>,
    visible: Visible,
    shown: ShownTo,
    scope: Scope,
    from: i64,
    width: i64,
) -> DbResult<Vec<(SightingType, i64, i64)>> {
    let mut sql = Sql::new(tx.dialect(), "SELECT s.type, CASE WHEN s.date_sighting < ");
    sql.bind(from)
        .push(" THEN -1 ELSE (s.date_sighting - ")
        .bind(from);
    sql.push(") / ").bind(width.max(1)).push(
        " END, COUNT(*) FROM sightings s JOIN attributes a ON a.id = s.attribute_id \
         JOIN events e ON e.id = a.event_id WHERE ",
    );
    scope.condition(&mut sql);
    sql.push(" AND ");
    seen_by(&mut sql, visible, shown);
    sql.push(" GROUP BY 1, 2 ORDER BY 1, 2");
    tx.all(sql.text(), sql.values(), |row| {
        Ok((
            SightingType::from_number(row.int(0)?).unwrap_or_default(),
            row.int(1)?,
            row.int(2)?,
        ))
    })
}
