//! Deleting an event, for good: its uuid is remembered so that it does not come back (spec 01 section 2.3).

use super::{EventKey, find_to_change, may_modify};
use crate::{Ctx, blocklists};
use serde_json::json;
use sightline_core::ids::EventId;
use sightline_core::{AppError, AppResult};
use sightline_db::audit::Change;
use sightline_db::{Tx, events};

/// Deletes an event in its own transaction.
pub async fn delete(ctx: &Ctx, key: EventKey) -> AppResult<EventId> {
    ctx.require(sightline_core::Permission::Add)?;
    ctx.write(move |ctx, tx| delete_in(ctx, tx, &key)).await
}

/// Deletes an event and its files within a transaction.
pub fn delete_in(ctx: &Ctx, tx: &mut Tx<'_>, key: &EventKey) -> AppResult<EventId> {
    let refused = || AppError::Refused("Event was not deleted.".into());
    let event = find_to_change(ctx, tx, key).map_err(|_| refused())?;
    if !may_modify(ctx, &event) {
        return Err(refused());
    }
    if ctx.settings().events.blocklist_deleted {
        blocklists::remember_deleted(ctx, tx, &event)?;
    }
    // Before the rows go: who could see them is read from them.
    ctx.audit(
        tx,
        &Change {
            action: "delete",
            model: "Event",
            id: event.id.0,
            title: &event.info,
            event: Some(event.id),
            fields: json!({"uuid": event.uuid, "info": event.info, "attribute_count": event.attribute_count}),
        },
    )?;
    events::delete(tx, event.id)?;
    ctx.platform.files.remove_event(tx, event.id);
    Ok(event.id)
}
