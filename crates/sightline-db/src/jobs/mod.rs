//! The job queue: jobs, their log, and the statements that keep two workers from running one job.
//!
//! While a job is queued or running, its `unique_key` keeps a second one with the same key out. A finished job frees
//! the key by adding its own id to it, so that running it again can take the key back.

mod attributes;
mod runs;

use crate::{DbError, DbResult, Row, Sql, Tx, params};
use serde_json::Value;
use sightline_core::ids::{JobId, OrgId, UserId};

pub use attributes::{add_attributes, forget_attributes, last_attribute, next_attributes};
pub use runs::{ClaimedJob, checkpoint, claim, finish, heartbeat, log, progress, reclaim, requeue};

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Waiting, perhaps for another attempt.
    Queued,
    /// A worker has it.
    Running,
    /// Finished with success.
    Done,
    /// Finished without.
    Failed,
    /// Ended by a person.
    Cancelled,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 5] = [
        Self::Queued,
        Self::Running,
        Self::Done,
        Self::Failed,
        Self::Cancelled,
    ];

    /// The word that is stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether a worker has it or will have it.
    pub const fn is_alive(self) -> bool {
        matches!(self, Self::Queued | Self::Running)
    }
}

/// A job as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// Which handler runs it.
    pub kind: String,
    /// What was asked for.
    pub payload: Value,
    /// Where it stands.
    pub state: State,
    /// Units done.
    pub progress: i64,
    /// Units in all; 0 while unknown.
    pub total: i64,
    /// What is going on, or what came of it.
    pub message: String,
    /// Runs so far.
    pub attempts: i64,
    /// Whether a person wants it to end.
    pub cancel: bool,
    /// Who asked for it; 0 for the platform.
    pub user_id: UserId,
    /// That user's address, unless the user is gone.
    pub user_email: Option<String>,
    /// That user's organisation; 0 for the platform.
    pub org_id: OrgId,
    /// That organisation's name, unless it is gone.
    pub org_name: Option<String>,
    /// When it was asked for.
    pub created: i64,
    /// When it is due.
    pub run_at: i64,
    /// When its latest run started; 0 before the first.
    pub started: i64,
    /// When it ended; 0 before.
    pub finished: i64,
    /// Which run has or had it.
    pub worker: Option<String>,
    /// Last sign of life.
    pub heartbeat: i64,
}

/// A job to be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewJob {
    /// Which handler runs it.
    pub kind: &'static str,
    /// What to do: ids, not data.
    pub payload: Value,
    /// Who asks; 0 for the platform.
    pub user_id: UserId,
    /// That user's organisation.
    pub org_id: OrgId,
    /// No second job with this key while one is queued or running.
    pub unique_key: Option<String>,
    /// When it is due; 0 for at once.
    pub run_at: i64,
}

/// Which jobs a list holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// In this state.
    pub state: Option<State>,
    /// Of this kind.
    pub kind: Option<String>,
    /// Asked for by this organisation.
    pub org: Option<OrgId>,
}

/// A line of a job's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// Grows with time.
    pub id: i64,
    /// When.
    pub created: i64,
    /// `info`, `warning` or `error`.
    pub level: String,
    /// What happened.
    pub message: String,
}

const COLUMNS: &str = "j.id, j.kind, j.payload, j.state, j.progress, j.total, j.message, j.attempts, j.cancel, \
     j.user_id, u.email, j.org_id, o.name, j.created, j.run_at, j.started, j.finished, j.worker, j.heartbeat \
     FROM jobs j LEFT JOIN users u ON u.id = j.user_id LEFT JOIN organisations o ON o.id = j.org_id";

/// A key that is free for the next job. `NULL` stays `NULL`.
const FREED_KEY: &str = "unique_key || '#' || id";
/// Longest line of a log and longest message, in characters.
const TEXT_CHARS: usize = 2_000;
/// Attempts to find or make the job of a unique key that finishes again and again in between.
const KEY_ATTEMPTS: usize = 5;

fn read(row: &Row<'_>) -> DbResult<Job> {
    let state = row.str(3)?;
    Ok(Job {
        id: JobId(row.int(0)?),
        kind: row.text(1)?,
        payload: json(row.str(2)?),
        state: State::parse(state).ok_or_else(|| DbError::Other(format!("unknown job state `{state}`")))?,
        progress: row.int(4)?,
        total: row.int(5)?,
        message: row.text(6)?,
        attempts: row.int(7)?,
        cancel: row.bool(8)?,
        user_id: UserId(row.int(9)?),
        user_email: row.opt_text(10)?,
        org_id: OrgId(row.int(11)?),
        org_name: row.opt_text(12)?,
        created: row.int(13)?,
        run_at: row.int(14)?,
        started: row.int(15)?,
        finished: row.int(16)?,
        worker: row.opt_text(17)?,
        heartbeat: row.int(18)?,
    })
}

/// A damaged payload must fail its own job, not block the queue: it reads as `null`.
fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}

fn short(text: &str) -> String {
    // PostgreSQL keeps no NUL in text; messages may quote what a remote server sent.
    text.chars().filter(|c| *c != '\0').take(TEXT_CHARS).collect()
}

/// Queues a job. When one with the same unique key is alive, nothing is written and that one's id is the answer;
/// the flag says whether a job was made.
pub fn enqueue(tx: &mut Tx<'_>, now: i64, job: &NewJob) -> DbResult<(JobId, bool)> {
    let payload = job.payload.to_string();
    let run_at = if job.run_at == 0 { now } else { job.run_at };
    for _ in 0..KEY_ATTEMPTS {
        let made = tx.first(
            "INSERT INTO jobs (kind, payload, state, user_id, org_id, unique_key, created, run_at) \
             VALUES ($1, $2, 'queued', $3, $4, $5, $6, $7) ON CONFLICT (unique_key) DO NOTHING RETURNING id",
            params![
                job.kind,
                &payload,
                job.user_id,
                job.org_id,
                job.unique_key.as_ref(),
                now,
                run_at
            ],
            |row| row.int(0),
        )?;
        if let Some(id) = made {
            return Ok((JobId(id), true));
        }
        let alive = tx.first(
            "SELECT id FROM jobs WHERE unique_key = $1",
            params![job.unique_key.as_ref()],
            |row| row.int(0),
        )?;
        if let Some(id) = alive {
            return Ok((JobId(id), false));
        }
    }
    Err(DbError::Retry(
        "a job's unique key changed hands too often".into(),
    ))
}

/// When a job of this kind and payload was last queued.
pub fn last_queued(tx: &mut Tx<'_>, kind: &str, payload: &Value) -> DbResult<Option<i64>> {
    let payload = payload.to_string();
    tx.first(
        "SELECT created FROM jobs WHERE kind = $1 AND payload = $2 ORDER BY id DESC LIMIT 1",
        params![kind, &payload],
        |row| row.int(0),
    )
}

/// Asks for a job's end: a queued one ends here, a running one is told. The new state; `None` when it is not alive.
pub fn cancel(tx: &mut Tx<'_>, now: i64, id: JobId) -> DbResult<Option<State>> {
    let sql = format!(
        "UPDATE jobs SET cancel = TRUE, state = CASE WHEN state = 'queued' THEN 'cancelled' ELSE state END, \
         finished = CASE WHEN state = 'queued' THEN $2 ELSE finished END, \
         unique_key = CASE WHEN state = 'queued' THEN {FREED_KEY} ELSE unique_key END \
         WHERE id = $1 AND state IN ('queued', 'running') RETURNING state"
    );
    tx.first(&sql, params![id, now], |row| Ok(State::parse(row.str(0)?)))
        .map(Option::flatten)
}

/// Queues a failed or cancelled job again, at once, from its last checkpoint. Whether it was such a job.
/// `NotUnique` when another job with its key is alive.
pub fn retry(tx: &mut Tx<'_>, now: i64, id: JobId) -> DbResult<bool> {
    let touched = tx.exec(
        "UPDATE jobs SET state = 'queued', run_at = $2, attempts = 0, cancel = FALSE, finished = 0, worker = NULL, \
         unique_key = SUBSTR(unique_key, 1, LENGTH(unique_key) - LENGTH('#' || id)) \
         WHERE id = $1 AND state IN ('failed', 'cancelled')",
        params![id, now],
    )?;
    Ok(touched == 1)
}

/// One job.
pub fn view(tx: &mut Tx<'_>, id: JobId) -> DbResult<Option<Job>> {
    tx.first(&format!("SELECT {COLUMNS} WHERE j.id = $1"), params![id], read)
}

/// What the latest run of a job kept for the next one; `null` when there is nothing.
pub fn kept(tx: &mut Tx<'_>, id: JobId) -> DbResult<Value> {
    let kept = tx.first("SELECT checkpoint FROM jobs WHERE id = $1", params![id], |row| {
        Ok(json(row.str(0)?))
    })?;
    Ok(kept.unwrap_or_default())
}

/// Jobs, newest first, and how many there are without the limit.
pub fn list(tx: &mut Tx<'_>, filter: &Filter, limit: u32, offset: i64) -> DbResult<(Vec<Job>, i64)> {
    let mut count = Sql::new(tx.dialect(), "SELECT COUNT(*) FROM jobs j");
    filter.push(&mut count);
    let total = tx.int(count.text(), count.values())?;
    let mut sql = Sql::new(tx.dialect(), &format!("SELECT {COLUMNS}"));
    filter.push(&mut sql);
    sql.push(" ORDER BY j.id DESC LIMIT ")
        .bind(limit)
        .push(" OFFSET ")
        .bind(offset);
    Ok((tx.all(sql.text(), sql.values(), read)?, total))
}

impl Filter {
    fn push<'a>(&'a self, sql: &mut Sql<'a>) {
        sql.push(" WHERE TRUE");
        if let Some(state) = self.state {
            sql.push(" AND j.state = ").bind(state.name());
        }
        if let Some(kind) = &self.kind {
            sql.push(" AND j.kind = ").bind(kind);
        }
        if let Some(org) = self.org {
            sql.push(" AND j.org_id = ").bind(org);
        }
    }
}

/// Lines of a job's log after the line `after`, oldest first.
pub fn log_lines(tx: &mut Tx<'_>, id: JobId, after: i64, limit: u32) -> DbResult<Vec<LogLine>> {
    tx.all(
        "SELECT id, created, level, message FROM job_log WHERE job_id = $1 AND id > $2 ORDER BY id LIMIT $3",
        params![id, after, limit],
        log_line,
    )
}

/// The last lines of a job's log, oldest first.
pub fn last_log_lines(tx: &mut Tx<'_>, id: JobId, limit: u32) -> DbResult<Vec<LogLine>> {
    let mut lines = tx.all(
        "SELECT id, created, level, message FROM job_log WHERE job_id = $1 ORDER BY id DESC LIMIT $2",
        params![id, limit],
        log_line,
    )?;
    lines.reverse();
    Ok(lines)
}

fn log_line(row: &Row<'_>) -> DbResult<LogLine> {
    Ok(LogLine {
        id: row.int(0)?,
        created: row.int(1)?,
        level: row.text(2)?,
        message: row.text(3)?,
    })
}

/// Deletes the ended jobs of these states that ended before `before`, with their logs. How many there were.
pub fn purge(tx: &mut Tx<'_>, before: i64, states: &[State]) -> DbResult<u64> {
    let states: Vec<String> = states
        .iter()
        .filter(|state| !state.is_alive())
        .map(|state| state.name().to_owned())
        .collect();
    tx.exec(
        "DELETE FROM job_log WHERE job_id IN (SELECT id FROM jobs WHERE finished < $1 AND state = ANY($2))",
        params![before, &states],
    )?;
    tx.exec(
        "DELETE FROM job_attributes WHERE job_id IN (SELECT id FROM jobs WHERE finished < $1 AND state = ANY($2))",
        params![before, &states],
    )?;
    tx.exec(
        "DELETE FROM jobs WHERE finished < $1 AND state = ANY($2)",
        params![before, &states],
    )
}
