//! Editing an event: its fields, and merging the content that a body carries (spec 03 section 3.2).

use super::contents::{self, Merged};
use super::publish::may_publish_by_saving;
use super::{EventKey, Source, fields, find_to_change, may_modify};
use crate::{Ctx, analyst_data, mail};
use serde_json::{Map, Value, json};
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::audit::Change;
use sightline_db::{Tx, events};
use sightline_misp::input::EventIn;
use sightline_misp::records::Event;
use uuid::Uuid;

/// Edits an event in its own transaction; the event after the edit.
pub async fn edit(ctx: &Ctx, key: EventKey, mut input: EventIn) -> AppResult<Event> {
    analyst_data::name_contents(&mut input);
    ctx.write(move |ctx, tx| {
        // A uuid in the body wins over the URL, as in the reference; it must be of an event that the caller sees.
        let key = input
            .uuid
            .filled()
            .and_then(|text| Uuid::try_parse(&text).ok())
            .map_or(key, EventKey::Uuid);
        let event = find_to_change(ctx, tx, &key)?;
        if !may_modify(ctx, &event) && !ctx.caller.permissions.has(Permission::Sync) {
            return Err(AppError::Forbidden("You are not authorised to do that.".into()));
        }
        edit_in(ctx, tx, &event, &input, Source::Request).map(|(event, _)| event)
    })
    .await
}

const NOT_AUTHORISED: &str = "Event could not be saved: The user used to edit the event is not authorised to do so. \
     This can be caused by the user not being of the same organisation as the original creator of the event whilst \
     also not being a site administrator.";

/// Edits an event within a transaction.
pub fn edit_in(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    before: &Event,
    input: &EventIn,
    source: Source,
) -> AppResult<(Event, Merged)> {
    authorise(ctx, before, source)?;
    let timestamp = match input.timestamp.int().filter(|t| *t > 0) {
        Some(newer) if newer > before.timestamp => newer,
        Some(_) => {
            return Err(AppError::Refused(
                "Event could not be saved: Event in the request not newer than the local copy.".into(),
            ));
        }
        None => ctx.now(),
    };
    let mut event = before.clone();
    fields::apply(ctx, tx, &mut event, input)?;
    event.timestamp = timestamp;
    event.published = input.published.flag() == Some(true)
        && ctx.caller.may(Permission::Publish)
        && may_publish_by_saving(ctx, before);
    if event.published {
        event.publish_timestamp = ctx.now();
    }
    events::update(tx, &event)?;
    let merged = contents::merge(ctx, tx, &event, input, false)?;
    event.attribute_count += merged.live_delta;
    if source == Source::Request {
        mail::alert_when_saved(ctx, tx, &event)?;
    }
    let mut changes = changed(before, &event);
    changes.insert("attributes_added".into(), json!(merged.attributes_added));
    changes.insert("attributes_changed".into(), json!(merged.attributes_changed));
    changes.insert("objects_added".into(), json!(merged.objects_added));
    ctx.audit(
        tx,
        &Change {
            action: "edit",
            model: "Event",
            id: event.id.0,
            title: &event.info,
            event: Some(event.id),
            fields: Value::Object(changes),
        },
    )?;
    Ok((event, merged))
}

/// The creator's organisation, a synchronising user on a copy that came by synchronisation, or a site administrator.
/// A feed may renew what its own fetch brought: the copy that the fetching organisation owns.
fn authorise(ctx: &Ctx, event: &Event, source: Source) -> AppResult<()> {
    let caller = &ctx.caller;
    let own = event.orgc_id == caller.org_id && may_modify(ctx, event);
    let synced = caller.permissions.has(Permission::Sync) && event.locked;
    let fed = source == Source::Feed && event.org_id == caller.org_id;
    if own || synced || fed || caller.is_site_admin() {
        Ok(())
    } else {
        Err(AppError::Refused(NOT_AUTHORISED.into()))
    }
}

/// Field -> `[old, new]` of what the edit changed.
fn changed(before: &Event, after: &Event) -> Map<String, Value> {
    let pairs = [
        ("date", json!(before.date), json!(after.date)),
        ("info", json!(before.info), json!(after.info)),
        (
            "threat_level_id",
            json!(before.threat_level.number()),
            json!(after.threat_level.number()),
        ),
        (
            "analysis",
            json!(before.analysis.number()),
            json!(after.analysis.number()),
        ),
        (
            "distribution",
            json!(before.distribution.number()),
            json!(after.distribution.number()),
        ),
        (
            "sharing_group_id",
            json!(before.sharing_group_id),
            json!(after.sharing_group_id),
        ),
        ("published", json!(before.published), json!(after.published)),
        (
            "extends_uuid",
            json!(before.extends_uuid),
            json!(after.extends_uuid),
        ),
    ];
    pairs
        .into_iter()
        .filter(|(_, old, new)| old != new)
        .map(|(field, old, new)| (field.to_owned(), json!([old, new])))
        .collect()
}
