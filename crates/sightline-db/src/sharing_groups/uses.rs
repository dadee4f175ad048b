//! What is shared with a group.

use crate::{DbResult, Tx, params};
use sightline_core::ids::SharingGroupId;

/// The tables whose rows may be shared with a group. A test compares them with the schema: a new table with a column
/// `sharing_group_id` has to be named here, or a group could be deleted from under its rows.
pub const SHARED: &[&str] = &[
    "events",
    "attributes",
    "objects",
    "event_reports",
    "feeds",
    "analyst_data",
    "collections",
    "event_delegations",
    "galaxy_clusters",
    "galaxy_cluster_relations",
];

/// Whether anything is shared with the group, visible to whomever.
pub fn is_used(tx: &mut Tx<'_>, id: SharingGroupId) -> DbResult<bool> {
    for table in SHARED {
        // The second condition lets both engines take the partial index.
        let sql =
            format!("SELECT 1 FROM {table} WHERE sharing_group_id = $1 AND sharing_group_id <> 0 LIMIT 1");
        if tx.exists(&sql, params![id])? {
            return Ok(true);
        }
    }
    Ok(false)
}
