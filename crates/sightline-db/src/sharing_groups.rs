//! Sharing groups: stored, resolved and enforced; their management comes with its own feature.

use crate::{DbResult, Row, Sql, Tx, Visible, params};
use sightline_core::ids::{OrgId, SharingGroupId, UserId};
use sightline_misp::records::{OrgRef, SharingGroup, SharingGroupOrg, SharingGroupServer};
use uuid::Uuid;

const COLUMNS: &str = "g.id, g.uuid, g.name, g.releasability, g.description, g.organisation_uuid, g.org_id, \
     g.sync_user_id, g.active, g.local, g.roaming, g.created, g.modified";

fn read(row: &Row<'_>) -> DbResult<SharingGroup> {
    Ok(SharingGroup {
        id: SharingGroupId(row.int(0)?),
        uuid: row.uuid(1)?,
        name: row.text(2)?,
        releasability: row.text(3)?,
        description: row.text(4)?,
        organisation_uuid: row.opt_uuid(5)?,
        org_id: OrgId(row.int(6)?),
        sync_user_id: UserId(row.int(7)?),
        active: row.bool(8)?,
        local: row.bool(9)?,
        roaming: row.bool(10)?,
        created: row.int(11)?,
        modified: row.int(12)?,
        ..SharingGroup::default()
    })
}

/// The visible groups among these ids, with creator, members and servers.
pub fn by_ids(tx: &mut Tx<'_>, visible: Visible, ids: &[i64]) -> DbResult<Vec<SharingGroup>> {
    let mut sql = Sql::new(
        tx.dialect(),
        &format!("SELECT {COLUMNS} FROM sharing_groups g WHERE "),
    );
    sql.any("g.id", ids).push(" AND ");
    visible.sharing_group(&mut sql, "g");
    sql.push(" ORDER BY g.id");
    let mut groups = tx.all(sql.text(), sql.values(), read)?;
    for group in &mut groups {
        fill(tx, group)?;
    }
    Ok(groups)
}

/// The active groups that the viewer may choose, by name, without members.
pub fn choosable(tx: &mut Tx<'_>, visible: Visible) -> DbResult<Vec<SharingGroup>> {
    let mut sql = Sql::new(
        tx.dialect(),
        &format!("SELECT {COLUMNS} FROM sharing_groups g WHERE g.active AND "),
    );
    visible.sharing_group(&mut sql, "g");
    sql.push(" ORDER BY g.name");
    tx.all(sql.text(), sql.values(), read)
}

/// Whether the viewer may put data into the group: it is active and visible.
pub fn is_choosable(tx: &mut Tx<'_>, visible: Visible, id: SharingGroupId) -> DbResult<bool> {
    let mut sql = Sql::new(
        tx.dialect(),
        "SELECT 1 FROM sharing_groups g WHERE g.active AND g.id = ",
    );
    sql.bind(id).push(" AND ");
    visible.sharing_group(&mut sql, "g");
    tx.exists(sql.text(), sql.values())
}

/// By uuid, whoever asks.
pub fn by_uuid(tx: &mut Tx<'_>, uuid: Uuid) -> DbResult<Option<SharingGroup>> {
    let group = tx.first(
        &format!("SELECT {COLUMNS} FROM sharing_groups g WHERE g.uuid = $1"),
        params![uuid],
        read,
    )?;
    group
        .map(|mut group| {
            fill(tx, &mut group)?;
            Ok(group)
        })
        .transpose()
}

/// Whether a name is taken.
pub fn name_exists(tx: &mut Tx<'_>, name: &str) -> DbResult<bool> {
    tx.exists("SELECT 1 FROM sharing_groups WHERE name = $1", params![name])
}

/// Writes a new group with its members; ids are ignored.
pub fn insert(tx: &mut Tx<'_>, group: &SharingGroup) -> DbResult<SharingGroupId> {
    let id = tx.int(
        "INSERT INTO sharing_groups (uuid, name, releasability, description, organisation_uuid, org_id, sync_user_id, \
         active, local, roaming, created, modified) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
         RETURNING id",
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
            group.created,
            group.modified
        ],
    )?;
    for member in &group.orgs {
        tx.exec(
            "INSERT INTO sharing_group_orgs (sharing_group_id, org_id, extend) VALUES ($1, $2, $3)",
            params![id, member.org.id, member.extend],
        )?;
    }
    for server in &group.servers {
        tx.exec(
            "INSERT INTO sharing_group_servers (sharing_group_id, server_id, all_orgs) VALUES ($1, $2, $3)",
            params![id, server.server_id, server.all_orgs],
        )?;
    }
    Ok(SharingGroupId(id))
}

fn fill(tx: &mut Tx<'_>, group: &mut SharingGroup) -> DbResult<()> {
    group.creator = tx
        .first(
            "SELECT id, uuid, name, local FROM organisations WHERE id = $1",
            params![group.org_id],
            |row| org_ref(row, 0),
        )?
        .unwrap_or_default();
    group.orgs = tx.all(
        "SELECT m.id, m.extend, o.id, o.uuid, o.name, o.local FROM sharing_group_orgs m \
         JOIN organisations o ON o.id = m.org_id WHERE m.sharing_group_id = $1 ORDER BY m.id",
        params![group.id],
        |row| {
            Ok(SharingGroupOrg {
                id: row.int(0)?,
                extend: row.bool(1)?,
                org: org_ref(row, 2)?,
            })
        },
    )?;
    group.servers = tx.all(
        "SELECT id, server_id, all_orgs FROM sharing_group_servers WHERE sharing_group_id = $1 ORDER BY id",
        params![group.id],
        |row| {
            Ok(SharingGroupServer {
                id: row.int(0)?,
                server_id: row.int(1)?,
                all_orgs: row.bool(2)?,
            })
        },
    )?;
    Ok(())
}

fn org_ref(row: &Row<'_>, at: usize) -> DbResult<OrgRef> {
    Ok(OrgRef {
        id: OrgId(row.int(at)?),
        uuid: row.uuid(at + 1)?,
        name: row.text(at + 2)?,
        local: row.bool(at + 3)?,
    })
}
