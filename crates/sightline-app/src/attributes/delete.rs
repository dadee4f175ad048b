//! Deleting attributes softly or for good, and bringing them back (spec 01 section 4, spec 03 section 4).

use super::{AttributeKey, edit, find_to_change, invalid_attribute};
use crate::Ctx;
use crate::events::{EventKey, find_to_change as find_event_to_change, require_modify, unpublish};
use serde_json::json;
use sightline_core::ids::{AttributeId, EventId};
use sightline_core::limits::CHUNK_ROWS;
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::audit::Change;
use sightline_db::{Tx, attributes, events, objects, proposals};
use sightline_misp::records::{Attribute, Event};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Deletes one attribute. Already soft-deleted ones can only be deleted for good.
pub async fn delete(ctx: &Ctx, key: AttributeKey, hard: bool) -> AppResult<()> {
    ctx.require(Permission::Add)?;
    ctx.write(move |ctx, tx| {
        let (attribute, event) = find_to_change(ctx, tx, &key)?;
        if attribute.deleted && !hard {
            return Err(invalid_attribute());
        }
        require_modify(ctx, &event)?;
        remove_batch(ctx, tx, &event, &[attribute], hard)?;
        unpublish(ctx, tx, event.id)
    })
    .await
}

/// Deletes several attributes of one event; `None` means all of its live ones. The number deleted. One transaction, in
/// bounded batches: an event of any size passes through bounded memory.
pub async fn delete_many(ctx: &Ctx, key: EventKey, ids: Option<Vec<i64>>, hard: bool) -> AppResult<usize> {
    ctx.require(Permission::Add)?;
    ctx.write(move |ctx, tx| {
        let event = find_event_to_change(ctx, tx, &key)?;
        require_modify(ctx, &event)?;
        let gone = match ids {
            Some(ids) => remove_named(ctx, tx, &event, ids, hard)?,
            None => remove_all(ctx, tx, &event, hard)?,
        };
        if gone == 0 {
            return Err(AppError::not_found("No matching attributes found."));
        }
        unpublish(ctx, tx, event.id)?;
        Ok(gone)
    })
    .await
}

/// Those of the ids that are visible attributes of the event.
fn remove_named(ctx: &Ctx, tx: &mut Tx<'_>, event: &Event, ids: Vec<i64>, hard: bool) -> AppResult<usize> {
    // Each once.
    let ids: Vec<i64> = ids.into_iter().collect::<BTreeSet<i64>>().into_iter().collect();
    let mut gone = 0;
    for ids in ids.chunks(CHUNK_ROWS) {
        let mut batch = attributes::by_ids(tx, ctx.visible(), ids)?;
        batch.retain(|attribute| attribute.event_id == event.id && (hard || !attribute.deleted));
        remove_batch(ctx, tx, event, &batch, hard)?;
        gone += batch.len();
    }
    Ok(gone)
}

/// All live attributes of the event, those inside objects as well, that the caller sees.
fn remove_all(ctx: &Ctx, tx: &mut Tx<'_>, event: &Event, hard: bool) -> AppResult<usize> {
    let live = attributes::Selection {
        deleted: Some(false),
        flatten: true,
        ..attributes::Selection::default()
    };
    let (mut gone, mut after) = (0, AttributeId(0));
    loop {
        let page = attributes::page_of_event(tx, ctx.visible(), event.id, live, after, CHUNK_ROWS)?;
        remove_batch(ctx, tx, event, &page, hard)?;
        gone += page.len();
        match page.last() {
            Some(last) if page.len() == CHUNK_ROWS => after = last.id,
            _ => return Ok(gone),
        }
    }
}

/// Deletes attributes of one event that the caller may change, set by set: rows, references, count, objects' timestamps, a
/// row each in the log. Does not touch the event's publication.
pub(crate) fn remove_batch(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    event: &Event,
    batch: &[Attribute],
    hard: bool,
) -> AppResult<()> {
    if batch.is_empty() {
        return Ok(());
    }
    let ids: Vec<i64> = batch.iter().map(|attribute| attribute.id.0).collect();
    let uuids: Vec<Uuid> = batch.iter().map(|attribute| attribute.uuid).collect();
    let live = batch.iter().filter(|attribute| !attribute.deleted).count();
    // Before the rows go: who could see them is read from them.
    let titles: Vec<_> = batch.iter().map(Attribute::value).collect();
    let action = if hard { "delete" } else { "soft_delete" };
    let changes: Vec<Change<'_>> = batch
        .iter()
        .zip(&titles)
        .map(|(attribute, title)| change(event.id, attribute, title, action))
        .collect();
    ctx.audit_many(tx, &changes)?;
    if hard {
        objects::delete_references(tx, &uuids)?;
        attributes::delete_many(tx, &ids)?;
        for attribute in batch {
            ctx.platform.files.remove(tx, event.id, attribute.id);
        }
    } else {
        attributes::soft_delete_many(tx, &ids, ctx.now())?;
        objects::soft_delete_references(tx, &uuids, ctx.now())?;
        proposals::close_of_attributes(tx, &ids, ctx.now())?;
    }
    events::add_to_count(tx, event.id, -i64::try_from(live).unwrap_or(i64::MAX))?;
    let held: BTreeSet<i64> = batch
        .iter()
        .map(|attribute| attribute.object_id.0)
        .filter(|id| *id != 0)
        .collect();
    objects::set_timestamps(tx, &held.into_iter().collect::<Vec<_>>(), ctx.now())?;
    Ok(())
}

/// Brings a soft-deleted attribute back; its value must still be unique.
pub async fn restore(ctx: &Ctx, key: AttributeKey) -> AppResult<Attribute> {
    ctx.require(Permission::Add)?;
    ctx.write(move |ctx, tx| {
        let unknown = || AppError::NotAllowed("Invalid Attribute".into());
        let (mut attribute, event) = find_to_change(ctx, tx, &key).map_err(|_| unknown())?;
        require_modify(ctx, &event)?;
        if attribute.deleted {
            attribute.deleted = false;
            attribute.timestamp = ctx.now();
            edit::refuse_duplicate(tx, &attribute)?;
            attributes::update(tx, &attribute)?;
            events::add_to_count(tx, event.id, 1)?;
            unpublish(ctx, tx, event.id)?;
            record(ctx, tx, event.id, &attribute, "undelete")?;
        }
        Ok(attribute)
    })
    .await
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: EventId, attribute: &Attribute, action: &str) -> AppResult<()> {
    ctx.audit(tx, &change(event, attribute, &attribute.value(), action))
}

fn change<'a>(event: EventId, attribute: &Attribute, title: &'a str, action: &'a str) -> Change<'a> {
    Change {
        action,
        model: "Attribute",
        id: attribute.id.0,
        title,
        event: Some(event),
        fields: json!({"uuid": attribute.uuid, "type": attribute.kind.name(), "value": attribute.value()}),
    }
}
