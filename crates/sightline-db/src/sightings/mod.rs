//! Sightings (spec 01 section 7).

mod count;
mod list;
mod policy;
mod search;

pub use count::{per_event, per_source, per_stretch};
pub use list::{Detail, OrgKey, Scope, by_ids, count, find, newest_first, of_attributes, page};
pub use policy::{Rule, ShownTo};
pub use search::{attributes_matching, find_ids};

use crate::{DbResult, Kind, Row, Sql, Tx, Value, Visible, attributes, params};
use sightline_core::ids::{AttributeId, EventId, OrgId, SightingId};
use sightline_misp::fold::{fold, value_key};
use sightline_misp::records::{Attribute, Sighting, SightingType};
use std::collections::HashSet;
use uuid::Uuid;

/// The columns that [`read`] expects, of a table named `s`.
const COLUMNS: &str = "s.id, s.uuid, s.attribute_id, s.event_id, s.org_id, s.date_sighting, s.source, s.type";
/// How many columns [`COLUMNS`] names.
const COLUMN_COUNT: usize = 8;

/// Reads a sighting that starts at the first column.
fn read(row: &Row<'_>) -> DbResult<Sighting> {
    Ok(Sighting {
        id: SightingId(row.int(0)?),
        uuid: row.uuid(1)?,
        attribute_id: AttributeId(row.int(2)?),
        event_id: EventId(row.int(3)?),
        org_id: OrgId(row.int(4)?),
        date_sighting: row.int(5)?,
        source: row.text(6)?,
        kind: SightingType::from_number(row.int(7)?).unwrap_or_default(),
    })
}

/// Writes new sightings in bulk, in order, and gives them their ids.
pub fn insert_many(tx: &mut Tx<'_>, sightings: &mut [Sighting]) -> DbResult<()> {
    const COLUMNS: &[(&str, Kind)] = &[
        ("id", Kind::Int),
        ("uuid", Kind::Uuid),
        ("attribute_id", Kind::Int),
        ("event_id", Kind::Int),
        ("org_id", Kind::Int),
        ("date_sighting", Kind::Int),
        ("source", Kind::Text),
        ("type", Kind::Int),
    ];
    let ids = tx.allocate_ids("sightings", sightings.len())?;
    for (sighting, id) in sightings.iter_mut().zip(ids) {
        sighting.id = SightingId(id);
    }
    let sightings = &*sightings;
    tx.insert_many("sightings", COLUMNS, sightings.len(), |n, row| {
        let Some(s) = sightings.get(n) else { return };
        row.extend([
            Value::from(s.id),
            s.uuid.into(),
            s.attribute_id.into(),
            s.event_id.into(),
            s.org_id.into(),
            s.date_sighting.into(),
            (&s.source).into(),
            s.kind.number().into(),
        ]);
    })
}

/// Those of the uuids that are taken.
pub fn known_uuids(tx: &mut Tx<'_>, uuids: &[Uuid]) -> DbResult<HashSet<Uuid>> {
    if uuids.is_empty() {
        return Ok(HashSet::new());
    }
    Ok(tx
        .all(
            "SELECT uuid FROM sightings WHERE uuid = ANY($1)",
            params![uuids],
            |row| row.uuid(0),
        )?
        .into_iter()
        .collect())
}

/// Removes an organisation's expirations of some attributes: only the newest counts.
pub fn delete_expirations(tx: &mut Tx<'_>, org: OrgId, attributes: &[i64]) -> DbResult<()> {
    tx.exec(
        "DELETE FROM sightings WHERE attribute_id = ANY($1) AND org_id = $2 AND type = $3",
        params![attributes, org, SightingType::Expiration.number()],
    )?;
    Ok(())
}

/// Removes a sighting.
pub fn delete(tx: &mut Tx<'_>, id: SightingId) -> DbResult<()> {
    tx.exec("DELETE FROM sightings WHERE id = $1", params![id])?;
    Ok(())
}

/// Live attributes that the viewer may see and that have one of these values: as the whole, or as either half.
pub fn attributes_by_values(
    tx: &mut Tx<'_>,
    visible: Visible,
    values: &[String],
) -> DbResult<Vec<Attribute>> {
    let wanted: HashSet<String> = values.iter().map(|value| fold(value)).collect();
    // The whole of a composite value has no key of its own: it is found by its first half.
    let mut keys: Vec<i64> = wanted.iter().map(|value| value_key(value)).collect();
    keys.extend(
        wanted
            .iter()
            .filter_map(|value| value.split_once('|'))
            .map(|(first, _)| value_key(first)),
    );
    let mut sql = Sql::new(
        tx.dialect(),
        &format!(
            "SELECT {} FROM attributes a JOIN events e ON e.id = a.event_id WHERE NOT a.deleted AND a.id IN (",
            attributes::COLUMNS
        ),
    );
    sql.push("SELECT id FROM attributes WHERE ")
        .any("value1_key", &keys);
    sql.push(" UNION SELECT id FROM attributes WHERE ")
        .any("value2_key", &keys)
        .push(") AND ");
    visible.event(&mut sql, "e");
    sql.push(" AND ");
    visible.attribute(&mut sql, "e", "a");
    sql.push(" ORDER BY a.id");
    let mut found = tx.all(sql.text(), sql.values(), |row| attributes::read(row, 0))?;
    found.retain(|a| {
        wanted.contains(&fold(&a.value1))
            || !a.value2.is_empty()
                && (wanted.contains(&fold(&a.value2)) || wanted.contains(&fold(&a.value())))
    });
    Ok(found)
}

/// Those of the uuids that sightings of this event have.
pub fn uuids_of_event(tx: &mut Tx<'_>, event: EventId, uuids: &[Uuid]) -> DbResult<Vec<Uuid>> {
    tx.all(
        "SELECT uuid FROM sightings WHERE event_id = $1 AND uuid = ANY($2)",
        params![event, uuids],
        |row| row.uuid(0),
    )
}
