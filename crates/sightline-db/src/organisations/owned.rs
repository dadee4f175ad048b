//! What belongs to an organisation: it keeps the organisation from being deleted, and moves when two become one.

use super::remove_logo;
use crate::{DbResult, Tx, params};
use sightline_core::ids::OrgId;
use uuid::Uuid;

/// A column that holds the id of the organisation a row belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owned {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// Whether such a row keeps the organisation from being deleted.
    pub keeps: bool,
}

const fn keeps(table: &'static str, column: &'static str) -> Owned {
    Owned {
        table,
        column,
        keeps: true,
    }
}

/// Every such column. A test compares them with the schema: a new one has to be named here or in [`NOT_OWNED`].
pub const OWNED: &[Owned] = &[
    keeps("users", "org_id"),
    keeps("events", "org_id"),
    keeps("events", "orgc_id"),
    keeps("sharing_groups", "org_id"),
    keeps("sharing_group_orgs", "org_id"),
    keeps("sightings", "org_id"),
    keeps("tags", "org_id"),
    keeps("proposals", "org_id"),
    keeps("event_delegations", "org_id"),
    keeps("event_delegations", "requester_org_id"),
    keeps("feeds", "orgc_id"),
    keeps("tag_collections", "org_id"),
    keeps("collections", "org_id"),
    keeps("collections", "orgc_id"),
    keeps("galaxy_clusters", "org_id"),
    keeps("galaxy_clusters", "orgc_id"),
    keeps("posts", "org_id"),
    Owned {
        table: "jobs",
        column: "org_id",
        keeps: false,
    },
    Owned {
        table: "event_alerts",
        column: "orgc_id",
        keeps: false,
    },
    Owned {
        table: "bookmarks",
        column: "org_id",
        keeps: false,
    },
    Owned {
        table: "changes",
        column: "org_id",
        keeps: false,
    },
];

/// Columns named after an organisation that a merge treats apart, and why.
pub const NOT_OWNED: &[(&str, &str, &str)] = &[
    ("audit_logs", "org_id", "history says who it was then"),
    ("event_blocklist", "event_orgc", "a name, for people"),
    ("galaxy_cluster_blocklist", "cluster_orgc", "a name, for people"),
    (
        "analyst_data_blocklists",
        "analyst_data_orgc",
        "a name, for people",
    ),
    ("bookmarks", "exposed_to_org", "a flag"),
    (
        "org_blocklist",
        "org_uuid",
        "organisations that are refused, known here or not",
    ),
    ("org_blocklist", "org_name", "a name, for people"),
    ("organisation_logos", "org_id", "one per organisation"),
    ("sharing_groups", "organisation_uuid", "a uuid, moved by itself"),
    ("analyst_data", "org_uuid", "a uuid, moved by itself"),
    ("analyst_data", "orgc_uuid", "a uuid, moved by itself"),
];

/// Whether users, events, sharing groups, sightings, restricted tags or feeds hang on it.
pub fn is_used(tx: &mut Tx<'_>, id: OrgId) -> DbResult<bool> {
    for Owned { table, column, .. } in OWNED.iter().filter(|owned| owned.keeps) {
        let sql = format!("SELECT 1 FROM {table} WHERE {column} = $1 LIMIT 1");
        if tx.exists(&sql, params![id])? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Moves everything of one organisation to another; how many rows of which table.
pub fn merge_into(
    tx: &mut Tx<'_>,
    (from, from_uuid): (OrgId, Uuid),
    (into, into_uuid): (OrgId, Uuid),
) -> DbResult<Vec<(&'static str, u64)>> {
    // An organisation with years of events takes its time.
    tx.unhurried()?;
    memberships(tx, from, into)?;
    let mut moved: Vec<(&'static str, u64)> = Vec::new();
    for Owned { table, column, .. } in OWNED {
        let sql = format!("UPDATE {table} SET {column} = $2 WHERE {column} = $1");
        let rows = tx.exec(&sql, params![from, into])?;
        match moved.iter_mut().find(|(known, _)| known == table) {
            Some((_, sum)) => *sum = (*sum).max(rows),
            None => moved.push((table, rows)),
        }
    }
    for (table, column) in [
        ("sharing_groups", "organisation_uuid"),
        ("analyst_data", "org_uuid"),
        ("analyst_data", "orgc_uuid"),
    ] {
        tx.exec(
            &format!("UPDATE {table} SET {column} = $2 WHERE {column} = $1"),
            params![from_uuid, into_uuid],
        )?;
    }
    tx.exec(
        "UPDATE event_blocklist SET owner_id = $2 WHERE owner_id = $1",
        params![from, into],
    )?;
    // An organisation offers nothing to itself.
    tx.exec(
        "DELETE FROM event_delegations WHERE org_id = requester_org_id",
        params![],
    )?;
    tx.exec(
        "UPDATE organisation_logos SET org_id = $2 WHERE org_id = $1 \
         AND NOT EXISTS (SELECT 1 FROM organisation_logos o WHERE o.org_id = $2)",
        params![from, into],
    )?;
    remove_logo(tx, from)?;
    Ok(moved)
}

/// Where both are members of a group, one membership stays, with the wider right.
fn memberships(tx: &mut Tx<'_>, from: OrgId, into: OrgId) -> DbResult<()> {
    tx.exec(
        "UPDATE sharing_group_orgs SET extend = TRUE WHERE org_id = $2 AND sharing_group_id IN \
         (SELECT m.sharing_group_id FROM sharing_group_orgs m WHERE m.org_id = $1 AND m.extend)",
        params![from, into],
    )?;
    tx.exec(
        "DELETE FROM sharing_group_orgs WHERE org_id = $1 AND sharing_group_id IN \
         (SELECT m.sharing_group_id FROM sharing_group_orgs m WHERE m.org_id = $2)",
        params![from, into],
    )?;
    Ok(())
}
