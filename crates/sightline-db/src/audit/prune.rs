//! Retention: old rows go, but the history of events that are still there stays, without the traces of a person's
//! machine.

use crate::{DbResult, Tx, params};

/// What became of some old rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Rows that are gone.
    pub gone: u64,
    /// Rows that stay, without address, program, request and key.
    pub reduced: u64,
    /// The last row that was looked at: the next batch begins after it.
    pub last: i64,
}

/// Looks at the next `limit` rows after row `after` that are older than `before`: deletes those that belong to no event
/// that is still there, and takes address, program, request and key out of the others. `None` when there are no such rows.
pub fn prune(tx: &mut Tx<'_>, before: i64, after: i64, limit: u32) -> DbResult<Option<Pruned>> {
    // The sign keeps both engines from collecting all old rows by their time, to sort them by id for each batch.
    let last = tx.first(
        "SELECT MAX(id) FROM (SELECT l.id FROM audit_logs l WHERE l.id > $1 AND +l.created < $2 ORDER BY l.id LIMIT $3) x",
        params![after, before, limit],
        |row| row.opt_int(0),
    )?;
    let Some(last) = last.flatten() else {
        return Ok(None);
    };
    let gone = tx.exec(
        "DELETE FROM audit_logs WHERE id > $1 AND id <= $2 AND +created < $3 \
         AND NOT EXISTS (SELECT 1 FROM events e WHERE e.id = audit_logs.event_id)",
        params![after, last, before],
    )?;
    let reduced = tx.exec(
        "UPDATE audit_logs SET ip = NULL, user_agent = NULL, request_id = NULL, authkey_id = 0 WHERE id > $1 AND id <= $2 \
         AND +created < $3 AND (ip IS NOT NULL OR user_agent IS NOT NULL OR request_id IS NOT NULL OR authkey_id <> 0)",
        params![after, last, before],
    )?;
    Ok(Some(Pruned { gone, reduced, last }))
}
