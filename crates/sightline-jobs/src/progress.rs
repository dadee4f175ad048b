//! A run's voice: how far it is, where to resume, what happened, and whether to stop.

use crate::{CancelToken, JobError, Lease, Level, Reason, Standing, Store};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sightline_core::ids::JobId;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Least time between two progress writes: people see it move, the database hardly notices.
const WRITE_EVERY: Duration = Duration::from_millis(250);
/// Lines that one run may add to the log; a feed of broken events must not fill the database.
const LOG_LINES: usize = 1_000;

/// Handle of one run; clones share it.
pub struct Progress<S>(Arc<Shared<S>>);

struct Shared<S> {
    store: Arc<S>,
    lease: Lease,
    resume: Value,
    cancel: CancelToken,
    pace: Mutex<Pace>,
    lines: AtomicUsize,
}

#[derive(Default)]
struct Pace {
    written: Option<Instant>,
    waiting: Option<Reading>,
}

#[derive(Clone)]
struct Reading {
    done: u64,
    total: u64,
    message: String,
}

impl<S> Clone for Progress<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S> fmt::Debug for Progress<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Progress").field(&self.0.lease).finish()
    }
}

impl<S: Store> Progress<S> {
    pub(crate) fn new(store: Arc<S>, lease: Lease, resume: Value, cancel: CancelToken) -> Self {
        let pace = Mutex::default();
        Self(Arc::new(Shared {
            store,
            lease,
            resume,
            cancel,
            pace,
            lines: AtomicUsize::new(0),
        }))
    }

    /// The job.
    pub fn id(&self) -> JobId {
        self.0.lease.id
    }

    /// The right to write to the job, for checkpoints inside a transaction of the feature.
    pub fn lease(&self) -> &Lease {
        &self.0.lease
    }

    /// The queue.
    pub fn store(&self) -> &Arc<S> {
        &self.0.store
    }

    /// Raised when the run should end.
    pub fn token(&self) -> &CancelToken {
        &self.0.cancel
    }

    /// Whether the run should end.
    pub fn cancelled(&self) -> bool {
        self.0.cancel.is_cancelled()
    }

    /// `Err(Cancelled)` when the run should end: `progress.check()?` between two steps.
    pub fn check(&self) -> Result<(), JobError> {
        if self.cancelled() {
            Err(JobError::Cancelled)
        } else {
            Ok(())
        }
    }

    /// What an earlier run kept with [`Progress::checkpoint`]; `None` at first, or when it does not fit.
    pub fn resume<T: DeserializeOwned>(&self) -> Option<T> {
        match &self.0.resume {
            Value::Object(fields) if fields.is_empty() => None,
            kept => T::deserialize(kept).ok(),
        }
    }

    /// Shows `done` of `total` (0: unknown). Call it as often as you like: only some calls reach the database, and
    /// trouble there does not disturb the job.
    pub async fn set(&self, done: u64, total: u64, message: &str) {
        let reading = Reading {
            done,
            total,
            message: message.to_owned(),
        };
        {
            let mut pace = self.pace();
            if pace.written.is_some_and(|at| at.elapsed() < WRITE_EVERY) {
                pace.waiting = Some(reading);
                return;
            }
            pace.written = Some(Instant::now());
            pace.waiting = None;
        }
        self.write(reading).await;
    }

    /// Writes what `set` held back.
    pub(crate) async fn flush(&self) {
        let waiting = self.pace().waiting.take();
        if let Some(reading) = waiting {
            self.write(reading).await;
        }
    }

    async fn write(&self, reading: Reading) {
        let Reading { done, total, message } = reading;
        match self.0.store.progress(&self.0.lease, done, total, &message).await {
            Ok(standing) => self.heed(standing),
            Err(error) => tracing::warn!(job = self.id().0, %error, "progress not written"),
        }
    }

    /// Keeps what the next run needs in order to resume.
    pub async fn checkpoint<T: Serialize + Sync>(&self, value: &T) -> Result<(), JobError> {
        let value = serde_json::to_value(value).map_err(|e| JobError::Fail(format!("checkpoint: {e}")))?;
        let standing = self.0.store.checkpoint(&self.0.lease, &value).await?;
        self.heed(standing);
        if standing == Standing::Lost {
            Err(JobError::Cancelled)
        } else {
            Ok(())
        }
    }

    /// Adds a line to the job's log, up to a thousand per run.
    pub async fn log(&self, level: Level, text: &str) {
        let line = self.0.lines.fetch_add(1, Ordering::Relaxed);
        let text = match line {
            LOG_LINES => "Further lines are left out.",
            n if n > LOG_LINES => return,
            _ => text,
        };
        if let Err(error) = self.0.store.log(&self.0.lease, level, text).await {
            tracing::warn!(job = self.id().0, %error, "log line not written");
        }
    }

    /// Turns what the queue said into a raised token.
    pub(crate) fn heed(&self, standing: Standing) {
        match standing {
            Standing::Held => {}
            Standing::CancelRequested => self.0.cancel.cancel(Reason::Requested),
            Standing::Lost => self.0.cancel.cancel(Reason::Lost),
        }
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.0.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
