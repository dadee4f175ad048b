//! Accepting and discarding (spec 03 section 9, spec 05 section 6).

use super::record;
use crate::Ctx;
use crate::attributes::{self, AttributeKey};
use crate::events::{may_modify, unpublish};
use sightline_core::ids::ProposalId;
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::{Tx, events, proposals};
use sightline_misp::datetime::format_micros;
use sightline_misp::input::{AttributeIn, Loose};
use sightline_misp::records::{Attribute, Distribution, Event, Proposal};

/// What an accepted proposal did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// There is a new attribute.
    New,
    /// An attribute was changed or deleted.
    Change,
}

/// Whether the caller may accept proposals for an event: whoever may change it.
pub fn may_decide(ctx: &Ctx, event: &Event) -> bool {
    ctx.caller.may(Permission::Add) && may_modify(ctx, event)
}

/// Whether the caller may discard a proposal: whoever may accept it, and who made it.
pub fn may_discard(ctx: &Ctx, event: &Event, proposal: &Proposal) -> bool {
    let own = proposal.user_id == ctx.caller.user_id && proposal.user_id.0 != 0;
    may_decide(ctx, event) || own && ctx.caller.may(Permission::Add)
}

/// Does what is proposed, and unpublishes the event.
pub async fn accept(ctx: &Ctx, id: ProposalId) -> AppResult<Accepted> {
    ctx.require(Permission::Add)?;
    ctx.write(move |ctx, tx| {
        let refused =
            || AppError::NotAllowed("Proposal not found or you are not authorised to accept it.".into());
        let (proposal, event) = find_open(ctx, tx, id)?.ok_or_else(refused)?;
        if !may_decide(ctx, &event) {
            return Err(refused());
        }
        // Closed first: what is deleted takes its open proposals along.
        proposals::close(tx, id, ctx.now())?;
        let accepted = apply(ctx, tx, &event, &proposal)?;
        unpublish(ctx, tx, event.id)?;
        events::clear_proposal_lock(tx, event.id)?;
        record(ctx, tx, "accept", &proposal)?;
        Ok(accepted)
    })
    .await
}

/// Closes a proposal without doing what it says.
pub async fn discard(ctx: &Ctx, id: ProposalId) -> AppResult<()> {
    ctx.require(Permission::Add)?;
    ctx.write(move |ctx, tx| {
        let refused = || AppError::NotAllowed("Could not discard proposal.".into());
        let (proposal, event) = find_open(ctx, tx, id)?.ok_or_else(refused)?;
        if !may_discard(ctx, &event, &proposal) {
            return Err(refused());
        }
        proposals::close(tx, id, ctx.now())?;
        record(ctx, tx, "discard", &proposal)
    })
    .await
}

/// An open proposal that the caller sees, and its event. Until the transaction ends nobody else decides on it.
fn find_open(ctx: &Ctx, tx: &mut Tx<'_>, id: ProposalId) -> AppResult<Option<(Proposal, Event)>> {
    proposals::lock(tx, id)?;
    Ok(proposals::find(tx, ctx.visible(), id)?
        .filter(|detail| !detail.proposal.deleted)
        .map(|detail| (detail.proposal, detail.event)))
}

fn apply(ctx: &Ctx, tx: &mut Tx<'_>, event: &Event, proposal: &Proposal) -> AppResult<Accepted> {
    if proposal.old_id.0 == 0 {
        let input = AttributeIn {
            uuid: Loose::Text(proposal.uuid.to_string()),
            distribution: Loose::Int(Distribution::Inherit.number()),
            disable_correlation: Loose::Bool(proposal.disable_correlation),
            ..as_input(proposal)
        };
        attributes::add_one(ctx, tx, event, &input, true)?;
        return Ok(Accepted::New);
    }
    let (attribute, _) = attributes::find(ctx, tx, &AttributeKey::Id(proposal.old_id))?;
    if attribute.deleted || !proposal.proposal_to_delete && !fits(proposal, &attribute) {
        return Err(AppError::NotAllowed(
            "The proposed change does not fit the attribute as it is now.".into(),
        ));
    }
    if proposal.proposal_to_delete {
        attributes::remove_batch(ctx, tx, event, &[attribute], false)?;
    } else {
        attributes::apply_edit(ctx, tx, event, &attribute, &as_input(proposal))?;
    }
    Ok(Accepted::Change)
}

/// Whether the attribute may become what is proposed: what has a file keeps type and value, what is in an object its type. What
/// another instance sent has not passed the rules for proposals made here.
fn fits(proposal: &Proposal, attribute: &Attribute) -> bool {
    let same_type = proposal.kind == attribute.kind;
    let file = proposal.kind.is_attachment() || attribute.kind.is_attachment();
    if file {
        same_type && proposal.value() == attribute.value()
    } else {
        same_type || attribute.object_id.0 == 0
    }
}

/// The fields that an accepted proposal sets; it goes through the same pipeline as an edit.
fn as_input(proposal: &Proposal) -> AttributeIn {
    let moment = |micros: Option<i64>| micros.map_or(Loose::Null, |m| Loose::Text(format_micros(m)));
    AttributeIn {
        kind: proposal.kind.name().into(),
        category: proposal.category.name().into(),
        value: Loose::Text(proposal.value().into_owned()),
        to_ids: Loose::Bool(proposal.to_ids),
        comment: Loose::Text(proposal.comment.clone()),
        first_seen: moment(proposal.first_seen),
        last_seen: moment(proposal.last_seen),
        ..AttributeIn::default()
    }
}
