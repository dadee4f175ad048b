//! The event that a text feed writes to: finding or making it, adding, removing what vanished, publishing.

use super::super::Plan;
use super::Checkpoint;
use super::read::key;
use crate::attributes::{Incoming, Placed, soft_delete_in, store_new};
use crate::events::{self as app_events, Source as Origin};
use crate::jobs::{self, JobError, Lease, Progress};
use crate::{Ctx, tags};
use serde_json::json;
use sightline_core::ids::{AttributeId, EventId, ObjectId};
use sightline_core::{AppError, AppResult};
use sightline_db::audit::Change;
use sightline_db::{Tx, Visible, attributes, events, feeds};
use sightline_misp::feeds::Feed;
use sightline_misp::fold::value_key;
use sightline_misp::input::{AttributeDraft, EventIn, Loose, TagIn};
use sightline_misp::records::{Analysis, Distribution, Event, ThreatLevel};
use std::collections::HashSet;
use std::sync::Arc;

/// Attributes looked at in one transaction while looking for vanished ones.
const PAGE: usize = 1_000;

/// The event to go on with: of the run before, or the feed's fixed one. `None` when one must be made.
pub(super) async fn find(ctx: &Ctx, feed: &Feed, resumed: Option<EventId>) -> AppResult<Option<EventId>> {
    let fixed = Some(feed.event_id).filter(|id| feed.fixed_event && id.0 != 0);
    let Some(id) = resumed.or(fixed) else {
        return Ok(None);
    };
    ctx.read(move |ctx, tx| Ok(events::by_id(tx, ctx.visible(), id)?.map(|event| event.id)))
        .await
}

/// Stores a batch; the event, and how many attributes are new in it.
pub(super) async fn store(
    ctx: &Ctx,
    feed: &Feed,
    plan: &Arc<Plan>,
    target: Option<EventId>,
    drafts: Vec<AttributeDraft>,
    lease: Lease,
) -> AppResult<(EventId, usize)> {
    let (feed, plan) = (feed.clone(), Arc::clone(plan));
    ctx.write(move |ctx, tx| {
        let event = match target {
            Some(id) => existing(ctx, tx, id)?,
            None => create(ctx, tx, &feed, &plan)?,
        };
        // Also keeps a run that has lost its job from writing what its successor writes.
        jobs::checkpoint(ctx, tx, &lease, &Checkpoint { event: event.id })?;
        let added = add(ctx, tx, &feed, &event, drafts)?;
        Ok((event.id, added))
    })
    .await
}

fn existing(ctx: &Ctx, tx: &mut Tx<'_>, id: EventId) -> AppResult<Event> {
    events::lock(tx, Some(id), None)?;
    events::by_id(tx, ctx.visible(), id)?
        .ok_or_else(|| AppError::Refused("The feed's event was deleted while it was being filled.".into()))
}

/// Makes the event; a fixed one is remembered with the feed.
fn create(ctx: &Ctx, tx: &mut Tx<'_>, feed: &Feed, plan: &Plan) -> AppResult<Event> {
    let distribution = match plan.distribution {
        // There is nothing to inherit from.
        Distribution::Inherit => Distribution::OrganisationOnly,
        given => given,
    };
    let body = EventIn {
        info: Loose::Text(format!("{} feed", feed.name)),
        analysis: Loose::Int(Analysis::Completed.number()),
        threat_level_id: Loose::Int(ThreatLevel::Undefined.number()),
        distribution: Loose::Int(distribution.number()),
        sharing_group_id: Loose::Int(plan.sharing_group),
        orgc_id: if feed.orgc_id.0 == 0 {
            Loose::Absent
        } else {
            Loose::Int(feed.orgc_id.0)
        },
        disable_correlation: Loose::Bool(plan.settings.disable_correlation),
        ..EventIn::default()
    };
    let event = app_events::add_in(ctx, tx, &body, Origin::Request)?.event;
    if feed.fixed_event {
        feeds::set_event(tx, feed.id, event.id)?;
    }
    Ok(event)
}

/// Adds what the event does not have yet.
fn add(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    feed: &Feed,
    event: &Event,
    mut drafts: Vec<AttributeDraft>,
) -> AppResult<usize> {
    let keys: Vec<i64> = drafts.iter().map(|draft| value_key(&draft.value1)).collect();
    let known: HashSet<i64> = attributes::duplicates(tx, event.id, &keys)?
        .iter()
        .map(|attribute| key(attribute.kind, &attribute.value()))
        .collect();
    drafts.retain(|draft| !known.contains(&key(draft.kind, &draft.value())));
    let count = drafts.len();
    if count == 0 {
        return Ok(0);
    }
    let placed = drafts
        .into_iter()
        .map(|draft| Placed {
            incoming: plain(draft),
            object: ObjectId(0),
        })
        .collect();
    store_new(ctx, tx, event, placed)?;
    events::add_to_count(tx, event.id, i64::try_from(count).unwrap_or(0))?;
    app_events::unpublish(ctx, tx, event.id)?;
    record(
        ctx,
        tx,
        event,
        json!({"feed": feed.id, "attributes_added": count}),
    )?;
    Ok(count)
}

fn plain(draft: AttributeDraft) -> Incoming {
    Incoming {
        draft,
        bytes: None,
        tags: Vec::new(),
        sightings: Vec::new(),
    }
}

/// Soft-deletes the event's attributes that the feed no longer lists (delta merge). How many there were.
pub(super) async fn remove_vanished(
    ctx: &Ctx,
    target: EventId,
    seen: Arc<HashSet<i64>>,
    progress: &Progress,
) -> Result<usize, JobError> {
    let (mut after, mut removed) = (AttributeId(0), 0);
    loop {
        progress.check()?;
        let (seen, lease) = (Arc::clone(&seen), progress.lease().clone());
        let (last, count) = ctx
            .write(move |ctx, tx| {
                let event = existing(ctx, tx, target)?;
                let live = attributes::Selection {
                    deleted: Some(false),
                    ..attributes::Selection::default()
                };
                let page = attributes::page_of_event(tx, Visible::everything(), target, live, after, PAGE)?;
                let last = page
                    .last()
                    .filter(|_| page.len() == PAGE)
                    .map(|attribute| attribute.id);
                let mut count = 0;
                for mut attribute in page {
                    if !seen.contains(&key(attribute.kind, &attribute.value())) {
                        soft_delete_in(ctx, tx, &mut attribute)?;
                        count += 1;
                    }
                }
                if count > 0 {
                    jobs::checkpoint(ctx, tx, &lease, &Checkpoint { event: target })?;
                    events::add_to_count(tx, target, -i64::try_from(count).unwrap_or(0))?;
                    app_events::unpublish(ctx, tx, target)?;
                    record(ctx, tx, &event, json!({"attributes_deleted": count}))?;
                }
                Ok((last, count))
            })
            .await?;
        removed += count;
        match last {
            Some(id) => after = id,
            None => return Ok(removed),
        }
    }
}

/// Attaches the feed's tags, and publishes when the feed asks for it and something changed since the last time.
pub(super) async fn finish(ctx: &Ctx, feed: &Feed, plan: &Arc<Plan>, target: EventId) -> AppResult<()> {
    let (publish, plan) = (feed.publish, Arc::clone(plan));
    ctx.write(move |ctx, tx| {
        let event = existing(ctx, tx, target)?;
        let added: Vec<TagIn> = plan.added_tags().collect();
        tags::attach_captured_to_event(ctx, tx, &event, &added)?;
        if publish && !event.published {
            events::set_published(tx, event.id, true, Some(ctx.now()))?;
            record(ctx, tx, &event, json!({"published": [false, true]}))?;
        }
        Ok(())
    })
    .await
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &Event, fields: serde_json::Value) -> AppResult<()> {
    ctx.audit(
        tx,
        &Change {
            action: "edit",
            model: "Event",
            id: event.id.0,
            title: &event.info,
            event: Some(event.id),
            fields,
        },
    )
}
