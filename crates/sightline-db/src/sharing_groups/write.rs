//! Writing groups, their members and their servers.

use super::Key;
use crate::{DbError, DbResult, Dialect, Tx, params};
use sightline_core::ids::{OrgId, SharingGroupId};
use sightline_misp::records::SharingGroup;

/// Writes a new group with its members and servers; ids are ignored. `NotUnique` when its uuid is taken.
pub fn insert(tx: &mut Tx<'_>, group: &SharingGroup) -> DbResult<SharingGroupId> {
    insert_if_new(tx, group)?.ok_or_else(|| DbError::NotUnique(format!("sharing group {}", group.uuid)))
}

/// Writes a new group, unless its uuid is taken: by a row that is there, or by a transaction that just now brings the same
/// one.
pub fn insert_if_new(tx: &mut Tx<'_>, group: &SharingGroup) -> DbResult<Option<SharingGroupId>> {
    let id = tx.first(
        "INSERT INTO sharing_groups (uuid, name, releasability, description, organisation_uuid, org_id, sync_user_id, \
         active, local, roaming, hide_members, created, modified) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (uuid) DO NOTHING RETURNING id",
        params![
            group.uuid,
            &group.name,
            &group.releasability,
            &group.description,
            group.organisation_uuid,
            group.org_id,
            group.sync_user_id,
            group.active,
            group.local,
            group.roaming,
            group.hide_members,
            group.created,
            group.modified
        ],
        |row| row.int(0).map(SharingGroupId),
    )?;
    let Some(id) = id else {
        return Ok(None);
    };
    for member in &group.orgs {
        add_org(tx, id, member.org.id, member.extend)?;
    }
    for server in &group.servers {
        add_server(tx, id, server.server_id, server.all_orgs)?;
    }
    Ok(Some(id))
}

/// Writes back what an edit may change; members and servers have functions of their own.
pub fn update(tx: &mut Tx<'_>, group: &SharingGroup) -> DbResult<()> {
    tx.exec(
        "UPDATE sharing_groups SET name = $2, releasability = $3, description = $4, active = $5, roaming = $6, \
         hide_members = $7, modified = $8 WHERE id = $1",
        params![
            group.id,
            &group.name,
            &group.releasability,
            &group.description,
            group.active,
            group.roaming,
            group.hide_members,
            group.modified
        ],
    )?;
    Ok(())
}

/// Notes that members or servers have changed; what else has changed meanwhile stays.
pub fn set_modified(tx: &mut Tx<'_>, id: SharingGroupId, modified: i64) -> DbResult<()> {
    tx.exec(
        "UPDATE sharing_groups SET modified = $2 WHERE id = $1",
        params![id, modified],
    )?;
    Ok(())
}

/// Keeps others from changing or deleting the group until this transaction ends, so that what is read of it next is still
/// true when it is written. SQLite has a single writer, so there is nothing to do.
pub fn lock(tx: &mut Tx<'_>, key: Key) -> DbResult<()> {
    if tx.dialect() == Dialect::Postgres {
        match key {
            Key::Id(id) => tx.exists(
                "SELECT 1 FROM sharing_groups WHERE id = $1 FOR UPDATE",
                params![id],
            )?,
            Key::Uuid(uuid) => tx.exists(
                "SELECT 1 FROM sharing_groups WHERE uuid = $1 FOR UPDATE",
                params![uuid],
            )?,
        };
    }
    Ok(())
}

/// Keeps others from deleting the group until this transaction ends.
pub fn keep(tx: &mut Tx<'_>, id: SharingGroupId) -> DbResult<()> {
    if tx.dialect() == Dialect::Postgres {
        tx.exists(
            "SELECT 1 FROM sharing_groups WHERE id = $1 FOR KEY SHARE",
            params![id],
        )?;
    }
    Ok(())
}

/// Removes a group with its members and servers.
pub fn delete(tx: &mut Tx<'_>, id: SharingGroupId) -> DbResult<()> {
    for sql in [
        "DELETE FROM sharing_group_orgs WHERE sharing_group_id = $1",
        "DELETE FROM sharing_group_servers WHERE sharing_group_id = $1",
        "DELETE FROM sharing_groups WHERE id = $1",
    ] {
        tx.exec(sql, params![id])?;
    }
    Ok(())
}

/// Adds a member; false when it is one already.
pub fn add_org(tx: &mut Tx<'_>, group: SharingGroupId, org: OrgId, extend: bool) -> DbResult<bool> {
    let added = tx.exec(
        "INSERT INTO sharing_group_orgs (sharing_group_id, org_id, extend) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        params![group, org, extend],
    )?;
    Ok(added > 0)
}

/// Whether a member may extend the group.
pub fn set_extend(tx: &mut Tx<'_>, group: SharingGroupId, org: OrgId, extend: bool) -> DbResult<()> {
    tx.exec(
        "UPDATE sharing_group_orgs SET extend = $3 WHERE sharing_group_id = $1 AND org_id = $2",
        params![group, org, extend],
    )?;
    Ok(())
}

/// Removes a member; false when it is none.
pub fn remove_org(tx: &mut Tx<'_>, group: SharingGroupId, org: OrgId) -> DbResult<bool> {
    let removed = tx.exec(
        "DELETE FROM sharing_group_orgs WHERE sharing_group_id = $1 AND org_id = $2",
        params![group, org],
    )?;
    Ok(removed > 0)
}

/// Adds an instance; false when it is there already.
pub fn add_server(tx: &mut Tx<'_>, group: SharingGroupId, server: i64, all_orgs: bool) -> DbResult<bool> {
    let added = tx.exec(
        "INSERT INTO sharing_group_servers (sharing_group_id, server_id, all_orgs) VALUES ($1, $2, $3) \
         ON CONFLICT DO NOTHING",
        params![group, server, all_orgs],
    )?;
    Ok(added > 0)
}

/// Removes an instance; false when it is not there.
pub fn remove_server(tx: &mut Tx<'_>, group: SharingGroupId, server: i64) -> DbResult<bool> {
    let removed = tx.exec(
        "DELETE FROM sharing_group_servers WHERE sharing_group_id = $1 AND server_id = $2",
        params![group, server],
    )?;
    Ok(removed > 0)
}
