//! Offering an event to another organisation.

use super::{not_authorised, record, require_enabled};
use crate::events::{self, EventKey};
use crate::organisations::may_see;
use crate::{Ctx, sharing_groups};
use sightline_core::ids::{EventDelegationId, SharingGroupId};
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::{Tx, event_delegations, organisations};
use sightline_misp::input::Loose;
use sightline_misp::records::{Distribution, EventDelegation, Organisation};
use uuid::Uuid;

/// Longest message, in bytes: a few sentences, not a document.
const MESSAGE_BYTES: usize = 10_000;

/// What a body says of an offer.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// Who is to take the event, by id or uuid.
    pub org: Loose,
    /// To the people there.
    pub message: String,
    /// Who shall see the event afterwards; -1, or nothing, leaves it to them.
    pub distribution: Loose,
    /// The group for distribution 4.
    pub sharing_group: Loose,
}

/// Offers an event of the caller's organisation that nobody else sees.
pub async fn request(ctx: &Ctx, key: EventKey, wish: Wish) -> AppResult<EventDelegation> {
    ctx.require(Permission::Delegate)?;
    require_enabled(ctx)?;
    ctx.write(move |ctx, tx| {
        let event = events::find_to_change(ctx, tx, &key)?;
        if event.orgc_id != ctx.caller.org_id && !ctx.caller.is_site_admin() {
            return Err(not_authorised());
        }
        let own_only = event.distribution == Distribution::OrganisationOnly;
        if !own_only && !ctx.settings().events.unpublished_private {
            return Err(AppError::NotAllowed(
                "Only events with the distribution setting \"Your Organisation Only\" can be delegated.".into(),
            ));
        }
        let target = organisation(ctx, tx, &wish.org)?
            .filter(|org| org.local && org.id != event.orgc_id)
            .ok_or_else(|| AppError::NotAllowed("Invalid organisation.".into()))?;
        if wish.message.len() > MESSAGE_BYTES {
            return Err(AppError::field(
                "message",
                format!("The message is longer than {MESSAGE_BYTES} bytes."),
            ));
        }
        let (distribution, sharing_group_id) = audience(ctx, tx, &wish.distribution, &wish.sharing_group)?;
        let mut offer = EventDelegation {
            id: EventDelegationId(0),
            org_id: target.id,
            requester_org_id: event.orgc_id,
            event_id: event.id,
            message: wish.message,
            distribution,
            sharing_group_id,
        };
        offer.id = event_delegations::insert(tx, &offer)?.ok_or_else(|| {
            AppError::NotAllowed(
                "This event already has a pending delegation request. Please revoke that before creating a new \
                 request."
                    .into(),
            )
        })?;
        record(ctx, tx, "request_delegation", &offer, &event)?;
        Ok(offer)
    })
    .await
}

/// The organisation that is meant, if the caller may know of it.
fn organisation(ctx: &Ctx, tx: &mut Tx<'_>, named: &Loose) -> AppResult<Option<Organisation>> {
    let uuid = named.filled().and_then(|text| Uuid::try_parse(&text).ok());
    let found = match (named.int(), uuid) {
        (Some(id), _) => organisations::by_id(tx, id.into())?,
        (None, Some(uuid)) => organisations::by_uuid(tx, uuid)?,
        (None, None) => None,
    };
    match found {
        Some(org) if may_see(ctx, tx, org.id)? => Ok(Some(org)),
        _ => Ok(None),
    }
}

/// A level with its group; `None` for -1 and for nothing.
pub(super) fn audience(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    distribution: &Loose,
    group: &Loose,
) -> AppResult<(Option<Distribution>, SharingGroupId)> {
    let none = (None, SharingGroupId(0));
    if !distribution.is_given() || distribution.int() == Some(-1) {
        return Ok(none);
    }
    let level = distribution
        .int()
        .and_then(Distribution::from_number)
        .filter(|level| *level != Distribution::Inherit)
        .ok_or_else(|| {
            AppError::field(
                "distribution",
                "The distribution has to be a number from -1 to 4.",
            )
        })?;
    if level != Distribution::SharingGroup {
        return Ok((Some(level), SharingGroupId(0)));
    }
    let group = SharingGroupId(group.int().unwrap_or(0));
    sharing_groups::require_choosable(ctx, tx, group)?;
    Ok((Some(level), group))
}
