//! Publishing the sightings of an event: the moment that other instances compare with theirs (spec 01 section 2).

use crate::Ctx;
use crate::events::{self, EventKey};
use serde_json::json;
use sightline_core::ids::EventId;
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::audit::Change;

/// Notes that the sightings of a visible event are to be taken over from now on. Nothing else of the event changes.
pub async fn publish(ctx: &Ctx, key: EventKey) -> AppResult<EventId> {
    ctx.require(Permission::Sighting)?;
    ctx.write(move |ctx, tx| {
        let event = events::find(ctx, tx, &key).map_err(|_| AppError::not_found("Invalid event."))?;
        sightline_db::events::set_sighting_timestamp(tx, event.id, ctx.now())?;
        ctx.audit(
            tx,
            &Change {
                action: "publish_sightings",
                model: "Event",
                id: event.id.0,
                title: &event.info,
                event: Some(event.id),
                fields: json!({"sighting_timestamp": [event.sighting_timestamp, ctx.now()]}),
            },
        )?;
        Ok(event.id)
    })
    .await
}
