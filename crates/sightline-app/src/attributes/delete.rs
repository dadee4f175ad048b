//! Deleting attributes softly or for good, and bringing them back (spec 01 section 4, spec 03 section 4).

use super::{AttributeKey, edit, find_to_change, invalid_attribute, soft_delete_in};
use crate::Ctx;
use crate::events::{EventKey, find_to_change as find_event_to_change, require_modify, unpublish};
use serde_json::json;
use sightline_core::ids::{AttributeId, EventId};
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::audit::Change;
use sightline_db::{Tx, attributes, events, objects};
use sightline_misp::records::{Attribute, Event};
use std::collections::BTreeSet;

/// Deletes one attribute. Already soft-deleted ones can only be deleted for good.
pub async fn delete(ctx: &Ctx, key: AttributeKey, hard: bool) -> AppResult<()> {
    ctx.require(Permission::Add)?;
    ctx.write(move |ctx, tx| {
        let (mut attribute, event) = find_to_change(ctx, tx, &key)?;
        if attribute.deleted && !hard {
            return Err(invalid_attribute());
        }
        require_modify(ctx, &event)?;
        remove(ctx, tx, &event, &mut attribute, hard)?;
        unpublish(ctx, tx, event.id)
    })
    .await
}

/// Deletes several attributes of one event; `None` means all of its live ones. The number deleted.
pub async fn delete_many(ctx: &Ctx, key: EventKey, ids: Option<Vec<i64>>, hard: bool) -> AppResult<usize> {
    ctx.require(Permission::Add)?;
    ctx.write(move |ctx, tx| {
        let event = find_event_to_change(ctx, tx, &key)?;
        require_modify(ctx, &event)?;
        let mut gone = 0;
        for mut attribute in selected(ctx, tx, &event, ids.as_deref())? {
            if hard || !attribute.deleted {
                remove(ctx, tx, &event, &mut attribute, hard)?;
                gone += 1;
            }
        }
        if gone == 0 {
            return Err(AppError::not_found("No matching attributes found."));
        }
        unpublish(ctx, tx, event.id)?;
        Ok(gone)
    })
    .await
}

fn selected(ctx: &Ctx, tx: &mut Tx<'_>, event: &Event, ids: Option<&[i64]>) -> AppResult<Vec<Attribute>> {
    match ids {
        Some(ids) => {
            // Each once, and always in the same order: two requests that name the same ones do not wait in a circle.
            let ids: BTreeSet<i64> = ids.iter().copied().collect();
            let mut found = Vec::new();
            for id in ids {
                match find_to_change(ctx, tx, &AttributeKey::Id(AttributeId(id))) {
                    Ok((attribute, of)) if of.id == event.id => found.push(attribute),
                    Ok(_) | Err(AppError::NotFound(_)) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(found)
        }
        None => Ok(attributes::page_of_event(
            tx,
            ctx.visible(),
            event.id,
            attributes::Selection {
                deleted: Some(false),
                ..attributes::Selection::default()
            },
            AttributeId(0),
            usize::MAX,
        )?),
    }
}

/// Deletes an attribute of an event that the caller may change, and keeps the count and the audit trail. Does not touch
/// the event's publication.
pub(crate) fn remove(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    event: &Event,
    attribute: &mut Attribute,
    hard: bool,
) -> AppResult<()> {
    if !attribute.deleted {
        events::add_to_count(tx, event.id, -1)?;
    }
    if hard {
        objects::delete_references(tx, &[attribute.uuid])?;
        attributes::delete_many(tx, &[attribute.id.0])?;
        ctx.platform.files.remove(tx, event.id, attribute.id);
    } else {
        soft_delete_in(ctx, tx, attribute)?;
    }
    if attribute.object_id.0 != 0 {
        objects::set_timestamp(tx, attribute.object_id, ctx.now())?;
    }
    record(
        ctx,
        tx,
        event.id,
        attribute,
        if hard { "delete" } else { "soft_delete" },
    )
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
    ctx.audit(
        tx,
        &Change {
            action,
            model: "Attribute",
            id: attribute.id.0,
            title: &attribute.value(),
            event: Some(event),
            fields: json!({"uuid": attribute.uuid, "type": attribute.kind.name(), "value": attribute.value()}),
        },
    )
}
