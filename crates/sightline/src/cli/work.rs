//! Doing the jobs that a command has queued: here and now, or by the server that runs on this data directory.

use super::print::Printer;
use crate::lock;
use crate::platform::Place;
use crate::signals::Stop;
use crate::worker::Worker;
use anyhow::{Result, bail};
use sightline_app::Ctx;
use sightline_app::jobs::{self, State};
use sightline_core::ids::JobId;
use std::io::{Write, stderr};
use std::time::Duration;

/// Time between two looks at a running job.
const LOOK_EVERY: Duration = Duration::from_millis(300);

/// A running server has the data to itself, and takes jobs up within seconds. Without one, this process does the work.
pub(super) async fn run_or_leave(ctx: &Ctx, out: Printer, place: &Place, queued: &[JobId]) -> Result<()> {
    let lock = if place.is_single() {
        lock::take(&place.data)?
    } else {
        None
    };
    let ids: Vec<i64> = queued.iter().map(|id| id.0).collect();
    if place.is_single() && lock.is_none() {
        let names: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let sentence = format!(
            "The running server does it: see `sightline job show {}`.",
            names.join(" ")
        );
        return out.done(&sentence, [("queued", ids.into())]);
    }
    let mut stop = Stop::listen()?;
    let worker = Worker::start(&ctx.platform);
    let ended = tokio::select! {
        ended = follow_all(ctx, queued) => ended,
        signal = stop.next() => Err(anyhow::anyhow!("{signal}: the work goes on when the server starts")),
    };
    worker.stop().await;
    let ended = ended?;
    let rows = ended
        .iter()
        .map(|job| {
            [
                job.id.0.into(),
                job.state.name().into(),
                job.message.clone().into(),
            ]
        })
        .collect();
    out.rows(["job", "state", "message"], rows)?;
    match ended.iter().filter(|job| job.state != State::Done).count() {
        0 => Ok(()),
        failed => bail!("{failed} of {} jobs did not succeed", ended.len()),
    }
}

async fn follow_all(ctx: &Ctx, ids: &[JobId]) -> Result<Vec<jobs::Job>> {
    let mut ended = Vec::new();
    for id in ids {
        ended.push(follow(ctx, *id).await?);
    }
    Ok(ended)
}

/// Shows a job's progress on standard error until it ends, or until it waits for another attempt.
async fn follow(ctx: &Ctx, id: JobId) -> Result<jobs::Job> {
    let mut shown = String::new();
    loop {
        let job = jobs::view(ctx, id).await?;
        let line = format!(
            "job {id}: {} {}/{} {}",
            job.state.name(),
            job.progress,
            job.total,
            job.message
        );
        if line != shown {
            writeln!(stderr(), "{line}")?;
            shown = line;
        }
        if !job.state.is_alive() || (job.state == State::Queued && job.run_at > ctx.now()) {
            return Ok(job);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
