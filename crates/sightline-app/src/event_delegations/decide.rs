//! Taking what is offered, and withdrawing or declining an offer.

use super::request::audience;
use super::{find, not_authorised, record, require_enabled};
use crate::{Ctx, sharing_groups};
use sightline_core::ids::{EventDelegationId, EventId, SharingGroupId};
use sightline_core::{AppResult, Permission};
use sightline_db::event_delegations;
use sightline_misp::input::Loose;
use sightline_misp::records::Distribution;

/// What the one who takes an event may choose, when the offer leaves it open.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    /// Who sees the event; only the own organisation when nothing is said.
    pub distribution: Loose,
    /// The group for distribution 4.
    pub sharing_group: Loose,
}

/// Takes an event over: it is the caller's organisation's from now on, unpublished.
pub async fn accept(ctx: &Ctx, id: EventDelegationId, taken: Taken) -> AppResult<EventId> {
    ctx.require(Permission::Add)?;
    require_enabled(ctx)?;
    ctx.write(move |ctx, tx| {
        event_delegations::lock(tx, id)?;
        let (offer, event) = find(ctx, tx, id)?;
        if offer.org_id != ctx.caller.org_id {
            return Err(not_authorised());
        }
        let (level, group) = match offer.distribution {
            Some(Distribution::SharingGroup) => {
                sharing_groups::require_choosable(ctx, tx, offer.sharing_group_id)?;
                (Distribution::SharingGroup, offer.sharing_group_id)
            }
            Some(level) => (level, SharingGroupId(0)),
            None => {
                let (level, group) = audience(ctx, tx, &taken.distribution, &taken.sharing_group)?;
                (level.unwrap_or(Distribution::OrganisationOnly), group)
            }
        };
        let (org, user) = (ctx.caller.org_id, ctx.caller.user_id);
        event_delegations::transfer(tx, event.id, org, user, level, group, ctx.now())?;
        event_delegations::delete(tx, id)?;
        record(ctx, tx, "accept_delegation", &offer, &event)?;
        Ok(event.id)
    })
    .await
}

/// Withdraws an offer of one's own, or declines one.
pub async fn delete(ctx: &Ctx, id: EventDelegationId) -> AppResult<()> {
    ctx.require(Permission::Add)?;
    require_enabled(ctx)?;
    ctx.write(move |ctx, tx| {
        event_delegations::lock(tx, id)?;
        let (offer, event) = find(ctx, tx, id)?;
        event_delegations::delete(tx, id)?;
        record(ctx, tx, "delete", &offer, &event)
    })
    .await
}
