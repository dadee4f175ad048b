//! The daily job that keeps the audit log as long as the administrator wants it.

use crate::Ctx;
use crate::jobs::{Handlers, JobError, Progress, Schedule};
use serde_json::json;
use sightline_core::{AppResult, Permission};
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
    let (mut pruned, mut emptied) = (0, 0);
    loop {
        progress.check()?;
        let (gone, reduced) = prune(ctx).await?;
        if gone == 0 && reduced == 0 {
            return Ok(format!("{pruned} entries pruned, {emptied} reduced."));
        }
        pruned += gone;
        emptied += reduced;
        let told = format!("{pruned} entries pruned, {emptied} reduced");
        progress.set(pruned + emptied, 0, &told).await;
    }
}

/// Prunes some of what is older than the retention, with the audit row of it: how many rows are gone, and of how many the
/// traces of a machine; nothing when all is done, or without a retention. For the platform and site administrators.
pub async fn prune(ctx: &Ctx) -> AppResult<(u64, u64)> {
    ctx.require(Permission::SiteAdmin)?;
    let days = ctx.settings().audit.retention_days;
    if days == 0 {
        return Ok((0, 0));
    }
    let before = ctx.now() - i64::from(days) * DAY;
    ctx.write(move |ctx, tx| {
        let pruned = audit::prune(tx, before, BATCH)?;
        let reduced = audit::forget_traces(tx, before, BATCH)?;
        if pruned > 0 {
            let change = Change {
                action: "pruneUpdateLogs",
                model: "AuditLog",
                id: 0,
                title: "Retention",
                event: None,
                fields: json!({"pruned": pruned, "days": days}),
            };
            ctx.audit(tx, &change)?;
        }
        Ok((pruned, reduced))
    })
    .await
}
