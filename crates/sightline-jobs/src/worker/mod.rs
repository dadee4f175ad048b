//! The loop that claims jobs and starts them.

mod run;
#[cfg(test)]
mod tests;

use crate::{CancelToken, Handlers, Lease, Progress, Store};
use run::Run;
use sightline_core::random;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

/// Time between two signs of life of a running job.
pub const HEARTBEAT: Duration = Duration::from_secs(5);
/// A job without a sign of life for so long has lost its worker.
pub const LOST_AFTER: Duration = Duration::from_secs(30);
/// Longest wait between two looks at the queue.
const POLL: Duration = Duration::from_secs(2);
/// First wait after the bell: it may ring just before the transaction that holds the job commits.
const EAGER: Duration = Duration::from_millis(50);
/// Time between two looks for due schedules and lost jobs.
const UPKEEP: Duration = Duration::from_secs(10);

/// How a worker behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// Jobs at a time.
    pub concurrency: usize,
    /// How long a job that was told to stop may take before it is dropped.
    pub grace: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            concurrency: 2,
            grace: Duration::from_secs(10),
        }
    }
}

/// Runs jobs until it is told to stop.
#[derive(Debug)]
pub struct Worker<S> {
    store: Arc<S>,
    handlers: Arc<Handlers<S>>,
    kinds: Vec<String>,
    options: Options,
    stop: CancelToken,
    name: String,
}

impl<S: Store> Worker<S> {
    /// A worker for the kinds that `handlers` knows. Raising `stop` ends it.
    pub fn new(store: Arc<S>, handlers: Handlers<S>, options: Options, stop: CancelToken) -> Self {
        let kinds = handlers.kinds();
        let name = format!("{}-{}", std::process::id(), random::alphanumeric(8));
        Self {
            store,
            handlers: Arc::new(handlers),
            kinds,
            options,
            stop,
            name,
        }
    }

    /// Runs until stopped, and then until every running job has ended or was handed back.
    pub async fn run(self) {
        let mut running = JoinSet::new();
        let mut upkeep = Instant::now();
        let mut pause = POLL;
        let mut serial = 0_u64;
        self.reclaim_at_start().await;
        while !self.stop.is_cancelled() {
            if upkeep <= Instant::now() {
                self.upkeep().await;
                upkeep = Instant::now() + UPKEEP;
            }
            while running.len() < self.options.concurrency && !self.stop.is_cancelled() {
                serial += 1;
                let Some(run) = self.claim(serial).await else {
                    break;
                };
                running.spawn(run.supervise());
            }
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = self.store.wait() => pause = EAGER,
                _ = running.join_next(), if !running.is_empty() => {}
                () = sleep(pause) => pause = (pause * 2).min(POLL),
            }
        }
        while running.join_next().await.is_some() {}
    }

    /// Nothing may be claimed before what a dead process left has been queued again.
    async fn reclaim_at_start(&self) {
        while !self.stop.is_cancelled() {
            match self.store.reclaim(true).await {
                Ok(0) => return,
                Ok(count) => return tracing::info!(count, "jobs of a worker that is gone are queued again"),
                Err(error) => tracing::warn!(%error, "the queue cannot be reached"),
            }
            sleep(POLL).await;
        }
    }

    async fn upkeep(&self) {
        match self.store.reclaim(false).await {
            Ok(0) => {}
            Ok(count) => tracing::warn!(count, "jobs of a worker that is gone are queued again"),
            Err(error) => tracing::warn!(%error, "lost jobs not looked for"),
        }
        if let Err(error) = self.store.schedule(self.handlers.schedules()).await {
            tracing::warn!(%error, "schedules not looked at");
        }
    }

    async fn claim(&self, serial: u64) -> Option<Run<S>> {
        let worker = format!("{}/{serial}", self.name);
        let job = match self.store.claim(&worker, &self.kinds).await {
            Ok(job) => job?,
            Err(error) => {
                tracing::warn!(%error, "no job can be claimed");
                return None;
            }
        };
        let cancel = CancelToken::new();
        let lease = Lease { id: job.id, worker };
        let progress = Progress::new(Arc::clone(&self.store), lease, job.checkpoint.clone(), cancel);
        Some(Run {
            job,
            progress,
            handlers: Arc::clone(&self.handlers),
            stop: self.stop.clone(),
            grace: self.options.grace,
        })
    }
}
