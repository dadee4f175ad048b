//! Deleting an object with its attributes, softly or for good (spec 03 section 5).

use super::add::record;
use super::{ObjectKey, find_to_change};
use crate::Ctx;
use crate::attributes::soft_delete_in;
use crate::events::{may_modify, unpublish};
use sightline_core::ids::EventId;
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::{Tx, attributes, events, objects};
use sightline_misp::records::{Event, Object};

/// Deletes an object; the id of its event.
pub async fn delete(ctx: &Ctx, key: ObjectKey, hard: bool) -> AppResult<EventId> {
    ctx.require(Permission::Add)?;
    ctx.write(move |ctx, tx| {
        let (object, event) = find_to_change(ctx, tx, &key)?;
        if !may_modify(ctx, &event) {
            return Err(AppError::Forbidden(
                "Insufficient permissions to delete this object.".into(),
            ));
        }
        let gone = serde_json::json!({"uuid": object.uuid, "name": object.name});
        // Before the rows go: who could see them is read from them.
        if hard {
            record(ctx, tx, event.id, &object, "delete", gone)?;
            for_good(ctx, tx, &object, &event)?;
        } else {
            record(ctx, tx, event.id, &object, "soft_delete", gone)?;
            soft(ctx, tx, &object, &event)?;
        }
        unpublish(ctx, tx, event.id)?;
        Ok(event.id)
    })
    .await
}

pub(super) fn soft(ctx: &Ctx, tx: &mut Tx<'_>, object: &Object, event: &Event) -> AppResult<()> {
    let live = attributes::live_of_object(tx, object.id, event.id)?;
    let count = i64::try_from(live.len()).unwrap_or(0);
    for mut attribute in live {
        soft_delete_in(ctx, tx, &mut attribute)?;
    }
    events::add_to_count(tx, event.id, -count)?;
    objects::update(
        tx,
        &Object {
            deleted: true,
            timestamp: ctx.now(),
            ..object.clone()
        },
    )?;
    objects::soft_delete_references(tx, &[object.uuid], ctx.now())?;
    Ok(())
}

fn for_good(ctx: &Ctx, tx: &mut Tx<'_>, object: &Object, event: &Event) -> AppResult<()> {
    let everything = attributes::Selection::default();
    let all = attributes::of_objects(
        tx,
        sightline_db::Visible::everything(),
        event.id,
        &[object.id.0],
        everything,
    )?;
    let live = all.iter().filter(|a| !a.deleted).count();
    let mut uuids: Vec<uuid::Uuid> = all.iter().map(|a| a.uuid).collect();
    uuids.push(object.uuid);
    objects::delete_references(tx, &uuids)?;
    let ids: Vec<i64> = all.iter().map(|a| a.id.0).collect();
    attributes::delete_many(tx, &ids)?;
    objects::delete(tx, object.id)?;
    events::add_to_count(tx, event.id, -i64::try_from(live).unwrap_or(0))?;
    for attribute in &all {
        ctx.platform.files.remove(tx, event.id, attribute.id);
    }
    Ok(())
}
