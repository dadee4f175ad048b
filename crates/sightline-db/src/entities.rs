//! Things by kind and uuid, whatever they are: what analyst data hangs on and what reports refer to. One place knows
//! where a kind is kept and who may see it.

use crate::{DbResult, Sql, Tx, Visible, analyst_data};
use sightline_core::ids::EventId;
use sightline_misp::records::{AnalystKind, EntityKind, EntityRef};
use sightline_misp::types::AttributeType;
use uuid::Uuid;

/// A thing in a few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// What and which.
    pub of: EntityRef,
    /// Its row's id.
    pub id: i64,
    /// The event that it is, or is in.
    pub event_id: Option<EventId>,
    /// An attribute's type, else the kind's name.
    pub label: String,
    /// Its value, name or text.
    pub title: String,
}

/// Where a kind is kept: tables, the row's alias, and columns `id, event id, label, title`. `None` for kinds that this
/// instance does not keep.
fn source(kind: EntityKind) -> Option<(&'static str, &'static str, &'static str)> {
    Some(match kind {
        EntityKind::Event => ("events e", "e", "e.id, e.id, '', e.info"),
        EntityKind::Attribute => (
            "attributes a JOIN events e ON e.id = a.event_id",
            "a",
            "a.id, a.event_id, CAST(a.type_id AS TEXT), \
             a.value1 || CASE WHEN a.value2 = '' THEN '' ELSE '|' || a.value2 END",
        ),
        EntityKind::Object => (
            "objects x JOIN events e ON e.id = x.event_id",
            "x",
            "x.id, x.event_id, '', x.name",
        ),
        EntityKind::EventReport => (
            "event_reports x JOIN events e ON e.id = x.event_id",
            "x",
            "x.id, x.event_id, '', x.name",
        ),
        EntityKind::Note | EntityKind::Opinion | EntityKind::Relationship => (
            "analyst_data d",
            "d",
            "d.id, CAST(NULL AS BIGINT), '', COALESCE(d.note, d.comment, d.relationship_type)",
        ),
        EntityKind::Organisation => ("organisations g", "g", "g.id, CAST(NULL AS BIGINT), '', g.name"),
        EntityKind::SharingGroup => ("sharing_groups g", "g", "g.id, CAST(NULL AS BIGINT), '', g.name"),
        EntityKind::Galaxy | EntityKind::GalaxyCluster => return None,
    })
}

/// The predicate over the rows of [`source`]. Soft-deleted content is there only for its owner.
fn restrict(sql: &mut Sql<'_>, visible: Visible, kind: EntityKind) {
    match kind {
        EntityKind::Event => visible.event(sql, "e"),
        EntityKind::Attribute => {
            live(sql, visible, "a");
            sql.push(" AND ");
            visible.attribute(sql, "e", "a");
        }
        EntityKind::Object | EntityKind::EventReport => {
            live(sql, visible, "x");
            sql.push(" AND ");
            visible.inner(sql, "e", "x");
        }
        EntityKind::Note | EntityKind::Opinion | EntityKind::Relationship => {
            sql.push(&format!("d.kind = '{}' AND ", kind.name()));
            analyst_data::seen_by(sql, visible, "d");
        }
        EntityKind::Organisation => {
            sql.push("TRUE");
        }
        EntityKind::SharingGroup => visible.sharing_group(sql, "g"),
        EntityKind::Galaxy | EntityKind::GalaxyCluster => {
            sql.push("FALSE");
        }
    }
}

fn live(sql: &mut Sql<'_>, visible: Visible, row: &str) {
    visible.event(sql, "e");
    sql.push(&format!(" AND (NOT {row}.deleted OR "));
    visible.owner(sql, "e");
    sql.push(")");
}

/// The visible ones of a kind among these uuids.
pub fn find(tx: &mut Tx<'_>, visible: Visible, kind: EntityKind, uuids: &[Uuid]) -> DbResult<Vec<Entity>> {
    let Some((tables, row, columns)) = source(kind).filter(|_| !uuids.is_empty()) else {
        return Ok(Vec::new());
    };
    let mut sql = Sql::new(
        tx.dialect(),
        &format!("SELECT {row}.uuid, {columns} FROM {tables} WHERE "),
    );
    sql.any(&format!("{row}.uuid"), uuids).push(" AND ");
    restrict(&mut sql, visible, kind);
    tx.all(sql.text(), sql.values(), |row| {
        let code = row.text(3)?.parse().ok().and_then(AttributeType::from_code);
        Ok(Entity {
            of: EntityRef {
                kind,
                uuid: row.uuid(0)?,
            },
            id: row.int(1)?,
            event_id: row.opt_int(2)?.map(EventId),
            label: code.map_or(kind.name(), AttributeType::name).to_owned(),
            title: row.text(4)?,
        })
    })
}

/// The predicate that the thing named by two columns, a kind and a uuid, is here and visible. Analyst data is left
/// out: whoever needs it goes up the chain (`analyst_data::seen_by`).
pub(crate) fn is_visible(sql: &mut Sql<'_>, visible: Visible, kind: &str, uuid: &str) {
    sql.push("(FALSE");
    for of in EntityKind::ALL.iter().copied() {
        let Some((tables, row, _)) = source(of).filter(|_| AnalystKind::of(of).is_none()) else {
            continue;
        };
        sql.push(&format!(
            " OR {kind} = '{}' AND EXISTS (SELECT 1 FROM {tables} WHERE {row}.uuid = {uuid} AND ",
            of.name()
        ));
        restrict(sql, visible, of);
        sql.push(")");
    }
    sql.push(")");
}
