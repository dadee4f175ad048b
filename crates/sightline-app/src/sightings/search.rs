//! Searches and lists of sightings: found once, read in chunks (spec 04 section 6, spec 03 section 7).

use super::names::{Names, are_hidden};
use super::{Context, OrgKey, shown_to};
use crate::Ctx;
use sightline_core::ids::OrgId;
use sightline_core::limits::CHUNK_ROWS;
use sightline_core::{AppError, AppResult};
use sightline_db::organisations;
use sightline_db::sightings::{self, Detail};
use sightline_query::{Filter, Keys, Paging, SightingPredicate, SightingSearch};
use std::collections::{HashMap, HashSet};

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
                let filter = if are_hidden(ctx) && mentions_org(&filter) {
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

    /// Finds the sightings of some events or attributes, each newest first; only of one organisation if given.
    pub async fn of(
        ctx: &Ctx,
        contexts: Vec<Context>,
        org: Option<OrgKey>,
        paging: Paging,
    ) -> AppResult<Self> {
        let ids = ctx
            .read(move |ctx, tx| {
                let mut orgs = Vec::from_iter(org);
                if org.is_some() && are_hidden(ctx) {
                    orgs.push(OrgKey::Id(ctx.caller.org_id));
                }
                let mut found = Vec::new();
                let mut listed = HashSet::new();
                for context in contexts {
                    let scope = context.scope(ctx, tx).map_err(|error| match error {
                        AppError::NotFound(_) => AppError::NotAllowed("Invalid object.".into()),
                        other => other,
                    })?;
                    // A request that names one thing a thousand times gets it once.
                    if listed.insert(scope) {
                        found.extend(sightings::newest_first(
                            tx,
                            ctx.visible(),
                            shown_to(ctx),
                            scope,
                            &orgs,
                        )?);
                    }
                }
                Ok(page_of(found, paging))
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
                let names = Names::load(ctx, tx)?;
                Ok(Found {
                    details: details.into_iter().map(|d| names.presented(d)).collect(),
                    creators,
                })
            })
            .await?;
        Ok(Some(found))
    }
}

fn page_of(ids: Vec<i64>, paging: Paging) -> Vec<i64> {
    let rows = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let limit = paging.limit.map_or(usize::MAX, |limit| rows(u64::from(limit)));
    ids.into_iter().skip(rows(paging.offset())).take(limit).collect()
}

fn mentions_org(filter: &Filter<SightingPredicate>) -> bool {
    match filter {
        Filter::All(parts) | Filter::Any(parts) => parts.iter().any(mentions_org),
        Filter::Not(part) => mentions_org(part),
        Filter::Is(predicate) => matches!(predicate, SightingPredicate::Org(_)),
    }
}
