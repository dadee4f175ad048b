//! Retention of the feed.

use crate::{DbResult, Tx, params};

/// Forgets up to `limit` rows older than `before`, the oldest first; how many. The last of the forgotten ones stays: it says
/// up to where a reader must have come.
pub fn prune(tx: &mut Tx<'_>, before: i64, limit: i64) -> DbResult<u64> {
    tx.exec(
        "DELETE FROM changes WHERE id < (SELECT MAX(old.id) FROM \
         (SELECT c.id, c.created FROM changes c ORDER BY c.id LIMIT $2) old WHERE old.created < $1)",
        params![before, limit],
    )
}
