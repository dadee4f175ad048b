//! Proposals, on the wire "shadow attributes": what somebody who sees an event, but may not change it, would have
//! changed (spec 01 section 8). Its owner accepts or discards them.

mod add;
mod capture;
mod decide;
mod list;
#[cfg(test)]
mod tests;

pub use add::{add, propose_change, propose_deletion};
pub use capture::{Captured, capture};
pub use decide::{Accepted, accept, discard, may_decide, may_discard};
pub use list::{
    OfEvent, Search, Shown, count, counts_of_events, new_of_event_after, of_attributes, of_event, page, view,
};

pub use sightline_db::proposals::Detail;

use crate::Ctx;
use serde_json::json;
use sightline_core::ids::{AttributeId, ProposalId};
use sightline_core::{AppError, AppResult};
use sightline_db::Tx;
use sightline_db::audit::Change;
use sightline_misp::records::Proposal;

/// A proposal's id in a request. There is no other name: its uuid is the attribute's.
pub fn parse_id(text: &str) -> Option<ProposalId> {
    text.parse().ok().map(ProposalId)
}

/// Most open proposals of an organisation about one attribute: its owner reads them side by side.
const ABOUT_ONE: i64 = 100;
/// Most open proposals of an organisation for new attributes of one event.
const NEW: i64 = 10_000;

/// `TooLarge` when an organisation has so many open proposals about an attribute, 0 for new ones, that it has to wait for the
/// owner's decision.
fn require_room(about: AttributeId, open: i64) -> AppResult<()> {
    let (limit, what) = match about {
        AttributeId(0) => (NEW, "for this event"),
        _ => (ABOUT_ONE, "about this attribute"),
    };
    if open < limit {
        return Ok(());
    }
    Err(AppError::TooLarge(format!(
        "Your organisation has {limit} open proposals {what}: its owner has to decide on them first."
    )))
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, action: &str, proposal: &Proposal) -> AppResult<()> {
    ctx.audit(
        tx,
        &Change {
            action,
            model: "ShadowAttribute",
            id: proposal.id.0,
            title: &proposal.value(),
            event: Some(proposal.event_id),
            fields: json!({
                "old_id": proposal.old_id, "type": proposal.kind.name(), "category": proposal.category.name(),
                "value": proposal.value(), "to_ids": proposal.to_ids, "comment": proposal.comment,
                "proposal_to_delete": proposal.proposal_to_delete,
            }),
        },
    )
}
