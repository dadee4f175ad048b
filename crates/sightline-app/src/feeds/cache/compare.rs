//! How far feeds hold the same values.

use super::super::{find, require_manager, view_everything};
use crate::Ctx;
use sightline_core::ids::FeedId;
use sightline_core::{AppError, AppResult};
use sightline_db::{feed_caches, feeds};
use sightline_misp::feeds::Feed;
use std::collections::HashMap;

/// A cached feed beside the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// The feed.
    pub feed: Feed,
    /// How many values it holds.
    pub values: i64,
    /// Every other cached feed.
    pub others: Vec<Overlap>,
}

/// What two feeds have in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Overlap {
    /// The other feed.
    pub feed: Feed,
    /// How many values both hold.
    pub count: i64,
    /// Of a hundred values of the feed that is compared.
    pub percentage: i64,
}

/// Every cached feed beside every other one (spec 06 A.7).
pub async fn compare(ctx: &Ctx) -> AppResult<Vec<Compared>> {
    require_manager(ctx)?;
    ctx.read(|_, tx| {
        let states = feed_caches::states(tx)?;
        let mut cached = Vec::with_capacity(states.len());
        for state in states {
            cached.extend(feeds::by_id(tx, state.feed)?.map(|feed| (feed, state.hashes)));
        }
        let common: HashMap<(i64, i64), i64> = feed_caches::overlaps(tx)?
            .into_iter()
            .map(|(a, b, count)| ((a.0, b.0), count))
            .collect();
        Ok(cached
            .iter()
            .map(|(feed, values)| Compared {
                feed: feed.clone(),
                values: *values,
                others: cached
                    .iter()
                    .filter(|(other, _)| other.id != feed.id)
                    .map(|(other, _)| {
                        let count = common.get(&(feed.id.0, other.id.0)).copied().unwrap_or(0);
                        Overlap {
                            feed: other.clone(),
                            count,
                            percentage: percentage(count, *values),
                        }
                    })
                    .collect(),
            })
            .collect())
    })
    .await
}

fn percentage(part: i64, whole: i64) -> i64 {
    part.saturating_mul(100).checked_div(whole).unwrap_or(0)
}

/// How many values a feed's cache holds, and how many of a thousand of them another feed held, too, when it was cached.
pub async fn statistics(ctx: &Ctx, id: FeedId) -> AppResult<(i64, i64)> {
    ctx.read(move |ctx, tx| {
        find(ctx, tx, id)?;
        let state = feed_caches::states(tx)?
            .into_iter()
            .find(|state| state.feed == id);
        Ok(state.map_or((0, 0), |state| {
            (state.hashes, permille(state.covered, state.hashes))
        }))
    })
    .await
}

/// How many of a thousand of a feed's values at least one of some other feeds holds.
pub async fn coverage(ctx: &Ctx, id: FeedId, others: Vec<i64>) -> AppResult<i64> {
    if !view_everything(ctx) {
        return Err(AppError::no_permission());
    }
    ctx.read(move |ctx, tx| {
        find(ctx, tx, id)?;
        let state = feed_caches::states(tx)?
            .into_iter()
            .find(|state| state.feed == id);
        Ok(match state {
            Some(state) => permille(feed_caches::covered(tx, id, &others)?, state.hashes),
            None => 0,
        })
    })
    .await
}

fn permille(part: i64, whole: i64) -> i64 {
    part.saturating_mul(1_000).checked_div(whole).unwrap_or(0)
}
