//! Sightings: adding, listing, deleting, and who is shown whose (spec 01 section 7).

mod add;
mod capture;
mod delete;
mod list;
mod names;
mod publish;
mod search;
#[cfg(test)]
mod tests;
mod timeline;

pub use add::{Add, Subject, add};
pub use capture::{capture, save_all};
pub use delete::{delete, may_delete};
pub use list::{Context, OrgKey, count, index, known_uuids, org_key, view};
pub use names::Shown;
pub use publish::publish;
pub use search::{Found, Search};
pub use timeline::{Counts, Timeline, timeline};

use crate::Ctx;
use names::Names;
use sightline_core::ids::{AttributeId, EventId, SightingId};
use sightline_core::{AppError, AppResult};
use sightline_db::Tx;
pub use sightline_db::sightings::Detail;
use sightline_db::sightings::{self, Rule, ShownTo};
use sightline_misp::records::SightingType;
use std::collections::HashMap;
use uuid::Uuid;

/// How a request names a sighting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SightingKey {
    /// The row's id.
    Id(SightingId),
    /// The uuid that all instances share.
    Uuid(Uuid),
}

impl SightingKey {
    /// Digits are an id, a uuid is a uuid, anything else names nothing.
    pub fn parse(text: &str) -> AppResult<Self> {
        if let Ok(id) = text.parse() {
            return Ok(Self::Id(SightingId(id)));
        }
        Uuid::try_parse(text)
            .map(Self::Uuid)
            .map_err(|_| invalid_sighting())
    }
}

/// What the reference says of a sighting that is not there or not shown.
pub fn invalid_sighting() -> AppError {
    AppError::not_found("Invalid sighting.")
}

/// What the caller is shown by the administrator's policy.
pub(crate) fn shown_to(ctx: &Ctx) -> ShownTo {
    if ctx.caller.is_site_admin() {
        return ShownTo::everything();
    }
    let rule = match ctx.settings().sightings.policy {
        1 => Rule::Reporters,
        2 => Rule::Everyone,
        3 => Rule::Host(ctx.platform.host_org),
        // An unknown number must not show more than meant.
        _ => Rule::Own,
    };
    ShownTo::organisation(ctx.caller.org_id, rule)
}

/// The sighting with its attribute and event, if the caller is shown it.
fn find(ctx: &Ctx, tx: &mut Tx<'_>, key: SightingKey) -> AppResult<Detail> {
    let (id, uuid) = match key {
        SightingKey::Id(id) => (Some(id), None),
        SightingKey::Uuid(uuid) => (None, Some(uuid)),
    };
    sightings::find(tx, ctx.visible(), shown_to(ctx), id, uuid)?.ok_or_else(invalid_sighting)
}

/// The sightings of some attributes that the caller may see, as far as the policy shows them.
pub fn shown_of_attributes(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    attributes: &[i64],
) -> AppResult<HashMap<AttributeId, Vec<Shown>>> {
    let mut shown: HashMap<AttributeId, Vec<Shown>> = HashMap::new();
    if ctx.settings().sightings.disable_loading {
        return Ok(shown);
    }
    let names = Names::load(ctx, tx)?;
    for (sighting, org) in sightings::of_attributes(tx, shown_to(ctx), attributes)? {
        shown
            .entry(sighting.attribute_id)
            .or_default()
            .push(names.shown(sighting, org));
    }
    Ok(shown)
}

/// How many sightings of each type the caller is shown of an event.
pub fn counts_by_type(ctx: &Ctx, tx: &mut Tx<'_>, event: EventId) -> AppResult<HashMap<SightingType, u64>> {
    let counts = sightings::per_event(tx, ctx.visible(), shown_to(ctx), &[event.0])?;
    Ok(counts
        .into_iter()
        .map(|(_, kind, count)| (kind, u64::try_from(count).unwrap_or(0)))
        .collect())
}

/// How many sightings, without false positives and expirations, the caller is shown of some events.
pub fn counts_of_events(ctx: &Ctx, tx: &mut Tx<'_>, events: &[i64]) -> AppResult<HashMap<EventId, u64>> {
    let counts = sightings::per_event(tx, ctx.visible(), shown_to(ctx), events)?;
    let seen = counts
        .into_iter()
        .filter(|(_, kind, _)| *kind == SightingType::Sighting);
    Ok(seen
        .map(|(event, _, count)| (event, u64::try_from(count).unwrap_or(0)))
        .collect())
}

/// How many sightings the caller is shown, by source and event.
pub async fn counts_by_source(ctx: &Ctx) -> AppResult<Vec<(String, EventId, i64)>> {
    let key = (ctx.visible(), shown_to(ctx));
    ctx.counted(&ctx.platform.counts.sources, key, move |_, tx| {
        Ok(sightings::per_source(tx, key.0, key.1)?)
    })
    .await
}
