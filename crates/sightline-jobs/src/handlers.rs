//! What a feature gives to the engine: handlers by kind, and schedules.

use crate::{Progress, Store};
use serde_json::Value;
use sightline_core::AppError;
use sightline_core::ids::JobId;
use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// Why a handler did not finish.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// A passing trouble: try again later.
    #[error("{0}")]
    Retry(String),
    /// Trying again would not help.
    #[error("{0}")]
    Fail(String),
    /// It stopped because its token was raised.
    #[error("cancelled")]
    Cancelled,
}

impl From<AppError> for JobError {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Upstream(_) | AppError::Unavailable(_) | AppError::RateLimited { .. } => {
                Self::Retry(error.to_string())
            }
            AppError::Internal(cause) => {
                // A job's message is shown to people; the cause is for the operator.
                tracing::error!(cause, "a job failed inside");
                Self::Fail("An internal error occurred.".into())
            }
            other => Self::Fail(other.to_string()),
        }
    }
}

/// One run of a job, as its handler sees it.
#[derive(Debug)]
pub struct JobCtx<S> {
    /// The job.
    pub id: JobId,
    /// What was asked for.
    pub payload: Value,
    /// Number of this run, from 1.
    pub attempts: u32,
    /// The run's voice: progress, checkpoints, log, cancellation.
    pub progress: Progress<S>,
}

/// A job that is queued again and again, `every` so many seconds after it was last queued by whomever.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// Which handler runs it.
    pub kind: &'static str,
    /// What to do.
    pub payload: Value,
    /// The key that manual requests of the same work use, so that only one is under way.
    pub unique_key: String,
    /// Seconds between the starts.
    pub every: i64,
}

type Running = Pin<Box<dyn Future<Output = Result<String, JobError>> + Send>>;
type Handler<S> = Arc<dyn Fn(JobCtx<S>) -> Running + Send + Sync>;

/// The registry.
pub struct Handlers<S> {
    by_kind: BTreeMap<&'static str, Handler<S>>,
    schedules: Vec<Schedule>,
}

impl<S> Default for Handlers<S> {
    fn default() -> Self {
        Self {
            by_kind: BTreeMap::new(),
            schedules: Vec::new(),
        }
    }
}

impl<S> fmt::Debug for Handlers<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handlers")
            .field("kinds", &self.by_kind.keys())
            .field("schedules", &self.schedules)
            .finish()
    }
}

impl<S: Store> Handlers<S> {
    /// Runs jobs of `kind` with `run`, whose answer is the message of the finished job.
    #[must_use]
    pub fn on<F, Fut>(mut self, kind: &'static str, run: F) -> Self
    where
        F: Fn(JobCtx<S>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<String, JobError>> + Send + 'static,
    {
        self.by_kind.insert(kind, Arc::new(move |ctx| Box::pin(run(ctx))));
        self
    }

    /// Adds a schedule.
    #[must_use]
    pub fn every(mut self, schedule: Schedule) -> Self {
        self.schedules.push(schedule);
        self
    }

    pub(crate) fn kinds(&self) -> Vec<String> {
        self.by_kind.keys().map(|kind| (*kind).to_owned()).collect()
    }

    pub(crate) fn schedules(&self) -> &[Schedule] {
        &self.schedules
    }

    pub(crate) fn start(&self, kind: &str, ctx: JobCtx<S>) -> Option<Running> {
        self.by_kind.get(kind).map(|run| run(ctx))
    }
}
