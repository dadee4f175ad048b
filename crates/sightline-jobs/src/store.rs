//! What the engine needs from whoever keeps the queue.

use crate::Schedule;
use serde_json::Value;
use sightline_core::AppResult;
use sightline_core::ids::JobId;
use std::future::Future;

/// The right of one run to write to its job. `worker` is new for every claim, so that a run which was presumed dead
/// and wakes up again writes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The job.
    pub id: JobId,
    /// The run.
    pub worker: String,
}

/// A job that this process has just claimed.
#[derive(Clone, Debug, PartialEq)]
pub struct Claimed {
    /// The job.
    pub id: JobId,
    /// Which handler runs it.
    pub kind: String,
    /// What was asked for: ids, not data.
    pub payload: Value,
    /// What an earlier run left; `{}` at first.
    pub checkpoint: Value,
    /// Number of this run, from 1.
    pub attempts: u32,
}

/// What the queue says about a run that reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Carry on.
    Held,
    /// A person wants the job to end.
    CancelRequested,
    /// The job belongs to somebody else by now.
    Lost,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Finished; the message says what came of it.
    Done(String),
    /// Finished without success.
    Failed(String),
    /// Ended by a person.
    Cancelled,
    /// Queued again, to be run after so many seconds.
    Retry {
        /// What went wrong.
        message: String,
        /// Seconds from now.
        after: i64,
    },
    /// Queued again, at once, as if this run had not been.
    HandBack,
}

/// Weight of a line in a job's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// For the record.
    Info,
    /// Something was skipped or repaired.
    Warning,
    /// Something is missing in the result.
    Error,
}

impl Level {
    /// The word that is stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// The queue. Implementations know the time; every write of a run names its lease and changes nothing without it.
pub trait Store: Send + Sync + 'static {
    /// Returns when a job may have arrived. Spurious and early calls are harmless.
    fn wait(&self) -> impl Future<Output = ()> + Send;

    /// Queues jobs again whose worker is gone. `starting` is true once, before this process claims anything.
    /// Returns how many there were.
    fn reclaim(&self, starting: bool) -> impl Future<Output = AppResult<u64>> + Send;

    /// Queues a job for each schedule that is due.
    fn schedule(&self, schedules: &[Schedule]) -> impl Future<Output = AppResult<()>> + Send;

    /// Takes the job that is due longest among `kinds`, for `worker` alone.
    fn claim(
        &self,
        worker: &str,
        kinds: &[String],
    ) -> impl Future<Output = AppResult<Option<Claimed>>> + Send;

    /// Says that the run is alive.
    fn heartbeat(&self, lease: &Lease) -> impl Future<Output = AppResult<Standing>> + Send;

    /// Shows how far the run is.
    fn progress(
        &self,
        lease: &Lease,
        done: u64,
        total: u64,
        message: &str,
    ) -> impl Future<Output = AppResult<Standing>> + Send;

    /// Keeps what the next run needs in order to resume.
    fn checkpoint(&self, lease: &Lease, value: &Value) -> impl Future<Output = AppResult<Standing>> + Send;

    /// Adds a line to the job's log.
    fn log(&self, lease: &Lease, level: Level, text: &str) -> impl Future<Output = AppResult<()>> + Send;

    /// Ends the run.
    fn finish(&self, lease: &Lease, outcome: &Outcome) -> impl Future<Output = AppResult<()>> + Send;
}
