//! Objects and the references between them.

use crate::events::distribution;
use crate::{DbResult, Kind, Row, Sql, Tx, Value, Visible, events, params};
use sightline_core::ids::{EventId, ObjectId, ObjectReferenceId, SharingGroupId};
use sightline_misp::records::{Event, Object, ObjectReference, ReferencedType};
use uuid::Uuid;

const COLUMNS: &str = "o.id, o.uuid, o.event_id, o.name, o.meta_category, o.description, o.template_uuid, \
     o.template_version, o.timestamp, o.distribution, o.sharing_group_id, o.comment, o.deleted, o.first_seen, \
     o.last_seen";
const COLUMN_COUNT: usize = 15;

fn read(row: &Row<'_>) -> DbResult<Object> {
    Ok(Object {
        id: ObjectId(row.int(0)?),
        uuid: row.uuid(1)?,
        event_id: EventId(row.int(2)?),
        name: row.text(3)?,
        meta_category: row.text(4)?,
        description: row.text(5)?,
        template_uuid: row.opt_uuid(6)?,
        template_version: row.int(7)?,
        timestamp: row.int(8)?,
        distribution: distribution(row.int(9)?)?,
        sharing_group_id: SharingGroupId(row.int(10)?),
        comment: row.text(11)?,
        deleted: row.bool(12)?,
        first_seen: row.opt_int(13)?,
        last_seen: row.opt_int(14)?,
    })
}

/// As [`events::lock`], for the event of an object.
pub fn lock(tx: &mut Tx<'_>, id: Option<ObjectId>, uuid: Option<Uuid>) -> DbResult<()> {
    match (id, uuid) {
        (Some(id), _) => {
            let of = "id = (SELECT event_id FROM objects WHERE id = $1)";
            events::lock_where(tx, of, params![id])
        }
        (None, uuid) => {
            let of = "id = (SELECT event_id FROM objects WHERE uuid = $1)";
            events::lock_where(tx, of, params![uuid])
        }
    }
}

/// By id or uuid with its event, if both are visible.
pub fn find(
    tx: &mut Tx<'_>,
    visible: Visible,
    id: Option<ObjectId>,
    uuid: Option<Uuid>,
) -> DbResult<Option<(Object, Event)>> {
    let mut sql = Sql::new(
        tx.dialect(),
        &format!(
            "SELECT {COLUMNS}, {} FROM objects o JOIN events e ON e.id = o.event_id WHERE ",
            events::context()
        ),
    );
    match (id, uuid) {
        (Some(id), _) => sql.push("o.id = ").bind(id),
        (None, uuid) => sql.push("o.uuid = ").bind(uuid),
    };
    sql.push(" AND ");
    visible.event(&mut sql, "e");
    sql.push(" AND ");
    visible.inner(&mut sql, "e", "o");
    tx.first(sql.text(), sql.values(), |row| {
        Ok((read(row)?, events::read(row, COLUMN_COUNT)?))
    })
}

/// Live objects of an event whose name or comment holds a text, without regard to case, by name.
pub fn named(
    tx: &mut Tx<'_>,
    visible: Visible,
    event: EventId,
    text: &str,
    limit: usize,
) -> DbResult<Vec<Object>> {
    let pattern = format!("%{}%", crate::like::escape(text));
    let mut sql = Sql::new(
        tx.dialect(),
        &format!(
            "SELECT {COLUMNS} FROM objects o JOIN events e ON e.id = o.event_id WHERE NOT o.deleted AND o.event_id = "
        ),
    );
    sql.bind(event).push(" AND ");
    visible.inner(&mut sql, "e", "o");
    sql.push(" AND (").like("o.name", &pattern, false);
    sql.push(" OR ").like("o.comment", &pattern, false);
    sql.push(") ORDER BY o.name, o.id LIMIT ")
        .bind(i64::try_from(limit).unwrap_or(i64::MAX));
    tx.all(sql.text(), sql.values(), read)
}

/// The next objects of an event, in id order after `after`.
pub fn page_of_event(
    tx: &mut Tx<'_>,
    visible: Visible,
    event: EventId,
    deleted: Option<bool>,
    after: ObjectId,
    limit: usize,
) -> DbResult<Vec<Object>> {
    let mut sql = Sql::new(
        tx.dialect(),
        &format!("SELECT {COLUMNS} FROM objects o JOIN events e ON e.id = o.event_id WHERE o.event_id = "),
    );
    sql.bind(event).push(" AND o.id > ").bind(after).push(" AND ");
    visible.inner(&mut sql, "e", "o");
    match deleted {
        // An object that is not deleted may hold deleted attributes: "only deleted" must show those too.
        Some(true) | None => {}
        Some(false) => {
            sql.push(" AND NOT o.deleted");
        }
    }
    sql.push(" ORDER BY o.id LIMIT ")
        .bind(i64::try_from(limit).unwrap_or(i64::MAX));
    tx.all(sql.text(), sql.values(), read)
}

/// Those of the uuids that are taken.
pub fn by_uuids(tx: &mut Tx<'_>, uuids: &[Uuid]) -> DbResult<Vec<Object>> {
    tx.all(
        &format!("SELECT {COLUMNS} FROM objects o WHERE o.uuid = ANY($1)"),
        params![uuids],
        read,
    )
}

/// The visible ones among these ids.
pub fn by_ids(tx: &mut Tx<'_>, visible: Visible, ids: &[i64]) -> DbResult<Vec<Object>> {
    let mut sql = Sql::new(
        tx.dialect(),
        &format!("SELECT {COLUMNS} FROM objects o JOIN events e ON e.id = o.event_id WHERE "),
    );
    sql.any("o.id", ids).push(" AND ");
    visible.event(&mut sql, "e");
    sql.push(" AND ");
    visible.inner(&mut sql, "e", "o");
    tx.all(sql.text(), sql.values(), read)
}

/// Live objects of an event made from one template.
pub fn of_template(tx: &mut Tx<'_>, event: EventId, template: Uuid) -> DbResult<Vec<Object>> {
    tx.all(
        &format!(
            "SELECT {COLUMNS} FROM objects o WHERE o.event_id = $1 AND o.template_uuid = $2 AND NOT o.deleted \
             ORDER BY o.id"
        ),
        params![event, template],
        read,
    )
}

/// How many live objects an event has.
pub fn count(tx: &mut Tx<'_>, visible: Visible, event: EventId) -> DbResult<i64> {
    let mut sql = Sql::new(
        tx.dialect(),
        "SELECT COUNT(*) FROM objects o JOIN events e ON e.id = o.event_id WHERE NOT o.deleted AND o.event_id = ",
    );
    sql.bind(event).push(" AND ");
    visible.inner(&mut sql, "e", "o");
    tx.int(sql.text(), sql.values())
}

/// Writes new objects in bulk. The ids must have been allocated.
pub fn insert_many(tx: &mut Tx<'_>, objects: &[Object]) -> DbResult<()> {
    const COLUMNS: &[(&str, Kind)] = &[
        ("id", Kind::Int),
        ("uuid", Kind::Uuid),
        ("event_id", Kind::Int),
        ("name", Kind::Text),
        ("meta_category", Kind::Text),
        ("description", Kind::Text),
        ("template_uuid", Kind::Uuid),
        ("template_version", Kind::Int),
        ("timestamp", Kind::Int),
        ("distribution", Kind::Int),
        ("sharing_group_id", Kind::Int),
        ("comment", Kind::Text),
        ("deleted", Kind::Bool),
        ("first_seen", Kind::Int),
        ("last_seen", Kind::Int),
    ];
    tx.insert_many("objects", COLUMNS, objects.len(), |n, row| {
        let Some(o) = objects.get(n) else { return };
        row.extend([
            Value::from(o.id),
            o.uuid.into(),
            o.event_id.into(),
            (&o.name).into(),
            (&o.meta_category).into(),
            (&o.description).into(),
            o.template_uuid.into(),
            o.template_version.into(),
            o.timestamp.into(),
            o.distribution.number().into(),
            o.sharing_group_id.into(),
            (&o.comment).into(),
            o.deleted.into(),
            o.first_seen.into(),
            o.last_seen.into(),
        ]);
    })
}

/// Writes an object back; its uuid and event never change.
pub fn update(tx: &mut Tx<'_>, o: &Object) -> DbResult<()> {
    tx.exec(
        "UPDATE objects SET name = $2, meta_category = $3, description = $4, template_uuid = $5, \
         template_version = $6, timestamp = $7, distribution = $8, sharing_group_id = $9, comment = $10, \
         deleted = $11, first_seen = $12, last_seen = $13 WHERE id = $1",
        params![
            o.id,
            &o.name,
            &o.meta_category,
            &o.description,
            o.template_uuid,
            o.template_version,
            o.timestamp,
            o.distribution.number(),
            o.sharing_group_id,
            &o.comment,
            o.deleted,
            o.first_seen,
            o.last_seen
        ],
    )?;
    Ok(())
}

/// Sets the timestamp of one object.
pub fn set_timestamp(tx: &mut Tx<'_>, id: ObjectId, now: i64) -> DbResult<()> {
    tx.exec(
        "UPDATE objects SET timestamp = $2 WHERE id = $1",
        params![id, now],
    )?;
    Ok(())
}

/// Sets the timestamp of some objects.
pub fn set_timestamps(tx: &mut Tx<'_>, ids: &[i64], now: i64) -> DbResult<()> {
    tx.exec(
        "UPDATE objects SET timestamp = $2 WHERE id = ANY($1)",
        params![ids, now],
    )?;
    Ok(())
}

/// Removes an object's row; its attributes and references are removed by their own calls.
pub fn delete(tx: &mut Tx<'_>, id: ObjectId) -> DbResult<()> {
    tx.exec("DELETE FROM objects WHERE id = $1", params![id])?;
    Ok(())
}

const REFERENCE_COLUMNS: &str = "id, uuid, timestamp, object_id, event_id, source_uuid, referenced_uuid, \
     referenced_id, referenced_type, relationship_type, comment, deleted";

fn read_reference(row: &Row<'_>) -> DbResult<ObjectReference> {
    Ok(ObjectReference {
        id: ObjectReferenceId(row.int(0)?),
        uuid: row.uuid(1)?,
        timestamp: row.int(2)?,
        object_id: ObjectId(row.int(3)?),
        event_id: EventId(row.int(4)?),
        source_uuid: row.uuid(5)?,
        referenced_uuid: row.uuid(6)?,
        referenced_id: row.int(7)?,
        referenced_type: ReferencedType::from_number(row.int(8)?),
        relationship_type: row.text(9)?,
        comment: row.text(10)?,
        deleted: row.bool(11)?,
    })
}

/// The references that start at some objects, in id order.
pub fn references_of(tx: &mut Tx<'_>, objects: &[i64]) -> DbResult<Vec<ObjectReference>> {
    tx.all(
        &format!("SELECT {REFERENCE_COLUMNS} FROM object_references WHERE object_id = ANY($1) ORDER BY id"),
        params![objects],
        read_reference,
    )
}

/// One reference by id or uuid.
pub fn reference(
    tx: &mut Tx<'_>,
    id: Option<ObjectReferenceId>,
    uuid: Option<Uuid>,
) -> DbResult<Option<ObjectReference>> {
    match (id, uuid) {
        (Some(id), _) => tx.first(
            &format!("SELECT {REFERENCE_COLUMNS} FROM object_references WHERE id = $1"),
            params![id],
            read_reference,
        ),
        (None, uuid) => tx.first(
            &format!("SELECT {REFERENCE_COLUMNS} FROM object_references WHERE uuid = $1"),
            params![uuid],
            read_reference,
        ),
    }
}

/// Writes a new reference; its `id` is ignored.
pub fn insert_reference(tx: &mut Tx<'_>, r: &ObjectReference) -> DbResult<ObjectReferenceId> {
    tx.int(
        "INSERT INTO object_references (uuid, timestamp, object_id, event_id, source_uuid, referenced_uuid, \
         referenced_id, referenced_type, relationship_type, comment, deleted) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id",
        params![
            r.uuid,
            r.timestamp,
            r.object_id,
            r.event_id,
            r.source_uuid,
            r.referenced_uuid,
            r.referenced_id,
            r.referenced_type.number(),
            &r.relationship_type,
            &r.comment,
            r.deleted
        ],
    )
    .map(ObjectReferenceId)
}

/// Writes back what a newer copy may change (spec 01 section 5.1).
pub fn update_reference(tx: &mut Tx<'_>, r: &ObjectReference) -> DbResult<()> {
    tx.exec(
        "UPDATE object_references SET timestamp = $2, relationship_type = $3, comment = $4, deleted = $5 WHERE id = $1",
        params![r.id, r.timestamp, &r.relationship_type, &r.comment, r.deleted],
    )?;
    Ok(())
}

/// Marks every reference from or to these uuids as deleted.
pub fn soft_delete_references(tx: &mut Tx<'_>, uuids: &[Uuid], now: i64) -> DbResult<()> {
    tx.exec(
        "UPDATE object_references SET deleted = TRUE, timestamp = $2 WHERE NOT deleted AND \
         (referenced_uuid = ANY($1) OR source_uuid = ANY($1))",
        params![uuids, now],
    )?;
    Ok(())
}

/// Removes every reference from or to these uuids for good.
pub fn delete_references(tx: &mut Tx<'_>, uuids: &[Uuid]) -> DbResult<()> {
    tx.exec(
        "DELETE FROM object_references WHERE referenced_uuid = ANY($1) OR source_uuid = ANY($1)",
        params![uuids],
    )?;
    Ok(())
}

/// Removes one reference for good.
pub fn delete_reference(tx: &mut Tx<'_>, id: ObjectReferenceId) -> DbResult<()> {
    tx.exec("DELETE FROM object_references WHERE id = $1", params![id])?;
    Ok(())
}
