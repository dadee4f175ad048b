//! A queue in memory, for testing the engine without a database.

use crate::{Claimed, LOST_AFTER, Lease, Level, Outcome, Schedule, Standing, Store};
use serde_json::{Value, json};
use sightline_core::ids::JobId;
use sightline_core::{AppError, AppResult, Clock};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Notify;

#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) id: i64,
    pub(super) kind: String,
    pub(super) payload: Value,
    pub(super) checkpoint: Value,
    pub(super) state: &'static str,
    pub(super) message: String,
    pub(super) attempts: u32,
    pub(super) cancel: bool,
    pub(super) run_at: i64,
    pub(super) heartbeat: i64,
    pub(super) worker: String,
    pub(super) writes: u32,
    pub(super) log: Vec<String>,
}

#[derive(Debug)]
pub(super) struct Queue {
    pub(super) clock: Clock,
    pub(super) away: AtomicBool,
    bell: Notify,
    jobs: Mutex<Vec<Job>>,
}

impl Queue {
    pub(super) fn new() -> Self {
        let clock = Clock::fixed(1_000);
        Self {
            clock,
            away: AtomicBool::new(false),
            bell: Notify::new(),
            jobs: Mutex::default(),
        }
    }

    pub(super) fn add(&self, kind: &str, payload: Value) -> i64 {
        let mut jobs = self.jobs.lock().unwrap();
        let id = i64::try_from(jobs.len()).unwrap() + 1;
        jobs.push(Job {
            id,
            kind: kind.into(),
            payload,
            checkpoint: json!({}),
            state: "queued",
            message: String::new(),
            attempts: 0,
            cancel: false,
            run_at: self.clock.now(),
            heartbeat: 0,
            worker: String::new(),
            writes: 0,
            log: Vec::new(),
        });
        self.bell.notify_one();
        id
    }

    pub(super) fn job(&self, id: i64) -> Job {
        self.jobs
            .lock()
            .unwrap()
            .iter()
            .find(|job| job.id == id)
            .unwrap()
            .clone()
    }

    pub(super) fn count(&self) -> usize {
        self.jobs.lock().unwrap().len()
    }

    pub(super) fn change(&self, id: i64, change: impl FnOnce(&mut Job)) {
        change(
            self.jobs
                .lock()
                .unwrap()
                .iter_mut()
                .find(|job| job.id == id)
                .unwrap(),
        );
    }

    fn held(&self, lease: &Lease, write: impl FnOnce(&mut Job)) -> AppResult<Standing> {
        if self.away.load(Ordering::Relaxed) {
            return Err(AppError::Unavailable("away".into()));
        }
        let mut jobs = self.jobs.lock().unwrap();
        let held = jobs
            .iter_mut()
            .find(|j| j.id == lease.id.0 && j.worker == lease.worker && j.state == "running");
        let Some(job) = held else {
            return Ok(Standing::Lost);
        };
        write(job);
        Ok(if job.cancel {
            Standing::CancelRequested
        } else {
            Standing::Held
        })
    }
}

impl Store for Queue {
    async fn wait(&self) {
        self.bell.notified().await;
    }

    async fn reclaim(&self, starting: bool) -> AppResult<u64> {
        let stale = self.clock.now() - i64::try_from(LOST_AFTER.as_secs()).unwrap();
        let mut count = 0;
        for job in self
            .jobs
            .lock()
            .unwrap()
            .iter_mut()
            .filter(|job| job.state == "running")
        {
            if starting || job.heartbeat < stale {
                job.state = "queued";
                count += 1;
            }
        }
        Ok(count)
    }

    async fn schedule(&self, schedules: &[Schedule]) -> AppResult<()> {
        for schedule in schedules {
            let due = self
                .jobs
                .lock()
                .unwrap()
                .iter()
                .all(|job| job.kind != schedule.kind);
            if due {
                self.add(schedule.kind, schedule.payload.clone());
            }
        }
        Ok(())
    }

    async fn claim(&self, worker: &str, kinds: &[String]) -> AppResult<Option<Claimed>> {
        let now = self.clock.now();
        let mut jobs = self.jobs.lock().unwrap();
        let due = jobs
            .iter_mut()
            .find(|j| j.state == "queued" && j.run_at <= now && kinds.contains(&j.kind));
        Ok(due.map(|job| {
            job.state = "running";
            job.worker = worker.into();
            job.heartbeat = now;
            job.attempts += 1;
            Claimed {
                id: JobId(job.id),
                kind: job.kind.clone(),
                payload: job.payload.clone(),
                checkpoint: job.checkpoint.clone(),
                attempts: job.attempts,
            }
        }))
    }

    async fn heartbeat(&self, lease: &Lease) -> AppResult<Standing> {
        let now = self.clock.now();
        self.held(lease, |job| job.heartbeat = now)
    }

    async fn progress(&self, lease: &Lease, done: u64, total: u64, message: &str) -> AppResult<Standing> {
        self.held(lease, |job| {
            job.writes += 1;
            job.message = format!("{done}/{total} {message}");
        })
    }

    async fn checkpoint(&self, lease: &Lease, value: &Value) -> AppResult<Standing> {
        self.held(lease, |job| job.checkpoint = value.clone())
    }

    async fn log(&self, lease: &Lease, level: Level, text: &str) -> AppResult<()> {
        self.held(lease, |job| job.log.push(format!("{}: {text}", level.name())))?;
        Ok(())
    }

    async fn finish(&self, lease: &Lease, outcome: &Outcome) -> AppResult<()> {
        let now = self.clock.now();
        self.held(lease, |job| match outcome {
            Outcome::Done(message) => (job.state, job.message) = ("done", message.clone()),
            Outcome::Failed(message) => (job.state, job.message) = ("failed", message.clone()),
            Outcome::Cancelled => job.state = "cancelled",
            Outcome::Retry { message, after } => {
                (job.state, job.message) = ("queued", message.clone());
                job.run_at = now + after;
            }
            Outcome::HandBack => {
                job.state = "queued";
                job.attempts -= 1;
            }
        })?;
        Ok(())
    }
}
