//! Reading sightings: only those of attributes that the viewer may see, and of these only the ones that the policy shows.

use super::{COLUMN_COUNT, COLUMNS, ShownTo, read};
use crate::{DbResult, Row, Sql, Tx, Visible, attributes, events, organisations};
use sightline_core::Stretch;
use sightline_core::ids::{AttributeId, EventId, OrgId, SightingId};
use sightline_misp::records::{Attribute, Event, OrgRef, Sighting};
use std::collections::HashMap;
use uuid::Uuid;

/// A sighting with all that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detail {
    /// The sighting.
    pub sighting: Sighting,
    /// Who saw it.
    pub org: Option<OrgRef>,
    /// What was seen.
    pub attribute: Attribute,
    /// Where it was reported.
    pub event: Event,
}

const JOINED: &str =
    "FROM sightings s JOIN attributes a ON a.id = s.attribute_id JOIN events e ON e.id = a.event_id";

/// Columns: sighting, its organisation, attribute, event.
fn select(sql: &mut Sql<'_>) {
    sql.push(&format!(
        "SELECT {COLUMNS}, o.id, o.uuid, o.name, o.local, {}, {} {JOINED} \
         LEFT JOIN organisations o ON o.id = s.org_id WHERE ",
        attributes::COLUMNS,
        events::context()
    ));
}

fn detail(row: &Row<'_>) -> DbResult<Detail> {
    const ATTRIBUTE: usize = COLUMN_COUNT + 4;
    Ok(Detail {
        sighting: read(row)?,
        org: organisations::opt_ref(row, COLUMN_COUNT)?,
        attribute: attributes::read(row, ATTRIBUTE)?,
        event: events::read(row, ATTRIBUTE + attributes::COLUMN_COUNT)?,
    })
}

/// What every list respects: the attribute is live and visible, and the policy shows the sighting.
pub(super) fn seen_by(sql: &mut Sql<'_>, visible: Visible, shown: ShownTo) {
    sql.push("NOT a.deleted AND ");
    visible.event(sql, "e");
    sql.push(" AND ");
    visible.attribute(sql, "e", "a");
    sql.push(" AND ");
    shown.condition(sql, "s", "e");
}

/// By id or uuid, if the viewer is shown it.
pub fn find(
    tx: &mut Tx<'_>,
    visible: Visible,
    shown: ShownTo,
    id: Option<SightingId>,
    uuid: Option<Uuid>,
) -> DbResult<Option<Detail>> {
    let mut sql = Sql::new(tx.dialect(), "");
    select(&mut sql);
    match id {
        Some(id) => sql.push("s.id = ").bind(id),
        None => sql.push("s.uuid = ").bind(uuid),
    };
    sql.push(" AND ");
    seen_by(&mut sql, visible, shown);
    tx.first(sql.text(), sql.values(), detail)
}

/// The sightings of some attributes of one visible event, in the order of their ids.
pub fn of_attributes(
    tx: &mut Tx<'_>,
    shown: ShownTo,
    attributes: &[i64],
) -> DbResult<Vec<(Sighting, Option<OrgRef>)>> {
    let mut sql = Sql::new(
        tx.dialect(),
        &format!(
            "SELECT {COLUMNS}, o.id, o.uuid, o.name, o.local FROM sightings s JOIN events e ON e.id = s.event_id \
             LEFT JOIN organisations o ON o.id = s.org_id WHERE "
        ),
    );
    sql.any("s.attribute_id", attributes).push(" AND ");
    shown.condition(&mut sql, "s", "e");
    sql.push(" ORDER BY s.id");
    tx.all(sql.text(), sql.values(), |row| {
        Ok((read(row)?, organisations::opt_ref(row, COLUMN_COUNT)?))
    })
}

/// Those of the sightings that the viewer is shown, in the order of `ids`.
pub fn by_ids(tx: &mut Tx<'_>, visible: Visible, shown: ShownTo, ids: &[i64]) -> DbResult<Vec<Detail>> {
    let mut sql = Sql::new(tx.dialect(), "");
    select(&mut sql);
    sql.any("s.id", ids).push(" AND ");
    seen_by(&mut sql, visible, shown);
    let mut found = tx.all(sql.text(), sql.values(), detail)?;
    let places: HashMap<i64, usize> = ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
    found.sort_by_key(|detail| places.get(&detail.sighting.id.0).copied());
    Ok(found)
}

/// Which sightings a list is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// All of them.
    Everything,
    /// Those of one event.
    Event(EventId),
    /// Those of one attribute.
    Attribute(AttributeId),
}

/// An organisation by id or uuid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the two keys")]
pub enum OrgKey {
    Id(OrgId),
    Uuid(Uuid),
}

impl Scope {
    pub(super) fn condition(self, sql: &mut Sql<'_>) {
        match self {
            Self::Everything => sql.push("TRUE"),
            Self::Event(id) => sql.push("s.event_id = ").bind(id),
            Self::Attribute(id) => sql.push("s.attribute_id = ").bind(id),
        };
    }
}

/// The next sightings of a list, in id order; at most `most`.
pub fn page(
    tx: &mut Tx<'_>,
    visible: Visible,
    shown: ShownTo,
    scope: Scope,
    stretch: Stretch<SightingId>,
    most: usize,
) -> DbResult<Vec<Detail>> {
    let mut sql = Sql::new(tx.dialect(), "");
    select(&mut sql);
    scope.condition(&mut sql);
    sql.push(" AND s.id > ").bind(stretch.after).push(" AND ");
    seen_by(&mut sql, visible, shown);
    sql.push(" ORDER BY s.id LIMIT ").bind(stretch.rows(most));
    sql.push(" OFFSET ").bind(stretch.skip);
    tx.all(sql.text(), sql.values(), detail)
}

/// How many sightings there are in all.
pub fn count(tx: &mut Tx<'_>, visible: Visible, shown: ShownTo, scope: Scope) -> DbResult<i64> {
    let mut sql = Sql::new(tx.dialect(), &format!("SELECT COUNT(*) {JOINED} WHERE "));
    scope.condition(&mut sql);
    sql.push(" AND ");
    seen_by(&mut sql, visible, shown);
    tx.int(sql.text(), sql.values())
}

/// The sightings of an attribute or event, newest first; only of one organisation if given.
/// The ids of the sightings of an attribute or event, newest first; only of the organisation that all of `orgs` name.
pub fn newest_first(
    tx: &mut Tx<'_>,
    visible: Visible,
    shown: ShownTo,
    scope: Scope,
    orgs: &[OrgKey],
) -> DbResult<Vec<i64>> {
    let mut sql = Sql::new(
        tx.dialect(),
        "SELECT s.id FROM sightings s JOIN attributes a ON a.id = s.attribute_id JOIN events e ON e.id = a.event_id \
         LEFT JOIN organisations o ON o.id = s.org_id WHERE ",
    );
    scope.condition(&mut sql);
    for org in orgs {
        match org {
            OrgKey::Id(id) => sql.push(" AND s.org_id = ").bind(*id),
            OrgKey::Uuid(uuid) => sql.push(" AND o.uuid = ").bind(*uuid),
        };
    }
    sql.push(" AND ");
    seen_by(&mut sql, visible, shown);
    sql.push(" ORDER BY s.date_sighting DESC, s.id DESC");
    tx.all(sql.text(), sql.values(), |row| row.int(0))
}
