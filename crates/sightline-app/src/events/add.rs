//! Adding an event with everything it carries, in one transaction (spec 03 section 3.1). REST, feeds and the command
//! line all come here.

use super::contents::{self, Merged};
use super::fields;
use super::publish::may_publish_by_saving;
use crate::{Ctx, analyst_data, blocklists, mail, organisations};
use serde_json::json;
use sightline_core::ids::{EventId, OrgId};
use sightline_core::{AppError, AppResult, Permission, random};
use sightline_db::audit::Change;
use sightline_db::{Tx, events};
use sightline_misp::input::{EventIn, Loose};
use sightline_misp::records::{Event, ThreatLevel};
use uuid::Uuid;

/// Where an event comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A user's request: the caller is the creator unless it may synchronise.
    Request,
    /// A feed: the creator is who the feed says.
    Feed,
}

/// A new event.
#[derive(Debug)]
pub struct Added {
    /// The row as stored.
    pub event: Event,
    /// What became of its content.
    pub merged: Merged,
}

/// Adds an event in its own transaction.
pub async fn add(ctx: &Ctx, mut input: EventIn) -> AppResult<Added> {
    ctx.require(Permission::Add)?;
    analyst_data::name_contents(&mut input);
    let creator = claimed_creator(ctx, &input, Source::Request);
    let added = ctx
        .write(move |ctx, tx| add_in(ctx, tx, &input, Source::Request))
        .await;
    count_refusal(ctx, creator, &added).await?;
    added
}

/// Who a body says has created its event, when it says so by uuid and is believed; else the caller's organisation
/// (`None`).
pub(crate) fn claimed_creator(ctx: &Ctx, input: &EventIn, source: Source) -> Option<Uuid> {
    let orgc = input.orgc.as_ref().filter(|_| keeps_creator(ctx, source))?;
    orgc.uuid.filled().and_then(|text| Uuid::try_parse(&text).ok())
}

/// Counts an event that was refused because of its creator.
pub(crate) async fn count_refusal<T>(
    ctx: &Ctx,
    creator: Option<Uuid>,
    outcome: &AppResult<T>,
) -> AppResult<()> {
    match outcome {
        Err(error) if blocklists::refused_creator(error) => blocklists::count_refusal(ctx, creator).await,
        _ => Ok(()),
    }
}

/// Adds an event within a transaction.
pub fn add_in(ctx: &Ctx, tx: &mut Tx<'_>, input: &EventIn, source: Source) -> AppResult<Added> {
    let mut event = new_event(ctx, tx, input, source)?;
    blocklists::admit(tx, event.uuid, event.orgc_id)?;
    if events::by_uuid(tx, sightline_db::Visible::everything(), event.uuid)?.is_some() {
        return Err(AppError::not_found(
            "Event already exists, if you would like to edit it, use the url in the location header.",
        ));
    }
    fields::apply(ctx, tx, &mut event, input)?;
    let wants_publishing = input.published.flag() == Some(true)
        && ctx.caller.may(Permission::Publish)
        && may_publish_by_saving(ctx, &event);
    if wants_publishing && contents::is_empty(input) {
        return Err(AppError::Rejected(
            json!({"Event": "Received a published event that was empty. Event add process blocked."}),
        ));
    }
    event.published = wants_publishing;
    event.publish_timestamp = if wants_publishing { ctx.now() } else { 0 };
    event.id = events::insert(tx, &event)?;
    let merged = contents::merge(ctx, tx, &event, input, true)?;
    event.attribute_count = merged.live_delta;
    if source == Source::Request {
        mail::alert_when_saved(ctx, tx, &event)?;
    }
    ctx.audit(
        tx,
        &Change {
            action: "add",
            model: "Event",
            id: event.id.0,
            title: &event.info,
            event: Some(event.id),
            fields: json!({
                "uuid": event.uuid, "info": event.info, "distribution": event.distribution.number(),
                "orgc_id": event.orgc_id, "published": event.published,
                "attributes": merged.attributes_added, "objects": merged.objects_added,
            }),
        },
    )?;
    Ok(Added { event, merged })
}

fn new_event(ctx: &Ctx, tx: &mut Tx<'_>, input: &EventIn, source: Source) -> AppResult<Event> {
    let settings = &ctx.settings().events;
    Ok(Event {
        id: EventId(0),
        uuid: uuid(&input.uuid)?.unwrap_or_else(random::uuid),
        org_id: ctx.caller.org_id,
        orgc_id: creator(ctx, tx, input, source)?,
        user_id: ctx.caller.user_id,
        date: ctx.platform.clock.today(),
        info: String::new(),
        threat_level: ThreatLevel::from_number(i64::from(settings.default_threat_level))
            .unwrap_or(ThreatLevel::Undefined),
        analysis: sightline_misp::records::Analysis::Initial,
        distribution: settings.distribution(),
        sharing_group_id: sightline_core::ids::SharingGroupId(0),
        published: false,
        timestamp: input
            .timestamp
            .int()
            .filter(|t| *t > 0)
            .unwrap_or_else(|| ctx.now()),
        publish_timestamp: 0,
        sighting_timestamp: 0,
        attribute_count: 0,
        locked: false,
        proposal_email_lock: false,
        disable_correlation: false,
        extends_uuid: None,
        protected: None,
    })
}

fn uuid(input: &Loose) -> AppResult<Option<Uuid>> {
    let Some(text) = input.filled() else {
        return Ok(None);
    };
    match Uuid::try_parse(&text) {
        Ok(uuid) if text.len() == 36 => Ok(Some(uuid)),
        _ => Err(AppError::field("uuid", "Please provide a valid RFC 4122 UUID")),
    }
}

fn keeps_creator(ctx: &Ctx, source: Source) -> bool {
    source == Source::Feed || ctx.caller.may(Permission::Sync)
}

/// A foreign creator is kept only for those who may synchronise, and for feeds.
fn creator(ctx: &Ctx, tx: &mut Tx<'_>, input: &EventIn, source: Source) -> AppResult<OrgId> {
    if !keeps_creator(ctx, source) {
        return Ok(ctx.caller.org_id);
    }
    match &input.orgc {
        Some(orgc) if orgc.uuid.is_given() || orgc.name.is_given() => organisations::capture(ctx, tx, orgc),
        _ => match input.orgc_id.int() {
            Some(id) if source == Source::Request && organisations::exists(tx, OrgId(id))? => Ok(OrgId(id)),
            _ => Ok(ctx.caller.org_id),
        },
    }
}
