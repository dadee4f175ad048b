//! Tags on events and attributes: one row per record and tag, local or global.

use super::{COLUMN_COUNT, COLUMNS, read};
use crate::{DbResult, Kind, Row, Tx, Value, params};
use sightline_core::ids::{AttributeId, EventId, TagId};
use sightline_misp::records::AttachedTag;
use std::collections::HashSet;

/// A tag to be attached to an event.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 01 section 6")]
pub struct EventTagRow {
    pub event_id: EventId,
    pub tag_id: TagId,
    pub local: bool,
    pub relationship_type: Option<String>,
}

/// A tag to be attached to an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 01 section 6")]
pub struct AttributeTagRow {
    pub attribute_id: AttributeId,
    pub event_id: EventId,
    pub tag_id: TagId,
    pub local: bool,
    pub relationship_type: Option<String>,
}

/// Attaches; a tag that an event already has stays as it is. How many rows are new.
pub fn attach_to_events(tx: &mut Tx<'_>, rows: &[EventTagRow]) -> DbResult<u64> {
    let mut new = 0;
    for row in rows {
        new += tx.exec(
            "INSERT INTO event_tags (event_id, tag_id, local, relationship_type) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (event_id, tag_id) DO NOTHING",
            params![
                row.event_id,
                row.tag_id,
                row.local,
                row.relationship_type.as_deref()
            ],
        )?;
    }
    Ok(new)
}

/// Attaches in bulk; a tag that an attribute already has stays as it is. How many rows are new.
pub fn attach_to_attributes(tx: &mut Tx<'_>, rows: &[AttributeTagRow]) -> DbResult<u64> {
    const COLUMNS: &[(&str, Kind)] = &[
        ("id", Kind::Int),
        ("attribute_id", Kind::Int),
        ("event_id", Kind::Int),
        ("tag_id", Kind::Int),
        ("local", Kind::Bool),
        ("relationship_type", Kind::Text),
    ];
    if rows.is_empty() {
        return Ok(0);
    }
    let mut attributes: Vec<i64> = rows.iter().map(|row| row.attribute_id.0).collect();
    attributes.dedup();
    let mut known: HashSet<(i64, i64)> = HashSet::new();
    of_these(
        tx,
        "SELECT x.attribute_id, x.tag_id FROM attribute_tags x",
        &attributes,
        |row| {
            known.insert((row.int(0)?, row.int(1)?));
            Ok(())
        },
    )?;
    let new: Vec<&AttributeTagRow> = rows
        .iter()
        .filter(|row| known.insert((row.attribute_id.0, row.tag_id.0)))
        .collect();
    let ids = tx.allocate_ids("attribute_tags", new.len())?;
    tx.insert_many("attribute_tags", COLUMNS, new.len(), |n, values| {
        let (Some(row), Some(id)) = (new.get(n), ids.get(n)) else {
            return;
        };
        values.extend([
            Value::Int(*id),
            row.attribute_id.into(),
            row.event_id.into(),
            row.tag_id.into(),
            row.local.into(),
            row.relationship_type.as_deref().into(),
        ]);
    })?;
    Ok(u64::try_from(new.len()).unwrap_or(u64::MAX))
}

/// Takes a tag off an event; whether it was there.
pub fn detach_from_event(tx: &mut Tx<'_>, event: EventId, tag: TagId) -> DbResult<bool> {
    Ok(tx.exec(
        "DELETE FROM event_tags WHERE event_id = $1 AND tag_id = $2",
        params![event, tag],
    )? > 0)
}

/// Takes a tag off an attribute; whether it was there.
pub fn detach_from_attribute(tx: &mut Tx<'_>, attribute: AttributeId, tag: TagId) -> DbResult<bool> {
    Ok(tx.exec(
        "DELETE FROM attribute_tags WHERE attribute_id = $1 AND tag_id = $2",
        params![attribute, tag],
    )? > 0)
}

/// Takes off attributes what these attachments are.
pub fn detach_from_attributes(tx: &mut Tx<'_>, attachments: &[i64]) -> DbResult<()> {
    tx.exec(
        "DELETE FROM attribute_tags WHERE id = ANY($1)",
        params![attachments],
    )?;
    Ok(())
}

fn attached(row: &Row<'_>) -> DbResult<AttachedTag> {
    Ok(AttachedTag {
        tag: read(row, 0)?,
        attachment_id: row.int(COLUMN_COUNT)?,
        local: row.bool(COLUMN_COUNT + 1)?,
        relationship_type: row.opt_text(COLUMN_COUNT + 2)?,
    })
}

fn select(table: &str, target: &str) -> String {
    format!(
        "SELECT {COLUMNS}, x.id, x.local, x.relationship_type, x.{target} FROM {table} x JOIN tags t ON t.id = x.tag_id"
    )
}

/// The tags of some events, in the order in which they were attached.
pub fn of_events(tx: &mut Tx<'_>, events: &[i64]) -> DbResult<Vec<(EventId, AttachedTag)>> {
    let select = select("event_tags", "event_id");
    tx.all(
        &format!("{select} WHERE x.event_id = ANY($1) ORDER BY x.id"),
        params![events],
        |row| Ok((EventId(row.int(COLUMN_COUNT + 3)?), attached(row)?)),
    )
}

/// The tags of some attributes, in the order in which they were attached. Few tags are on many attributes: each is
/// read once.
pub fn of_attributes(tx: &mut Tx<'_>, attributes: &[i64]) -> DbResult<Vec<(AttributeId, AttachedTag)>> {
    const SELECT: &str =
        "SELECT x.attribute_id, x.tag_id, x.id, x.local, x.relationship_type FROM attribute_tags x";
    let wanted: HashSet<i64> = attributes.iter().copied().collect();
    let mut rows = Vec::new();
    of_these(tx, SELECT, attributes, |row| {
        if wanted.contains(&row.int(0)?) {
            rows.push(attachment(row)?);
        }
        Ok(())
    })?;
    rows.sort_unstable_by_key(|(.., attached)| attached.attachment_id);
    let ids: HashSet<i64> = rows.iter().map(|(_, tag, _)| tag.0).collect();
    let tags = super::by_ids(tx, &ids.into_iter().collect::<Vec<_>>())?;
    Ok(rows
        .into_iter()
        .filter_map(|(attribute, tag, attached)| {
            let tag = tags.get(&tag)?.clone();
            Some((attribute, AttachedTag { tag, ..attached }))
        })
        .collect())
}

/// Calls `each` for the attachments of these attributes, and perhaps for those of a few others between them.
fn of_these(
    tx: &mut Tx<'_>,
    select: &str,
    attributes: &[i64],
    mut each: impl FnMut(&Row<'_>) -> DbResult<()>,
) -> DbResult<()> {
    let (Some(first), Some(last)) = (attributes.iter().min(), attributes.iter().max()) else {
        return Ok(());
    };
    let each = |row: &Row<'_>| each(row).map(|()| true);
    // A page of neighbours is one range of the index, which costs far less than a look-up of each.
    let span = usize::try_from(last.saturating_sub(*first)).unwrap_or(usize::MAX);
    if span / 2 < attributes.len() {
        let sql = format!("{select} WHERE x.attribute_id >= $1 AND x.attribute_id <= $2");
        tx.each(&sql, params![*first, *last], each)
    } else {
        tx.each(
            &format!("{select} WHERE x.attribute_id = ANY($1)"),
            params![attributes],
            each,
        )
    }
}

/// What an attachment of an attribute says by itself; the tag is still empty.
fn attachment(row: &Row<'_>) -> DbResult<(AttributeId, TagId, AttachedTag)> {
    let attached = AttachedTag {
        attachment_id: row.int(2)?,
        local: row.bool(3)?,
        relationship_type: row.opt_text(4)?,
        ..AttachedTag::default()
    };
    Ok((AttributeId(row.int(0)?), TagId(row.int(1)?), attached))
}

/// The attachment of this id, and the event that it is on.
pub fn event_attachment(tx: &mut Tx<'_>, id: i64) -> DbResult<Option<(EventId, AttachedTag)>> {
    let select = select("event_tags", "event_id");
    tx.first(&format!("{select} WHERE x.id = $1"), params![id], |row| {
        Ok((EventId(row.int(COLUMN_COUNT + 3)?), attached(row)?))
    })
}

/// The attachment of this id, and the attribute that it is on.
pub fn attribute_attachment(tx: &mut Tx<'_>, id: i64) -> DbResult<Option<(AttributeId, AttachedTag)>> {
    let select = select("attribute_tags", "attribute_id");
    tx.first(&format!("{select} WHERE x.id = $1"), params![id], |row| {
        Ok((AttributeId(row.int(COLUMN_COUNT + 3)?), attached(row)?))
    })
}

/// Says how a tag relates to its event.
pub fn set_event_relationship(tx: &mut Tx<'_>, id: i64, relationship: Option<&str>) -> DbResult<()> {
    tx.exec(
        "UPDATE event_tags SET relationship_type = $2 WHERE id = $1",
        params![id, relationship],
    )?;
    Ok(())
}

/// Says how a tag relates to its attribute.
pub fn set_attribute_relationship(tx: &mut Tx<'_>, id: i64, relationship: Option<&str>) -> DbResult<()> {
    tx.exec(
        "UPDATE attribute_tags SET relationship_type = $2 WHERE id = $1",
        params![id, relationship],
    )?;
    Ok(())
}
