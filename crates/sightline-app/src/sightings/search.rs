//! `sightings/restSearch`: found once, read in chunks (spec 04 section 6).

use super::{presented, shown_to};
use crate::Ctx;
use sightline_core::AppResult;
use sightline_core::ids::OrgId;
use sightline_core::limits::CHUNK_ROWS;
use sightline_db::organisations;
use sightline_db::sightings::{self, Detail};
use sightline_query::{Filter, Keys, SightingPredicate, SightingSearch};
use std::collections::HashMap;

/// A search on its way.
#[derive(Clone, Debug)]
pub struct Search {
    ids: Vec<i64>,
    at: usize,
}

/// Some sightings that a search found, and the names of the organisations that made their events.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The sightings.
    pub details: Vec<Detail>,
    /// Organisation -> name.
    pub creators: HashMap<OrgId, String>,
}

impl Search {
    /// Finds what the caller is shown.
    pub async fn open(ctx: &Ctx, search: &SightingSearch) -> AppResult<Self> {
        let (filter, paging) = (search.filter.clone(), search.paging);
        let ids = ctx
            .read(move |ctx, tx| {
                let filter = if ctx.settings().sightings.anonymise && mentions_org(&filter) {
                    // Where sightings are anonymous, asking by organisation must not tell who it was.
                    let own = Keys {
                        ids: vec![ctx.caller.org_id.0],
                        ..Keys::default()
                    };
                    Filter::all([filter, Filter::Is(SightingPredicate::Org(own))])
                } else {
                    filter
                };
                Ok(sightings::find_ids(
                    tx,
                    ctx.visible(),
                    shown_to(ctx),
                    &filter,
                    paging,
                )?)
            })
            .await?;
        Ok(Self { ids, at: 0 })
    }

    /// How many were found.
    pub fn total(&self) -> usize {
        self.ids.len()
    }

    /// The next ones; `None` at the end. Those that have ceased to be shown since are left out.
    pub async fn next(&mut self, ctx: &Ctx) -> AppResult<Option<Found>> {
        let chunk: Vec<i64> = self.ids.iter().skip(self.at).take(CHUNK_ROWS).copied().collect();
        if chunk.is_empty() {
            return Ok(None);
        }
        self.at += chunk.len();
        let found = ctx
            .read(move |ctx, tx| {
                let details = sightings::by_ids(tx, ctx.visible(), shown_to(ctx), &chunk)?;
                let mut creators: Vec<i64> = details.iter().map(|detail| detail.event.orgc_id.0).collect();
                creators.sort_unstable();
                creators.dedup();
                let creators = organisations::refs(tx, &creators)?
                    .into_iter()
                    .map(|org| (org.id, org.name))
                    .collect();
                Ok(Found {
                    details: details.into_iter().map(|d| presented(ctx, d)).collect(),
                    creators,
                })
            })
            .await?;
        Ok(Some(found))
    }
}

fn mentions_org(filter: &Filter<SightingPredicate>) -> bool {
    match filter {
        Filter::All(parts) | Filter::Any(parts) => parts.iter().any(mentions_org),
        Filter::Not(part) => mentions_org(part),
        Filter::Is(predicate) => matches!(predicate, SightingPredicate::Org(_)),
    }
}
