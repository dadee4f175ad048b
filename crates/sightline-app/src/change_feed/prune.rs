//! The daily job that keeps the feed as long as the administrator wants it.

use crate::Ctx;
use crate::jobs::{Handlers, JobError, Progress, Schedule};
use serde_json::json;
use sightline_core::{AppResult, Permission};
use sightline_db::change_feed;

/// The kind of job.
const PRUNE: &str = "change_feed_prune";
/// Seconds in a day.
const DAY: i64 = 24 * 3_600;
/// Rows of one transaction: short enough that nobody waits for it.
const BATCH: i64 = 5_000;

/// Adds the job and its schedule.
pub fn handlers(handlers: Handlers) -> Handlers {
    handlers
        .on(PRUNE, |ctx, (), progress: Progress| async move {
            run(&ctx, &progress).await
        })
        .every(Schedule {
            kind: PRUNE,
            payload: json!(null),
            unique_key: PRUNE.into(),
            every: DAY,
        })
}

async fn run(ctx: &Ctx, progress: &Progress) -> Result<String, JobError> {
    let mut pruned = 0;
    loop {
        progress.check()?;
        let gone = prune(ctx).await?;
        if gone == 0 {
            return Ok(format!("{pruned} entries forgotten."));
        }
        pruned += gone;
        progress
            .set(pruned, 0, &format!("{pruned} entries forgotten"))
            .await;
    }
}

/// Forgets some of what is older than the retention; how many entries.
pub(super) async fn prune(ctx: &Ctx) -> AppResult<u64> {
    ctx.require(Permission::SiteAdmin)?;
    let days = ctx.settings().change_feed.retention_days;
    if days == 0 {
        return Ok(0);
    }
    let before = ctx.now() - i64::from(days) * DAY;
    ctx.write(move |_, tx| Ok(change_feed::prune(tx, before, BATCH)?))
        .await
}
