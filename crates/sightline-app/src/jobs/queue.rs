//! The engine's queue, kept in the platform's database.

use crate::{Caller, Ctx, Platform};
use serde_json::Value;
use sightline_core::ids::{JobId, UserId};
use sightline_core::{AppError, AppResult};
use sightline_db::audit::RequestType;
use sightline_db::jobs::{self, NewJob, State};
use sightline_db::{Dialect, Tx, health};
use sightline_jobs::{Claimed, LOST_AFTER, Lease, Level, Outcome, Schedule, Standing, Store};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Loads a user as a caller, with the permissions of the moment; `None` when the user is gone, disabled or expired.
pub type LoadCaller = fn(tx: &mut Tx<'_>, now: i64, user: UserId) -> AppResult<Option<Caller>>;

/// Runs of a job whose worker died each time before the job is given up. Generous, because an operator who restarts
/// a server again and again must not lose a feed's import; finite, because a job may be what kills the server.
const CRASHES: i64 = 50;

/// How often a starting process looks whether it is alone with the database.
const LOOKS: u32 = 10;
/// The time between two looks.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// The queue of one platform.
pub struct Queue {
    platform: Arc<Platform>,
    load_caller: LoadCaller,
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").finish_non_exhaustive()
    }
}

impl Queue {
    pub(super) fn new(platform: Arc<Platform>, load_caller: LoadCaller) -> Self {
        Self {
            platform,
            load_caller,
        }
    }

    /// The context in which a job runs: its requester, loaded now, or the platform itself.
    pub(super) async fn ctx_of(&self, id: JobId) -> AppResult<Ctx> {
        let ctx = Ctx {
            request_type: RequestType::Cli,
            request_id: Some(format!("job-{id}")),
            ..Ctx::platform(Arc::clone(&self.platform))
        };
        let load_caller = self.load_caller;
        let caller = ctx
            .read(move |ctx, tx| {
                let job = jobs::view(tx, id)?.ok_or_else(|| AppError::not_found("Invalid job."))?;
                if job.user_id == UserId(0) {
                    return Ok(ctx.caller.clone());
                }
                load_caller(tx, ctx.now(), job.user_id)?.ok_or_else(|| {
                    AppError::Refused("The user who asked for this is gone or disabled.".into())
                })
            })
            .await?;
        Ok(ctx.acting_as(caller))
    }

    /// Whether no other process uses the database. One that has just died may be connected for a moment longer.
    async fn is_alone(&self) -> AppResult<bool> {
        for _ in 0..LOOKS {
            if self
                .platform
                .db
                .read(|tx| Ok::<_, AppError>(health::is_alone(tx)?))
                .await?
            {
                return Ok(true);
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        Ok(false)
    }

    /// A write in which the time is read when its turn has come: behind a long transaction it would be stale.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>, i64) -> AppResult<T> + Clone + Send + 'static,
    ) -> AppResult<T> {
        let clock = self.platform.clock.clone();
        self.platform.db.write(move |tx| work(tx, clock.now())).await
    }
}

fn standing(cancel: Option<bool>) -> Standing {
    match cancel {
        Some(false) => Standing::Held,
        Some(true) => Standing::CancelRequested,
        None => Standing::Lost,
    }
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Store for Queue {
    async fn wait(&self) {
        self.platform.bell.notified().await;
    }

    async fn reclaim(&self, starting: bool) -> AppResult<u64> {
        // SQLite belongs to one process: only at its start can a running job be left over.
        if !starting && self.platform.db.dialect() == Dialect::Sqlite {
            return Ok(0);
        }
        // Alone at its start, a process knows that whoever ran a job is dead; else only the time tells.
        let alone = starting && self.is_alone().await?;
        self.write(move |tx, now| {
            let before = if alone {
                i64::MAX
            } else {
                now - count(LOST_AFTER.as_secs())
            };
            Ok(jobs::reclaim(
                tx,
                now,
                before,
                CRASHES,
                "Given up: the server died each time that it ran this.",
            )?)
        })
        .await
    }

    async fn schedule(&self, schedules: &[Schedule]) -> AppResult<()> {
        for schedule in schedules.iter().cloned() {
            self.write(move |tx, now| {
                let last = jobs::last_queued(tx, schedule.kind, &schedule.payload)?;
                if last.is_none_or(|last| now - last >= schedule.every) {
                    let Schedule {
                        kind,
                        payload,
                        unique_key,
                        ..
                    } = schedule;
                    let job = NewJob {
                        kind,
                        payload,
                        unique_key: Some(unique_key),
                        ..NewJob::default()
                    };
                    jobs::enqueue(tx, now, &job)?;
                }
                Ok(())
            })
            .await?;
        }
        Ok(())
    }

    async fn claim(&self, worker: &str, kinds: &[String]) -> AppResult<Option<Claimed>> {
        let (worker, kinds) = (worker.to_owned(), kinds.to_vec());
        let job = self
            .write(move |tx, now| Ok(jobs::claim(tx, now, &worker, &kinds)?))
            .await?;
        Ok(job.map(|job| Claimed {
            id: job.id,
            kind: job.kind,
            payload: job.payload,
            checkpoint: job.checkpoint,
            attempts: u32::try_from(job.attempts).unwrap_or(u32::MAX),
        }))
    }

    async fn heartbeat(&self, lease: &Lease) -> AppResult<Standing> {
        let Lease { id, worker } = lease.clone();
        self.write(move |tx, now| Ok(standing(jobs::heartbeat(tx, now, id, &worker)?)))
            .await
    }

    async fn progress(&self, lease: &Lease, done: u64, total: u64, message: &str) -> AppResult<Standing> {
        let (Lease { id, worker }, message) = (lease.clone(), message.to_owned());
        let units = (count(done), count(total));
        self.write(move |tx, now| Ok(standing(jobs::progress(tx, now, (id, &worker), units, &message)?)))
            .await
    }

    async fn checkpoint(&self, lease: &Lease, value: &Value) -> AppResult<Standing> {
        let (Lease { id, worker }, value) = (lease.clone(), value.clone());
        self.write(move |tx, now| Ok(standing(jobs::checkpoint(tx, now, id, &worker, &value)?)))
            .await
    }

    async fn log(&self, lease: &Lease, level: Level, text: &str) -> AppResult<()> {
        let (id, text) = (lease.id, text.to_owned());
        self.write(move |tx, now| Ok(jobs::log(tx, now, id, level.name(), &text)?))
            .await
    }

    async fn finish(&self, lease: &Lease, outcome: &Outcome) -> AppResult<()> {
        let (Lease { id, worker }, outcome) = (lease.clone(), outcome.clone());
        self.write(move |tx, now| {
            let run = (id, worker.as_str());
            // Not held any more: somebody else decides how the job ends.
            let _held = match outcome {
                Outcome::Done(message) => jobs::finish(tx, now, run, State::Done, &message),
                Outcome::Failed(message) => jobs::finish(tx, now, run, State::Failed, &message),
                Outcome::Cancelled => jobs::finish(tx, now, run, State::Cancelled, ""),
                Outcome::Retry { message, after } => jobs::requeue(tx, now, run, now + after, true, &message),
                Outcome::HandBack => jobs::requeue(tx, now, run, now, false, ""),
            }?;
            Ok(())
        })
        .await
    }
}
