//! What the event page says of an event beside its attributes, and the rows of the event index.

use super::extensions::EXTENSIONS;
use super::{EventKey, find, may_modify};
use crate::analyst_data::{Hung, hung_on};
use crate::correlations::{self, RelatedEvent};
use crate::search::{own_address_only, viewer};
use crate::{Ctx, organisations, proposals, sightings, users};
use sightline_core::ids::{EventId, OrgId};
use sightline_core::{AppResult, Permission};
use sightline_db::organisations as db_organisations;
use sightline_db::search::{self, Page};
use sightline_db::{Tx, attributes, event_reports, events, objects, sharing_groups, tags};
use sightline_misp::records::{AttachedTag, Event, EventReport, OrgRef, SightingType};
use sightline_query::EventIndex;
use std::collections::HashMap;

/// One row of the event index.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the event and what stands beside it")]
pub struct Row {
    pub event: Event,
    pub orgc: OrgRef,
    pub sharing_group: Option<String>,
    pub tags: Vec<AttachedTag>,
    pub sightings: u64,
    /// Open ones that the caller sees.
    pub proposals: u64,
    pub reports: u64,
    /// Events that share a value, where the list says so.
    pub correlations: Option<u64>,
}

/// A page of the event index and how many events all pages have.
pub async fn rows(ctx: &Ctx, index: EventIndex) -> AppResult<(Vec<Row>, u64)> {
    ctx.read(move |ctx, tx| {
        let filter = own_address_only(ctx, &index.filter);
        let page = search::events(tx, viewer(ctx), &filter, &index.order, index.paging)?;
        let total = u64::try_from(page.total).unwrap_or(0);
        Ok((rows_of(ctx, tx, &page)?, total))
    })
    .await
}

fn rows_of(ctx: &Ctx, tx: &mut Tx<'_>, page: &Page) -> AppResult<Vec<Row>> {
    let events = search::event_rows(tx, viewer(ctx), &page.ids)?;
    let ids: Vec<i64> = events.iter().map(|event| event.id.0).collect();
    let mut by_event: HashMap<EventId, Vec<AttachedTag>> = HashMap::new();
    for (id, tag) in tags::of_events(tx, &ids)? {
        by_event.entry(id).or_default().push(tag);
    }
    let related = if ctx.settings().correlations.on_index {
        Some(correlations::counts_of_events(ctx, tx, &events)?)
    } else {
        None
    };
    let seen = sightings::counts_of_events(ctx, tx, &ids)?;
    let proposed = proposals::counts_of_events(ctx, tx, &ids)?;
    let reports: HashMap<EventId, i64> = event_reports::counts(tx, ctx.visible(), &ids)?
        .into_iter()
        .collect();
    let orgs: Vec<i64> = events.iter().map(|event| event.orgc_id.0).collect();
    let orgs: HashMap<OrgId, OrgRef> = db_organisations::refs(tx, &orgs)?
        .into_iter()
        .map(|org| (org.id, org))
        .collect();
    let groups: Vec<i64> = events
        .iter()
        .map(|event| event.sharing_group_id.0)
        .filter(|id| *id != 0)
        .collect();
    let groups = if groups.is_empty() {
        Vec::new()
    } else {
        sharing_groups::by_ids(tx, ctx.visible(), &groups)?
    };
    events
        .into_iter()
        .map(|event| {
            Ok(Row {
                orgc: orgs.get(&event.orgc_id).cloned().unwrap_or_default(),
                sharing_group: groups
                    .iter()
                    .find(|g| g.id == event.sharing_group_id)
                    .map(|g| g.name.clone()),
                tags: by_event.remove(&event.id).unwrap_or_default(),
                sightings: seen.get(&event.id).copied().unwrap_or(0),
                proposals: proposed.get(&event.id).copied().unwrap_or(0),
                correlations: related
                    .as_ref()
                    .map(|counts| counts.get(&event.id).copied().unwrap_or(0)),
                reports: reports.get(&event.id).map_or(0, |count| count.unsigned_abs()),
                event,
            })
        })
        .collect()
}

/// What the event page says of an event.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each holds what its name says")]
#[expect(clippy::struct_excessive_bools, reason = "independent rights")]
pub struct Summary {
    pub event: Event,
    pub org: OrgRef,
    pub orgc: OrgRef,
    pub sharing_group: Option<String>,
    /// Only for those who may know (spec 05 section 4).
    pub creator_email: Option<String>,
    pub tags: Vec<AttachedTag>,
    pub reports: Vec<EventReport>,
    /// Notes, opinions and relationships on the event itself.
    pub hung: Hung,
    pub extends: Option<Event>,
    pub extended_by: Vec<Event>,
    pub related: Vec<RelatedEvent>,
    /// Visible live attributes.
    pub attributes: u64,
    pub objects: u64,
    /// Sightings, false positives, expirations that the caller may see.
    pub sightings: (u64, u64, u64),
    pub may_modify: bool,
    pub may_publish: bool,
    pub may_tag: bool,
    pub may_tag_locally: bool,
    pub may_sight: bool,
    pub may_annotate: bool,
}

/// The summary of a visible event.
pub async fn summary(ctx: &Ctx, key: EventKey) -> AppResult<Summary> {
    ctx.read(move |ctx, tx| {
        let event = find(ctx, tx, &key)?;
        let caller = &ctx.caller;
        let audits = caller.permissions.has(Permission::Audit) && caller.org_id == event.orgc_id;
        let group = match event.sharing_group_id.0 {
            0 => None,
            id => sharing_groups::by_ids(tx, ctx.visible(), &[id])?
                .pop()
                .map(|group| group.name),
        };
        let extends = match event.extends_uuid {
            Some(uuid) => events::by_uuid(tx, ctx.visible(), uuid)?,
            None => None,
        };
        let (outside, inside) = attributes::counts(tx, ctx.visible(), event.id)?;
        let modify = may_modify(ctx, &event);
        let tagger = caller.may(Permission::Tagger) || caller.may(Permission::Sync);
        Ok(Summary {
            org: organisations::reference(tx, event.org_id)?,
            orgc: organisations::reference(tx, event.orgc_id)?,
            sharing_group: group,
            creator_email: if audits || caller.is_site_admin() {
                Some(users::email_of(tx, event.user_id)?)
            } else {
                None
            },
            tags: tags::of_events(tx, &[event.id.0])?
                .into_iter()
                .map(|(_, tag)| tag)
                .collect(),
            reports: event_reports::of_event(tx, ctx.visible(), event.id, Some(false))?,
            hung: hung_on(ctx, tx, &[event.uuid])?
                .remove(&event.uuid)
                .unwrap_or_default(),
            extends,
            extended_by: events::extending(tx, ctx.visible(), event.uuid, EXTENSIONS)?,
            related: most_shared_first(correlations::related_events(
                ctx,
                tx,
                std::slice::from_ref(&event),
            )?),
            attributes: u64::try_from(outside + inside).unwrap_or(0),
            objects: u64::try_from(objects::count(tx, ctx.visible(), event.id)?).unwrap_or(0),
            sightings: sighting_counts(ctx, tx, event.id)?,
            may_modify: modify,
            may_publish: caller.is_site_admin()
                || caller.permissions.has(Permission::Publish) && event.orgc_id == caller.org_id,
            may_tag: tagger && modify,
            may_tag_locally: tagger && (modify || ctx.is_host_org()),
            may_sight: caller.may(Permission::Sighting),
            may_annotate: caller.may(Permission::Add) && caller.may(Permission::AnalystData),
            event,
        })
    })
    .await
}

fn sighting_counts(ctx: &Ctx, tx: &mut Tx<'_>, event: EventId) -> AppResult<(u64, u64, u64)> {
    let by_type = sightings::counts_by_type(ctx, tx, event)?;
    let of = |kind: SightingType| by_type.get(&kind).copied().unwrap_or(0);
    Ok((
        of(SightingType::Sighting),
        of(SightingType::FalsePositive),
        of(SightingType::Expiration),
    ))
}

/// For people, what has most in common comes first; what has as much, newest first.
fn most_shared_first(mut related: Vec<RelatedEvent>) -> Vec<RelatedEvent> {
    related.sort_by_key(|related| std::cmp::Reverse(related.shared));
    related
}
