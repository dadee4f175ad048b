//! Delegation: an organisation hands an event that only it sees to another one, which publishes it under its own name
//! (spec 06 B.9).

mod decide;
mod request;
#[cfg(test)]
mod tests;

pub use decide::{Taken, accept, delete};
pub use request::{Wish, request};

use crate::Ctx;
use crate::events::EventKey;
use serde_json::json;
use sightline_core::ids::{EventDelegationId, OrgId};
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::audit::Change;
use sightline_db::event_delegations::Side;
use sightline_db::{Tx, event_delegations, organisations};
use sightline_misp::records::{Distribution, Event, EventDelegation, OrgRef};
use std::collections::HashMap;

/// An offer with what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each holds what its name says")]
pub struct Detail {
    pub delegation: EventDelegation,
    pub event: Event,
    pub org: OrgRef,
    pub requester: OrgRef,
}

/// Which offers a list holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// Those that wait for the caller's organisation.
    Pending,
    /// Those that it has made.
    Issued,
}

/// Whether the administrator has left delegation on (`MISP.delegation`).
pub fn is_enabled(ctx: &Ctx) -> bool {
    ctx.settings().events.delegation
}

/// `Forbidden` where it is off.
fn require_enabled(ctx: &Ctx) -> AppResult<()> {
    if is_enabled(ctx) {
        Ok(())
    } else {
        Err(AppError::no_permission())
    }
}

/// What the reference says of an offer that is not there, or not the caller's.
pub fn not_authorised() -> AppError {
    AppError::NotAllowed("You are not authorised to do that.".into())
}

/// A page of the offers to or of the caller's organisation, and how many there are.
pub async fn index(ctx: &Ctx, context: Context, limit: i64, offset: i64) -> AppResult<(Vec<Detail>, i64)> {
    require_enabled(ctx)?;
    ctx.read(move |ctx, tx| {
        let side = match context {
            Context::Pending => Side::Recipient,
            Context::Issued => Side::Requester,
        };
        let found = event_delegations::of_org(tx, side, ctx.caller.org_id, limit, offset)?;
        let total = event_delegations::count(tx, side, ctx.caller.org_id)?;
        Ok((detailed(tx, found)?, total))
    })
    .await
}

/// How many offers wait for the caller's organisation, if the caller may decide on them.
pub fn waiting(ctx: &Ctx, tx: &mut Tx<'_>) -> AppResult<i64> {
    if !is_enabled(ctx) || !ctx.caller.may(Permission::Add) {
        return Ok(0);
    }
    Ok(event_delegations::count(tx, Side::Recipient, ctx.caller.org_id)?)
}

/// How an event stands with delegation, for its page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The caller may offer it.
    Offerable,
    /// It is on offer.
    Offered(EventDelegationId, OrgRef),
    /// Nothing to say to the caller.
    None,
}

/// How an event that the caller sees stands with delegation.
pub async fn standing(ctx: &Ctx, event: &Event) -> AppResult<Standing> {
    if !is_enabled(ctx) {
        return Ok(Standing::None);
    }
    let (id, offerable) = (event.id, may_offer(ctx, event));
    ctx.read(move |ctx, tx| {
        let own = ctx.caller.org_id;
        Ok(match event_delegations::of_event(tx, id)? {
            Some((offer, _)) if offer.requester_org_id == own || ctx.caller.is_site_admin() => {
                Standing::Offered(offer.id, crate::organisations::reference(tx, offer.org_id)?)
            }
            Some(_) => Standing::None,
            None if offerable => Standing::Offerable,
            None => Standing::None,
        })
    })
    .await
}

/// Whether the caller may offer the event, as far as that depends on the two.
fn may_offer(ctx: &Ctx, event: &Event) -> bool {
    let own = event.orgc_id == ctx.caller.org_id || ctx.caller.is_site_admin();
    let unseen =
        event.distribution == Distribution::OrganisationOnly || ctx.settings().events.unpublished_private;
    ctx.caller.may(Permission::Delegate) && own && unseen
}

/// One offer, for its two sides.
pub async fn view(ctx: &Ctx, id: EventDelegationId) -> AppResult<Detail> {
    require_enabled(ctx)?;
    ctx.read(move |ctx, tx| {
        let found = find(ctx, tx, id)?;
        detailed(tx, vec![found])?.pop().ok_or_else(not_authorised)
    })
    .await
}

fn find(ctx: &Ctx, tx: &mut Tx<'_>, id: EventDelegationId) -> AppResult<(EventDelegation, Event)> {
    let own = ctx.caller.org_id;
    event_delegations::by_id(tx, id)?
        .filter(|(offer, _)| {
            offer.org_id == own || offer.requester_org_id == own || ctx.caller.is_site_admin()
        })
        .ok_or_else(not_authorised)
}

fn detailed(tx: &mut Tx<'_>, found: Vec<(EventDelegation, Event)>) -> AppResult<Vec<Detail>> {
    let ids: Vec<i64> = found
        .iter()
        .flat_map(|(offer, _)| [offer.org_id.0, offer.requester_org_id.0])
        .collect();
    let orgs: HashMap<OrgId, OrgRef> = organisations::refs(tx, &ids)?
        .into_iter()
        .map(|org| (org.id, org))
        .collect();
    let org = |id: OrgId| orgs.get(&id).cloned().unwrap_or_default();
    Ok(found
        .into_iter()
        .map(|(delegation, event)| Detail {
            org: org(delegation.org_id),
            requester: org(delegation.requester_org_id),
            delegation,
            event,
        })
        .collect())
}

/// An event that the caller may look at because it is offered to its organisation.
pub(crate) fn offered_event(ctx: &Ctx, tx: &mut Tx<'_>, key: &EventKey) -> AppResult<Option<Event>> {
    if !ctx.settings().events.delegation {
        return Ok(None);
    }
    let (id, uuid) = match key {
        EventKey::Id(id) => (Some(*id), None),
        EventKey::Uuid(uuid) => (None, Some(*uuid)),
    };
    Ok(event_delegations::event_offered_to(
        tx,
        ctx.caller.org_id,
        id,
        uuid,
    )?)
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, action: &str, offer: &EventDelegation, event: &Event) -> AppResult<()> {
    ctx.audit(
        tx,
        &Change {
            action,
            model: "EventDelegation",
            id: offer.id.0,
            title: &event.info,
            event: Some(event.id),
            fields: json!({
                "org_id": offer.org_id, "requester_org_id": offer.requester_org_id, "message": offer.message,
            }),
        },
    )
}
