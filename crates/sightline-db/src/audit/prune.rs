//! Retention: old rows go, but the history of events that are still there stays, without the traces of a person's
//! machine.

use crate::{DbResult, Tx, params};

/// Deletes up to `limit` rows older than `before` that belong to no event that is still there; how many.
pub fn prune(tx: &mut Tx<'_>, before: i64, limit: u32) -> DbResult<u64> {
    tx.exec(
        "DELETE FROM audit_logs WHERE id IN (SELECT l.id FROM audit_logs l WHERE l.created < $1 \
         AND NOT EXISTS (SELECT 1 FROM events e WHERE e.id = l.event_id) ORDER BY l.id LIMIT $2)",
        params![before, limit],
    )
}

/// Takes address, program, request and key out of up to `limit` rows older than `before`; how many.
pub fn forget_traces(tx: &mut Tx<'_>, before: i64, limit: u32) -> DbResult<u64> {
    tx.exec(
        "UPDATE audit_logs SET ip = NULL, user_agent = NULL, request_id = NULL, authkey_id = 0 WHERE id IN \
         (SELECT l.id FROM audit_logs l WHERE l.created < $1 \
         AND (l.ip IS NOT NULL OR l.user_agent IS NOT NULL OR l.request_id IS NOT NULL OR l.authkey_id <> 0) ORDER BY l.id LIMIT $2)",
        params![before, limit],
    )
}
