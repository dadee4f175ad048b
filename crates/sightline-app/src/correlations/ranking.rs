//! The values that the most attributes share: counted by a job, kept in a small table, listed for site administrators.

use crate::Ctx;
use crate::jobs::{self, Handlers, JobError, NewJob, Progress};
use serde_json::json;
use sightline_core::ids::JobId;
use sightline_core::{AppResult, Permission};
use sightline_db::correlations::Policy;
use sightline_db::correlations::ranking::{self, Counted, Ranked, Which};

pub use sightline_db::correlations::ranking::By;

/// The job that counts.
pub const KIND: &str = "correlations.rank";

/// Parts of the key space that are counted one after the other: a short read each, even of tens of millions of rows.
const SLICES: u64 = 256;
/// Values that are kept.
const KEPT: usize = 5_000;

/// Which values a list of common ones shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// Those of more attributes than the limit.
    #[default]
    Over,
    /// The others.
    NotOver,
    /// Every counted one.
    All,
}

/// A value of the ranking and what holds of it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RankedValue {
    /// As it was counted.
    pub ranked: Ranked,
    /// More attributes hold it than the limit allows.
    pub over: bool,
    /// It is on the list of exclusions.
    pub excluded: bool,
}

/// Queues the job that counts; one that waits or runs already is the answer.
pub async fn request_ranking(ctx: &Ctx) -> AppResult<JobId> {
    ctx.require(Permission::SiteAdmin)?;
    ctx.write(|ctx, tx| {
        let job = NewJob {
            kind: KIND,
            payload: json!(null),
            unique_key: Some(KIND.into()),
            ..NewJob::default()
        };
        jobs::request(ctx, tx, job)
    })
    .await
}

/// Adds this feature's job.
pub fn handlers(handlers: Handlers) -> Handlers {
    handlers.on(KIND, |ctx, (), progress| count(ctx, progress))
}

async fn count(ctx: Ctx, progress: Progress) -> Result<String, JobError> {
    // Whoever asked may have lost the right since.
    ctx.require(Permission::SiteAdmin)?;
    let mut best: Vec<Counted> = Vec::new();
    for slice in 0..SLICES {
        progress.check()?;
        progress.set(slice, SLICES, "Counting values").await;
        let (first, last) = keys_of(slice);
        let counted = ctx
            .read(move |_, tx| Ok(ranking::count(tx, first, last, KEPT)?))
            .await?;
        best.extend(counted);
        best.sort_unstable_by_key(|(key, attributes, events)| (-attributes, -events, *key));
        best.truncate(KEPT);
    }
    let kept = ctx
        .write(move |ctx, tx| Ok(ranking::replace(tx, &best, ctx.now())?))
        .await?;
    Ok(format!("{kept} values that several events share."))
}

/// The first and last key of a slice.
fn keys_of(slice: u64) -> (i64, i64) {
    let width = (u64::MAX / SLICES) + 1;
    let at = |offset: u64| i64::MIN.wrapping_add_unsigned(offset);
    (at(slice * width), at(slice * width + (width - 1)))
}

/// A page, from 1, of the values that are too common, or not, and how many there are in all.
pub async fn over_correlations(
    ctx: &Ctx,
    scope: Scope,
    by: By,
    page: u32,
    limit: u32,
) -> AppResult<(Vec<RankedValue>, i64)> {
    let most = i64::from(ctx.settings().correlations.limit);
    let which = match scope {
        Scope::Over => Which::Above(most),
        Scope::NotOver => Which::UpTo(most),
        Scope::All => Which::All,
    };
    list(ctx, which, by, page, limit).await
}

/// A page, from 1, of the values that the most events share, and how many there are in all.
pub async fn top(ctx: &Ctx, page: u32, limit: u32) -> AppResult<(Vec<RankedValue>, i64)> {
    list(ctx, Which::All, By::Events, page, limit).await
}

async fn list(ctx: &Ctx, which: Which, by: By, page: u32, limit: u32) -> AppResult<(Vec<RankedValue>, i64)> {
    ctx.require(Permission::SiteAdmin)?;
    let offset = i64::from(page.saturating_sub(1)) * i64::from(limit);
    ctx.read(move |ctx, tx| {
        let most = ctx.settings().correlations.limit;
        let policy = Policy::load(tx, 0, false)?;
        let (rows, total) = ranking::list(tx, which, by, limit, offset)?;
        let values = rows
            .into_iter()
            .map(|ranked| RankedValue {
                over: ranked.attributes > i64::from(most),
                excluded: policy.excludes(&ranked.value),
                ranked,
            })
            .collect();
        Ok((values, total))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::{SLICES, keys_of};

    #[test]
    fn slices_cover_every_key_once() {
        assert_eq!(keys_of(0).0, i64::MIN);
        assert_eq!(keys_of(SLICES - 1).1, i64::MAX);
        for slice in 1..SLICES {
            assert_eq!(keys_of(slice - 1).1 + 1, keys_of(slice).0);
        }
    }
}
