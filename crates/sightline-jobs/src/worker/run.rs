//! One run of one job: start, signs of life, cancellation, outcome.

use super::{HEARTBEAT, LOST_AFTER};
use crate::{CancelToken, Claimed, Handlers, JobCtx, JobError, Outcome, Progress, Reason, Store, backoff};
use std::any::Any;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{JoinError, JoinHandle};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep, sleep_until, timeout};

/// How long a dropped run may take to reach its next await before it is left to itself.
const DROP_WITHIN: Duration = Duration::from_secs(2);
/// Time between two attempts to write an outcome while the database is away.
const FINISH_EVERY: Duration = Duration::from_secs(1);

/// How the handler's task ended: its answer, or why there is none.
type Ended = Result<Result<String, JobError>, JoinError>;

pub(super) struct Run<S> {
    pub(super) job: Claimed,
    pub(super) progress: Progress<S>,
    pub(super) handlers: Arc<Handlers<S>>,
    pub(super) stop: CancelToken,
    pub(super) grace: Duration,
}

impl<S: Store> Run<S> {
    /// Runs the job to its end and writes the outcome.
    pub(super) async fn supervise(self) {
        let id = self.job.id;
        let ctx = JobCtx {
            id,
            payload: self.job.payload.clone(),
            attempts: self.job.attempts,
            progress: self.progress.clone(),
        };
        let ended = match self.handlers.start(&self.job.kind, ctx) {
            // A task of its own, so that a panic ends the job and nothing else.
            Some(handler) => self.watch(tokio::spawn(handler)).await,
            None => Some(Ok(Err(JobError::Fail(format!(
                "No handler for `{}`.",
                self.job.kind
            ))))),
        };
        match outcome(ended, self.progress.token().reason(), self.job.attempts) {
            Some(outcome) => self.finish(&outcome).await,
            None => tracing::warn!(job = id.0, "the job was taken over by another worker"),
        }
    }

    /// Waits for the handler while saying that it is alive. `None`: it did not stop when told and was dropped.
    async fn watch(&self, mut task: JoinHandle<Result<String, JobError>>) -> Option<Ended> {
        let cancel = self.progress.token();
        let mut heartbeat = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut deadline: Option<Instant> = None;
        loop {
            tokio::select! {
                biased;
                ended = &mut task => return Some(ended),
                () = self.stop.cancelled(), if !cancel.is_cancelled() => cancel.cancel(Reason::Stopping),
                () = cancel.cancelled(), if deadline.is_none() => {
                    let grace = if cancel.reason() == Some(Reason::Lost) { Duration::ZERO } else { self.grace };
                    deadline = Some(Instant::now() + grace);
                }
                () = sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => {
                    task.abort();
                    // It may have finished just now; its answer then counts.
                    let ended = timeout(DROP_WITHIN, task).await.ok()?;
                    return if ended.as_ref().is_err_and(JoinError::is_cancelled) { None } else { Some(ended) };
                }
                _ = heartbeat.tick() => self.heartbeat().await,
            }
        }
    }

    async fn heartbeat(&self) {
        self.progress.flush().await;
        match self.progress.store().heartbeat(self.progress.lease()).await {
            Ok(standing) => self.progress.heed(standing),
            Err(error) => tracing::warn!(job = self.job.id.0, %error, "heartbeat not written"),
        }
    }

    /// Writes the outcome; when the database stays away, the job is reclaimed later as if this worker had died.
    async fn finish(&self, outcome: &Outcome) {
        self.progress.flush().await;
        let give_up = Instant::now() + LOST_AFTER;
        loop {
            match self.progress.store().finish(self.progress.lease(), outcome).await {
                Ok(()) => {
                    tracing::info!(job = self.job.id.0, kind = self.job.kind, ?outcome, "job ended");
                    return;
                }
                Err(error) => tracing::warn!(job = self.job.id.0, %error, "outcome not written"),
            }
            if Instant::now() >= give_up {
                return;
            }
            sleep(FINISH_EVERY).await;
        }
    }
}

/// What to write, given how the handler ended and what was asked of it. `None`: the job is not ours any more.
fn outcome(ended: Option<Ended>, reason: Option<Reason>, attempts: u32) -> Option<Outcome> {
    let result = match ended {
        Some(Ok(result)) => result,
        Some(Err(error)) if error.is_panic() => {
            // The panic's text is for the operator; the job's message is shown to people.
            tracing::error!(panic = panic_text(error.into_panic().as_ref()), "a job panicked");
            Err(JobError::Fail(
                "The job stopped with a defect; the server's log has the details.".into(),
            ))
        }
        Some(Err(_)) | None => Err(JobError::Cancelled),
    };
    Some(match (result, reason) {
        (_, Some(Reason::Lost)) => return None,
        (Ok(message), _) => Outcome::Done(message),
        (Err(JobError::Fail(message)), _) => Outcome::Failed(message),
        (Err(JobError::Cancelled), Some(Reason::Stopping)) => Outcome::HandBack,
        (Err(JobError::Cancelled), _) | (Err(JobError::Retry(_)), Some(Reason::Requested)) => {
            Outcome::Cancelled
        }
        (Err(JobError::Retry(message)), _) => match backoff(attempts) {
            Some(after) => Outcome::Retry { message, after },
            None => Outcome::Failed(message),
        },
    })
}

fn panic_text(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}
