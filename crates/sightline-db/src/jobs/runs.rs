//! What a worker writes: claiming, signs of life, the end of a run, and taking back what a dead worker left.
//!
//! A run is named by the job's id and a worker's name that is new for every claim; a run that lost its job matches
//! no row and changes nothing.

use super::{FREED_KEY, State, json, short};
use crate::{DbResult, Dialect, Tx, params};
use serde_json::Value;
use sightline_core::ids::JobId;

/// A job that a worker has just taken.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the fields of `Job`")]
pub struct ClaimedJob {
    pub id: JobId,
    pub kind: String,
    pub payload: Value,
    pub checkpoint: Value,
    pub attempts: i64,
}

/// The run that `$1`, `$2` name still has its job.
const HELD: &str = "id = $1 AND worker = $2 AND state = 'running'";

/// Takes the job that is due longest among `kinds`; it then belongs to `worker` alone.
pub fn claim(tx: &mut Tx<'_>, now: i64, worker: &str, kinds: &[String]) -> DbResult<Option<ClaimedJob>> {
    // SQLite has one writer at a time. On PostgreSQL workers must not wait for each other, nor take the same row.
    let lock = match tx.dialect() {
        Dialect::Sqlite => "",
        Dialect::Postgres => " FOR UPDATE SKIP LOCKED",
    };
    let sql = format!(
        "UPDATE jobs SET state = 'running', worker = $2, heartbeat = $1, started = $1, attempts = attempts + 1 \
         WHERE id = (SELECT id FROM jobs WHERE state = 'queued' AND run_at <= $1 AND kind = ANY($3) \
         ORDER BY run_at, id LIMIT 1{lock}) RETURNING id, kind, payload, checkpoint, attempts"
    );
    tx.first(&sql, params![now, worker, kinds], |row| {
        Ok(ClaimedJob {
            id: JobId(row.int(0)?),
            kind: row.text(1)?,
            payload: json(row.str(2)?),
            checkpoint: json(row.str(3)?),
            attempts: row.int(4)?,
        })
    })
}

/// A sign of life. Whether cancelling was asked for; `None` when the run has lost its job.
pub fn heartbeat(tx: &mut Tx<'_>, now: i64, id: JobId, worker: &str) -> DbResult<Option<bool>> {
    let sql = format!("UPDATE jobs SET heartbeat = $3 WHERE {HELD} RETURNING cancel");
    tx.first(&sql, params![id, worker, now], |row| row.bool(0))
}

/// How far a run is; also a sign of life. Answers like [`heartbeat`].
pub fn progress(
    tx: &mut Tx<'_>,
    now: i64,
    (id, worker): (JobId, &str),
    (done, total): (i64, i64),
    message: &str,
) -> DbResult<Option<bool>> {
    let sql = format!(
        "UPDATE jobs SET heartbeat = $3, progress = $4, total = $5, message = $6 WHERE {HELD} RETURNING cancel"
    );
    tx.first(
        &sql,
        params![id, worker, now, done, total, &short(message)],
        |row| row.bool(0),
    )
}

/// Keeps what the next run needs; also a sign of life. Answers like [`heartbeat`]. Inside the transaction of the work
/// that the checkpoint speaks of, it also keeps a run that lost its job from writing: roll back on `None`.
pub fn checkpoint(
    tx: &mut Tx<'_>,
    now: i64,
    id: JobId,
    worker: &str,
    value: &Value,
) -> DbResult<Option<bool>> {
    let sql = format!("UPDATE jobs SET heartbeat = $3, checkpoint = $4 WHERE {HELD} RETURNING cancel");
    tx.first(&sql, params![id, worker, now, &value.to_string()], |row| {
        row.bool(0)
    })
}

/// Adds a line to a job's log.
pub fn log(tx: &mut Tx<'_>, now: i64, id: JobId, level: &str, message: &str) -> DbResult<()> {
    tx.exec(
        "INSERT INTO job_log (job_id, created, level, message) VALUES ($1, $2, $3, $4)",
        params![id, now, level, &short(message)],
    )?;
    Ok(())
}

/// Ends a run's job in a final state; an empty message leaves the last one. Whether the run still had it.
pub fn finish(
    tx: &mut Tx<'_>,
    now: i64,
    (id, worker): (JobId, &str),
    state: State,
    message: &str,
) -> DbResult<bool> {
    let sql = format!(
        "UPDATE jobs SET state = $3, finished = $4, message = CASE WHEN $5 = '' THEN message ELSE $5 END, \
         progress = CASE WHEN $3 = 'done' AND total > 0 THEN total ELSE progress END, unique_key = {FREED_KEY} \
         WHERE {HELD}"
    );
    Ok(tx.exec(&sql, params![id, worker, state.name(), now, &short(message)])? == 1)
}

/// Puts a run's job back into the queue. `counted`: whether the run counts as an attempt. A job that a person wants
/// to end ends instead. Whether the run still had it.
pub fn requeue(
    tx: &mut Tx<'_>,
    now: i64,
    (id, worker): (JobId, &str),
    run_at: i64,
    counted: bool,
    message: &str,
) -> DbResult<bool> {
    let sql = format!(
        "UPDATE jobs SET state = CASE WHEN cancel THEN 'cancelled' ELSE 'queued' END, \
         finished = CASE WHEN cancel THEN $3 ELSE 0 END, \
         unique_key = CASE WHEN cancel THEN {FREED_KEY} ELSE unique_key END, \
         attempts = CASE WHEN $5 THEN attempts ELSE attempts - 1 END, \
         run_at = $4, worker = NULL, message = CASE WHEN $6 = '' THEN message ELSE $6 END WHERE {HELD}"
    );
    Ok(tx.exec(&sql, params![id, worker, now, run_at, counted, &short(message)])? == 1)
}

/// Queues running jobs again whose last sign of life is older than `before`. One that has killed its worker
/// `most_attempts` times fails with `message` instead. How many there were.
pub fn reclaim(tx: &mut Tx<'_>, now: i64, before: i64, most_attempts: i64, message: &str) -> DbResult<u64> {
    let sql = format!(
        "UPDATE jobs SET \
         state = CASE WHEN cancel THEN 'cancelled' WHEN attempts >= $3 THEN 'failed' ELSE 'queued' END, \
         finished = CASE WHEN cancel OR attempts >= $3 THEN $1 ELSE 0 END, \
         unique_key = CASE WHEN cancel OR attempts >= $3 THEN {FREED_KEY} ELSE unique_key END, \
         message = CASE WHEN NOT cancel AND attempts >= $3 THEN $4 ELSE message END, \
         run_at = $1, worker = NULL WHERE state = 'running' AND heartbeat < $2"
    );
    tx.exec(&sql, params![now, before, most_attempts, message])
}
