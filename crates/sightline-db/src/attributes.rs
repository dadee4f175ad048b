//! Attributes: the one large table.

use crate::events::distribution;
use crate::{DbError, DbResult, Kind, Row, Sql, Tx, Value, Visible, attribute_text, events, params};
use sightline_core::ids::{AttributeId, EventId, ObjectId, SharingGroupId};
use sightline_misp::fold::value_key;
use sightline_misp::networks;
use sightline_misp::records::{Attribute, Event};
use sightline_misp::types::{AttributeType, Category};
use uuid::Uuid;

/// The columns that [`read`] expects, of a table named `a`.
pub(crate) const COLUMNS: &str = "a.id, a.uuid, a.event_id, a.object_id, a.object_relation, a.type_id, \
     a.category_id, a.value1, a.value2, a.to_ids, a.timestamp, a.distribution, a.sharing_group_id, a.comment, \
     a.deleted, a.disable_correlation, a.first_seen, a.last_seen";
/// How many columns [`COLUMNS`] names.
pub(crate) const COLUMN_COUNT: usize = 18;

/// Reads an attribute that starts at column `at`.
pub(crate) fn read(row: &Row<'_>, at: usize) -> DbResult<Attribute> {
    let (kind, category) = (row.int(at + 5)?, row.int(at + 6)?);
    Ok(Attribute {
        id: AttributeId(row.int(at)?),
        uuid: row.uuid(at + 1)?,
        event_id: EventId(row.int(at + 2)?),
        object_id: ObjectId(row.int(at + 3)?),
        object_relation: row.opt_text(at + 4)?,
        kind: AttributeType::from_code(kind)
            .ok_or_else(|| DbError::Other(format!("unknown type code {kind}")))?,
        category: Category::from_code(category)
            .ok_or_else(|| DbError::Other(format!("unknown category code {category}")))?,
        value1: row.text(at + 7)?,
        value2: row.text(at + 8)?,
        to_ids: row.bool(at + 9)?,
        timestamp: row.int(at + 10)?,
        distribution: distribution(row.int(at + 11)?)?,
        sharing_group_id: SharingGroupId(row.int(at + 12)?),
        comment: row.text(at + 13)?,
        deleted: row.bool(at + 14)?,
        disable_correlation: row.bool(at + 15)?,
        first_seen: row.opt_int(at + 16)?,
        last_seen: row.opt_int(at + 17)?,
    })
}

/// As [`events::lock`], for the event of an attribute.
pub fn lock(tx: &mut Tx<'_>, id: Option<AttributeId>, uuid: Option<Uuid>) -> DbResult<()> {
    match (id, uuid) {
        (Some(id), _) => {
            let of = "id = (SELECT event_id FROM attributes WHERE id = $1)";
            events::lock_where(tx, of, params![id])
        }
        (None, uuid) => {
            let of = "id = (SELECT event_id FROM attributes WHERE uuid = $1)";
            events::lock_where(tx, of, params![uuid])
        }
    }
}

/// By id or uuid with its event, if both are visible. Deleted ones are found too; the caller decides.
pub fn find(
    tx: &mut Tx<'_>,
    visible: Visible,
    id: Option<AttributeId>,
    uuid: Option<Uuid>,
) -> DbResult<Option<(Attribute, Event)>> {
    let mut sql = Sql::new(
        tx.dialect(),
        &format!(
            "SELECT {COLUMNS}, {} FROM attributes a JOIN events e ON e.id = a.event_id WHERE ",
            events::context()
        ),
    );
    match (id, uuid) {
        (Some(id), _) => sql.push("a.id = ").bind(id),
        (None, uuid) => sql.push("a.uuid = ").bind(uuid),
    };
    sql.push(" AND ");
    visible.event(&mut sql, "e");
    sql.push(" AND ");
    visible.attribute(&mut sql, "e", "a");
    tx.first(sql.text(), sql.values(), |row| {
        Ok((read(row, 0)?, events::read(row, COLUMN_COUNT)?))
    })
}

/// Writes new attributes in bulk. The ids must have been allocated.
pub fn insert_many(tx: &mut Tx<'_>, attributes: &[Attribute]) -> DbResult<()> {
    const COLUMNS: &[(&str, Kind)] = &[
        ("id", Kind::Int),
        ("uuid", Kind::Uuid),
        ("event_id", Kind::Int),
        ("object_id", Kind::Int),
        ("object_relation", Kind::Text),
        ("type_id", Kind::Int),
        ("category_id", Kind::Int),
        ("value1", Kind::Text),
        ("value2", Kind::Text),
        ("value1_key", Kind::Int),
        ("value2_key", Kind::Int),
        ("to_ids", Kind::Bool),
        ("timestamp", Kind::Int),
        ("distribution", Kind::Int),
        ("sharing_group_id", Kind::Int),
        ("comment", Kind::Text),
        ("deleted", Kind::Bool),
        ("disable_correlation", Kind::Bool),
        ("first_seen", Kind::Int),
        ("last_seen", Kind::Int),
        ("network", Kind::Bytes),
    ];
    let networks: Vec<Option<Vec<u8>>> = attributes.iter().map(network_key).collect();
    tx.insert_many("attributes", COLUMNS, attributes.len(), |n, row| {
        let Some(a) = attributes.get(n) else { return };
        row.extend([
            Value::from(a.id),
            a.uuid.into(),
            a.event_id.into(),
            a.object_id.into(),
            a.object_relation.as_deref().into(),
            a.kind.code().into(),
            a.category.code().into(),
            (&a.value1).into(),
            (&a.value2).into(),
            value_key(&a.value1).into(),
            second_key(a).into(),
            a.to_ids.into(),
            a.timestamp.into(),
            a.distribution.number().into(),
            a.sharing_group_id.into(),
            (&a.comment).into(),
            a.deleted.into(),
            a.disable_correlation.into(),
            a.first_seen.into(),
            a.last_seen.into(),
            networks.get(n).and_then(Option::as_deref).into(),
        ]);
    })?;
    attribute_text::insert_many(tx, attributes)
}

/// The bytes of the address or network that an attribute is about.
fn network_key(attribute: &Attribute) -> Option<Vec<u8>> {
    networks::of_attribute(attribute).map(networks::Network::key)
}

fn second_key(attribute: &Attribute) -> Option<i64> {
    (!attribute.value2.is_empty()).then(|| value_key(&attribute.value2))
}

/// Writes an attribute back; its uuid, event and object never change.
pub fn update(tx: &mut Tx<'_>, a: &Attribute) -> DbResult<()> {
    tx.exec(
        "UPDATE attributes SET object_relation = $2, type_id = $3, category_id = $4, value1 = $5, value2 = $6, \
         value1_key = $7, value2_key = $8, to_ids = $9, timestamp = $10, distribution = $11, sharing_group_id = $12, \
         comment = $13, deleted = $14, disable_correlation = $15, first_seen = $16, last_seen = $17, \
         network = $18 WHERE id = $1",
        params![
            a.id,
            a.object_relation.as_deref(),
            a.kind.code(),
            a.category.code(),
            &a.value1,
            &a.value2,
            value_key(&a.value1),
            second_key(a),
            a.to_ids,
            a.timestamp,
            a.distribution.number(),
            a.sharing_group_id,
            &a.comment,
            a.deleted,
            a.disable_correlation,
            a.first_seen,
            a.last_seen,
            network_key(a).as_deref()
        ],
    )?;
    Ok(())
}

/// Fills in the bytes of addresses in rows that were written before the column was there.
pub(crate) fn fill_networks(tx: &mut Tx<'_>) -> DbResult<()> {
    /// Rows read at once, in id order.
    const CHUNK: i64 = 10_000;
    let types: Vec<i64> = AttributeType::ALL
        .iter()
        .filter(|kind| networks::is_address_type(**kind))
        .map(|kind| kind.code())
        .collect();
    let mut after = 0;
    loop {
        let rows = tx.all(
            "SELECT id, type_id, value1, value2 FROM attributes WHERE id > $1 AND type_id = ANY($2) ORDER BY id LIMIT $3",
            params![after, &types, CHUNK],
            |row| Ok((row.int(0)?, row.int(1)?, row.text(2)?, row.text(3)?)),
        )?;
        let Some((last, ..)) = rows.last() else {
            return Ok(());
        };
        after = *last;
        for (id, kind, value1, value2) in &rows {
            let network =
                AttributeType::from_code(*kind).and_then(|kind| networks::of_value(kind, value1, value2));
            if let Some(network) = network {
                tx.exec(
                    "UPDATE attributes SET network = $2 WHERE id = $1",
                    params![*id, &network.key()],
                )?;
            }
        }
    }
}

/// Sets the timestamp of one attribute.
pub fn set_timestamp(tx: &mut Tx<'_>, id: AttributeId, now: i64) -> DbResult<()> {
    tx.exec(
        "UPDATE attributes SET timestamp = $2 WHERE id = $1",
        params![id, now],
    )?;
    Ok(())
}

/// Those of the uuids that are taken: the whole row, whatever its event (spec 02 section 6).
pub fn by_uuids(tx: &mut Tx<'_>, uuids: &[Uuid]) -> DbResult<Vec<Attribute>> {
    tx.all(
        &format!("SELECT {COLUMNS} FROM attributes a WHERE a.uuid = ANY($1)"),
        params![uuids],
        |row| read(row, 0),
    )
}

/// Live attributes of an event outside objects whose first half has one of these keys: candidates for duplicates.
/// The sum keeps the planner from reading every attribute of the event through `(event_id, object_id)`.
pub fn duplicates(tx: &mut Tx<'_>, event: EventId, keys: &[i64]) -> DbResult<Vec<Attribute>> {
    tx.all(
        &format!(
            "SELECT {COLUMNS} FROM attributes a WHERE a.event_id = $1 AND a.value1_key = ANY($2) \
             AND a.object_id + 0 = 0 AND NOT a.deleted ORDER BY a.id"
        ),
        params![event, keys],
        |row| read(row, 0),
    )
}

/// Which attributes of an event a reader wants; visibility is always applied.
#[derive(Clone, Copy, Debug, Default)]
pub struct Selection {
    /// Only deleted ones, only live ones, or both.
    pub deleted: Option<bool>,
    /// Only with or without the flag.
    pub to_ids: Option<bool>,
    /// Also those inside objects.
    pub flatten: bool,
}

impl Selection {
    fn conditions(self, sql: &mut Sql<'_>) {
        if let Some(deleted) = self.deleted {
            sql.push(if deleted {
                " AND a.deleted"
            } else {
                " AND NOT a.deleted"
            });
        }
        if let Some(to_ids) = self.to_ids {
            sql.push(if to_ids {
                " AND a.to_ids"
            } else {
                " AND NOT a.to_ids"
            });
        }
    }
}

/// The next attributes of an event, in id order after `after`; those inside objects only when flattened.
pub fn page_of_event(
    tx: &mut Tx<'_>,
    visible: Visible,
    event: EventId,
    selection: Selection,
    after: AttributeId,
    limit: usize,
) -> DbResult<Vec<Attribute>> {
    let mut sql = Sql::new(
        tx.dialect(),
        &format!("SELECT {COLUMNS} FROM attributes a JOIN events e ON e.id = a.event_id WHERE a.event_id = "),
    );
    sql.bind(event).push(if selection.flatten {
        ""
    } else {
        " AND a.object_id = 0"
    });
    sql.push(" AND a.id > ").bind(after).push(" AND ");
    visible.attribute(&mut sql, "e", "a");
    selection.conditions(&mut sql);
    sql.push(" ORDER BY a.id LIMIT ")
        .bind(i64::try_from(limit).unwrap_or(i64::MAX));
    tx.all(sql.text(), sql.values(), |row| read(row, 0))
}

/// The attributes of some objects of an event, in id order.
pub fn of_objects(
    tx: &mut Tx<'_>,
    visible: Visible,
    event: EventId,
    objects: &[i64],
    selection: Selection,
) -> DbResult<Vec<Attribute>> {
    let mut sql = Sql::new(
        tx.dialect(),
        &format!("SELECT {COLUMNS} FROM attributes a JOIN events e ON e.id = a.event_id WHERE a.event_id = "),
    );
    sql.bind(event)
        .push(" AND ")
        .any("a.object_id", objects)
        .push(" AND ");
    visible.attribute(&mut sql, "e", "a");
    selection.conditions(&mut sql);
    sql.push(" ORDER BY a.id");
    tx.all(sql.text(), sql.values(), |row| read(row, 0))
}

/// The visible ones among these ids.
pub fn by_ids(tx: &mut Tx<'_>, visible: Visible, ids: &[i64]) -> DbResult<Vec<Attribute>> {
    let mut sql = Sql::new(
        tx.dialect(),
        &format!("SELECT {COLUMNS} FROM attributes a JOIN events e ON e.id = a.event_id WHERE "),
    );
    sql.any("a.id", ids).push(" AND ");
    visible.event(&mut sql, "e");
    sql.push(" AND ");
    visible.attribute(&mut sql, "e", "a");
    sql.push(" ORDER BY a.id");
    tx.all(sql.text(), sql.values(), |row| read(row, 0))
}

/// The live attributes of one object, regardless of who asks.
pub fn live_of_object(tx: &mut Tx<'_>, object: ObjectId, event: EventId) -> DbResult<Vec<Attribute>> {
    tx.all(
        &format!(
            "SELECT {COLUMNS} FROM attributes a WHERE a.event_id = $1 AND a.object_id = $2 AND NOT a.deleted \
             ORDER BY a.id"
        ),
        params![event, object],
        |row| read(row, 0),
    )
}

/// Marks rows as deleted.
pub fn soft_delete_many(tx: &mut Tx<'_>, ids: &[i64], now: i64) -> DbResult<()> {
    tx.exec(
        "UPDATE attributes SET deleted = TRUE, timestamp = $2 WHERE id = ANY($1)",
        params![ids, now],
    )?;
    Ok(())
}

/// Removes rows for good, with their tags, sightings and proposals.
pub fn delete_many(tx: &mut Tx<'_>, ids: &[i64]) -> DbResult<()> {
    tx.exec(
        "DELETE FROM attribute_tags WHERE attribute_id = ANY($1)",
        params![ids],
    )?;
    tx.exec("DELETE FROM sightings WHERE attribute_id = ANY($1)", params![ids])?;
    tx.exec("DELETE FROM proposals WHERE old_id = ANY($1)", params![ids])?;
    tx.exec("DELETE FROM attributes WHERE id = ANY($1)", params![ids])?;
    Ok(())
}

/// How many visible live attributes an event has, per whether they stand in objects: `(outside, inside)`.
pub fn counts(tx: &mut Tx<'_>, visible: Visible, event: EventId) -> DbResult<(i64, i64)> {
    let mut sql = Sql::new(
        tx.dialect(),
        "SELECT COALESCE(SUM(CASE WHEN a.object_id = 0 THEN 1 ELSE 0 END), 0), \
         COALESCE(SUM(CASE WHEN a.object_id = 0 THEN 0 ELSE 1 END), 0) \
         FROM attributes a JOIN events e ON e.id = a.event_id WHERE NOT a.deleted AND a.event_id = ",
    );
    sql.bind(event).push(" AND ");
    visible.attribute(&mut sql, "e", "a");
    let counts = tx.first(sql.text(), sql.values(), |row| Ok((row.int(0)?, row.int(1)?)))?;
    Ok(counts.unwrap_or_default())
}
