//! Writing attributes with what hangs on them: tags, sightings, files. Decisions have been made before.

use super::Incoming;
use crate::{Ctx, sightings, tags};
use sightline_core::ids::{AttributeId, ObjectId};
use sightline_core::{AppResult, random};
use sightline_db::{Tx, attributes, objects, proposals, tags as db_tags};
use sightline_misp::input::TagIn;
use sightline_misp::records::{Attribute, Event};

/// An attribute and the object it goes into; 0 for none.
pub(crate) struct Placed {
    pub(crate) incoming: Incoming,
    pub(crate) object: ObjectId,
}

/// Writes new attributes in bulk, in order, with their tags, sightings and files.
pub(crate) fn store_new(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    event: &Event,
    placed: Vec<Placed>,
) -> AppResult<Vec<Attribute>> {
    let ids = tx.allocate_ids("attributes", placed.len())?;
    let mut rows = Vec::with_capacity(placed.len());
    let mut extras = Vec::new();
    for (Placed { incoming, object }, id) in placed.into_iter().zip(ids) {
        let Incoming {
            draft,
            bytes,
            tags,
            sightings,
            ..
        } = incoming;
        let row = Attribute {
            id: AttributeId(id),
            uuid: draft.uuid.unwrap_or_else(random::uuid),
            event_id: event.id,
            object_id: object,
            object_relation: draft.object_relation,
            kind: draft.kind,
            category: draft.category,
            value1: draft.value1,
            value2: draft.value2,
            to_ids: draft.to_ids,
            timestamp: draft.timestamp,
            distribution: draft.distribution,
            sharing_group_id: draft.sharing_group_id,
            comment: draft.comment,
            deleted: draft.deleted,
            disable_correlation: draft.disable_correlation,
            first_seen: draft.first_seen,
            last_seen: draft.last_seen,
        };
        if let Some(bytes) = bytes {
            ctx.platform.files.store(tx, event.id, row.id, &bytes)?;
        }
        if !tags.is_empty() || !sightings.is_empty() {
            extras.push((row.id, tags, sightings));
        }
        rows.push(row);
    }
    attributes::insert_many(tx, &rows)?;
    let wanted: Vec<(AttributeId, &[TagIn])> = extras
        .iter()
        .map(|(id, tags, _)| (*id, tags.as_slice()))
        .collect();
    tags::attach_captured(ctx, tx, event, &wanted)?;
    for (id, _, seen) in &extras {
        sightings::capture(ctx, tx, event, *id, seen)?;
    }
    Ok(rows)
}

/// Applies the tag list of an edit: listed tags are attached, those marked `deleted` are detached
/// (spec 03 section 3.2).
pub(crate) fn adjust_tags(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    event: &Event,
    id: AttributeId,
    list: &[TagIn],
) -> AppResult<()> {
    let (gone, kept): (Vec<TagIn>, Vec<TagIn>) = list
        .iter()
        .cloned()
        .partition(|tag| tag.deleted.flag() == Some(true));
    tags::attach_captured(ctx, tx, event, &[(id, &kept)])?;
    let names: Vec<String> = gone.iter().filter_map(|tag| tag.name.filled()).collect();
    for tag in db_tags::by_names(tx, &names)? {
        db_tags::detach_from_attribute(tx, id, tag.id)?;
    }
    Ok(())
}

/// Soft-deletes: the row stays, references to it are marked, open proposals about it go, the caller keeps the event's
/// count.
pub(crate) fn soft_delete_in(ctx: &Ctx, tx: &mut Tx<'_>, attribute: &mut Attribute) -> AppResult<()> {
    attribute.deleted = true;
    attribute.timestamp = ctx.now();
    attributes::update(tx, attribute)?;
    objects::soft_delete_references(tx, &[attribute.uuid], ctx.now())?;
    proposals::close_of_attributes(tx, &[attribute.id.0], ctx.now())?;
    Ok(())
}
