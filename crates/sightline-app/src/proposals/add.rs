//! Proposing: a new attribute, a change to one, its deletion (spec 03 section 9).

use super::{record, require_room};
use crate::Ctx;
use crate::attributes::{self, AttributeKey, overlay};
use crate::events::{self, EventKey};
use sightline_core::ids::{AttributeId, ProposalId};
use sightline_core::{AppError, AppResult, Permission, random};
use sightline_db::{Tx, attributes as rows, proposals};
use sightline_misp::input::{AttributeDraft, AttributeIn, Defaults, Loose};
use sightline_misp::records::{Attribute, Distribution, Event, Proposal};

/// Proposes a new attribute for a visible event; the proposal and its event.
pub async fn add(ctx: &Ctx, key: EventKey, input: AttributeIn) -> AppResult<(Proposal, Event)> {
    ctx.require(Permission::Add)?;
    ctx.write(move |ctx, tx| {
        let event =
            events::find_to_change(ctx, tx, &key).map_err(|_| AppError::not_found("Invalid Event"))?;
        let draft = AttributeDraft::from_input(&input, defaults(ctx)).map_err(AppError::Invalid)?;
        if draft.kind.is_attachment() {
            return Err(AppError::field("type", "Files cannot be proposed."));
        }
        if let Some(uuid) = draft.uuid
            && (!rows::by_uuids(tx, &[uuid])?.is_empty() || proposals::is_uuid_taken(tx, uuid)?)
        {
            return Err(AppError::field("uuid", "The UUID provided is not unique"));
        }
        let uuid = draft.uuid.unwrap_or_else(random::uuid);
        let proposal = drafted(ctx, &event, draft, uuid, AttributeId(0));
        Ok((store(ctx, tx, proposal)?, event))
    })
    .await
}

/// Proposes other values for a visible attribute. Its type is fixed inside an object, and so is its value when it is a
/// file. `NotAllowed` when nothing would change.
pub async fn propose_change(
    ctx: &Ctx,
    key: AttributeKey,
    input: AttributeIn,
) -> AppResult<(Proposal, Event)> {
    ctx.require(Permission::Add)?;
    ctx.write(move |ctx, tx| {
        let (attribute, event) = find_live(ctx, tx, &key)?;
        let mut full = overlay(&attribute, &changeable(&attribute, input));
        full.uuid = Loose::Absent;
        let draft = AttributeDraft::from_input(&full, defaults(ctx)).map_err(AppError::Invalid)?;
        let proposal = drafted(ctx, &event, draft, attribute.uuid, attribute.id);
        if !differs(&proposal, &attribute) {
            return Err(AppError::NotAllowed("Invalid input.".into()));
        }
        Ok((store(ctx, tx, proposal)?, event))
    })
    .await
}

/// Proposes to delete a visible attribute. An organisation that asks again is not heard twice.
pub async fn propose_deletion(ctx: &Ctx, key: AttributeKey) -> AppResult<()> {
    ctx.require(Permission::Add)?;
    ctx.write(move |ctx, tx| {
        let (attribute, event) = find_live(ctx, tx, &key)?;
        if proposals::has_open_deletion(tx, attribute.id, ctx.caller.org_id)? {
            return Ok(());
        }
        let proposal = Proposal {
            id: ProposalId(0),
            uuid: attribute.uuid,
            old_id: attribute.id,
            event_id: event.id,
            org_id: ctx.caller.org_id,
            user_id: ctx.caller.user_id,
            kind: attribute.kind,
            category: attribute.category,
            value1: attribute.value1,
            value2: attribute.value2,
            to_ids: attribute.to_ids,
            comment: attribute.comment,
            timestamp: ctx.now(),
            proposal_to_delete: true,
            disable_correlation: attribute.disable_correlation,
            first_seen: attribute.first_seen,
            last_seen: attribute.last_seen,
            deleted: false,
        };
        store(ctx, tx, proposal).map(drop)
    })
    .await
}

fn find_live(ctx: &Ctx, tx: &mut Tx<'_>, key: &AttributeKey) -> AppResult<(Attribute, Event)> {
    let invalid = || AppError::not_found("Invalid Attribute.");
    match attributes::find_to_change(ctx, tx, key) {
        Ok((attribute, event)) if !attribute.deleted => Ok((attribute, event)),
        Ok(_) | Err(AppError::NotFound(_)) => Err(invalid()),
        Err(error) => Err(error),
    }
}

fn defaults(ctx: &Ctx) -> Defaults {
    Defaults {
        now: ctx.now(),
        distribution: Distribution::Inherit,
    }
}

/// What a proposal may change; everything else in the body is passed over.
fn changeable(attribute: &Attribute, input: AttributeIn) -> AttributeIn {
    let file = attribute.kind.is_attachment();
    let fixed = |fixed: bool, field: Loose| if fixed { Loose::Absent } else { field };
    AttributeIn {
        kind: fixed(file || attribute.object_id.0 != 0, input.kind),
        value: fixed(file, input.value),
        value1: fixed(file, input.value1),
        value2: fixed(file, input.value2),
        category: input.category,
        to_ids: input.to_ids,
        comment: input.comment,
        first_seen: input.first_seen,
        last_seen: input.last_seen,
        ..AttributeIn::default()
    }
}

/// Who proposes, when, and for which event is never taken from the body.
fn drafted(
    ctx: &Ctx,
    event: &Event,
    draft: AttributeDraft,
    uuid: uuid::Uuid,
    old_id: AttributeId,
) -> Proposal {
    Proposal {
        id: ProposalId(0),
        uuid,
        old_id,
        event_id: event.id,
        org_id: ctx.caller.org_id,
        user_id: ctx.caller.user_id,
        kind: draft.kind,
        category: draft.category,
        value1: draft.value1,
        value2: draft.value2,
        to_ids: draft.to_ids,
        comment: draft.comment,
        timestamp: ctx.now(),
        proposal_to_delete: false,
        disable_correlation: draft.disable_correlation,
        first_seen: draft.first_seen,
        last_seen: draft.last_seen,
        deleted: false,
    }
}

fn differs(proposal: &Proposal, attribute: &Attribute) -> bool {
    proposal.kind != attribute.kind
        || proposal.category != attribute.category
        || proposal.value() != attribute.value()
        || proposal.to_ids != attribute.to_ids
        || proposal.comment != attribute.comment
        || proposal.first_seen != attribute.first_seen
        || proposal.last_seen != attribute.last_seen
}

/// Every proposal that a user makes passes here, whatever it proposes: the place to tell the event's owner. A proposal
/// changes neither the event's timestamp nor its publication (spec 01 section 2.3).
fn store(ctx: &Ctx, tx: &mut Tx<'_>, mut proposal: Proposal) -> AppResult<Proposal> {
    let open = proposals::open_of(tx, proposal.event_id, proposal.old_id, proposal.org_id)?;
    require_room(proposal.old_id, open)?;
    proposal.id = proposals::insert(tx, &proposal)?;
    record(ctx, tx, "add", &proposal)?;
    Ok(proposal)
}
