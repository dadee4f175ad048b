//! Reading proposals: one, a list, those beside attributes and events.

use crate::Ctx;
use crate::events::{self, EventKey};
use sightline_core::ids::{AttributeId, EventId, ProposalId};
use sightline_core::limits::CHUNK_ROWS;
use sightline_core::{AppError, AppResult};
use sightline_db::Tx;
use sightline_db::proposals::{self, Detail};
use sightline_misp::records::{OrgRef, Proposal};
use sightline_query::ProposalIndex;
use std::collections::HashMap;

/// A proposal and who made it.
pub type Shown = (Proposal, Option<OrgRef>);

fn listing(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    event: Option<EventKey>,
    index: ProposalIndex,
) -> AppResult<proposals::Listing> {
    Ok(proposals::Listing {
        event: match event {
            Some(key) => Some(events::find(ctx, tx, &key)?.id),
            None => None,
        },
        creator: index.own_events.then_some(ctx.caller.org_id),
        index,
    })
}

/// A list on its way: found once, read in chunks.
#[derive(Clone, Debug)]
pub struct Search {
    ids: Vec<i64>,
    at: usize,
}

impl Search {
    /// Finds what the caller sees, of one event or of all.
    pub async fn open(ctx: &Ctx, event: Option<EventKey>, index: ProposalIndex) -> AppResult<Self> {
        let ids = ctx
            .read(move |ctx, tx| {
                let listing = listing(ctx, tx, event, index)?;
                Ok(proposals::find_ids(tx, ctx.visible(), &listing)?)
            })
            .await?;
        Ok(Self { ids, at: 0 })
    }

    /// The next ones; `None` at the end. Those that have ceased to be visible since are left out.
    pub async fn next(&mut self, ctx: &Ctx) -> AppResult<Option<Vec<Detail>>> {
        let chunk: Vec<i64> = self.ids.iter().skip(self.at).take(CHUNK_ROWS).copied().collect();
        if chunk.is_empty() {
            return Ok(None);
        }
        self.at += chunk.len();
        ctx.read(move |ctx, tx| Ok(proposals::by_ids(tx, ctx.visible(), &chunk)?))
            .await
            .map(Some)
    }
}

/// How many proposals all pages of a list hold.
pub async fn count(ctx: &Ctx, event: Option<EventKey>, index: ProposalIndex) -> AppResult<i64> {
    let of = (
        "proposals",
        ctx.visible(),
        ctx.caller.org_id,
        event,
        index.clone(),
    );
    ctx.total(of, move |ctx, tx| {
        let listing = listing(ctx, tx, event, index)?;
        Ok(proposals::count(tx, ctx.visible(), &listing)?)
    })
    .await
}

/// The asked page of a list, and how many proposals all pages hold.
pub async fn page(ctx: &Ctx, event: Option<EventKey>, index: ProposalIndex) -> AppResult<(Vec<Detail>, u64)> {
    ctx.read(move |ctx, tx| {
        let listing = listing(ctx, tx, event, index)?;
        let visible = ctx.visible();
        let ids = proposals::find_ids(tx, visible, &listing)?;
        let total = proposals::count(tx, visible, &listing)?;
        Ok((
            proposals::by_ids(tx, visible, &ids)?,
            u64::try_from(total).unwrap_or(0),
        ))
    })
    .await
}

/// One open proposal.
pub async fn view(ctx: &Ctx, id: ProposalId) -> AppResult<Detail> {
    ctx.read(move |ctx, tx| {
        proposals::find(tx, ctx.visible(), id)?
            .filter(|detail| !detail.proposal.deleted)
            .ok_or_else(|| AppError::not_found("Invalid proposal."))
    })
    .await
}

/// The open proposals about some attributes that the caller may see.
pub fn of_attributes(tx: &mut Tx<'_>, attributes: &[i64]) -> AppResult<HashMap<AttributeId, Vec<Shown>>> {
    let mut shown: HashMap<AttributeId, Vec<Shown>> = HashMap::new();
    for (proposal, org) in proposals::of_attributes(tx, attributes)? {
        shown.entry(proposal.old_id).or_default().push((proposal, org));
    }
    Ok(shown)
}

/// The next open proposals of new attributes for an event that the caller may see, in id order.
pub fn new_of_event_after(
    tx: &mut Tx<'_>,
    event: EventId,
    after: ProposalId,
    limit: usize,
) -> AppResult<Vec<Shown>> {
    Ok(proposals::open_new(tx, event, after, limit)?)
}

/// What the page of an event says of its proposals.
#[derive(Clone, Debug)]
pub struct OfEvent {
    /// The first open ones of new attributes.
    pub new: Vec<Shown>,
    /// All open ones that the caller sees, those about attributes too.
    pub open: u64,
}

/// The open proposals of a visible event, at most `limit` of those of new attributes.
pub async fn of_event(ctx: &Ctx, key: EventKey, limit: usize) -> AppResult<OfEvent> {
    ctx.read(move |ctx, tx| {
        let event = events::find(ctx, tx, &key)?;
        let open = counts_of_events(ctx, tx, &[event.id.0])?;
        Ok(OfEvent {
            new: new_of_event_after(tx, event.id, ProposalId(0), limit)?,
            open: open.get(&event.id).copied().unwrap_or(0),
        })
    })
    .await
}

/// How many open proposals the caller sees of some events.
pub fn counts_of_events(ctx: &Ctx, tx: &mut Tx<'_>, events: &[i64]) -> AppResult<HashMap<EventId, u64>> {
    let counts = proposals::open_per_event(tx, ctx.visible(), events)?;
    Ok(counts
        .into_iter()
        .map(|(event, count)| (event, u64::try_from(count).unwrap_or(0)))
        .collect())
}
