//! Background jobs: asking for one, watching, cancelling, retrying and clearing away (spec 10 part A).
//!
//! A site administrator sees and steers every job; everybody else sees those of the own organisation and may end
//! and repeat what they asked for themselves.

mod queue;
#[cfg(test)]
mod tests;
mod worker;

use crate::Ctx;
use serde::Serialize;
use serde_json::json;
use sightline_core::ids::{JobId, OrgId, UserId};
use sightline_core::{AppError, AppResult};
use sightline_db::audit::Change;
use sightline_db::{DbError, Tx, jobs};

pub use queue::{LoadCaller, Queue};
pub use sightline_db::jobs::{Filter, Job, LogLine, NewJob, State};
pub use sightline_jobs::{CancelToken, JobError, Lease, Level, Options, Reason, Schedule};
pub use worker::{Handlers, run_worker};

/// The handle of a running job.
pub type Progress = sightline_jobs::Progress<Queue>;

/// Days for which ended jobs are kept.
const KEEP_DAYS: i64 = 30;
/// Lines of a log that one reading brings.
const LOG_LINES: u32 = 1_000;

/// Queues a job in the transaction of what asks for it, in the name of the caller. When a job with the same unique
/// key is alive already, that one is the answer and nothing is written.
pub fn request(ctx: &Ctx, tx: &mut Tx<'_>, job: NewJob) -> AppResult<JobId> {
    let user_id = ctx.caller.user_id;
    // The platform's own jobs belong to no organisation.
    let org_id = if user_id == UserId(0) {
        OrgId(0)
    } else {
        ctx.caller.org_id
    };
    let job = NewJob {
        user_id,
        org_id,
        ..job
    };
    let (id, made) = jobs::enqueue(tx, ctx.now(), &job)?;
    if made {
        ctx.audit(tx, &change("add", id, job.kind, json!({"payload": job.payload})))?;
        ctx.platform.bell.notify_one();
    }
    Ok(id)
}

/// Keeps what the next run of a job needs, in the transaction of the work itself: both are there or neither is.
/// Fails, so that the transaction rolls back, when another worker has taken the job over.
pub fn checkpoint<T: Serialize>(ctx: &Ctx, tx: &mut Tx<'_>, lease: &Lease, value: &T) -> AppResult<()> {
    let value = serde_json::to_value(value).map_err(AppError::internal)?;
    match jobs::checkpoint(tx, ctx.now(), lease.id, &lease.worker, &value)? {
        Some(_) => Ok(()),
        None => Err(AppError::Conflict(
            "Another worker has taken this job over.".into(),
        )),
    }
}

/// One page, from 1, of the jobs that the caller may see, newest first, and how many there are in all.
pub async fn index(ctx: &Ctx, filter: Filter, page: u32, limit: u32) -> AppResult<(Vec<Job>, i64)> {
    let filter = visible(ctx, filter);
    let offset = i64::from(page.saturating_sub(1)) * i64::from(limit);
    ctx.read(move |_, tx| Ok(jobs::list(tx, &filter, limit, offset)?))
        .await
}

/// One job.
pub async fn view(ctx: &Ctx, id: JobId) -> AppResult<Job> {
    ctx.read(move |ctx, tx| find(ctx, tx, id)).await
}

/// A thousand lines of a job's log after line `after` (0: from the start).
pub async fn log(ctx: &Ctx, id: JobId, after: i64) -> AppResult<Vec<LogLine>> {
    ctx.read(move |ctx, tx| {
        find(ctx, tx, id)?;
        Ok(jobs::log_lines(tx, id, after, LOG_LINES)?)
    })
    .await
}

/// The last thousand lines of a job's log.
pub async fn end_of_log(ctx: &Ctx, id: JobId) -> AppResult<Vec<LogLine>> {
    ctx.read(move |ctx, tx| {
        find(ctx, tx, id)?;
        Ok(jobs::last_log_lines(tx, id, LOG_LINES)?)
    })
    .await
}

/// Ends a job: at once while it waits, else at its next step. The state that it is in now.
pub async fn cancel(ctx: &Ctx, id: JobId) -> AppResult<State> {
    ctx.write(move |ctx, tx| {
        let job = find_to_steer(ctx, tx, id)?;
        let state = jobs::cancel(tx, ctx.now(), id)?
            .ok_or_else(|| AppError::NotAllowed(format!("This job is over: it is {}.", job.state.name())))?;
        ctx.audit(
            tx,
            &change(
                "cancel",
                id,
                &job.kind,
                json!({"state": [job.state.name(), state.name()]}),
            ),
        )?;
        Ok(state)
    })
    .await
}

/// Queues a failed or cancelled job again; it resumes where it stood.
pub async fn retry(ctx: &Ctx, id: JobId) -> AppResult<()> {
    ctx.write(move |ctx, tx| {
        let job = find_to_steer(ctx, tx, id)?;
        let queued = jobs::retry(tx, ctx.now(), id).map_err(|error| match error {
            DbError::NotUnique(_) => {
                AppError::Conflict("The same work is waiting or running already.".into())
            }
            other => other.into(),
        })?;
        if !queued {
            return Err(AppError::NotAllowed(format!(
                "This job cannot be repeated: it is {}.",
                job.state.name()
            )));
        }
        ctx.audit(
            tx,
            &change(
                "retry",
                id,
                &job.kind,
                json!({"state": [job.state.name(), State::Queued.name()]}),
            ),
        )?;
        ctx.platform.bell.notify_one();
        Ok(())
    })
    .await
}

/// Deletes ended jobs in these states. How many there were. For site administrators.
pub async fn purge(ctx: &Ctx, states: &'static [State]) -> AppResult<u64> {
    if !ctx.caller.is_site_admin() {
        return Err(AppError::no_permission());
    }
    ctx.write(move |ctx, tx| {
        let count = jobs::purge(tx, ctx.now() + 1, states)?;
        ctx.audit(tx, &change("delete", JobId(0), "purge", json!({"count": count})))?;
        Ok(count)
    })
    .await
}

/// What the daily schedule does.
async fn purge_old(ctx: Ctx) -> Result<String, JobError> {
    let count = ctx
        .write(|ctx, tx| Ok(jobs::purge(tx, ctx.now() - KEEP_DAYS * 24 * 3_600, &State::ALL)?))
        .await?;
    Ok(format!("{count} old jobs deleted."))
}

/// How far a job is, in percent; 100 only when it is done.
pub fn percent(job: &Job) -> i64 {
    match job.state {
        State::Done => 100,
        _ if job.total > 0 => job
            .progress
            .saturating_mul(100)
            .checked_div(job.total)
            .unwrap_or(0)
            .clamp(0, 99),
        _ => 0,
    }
}

/// Whether the caller may cancel and repeat it.
pub fn may_steer(ctx: &Ctx, job: &Job) -> bool {
    ctx.caller.is_site_admin() || (job.user_id != UserId(0) && job.user_id == ctx.caller.user_id)
}

fn visible(ctx: &Ctx, filter: Filter) -> Filter {
    if ctx.caller.is_site_admin() {
        filter
    } else {
        Filter {
            org: Some(ctx.caller.org_id),
            ..filter
        }
    }
}

fn find(ctx: &Ctx, tx: &mut Tx<'_>, id: JobId) -> AppResult<Job> {
    jobs::view(tx, id)?
        .filter(|job| ctx.caller.is_site_admin() || job.org_id == ctx.caller.org_id)
        .ok_or_else(|| AppError::not_found("Invalid job."))
}

fn find_to_steer(ctx: &Ctx, tx: &mut Tx<'_>, id: JobId) -> AppResult<Job> {
    let job = find(ctx, tx, id)?;
    if may_steer(ctx, &job) {
        Ok(job)
    } else {
        Err(AppError::no_permission())
    }
}

fn change<'a>(action: &'a str, id: JobId, kind: &'a str, fields: serde_json::Value) -> Change<'a> {
    Change {
        action,
        model: "Job",
        id: id.0,
        title: kind,
        event: None,
        fields,
    }
}
