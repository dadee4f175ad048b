//! Publishing (spec 01 section 2.3).

use super::{EventKey, find_to_change, may_modify};
use crate::Ctx;
use serde_json::json;
use sightline_core::ids::EventId;
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::audit::Change;
use sightline_db::{Tx, events};
use sightline_misp::records::Event;

/// Publishes; the event's timestamp stays, the publish timestamp is now.
pub async fn publish(ctx: &Ctx, key: EventKey) -> AppResult<EventId> {
    ctx.write(move |ctx, tx| publish_in(ctx, tx, &key).map(|event| event.id))
        .await
}

/// Publishes within a transaction; the event as it was before.
pub(crate) fn publish_in(ctx: &Ctx, tx: &mut Tx<'_>, key: &EventKey) -> AppResult<Event> {
    let event = find_to_change(ctx, tx, key).map_err(|_| AppError::not_found("Invalid event."))?;
    let own = ctx.caller.permissions.has(Permission::Publish) && event.orgc_id == ctx.caller.org_id;
    if !own && !ctx.caller.is_site_admin() {
        return Err(AppError::NotAllowed(
            "You do not have the permission to do that.".into(),
        ));
    }
    if needs_other_eyes(ctx, &event) {
        return Err(AppError::NotAllowed(
            "Somebody else than the author of an event has to publish it on this instance.".into(),
        ));
    }
    events::set_published(tx, event.id, true, Some(ctx.now()))?;
    record(ctx, tx, &event, "publish", true)?;
    Ok(event)
}

/// Whether the caller wrote the event, and somebody else has to publish it (`MISP.block_publishing_for_same_creator`).
fn needs_other_eyes(ctx: &Ctx, event: &Event) -> bool {
    ctx.settings().events.four_eyes && event.user_id == ctx.caller.user_id && !ctx.caller.is_site_admin()
}

/// Whether saving an event may publish it as well: what takes other eyes does not get around them, but who synchronises
/// carries what others have published.
pub(super) fn may_publish_by_saving(ctx: &Ctx, event: &Event) -> bool {
    ctx.caller.may(Permission::Sync) || !needs_other_eyes(ctx, event)
}

/// Takes the publication back; no timestamp changes.
pub async fn unpublish_event(ctx: &Ctx, key: EventKey) -> AppResult<EventId> {
    ctx.write(move |ctx, tx| {
        let event = find_to_change(ctx, tx, &key).map_err(|_| AppError::not_found("Invalid event."))?;
        if !may_modify(ctx, &event) {
            return Err(AppError::Forbidden(
                "You do not have the permission to do that.".into(),
            ));
        }
        events::set_published(tx, event.id, false, None)?;
        record(ctx, tx, &event, "unpublish", false)?;
        Ok(event.id)
    })
    .await
}

fn record(
    ctx: &Ctx,
    tx: &mut sightline_db::Tx<'_>,
    event: &sightline_misp::records::Event,
    action: &str,
    published: bool,
) -> AppResult<()> {
    ctx.audit(
        tx,
        &Change {
            action,
            model: "Event",
            id: event.id.0,
            title: &event.info,
            event: Some(event.id),
            fields: json!({"published": [event.published, published]}),
        },
    )
}
