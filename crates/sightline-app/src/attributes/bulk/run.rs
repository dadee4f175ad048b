//! The job: lists what matches, then changes it batch by batch. Each batch is a transaction of its own that holds the
//! change, its audit rows and how far the job is, so that a job that is cut off goes on where it stood.

use super::batch::{Batch, Restored};
use super::change::change;
use super::preview::Looked;
use super::{Order, Tally, Verdict, Wish};
use crate::jobs::{self, Handlers, Job, JobError, Level, NewJob, Progress};
use crate::{Ctx, users};
use serde::{Deserialize, Serialize};
use sightline_core::ids::{JobId, UserId};
use sightline_core::{AppError, AppResult};
use sightline_db::{Tx, jobs as rows};

/// The kind of job.
const KIND: &str = "attributes_bulk";
/// Attributes of one transaction: short enough that nobody waits for it.
const BATCH: usize = 500;
/// Ids that are listed at once.
const LISTED: usize = 50_000;

/// What a job has done so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Attributes that matched when it began.
    pub matched: i64,
    /// What became of those that it has come to.
    pub tally: Tally,
    /// Whether it only counts.
    pub dry_run: bool,
    /// The last attribute that it has come to.
    after: i64,
    /// Whether all that match are listed.
    listed: bool,
}

impl Report {
    /// In words.
    pub fn words(&self) -> String {
        let changed = if self.dry_run { "would change" } else { "changed" };
        let unchanged = if self.dry_run {
            "need no change"
        } else {
            "needed no change"
        };
        let mut words = format!(
            "{} of {} attributes {changed}, {} {unchanged}",
            self.tally.of(Verdict::Change),
            self.matched,
            self.tally.of(Verdict::Unchanged),
        );
        for (verdict, reason) in [
            (Verdict::NotPermitted, "may not be changed by you"),
            (Verdict::Duplicate, "are there already"),
            (Verdict::Gone, "are gone"),
        ] {
            if self.tally.of(verdict) > 0 {
                words.push_str(&format!(", {} {reason}", self.tally.of(verdict)));
            }
        }
        words
    }
}

/// Adds this feature's job.
pub fn handlers(handlers: Handlers) -> Handlers {
    handlers.on(KIND, |ctx, order: Order, progress: Progress| async move {
        if order.dry_run {
            look(&ctx, &order, &progress).await
        } else {
            work(&ctx, &order, &progress).await
        }
    })
}

/// Starts a change: the job, and how many attributes match now.
pub async fn start(ctx: &Ctx, wish: Wish) -> AppResult<(JobId, i64)> {
    let wished = wish.clone();
    let matched = ctx
        .read(move |ctx, tx| {
            let order = Order::of(ctx, tx, &wished, false)?;
            Ok(order.set(ctx, tx)?.count(tx)?.0)
        })
        .await?;
    if matched == 0 {
        return Err(AppError::not_found("No matching attributes found."));
    }
    let job = ctx
        .write(move |ctx, tx| {
            let order = Order::of(ctx, tx, &wish, true)?;
            ask(ctx, tx, &order)
        })
        .await?;
    Ok((job, matched))
}

/// Queues the job.
pub(super) fn ask(ctx: &Ctx, tx: &mut Tx<'_>, order: &Order) -> AppResult<JobId> {
    let job = NewJob {
        kind: KIND,
        payload: serde_json::to_value(order).map_err(AppError::internal)?,
        ..NewJob::default()
    };
    jobs::request(ctx, tx, job)
}

/// A job of this kind that the caller may see, and what it has done.
pub async fn report(ctx: &Ctx, id: JobId) -> AppResult<(Job, Report)> {
    let job = jobs::view(ctx, id).await?;
    if job.kind != KIND {
        return Err(AppError::not_found("Invalid job."));
    }
    let kept = ctx.read(move |_, tx| Ok(rows::kept(tx, id)?)).await?;
    Ok((job, Report::deserialize(&kept).unwrap_or_default()))
}

/// The caller with the rights of this moment.
fn caller_now(ctx: &Ctx, tx: &mut Tx<'_>) -> AppResult<Ctx> {
    if ctx.caller.user_id == UserId(0) {
        return Ok(ctx.clone());
    }
    users::caller(tx, ctx.now(), ctx.caller.user_id)?
        .map(|caller| ctx.acting_as(caller))
        .ok_or_else(|| AppError::Refused("The user who asked for this is gone or disabled.".into()))
}

async fn show(progress: &Progress, report: &Report) {
    let count = |number: i64| u64::try_from(number).unwrap_or(0);
    progress
        .set(count(report.tally.all()), count(report.matched), &report.words())
        .await;
}

/// Only counts.
async fn look(ctx: &Ctx, order: &Order, progress: &Progress) -> Result<String, JobError> {
    let counted = order.clone();
    let (matched, _) = ctx
        .read(move |ctx, tx| Ok(counted.set(ctx, tx)?.count(tx)?))
        .await?;
    let mut report = Report {
        matched,
        dry_run: true,
        ..Report::default()
    };
    let mut looked = Looked::default();
    loop {
        progress.check()?;
        let order = order.clone();
        let (next, more) = ctx
            .read(move |ctx, tx| looked.further(&caller_now(ctx, tx)?, tx, &order))
            .await?;
        looked = next;
        report.tally = looked.tally.clone();
        progress.checkpoint(&report).await?;
        show(progress, &report).await;
        if !more {
            return Ok(report.words());
        }
    }
}

/// Lists, then changes.
async fn work(ctx: &Ctx, order: &Order, progress: &Progress) -> Result<String, JobError> {
    let mut report: Report = progress.resume().unwrap_or_default();
    while !report.listed {
        progress.check()?;
        report = list(ctx, order, progress, report).await?;
        progress
            .set(0, 0, &format!("{} attributes found", report.matched))
            .await;
    }
    let mut restored = Restored::new();
    loop {
        if let Err(stopped) = progress.check() {
            let words = format!("Stopped: {}. What is done stays.", report.words());
            progress.log(Level::Warning, &words).await;
            return Err(stopped);
        }
        let (order, lease) = (order.clone(), progress.lease().clone());
        let step = ctx
            .write(move |ctx, tx| {
                let ctx = &caller_now(ctx, tx)?;
                let ids = rows::next_attributes(tx, lease.id, report.after, BATCH)?;
                if ids.is_empty() {
                    rows::forget_attributes(tx, lease.id)?;
                } else {
                    batch(ctx, tx, &order, &ids, &mut report, &mut restored, lease.id)?;
                }
                jobs::checkpoint(ctx, tx, &lease, &report)?;
                Ok((report, restored, ids.is_empty()))
            })
            .await?;
        let ended;
        (report, restored, ended) = step;
        show(progress, &report).await;
        if ended {
            return Ok(report.words());
        }
    }
}

/// Lists some more of what matches. Nothing is changed before all is listed, so the search does not move meanwhile.
async fn list(ctx: &Ctx, order: &Order, progress: &Progress, report: Report) -> AppResult<Report> {
    let (searched, id) = (order.clone(), progress.id());
    let ids = ctx
        .read(move |ctx, tx| {
            let after = rows::last_attribute(tx, id)?;
            Ok(searched.set(ctx, tx)?.ids(tx, after, LISTED)?)
        })
        .await?;
    let lease = progress.lease().clone();
    ctx.write(move |ctx, tx| {
        rows::add_attributes(tx, lease.id, &ids)?;
        let report = Report {
            matched: report.matched + i64::try_from(ids.len()).unwrap_or(i64::MAX),
            listed: ids.len() < LISTED,
            ..report
        };
        jobs::checkpoint(ctx, tx, &lease, &report)?;
        Ok(report)
    })
    .await
}

fn batch(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    order: &Order,
    ids: &[i64],
    report: &mut Report,
    restored: &mut Restored,
    job: JobId,
) -> AppResult<()> {
    let batch = Batch::load(ctx, tx, &order.action, ids, true)?;
    order.action.authorise(ctx, tx)?;
    let verdicts = batch.judge(ctx, tx, &order.action, restored)?;
    change(ctx, tx, &order.action, &batch, &verdicts, job)?;
    report
        .tally
        .add(Verdict::Gone, ids.len().saturating_sub(batch.attributes.len()));
    for verdict in verdicts {
        report.tally.add(verdict, 1);
    }
    report.after = ids.last().copied().unwrap_or(report.after);
    Ok(())
}
