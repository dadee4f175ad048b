//! Running jobs: the registry that features add their handlers to, and the worker of this instance.

use super::{LoadCaller, Progress, Queue, purge_old};
use crate::{Ctx, Platform};
use serde::de::DeserializeOwned;
use serde_json::json;
use sightline_jobs::{CancelToken, JobCtx, JobError, Options, Schedule, Worker};
use std::fmt;
use std::future::Future;
use std::sync::Arc;

/// The job that deletes old jobs.
const PURGE: &str = "jobs_purge";
/// Seconds between two of them.
const PURGE_EVERY: i64 = 24 * 3_600;

/// Handlers by kind of job, and schedules.
pub struct Handlers(sightline_jobs::Handlers<Queue>);

impl fmt::Debug for Handlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Default for Handlers {
    fn default() -> Self {
        Self(sightline_jobs::Handlers::default())
            .on(PURGE, |ctx, (), _| purge_old(ctx))
            .every(Schedule {
                kind: PURGE,
                payload: json!(null),
                unique_key: PURGE.into(),
                every: PURGE_EVERY,
            })
    }
}

impl Handlers {
    /// Runs jobs of `kind` with `run`: as the user who asked for it, with the decoded payload. Its answer is the
    /// message of the finished job.
    #[must_use]
    pub fn on<P, F, Fut>(self, kind: &'static str, run: F) -> Self
    where
        P: DeserializeOwned + Send,
        F: Fn(Ctx, P, Progress) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<String, JobError>> + Send,
    {
        let run = Arc::new(run);
        Self(self.0.on(kind, move |job: JobCtx<Queue>| {
            let run = Arc::clone(&run);
            async move {
                let ctx = job.progress.store().ctx_of(job.id).await?;
                let payload = serde_json::from_value(job.payload)
                    .map_err(|e| JobError::Fail(format!("The job's payload cannot be read: {e}")))?;
                run(ctx, payload, job.progress).await
            }
        }))
    }

    /// Adds a schedule.
    #[must_use]
    pub fn every(self, schedule: Schedule) -> Self {
        Self(self.0.every(schedule))
    }
}

/// Runs jobs until `stop` is raised (`Reason::Stopping`) and every running job has ended or was handed back.
pub async fn run_worker(
    platform: Arc<Platform>,
    load_caller: LoadCaller,
    handlers: Handlers,
    options: Options,
    stop: CancelToken,
) {
    let queue = Arc::new(Queue::new(platform, load_caller));
    Worker::new(queue, handlers.0, options, stop).run().await;
}
