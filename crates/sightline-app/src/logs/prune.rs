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
        .on(PRUNE, |ctx, (), _: Progress| async move { run(&ctx).await })
        .every(Schedule {
            kind: PRUNE,
            payload: json!(null),
            unique_key: PRUNE.into(),
            every: DAY,
        })
}

async fn run(ctx: &Ctx) -> Result<String, JobError> {
    let (pruned, emptied) = prune(ctx).await?;
    Ok(format!("{pruned} entries pruned, {emptied} reduced."))
}

/// Prunes what is older than the retention: how many rows are gone, and of how many the traces of a machine.
/// Nothing happens without a retention. For the platform and site administrators.
pub async fn prune(ctx: &Ctx) -> AppResult<(u64, u64)> {
    ctx.require(Permission::SiteAdmin)?;
    let days = ctx.settings().audit.retention_days;
    if days == 0 {
        return Ok((0, 0));
    }
    let before = ctx.now() - i64::from(days) * DAY;
    let (mut pruned, mut emptied) = (0, 0);
    loop {
        let (gone, reduced) = ctx
            .write(move |_, tx| {
                Ok((
                    audit::prune(tx, before, BATCH)?,
                    audit::forget_traces(tx, before, BATCH)?,
                ))
            })
            .await?;
        pruned += gone;
        emptied += reduced;
        if gone == 0 && reduced == 0 {
            break;
        }
    }
    if pruned > 0 {
        ctx.write(move |ctx, tx| {
            let change = Change {
                action: "pruneUpdateLogs",
                model: "AuditLog",
                id: 0,
                title: "Retention",
                event: None,
                fields: json!({"pruned": pruned, "days": days}),
            };
            ctx.audit(tx, &change)
        })
        .await?;
    }
    Ok((pruned, emptied))
}
