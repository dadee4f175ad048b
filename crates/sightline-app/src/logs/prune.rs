//! The daily job that keeps the audit log as long as the administrator wants it.

use crate::Ctx;
use crate::jobs::{Handlers, JobError, Progress, Schedule};
use serde_json::json;
use sightline_core::{AppResult, Permission};
pub use sightline_db::audit::Pruned;
use sightline_db::audit::{self, Change};

/// The kind of job.
const PRUNE: &str = "audit_prune";
/// Seconds in a day.
const DAY: i64 = 24 * 3_600;
/// Rows of one transaction: short enough that nobody waits for it.
const BATCH: u32 = 1_000;

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
    let mut all = Pruned::default();
    while let Some(some) = {
        progress.check()?;
        prune(ctx, all.last).await?
    } {
        all = Pruned {
            gone: all.gone + some.gone,
            reduced: all.reduced + some.reduced,
            last: some.last,
        };
        let told = format!("{} entries pruned, {} reduced", all.gone, all.reduced);
        progress.set(all.gone + all.reduced, 0, &told).await;
    }
    Ok(format!("{} entries pruned, {} reduced.", all.gone, all.reduced))
}

/// Prunes the next rows after row `after` that are older than the retention, with the audit row of it; `None` when all
/// is done, or without a retention. For the platform and site administrators.
pub async fn prune(ctx: &Ctx, after: i64) -> AppResult<Option<Pruned>> {
    ctx.require(Permission::SiteAdmin)?;
    let days = ctx.settings().audit.retention_days;
    if days == 0 {
        return Ok(None);
    }
    let before = ctx.now() - i64::from(days) * DAY;
    ctx.write(move |ctx, tx| {
        let Some(pruned) = audit::prune(tx, before, after, BATCH)? else {
            return Ok(None);
        };
        if pruned.gone > 0 {
            let change = Change {
                action: "pruneUpdateLogs",
                model: "AuditLog",
                id: 0,
                title: "Retention",
                event: None,
                fields: json!({"pruned": pruned.gone, "days": days}),
            };
            ctx.audit(tx, &change)?;
        }
        Ok(Some(pruned))
    })
    .await
}
