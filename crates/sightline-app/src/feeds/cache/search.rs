//! Looking values up in the caches.

use super::super::{may_manage, view_everything};
use crate::Ctx;
use sightline_core::{AppError, AppResult};
use sightline_db::feed_caches::{self, FOUND_ROWS, Hit};
use sightline_db::{Tx, feeds};
use sightline_formats::feed_hashes::value_hash;
use sightline_misp::feeds::Feed;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// A feed that knows a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// The feed.
    pub feed: Feed,
    /// Its events that hold the value; none for feeds without events.
    pub events: Vec<Uuid>,
}

/// The checksums under which a value may be known: as it is, and in lower case.
pub(super) fn hashes_of(value: &str) -> Vec<Uuid> {
    let value = value.trim();
    let lower = value.to_lowercase();
    let mut hashes = vec![value_hash(value)];
    if lower != value {
        hashes.push(value_hash(&lower));
    }
    hashes
}

/// Which feeds know each of some values; those that the caller may not look up in are left out (spec 06 A.7).
pub async fn search(ctx: &Ctx, values: Vec<String>) -> AppResult<Vec<(String, Vec<Known>)>> {
    let hidden = view_everything(ctx);
    ctx.read(move |_, tx| {
        let mut names: Vec<(String, Vec<Uuid>)> = Vec::with_capacity(values.len());
        for value in values {
            let hashes = hashes_of(&value);
            names.push((value, hashes));
        }
        let wanted: Vec<Uuid> = names.iter().flat_map(|(_, hashes)| hashes.clone()).collect();
        let mut by_hash: HashMap<Uuid, Vec<Hit>> = HashMap::new();
        let hits = feed_caches::find(tx, &wanted, hidden)?;
        if i64::try_from(hits.len()).is_ok_and(|hits| hits > FOUND_ROWS) {
            return Err(AppError::BadRequest(format!(
                "These values are found more than {FOUND_ROWS} times: ask for fewer of them."
            )));
        }
        for hit in hits {
            by_hash.entry(hit.hash).or_default().push(hit);
        }
        let mut loaded = HashMap::new();
        names
            .into_iter()
            .map(|(value, hashes)| {
                let hits = hashes.iter().filter_map(|hash| by_hash.get(hash)).flatten();
                Ok((value, known(tx, hits, &mut loaded)?))
            })
            .collect()
    })
    .await
}

fn known<'h>(
    tx: &mut Tx<'_>,
    hits: impl Iterator<Item = &'h Hit>,
    loaded: &mut HashMap<i64, Feed>,
) -> AppResult<Vec<Known>> {
    let mut by_feed: BTreeMap<i64, BTreeSet<Uuid>> = BTreeMap::new();
    for hit in hits {
        by_feed.entry(hit.feed.0).or_default().extend(hit.event);
    }
    let mut out = Vec::with_capacity(by_feed.len());
    for (id, events) in by_feed {
        if !loaded.contains_key(&id)
            && let Some(feed) = feeds::by_id(tx, sightline_core::ids::FeedId(id))?
        {
            loaded.insert(id, feed);
        }
        if let Some(feed) = loaded.get(&id) {
            out.push(Known {
                feed: feed.clone(),
                events: events.into_iter().collect(),
            });
        }
    }
    Ok(out)
}

/// Every feed that the caller may look values up in, as the answer to a search for nothing.
pub async fn search_all(ctx: &Ctx) -> AppResult<Vec<Known>> {
    let filter = feeds::Filter {
        caching_enabled: Some(true),
        lookup_visible: (!view_everything(ctx)).then_some(true),
        ..feeds::Filter::default()
    };
    let manages = may_manage(ctx);
    ctx.read(move |_, tx| {
        let (feeds, _) = feeds::list(tx, &filter, u32::MAX, 0)?;
        let cached: Vec<i64> = feed_caches::states(tx)?
            .iter()
            .map(|state| state.feed.0)
            .collect();
        let known = feeds
            .into_iter()
            .filter(|feed| manages || cached.contains(&feed.id.0));
        Ok(known
            .map(|feed| Known {
                feed,
                events: Vec::new(),
            })
            .collect())
    })
    .await
}
