//! Proposals that another instance sends of one event (`events/pushProposals`, spec 03 section 3).

use super::{record, require_room};
use crate::events::{self, EventKey};
use crate::{Ctx, organisations};
use sightline_core::ids::{AttributeId, OrgId, ProposalId, UserId};
use sightline_core::{AppError, AppResult, Permission, random};
use sightline_db::{Tx, attributes, proposals};
use sightline_misp::input::{AttributeDraft, Defaults, Loose, ProposalIn};
use sightline_misp::records::{Attribute, Distribution, Event, Proposal};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use uuid::Uuid;

/// What became of the proposals of a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Captured {
    /// So many are new, or have been closed.
    Changed(u64),
    /// The sender sees no such event.
    NoEvent,
}

/// Stores what is new of a list, and closes what its sender has closed. What does not validate, and what is about an
/// attribute that is not in the event, is passed over.
pub async fn capture(ctx: &Ctx, key: EventKey, list: Vec<ProposalIn>) -> AppResult<Captured> {
    ctx.require(Permission::Sync)?;
    ctx.require(Permission::Add)?;
    ctx.write(move |ctx, tx| {
        let event = match events::find_to_change(ctx, tx, &key) {
            Ok(event) => event,
            Err(AppError::NotFound(_)) => return Ok(Captured::NoEvent),
            Err(error) => return Err(error),
        };
        let uuids: Vec<Uuid> = list
            .iter()
            .filter_map(|input| uuid_of(&input.attribute.uuid))
            .collect();
        let targets = targets(ctx, tx, &event, &uuids)?;
        let mut known: HashMap<Uuid, Vec<Proposal>> = HashMap::new();
        for stored in proposals::in_event(tx, event.id, &uuids)? {
            known.entry(stored.uuid).or_default().push(stored);
        }
        let mut open: HashMap<(AttributeId, OrgId), i64> = HashMap::new();
        let mut changed = 0;
        for input in &list {
            let Some(incoming) = decoded(ctx, tx, &event, &targets, input)? else {
                continue;
            };
            let known = known.entry(incoming.uuid).or_default();
            match known.iter_mut().find(|stored| says_the_same(stored, &incoming)) {
                None if incoming.deleted => {}
                None => {
                    let (about, org) = (incoming.old_id, incoming.org_id);
                    let open = match open.entry((about, org)) {
                        Entry::Occupied(counted) => counted.into_mut(),
                        Entry::Vacant(unknown) => {
                            unknown.insert(proposals::open_of(tx, event.id, about, org)?)
                        }
                    };
                    require_room(about, *open)?;
                    *open += 1;
                    known.push(store(ctx, tx, incoming)?);
                    changed += 1;
                }
                Some(stored) if incoming.deleted && !stored.deleted && may_close(ctx, &event, stored) => {
                    proposals::close(tx, stored.id, ctx.now())?;
                    record(ctx, tx, "discard", stored)?;
                    stored.deleted = true;
                    changed += 1;
                }
                Some(_) => {}
            }
        }
        Ok(Captured::Changed(changed))
    })
    .await
}

/// Live attributes of the event that the sender sees, by uuid.
fn targets(ctx: &Ctx, tx: &mut Tx<'_>, event: &Event, uuids: &[Uuid]) -> AppResult<HashMap<Uuid, Attribute>> {
    let ids: Vec<i64> = attributes::by_uuids(tx, uuids)?
        .iter()
        .filter(|attribute| attribute.event_id == event.id)
        .map(|attribute| attribute.id.0)
        .collect();
    Ok(attributes::by_ids(tx, ctx.visible(), &ids)?
        .into_iter()
        .filter(|attribute| !attribute.deleted)
        .map(|attribute| (attribute.uuid, attribute))
        .collect())
}

fn decoded(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    event: &Event,
    targets: &HashMap<Uuid, Attribute>,
    input: &ProposalIn,
) -> AppResult<Option<Proposal>> {
    let defaults = Defaults {
        now: ctx.now(),
        distribution: Distribution::Inherit,
    };
    let Ok(draft) = AttributeDraft::from_input(&input.attribute, defaults) else {
        return Ok(None);
    };
    // The number is another instance's: it only tells whether there is an attribute.
    let about_one = input.old_uuid.filled().is_some() || input.old_id.int().is_some_and(|id| id != 0);
    let target = draft.uuid.and_then(|uuid| targets.get(&uuid));
    let old_id = match (about_one, target) {
        (true, Some(attribute)) => attribute.id,
        // A file does not travel with a proposal: there is nothing that could become a new attribute.
        (false, None) if !draft.kind.is_attachment() => AttributeId(0),
        _ => return Ok(None),
    };
    let org_id = match &input.org {
        Some(org) if org.uuid.filled().or(org.name.filled()).is_some() => {
            organisations::capture(ctx, tx, org)?
        }
        _ => ctx.caller.org_id,
    };
    Ok(Some(Proposal {
        id: ProposalId(0),
        uuid: draft.uuid.unwrap_or_else(random::uuid),
        old_id,
        event_id: event.id,
        org_id,
        user_id: UserId(0),
        kind: draft.kind,
        category: draft.category,
        value1: draft.value1,
        value2: draft.value2,
        to_ids: draft.to_ids,
        comment: draft.comment,
        timestamp: draft.timestamp,
        proposal_to_delete: input.proposal_to_delete.flag() == Some(true),
        disable_correlation: draft.disable_correlation,
        first_seen: draft.first_seen,
        last_seen: draft.last_seen,
        deleted: draft.deleted,
    }))
}

fn says_the_same(stored: &Proposal, incoming: &Proposal) -> bool {
    stored.uuid == incoming.uuid
        && stored.org_id == incoming.org_id
        && stored.old_id == incoming.old_id
        && stored.proposal_to_delete == incoming.proposal_to_delete
        && stored.kind == incoming.kind
        && stored.category == incoming.category
        && stored.value() == incoming.value()
        && stored.to_ids == incoming.to_ids
        && stored.comment == incoming.comment
}

/// Who sends closes what came from other instances, and everything about events that it may change.
fn may_close(ctx: &Ctx, event: &Event, stored: &Proposal) -> bool {
    stored.user_id.0 == 0 || super::may_decide(ctx, event)
}

fn store(ctx: &Ctx, tx: &mut Tx<'_>, mut proposal: Proposal) -> AppResult<Proposal> {
    proposal.id = proposals::insert(tx, &proposal)?;
    record(ctx, tx, "add", &proposal)?;
    Ok(proposal)
}

fn uuid_of(input: &Loose) -> Option<Uuid> {
    input.filled().and_then(|text| Uuid::try_parse(&text).ok())
}
