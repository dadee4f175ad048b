//! Sharing groups (spec 01 section 9): who is in them, and what is shared with them.

mod list;
mod uses;
mod write;

pub use list::{Filter, list};
pub use uses::{SHARED, is_used};
pub use write::{
    add_org, add_server, delete, insert, insert_if_new, keep, lock, remove_org, remove_server, set_extend,
    set_modified, update,
};

use crate::{DbResult, Row, Sql, Tx, Visible, organisations, params};
use sightline_core::ids::{OrgId, SharingGroupId, UserId};
use sightline_misp::records::{OrgRef, SharingGroup, SharingGroupOrg, SharingGroupServer};
use std::collections::HashMap;
use uuid::Uuid;

/// How a request names a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// The row's id.
    Id(SharingGroupId),
    /// The uuid that all instances share.
    Uuid(Uuid),
}

const COLUMNS: &str = "g.id, g.uuid, g.name, g.releasability, g.description, g.organisation_uuid, g.org_id, \
     g.sync_user_id, g.active, g.local, g.roaming, g.hide_members, g.created, g.modified, \
     (SELECT COUNT(*) FROM sharing_group_orgs c WHERE c.sharing_group_id = g.id)";
/// The position after [`COLUMNS`]: whether the viewer reads the list of members.
const SHOWN: usize = 15;

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
        hide_members: row.bool(11)?,
        created: row.int(12)?,
        modified: row.int(13)?,
        org_count: row.int(14)?,
        concealed: !row.bool(SHOWN)?,
        ..SharingGroup::default()
    })
}

/// `SELECT … FROM sharing_groups g WHERE <visible>`, to be completed.
fn select<'a>(tx: &Tx<'_>, visible: Visible) -> Sql<'a> {
    let mut sql = Sql::new(tx.dialect(), &format!("SELECT {COLUMNS}, "));
    visible.members(&mut sql, "g");
    sql.push(" FROM sharing_groups g WHERE ");
    visible.sharing_group(&mut sql, "g");
    sql
}

/// The visible groups among these ids, with creator, members and servers.
pub fn by_ids(tx: &mut Tx<'_>, visible: Visible, ids: &[i64]) -> DbResult<Vec<SharingGroup>> {
    let mut sql = select(tx, visible);
    sql.push(" AND ").any("g.id", ids).push(" ORDER BY g.id");
    let mut groups = tx.all(sql.text(), sql.values(), read)?;
    fill(tx, visible, &mut groups)?;
    Ok(groups)
}

/// One visible group, with creator, members and servers.
pub fn find(tx: &mut Tx<'_>, visible: Visible, key: Key) -> DbResult<Option<SharingGroup>> {
    let mut sql = select(tx, visible);
    match key {
        Key::Id(id) => sql.push(" AND g.id = ").bind(id),
        Key::Uuid(uuid) => sql.push(" AND g.uuid = ").bind(uuid),
    };
    let mut groups = tx.all(sql.text(), sql.values(), read)?;
    fill(tx, visible, &mut groups)?;
    Ok(groups.pop())
}

/// Whether a uuid is taken, by a visible group or another.
pub fn uuid_exists(tx: &mut Tx<'_>, uuid: Uuid) -> DbResult<bool> {
    tx.exists("SELECT 1 FROM sharing_groups WHERE uuid = $1", params![uuid])
}

/// Whether a visible group other than `except` has this name.
pub fn name_is_seen(tx: &mut Tx<'_>, visible: Visible, name: &str, except: SharingGroupId) -> DbResult<bool> {
    let mut sql = Sql::new(tx.dialect(), "SELECT 1 FROM sharing_groups g WHERE g.name = ");
    sql.bind(name).push(" AND g.id <> ").bind(except).push(" AND ");
    visible.sharing_group(&mut sql, "g");
    tx.exists(sql.text(), sql.values())
}

/// The active groups that the viewer may choose, by name, without members.
pub fn choosable(tx: &mut Tx<'_>, visible: Visible) -> DbResult<Vec<SharingGroup>> {
    let mut sql = select(tx, visible);
    sql.push(" AND g.active ORDER BY g.name, g.id");
    tx.all(sql.text(), sql.values(), read)
}

/// The group, when the viewer may put data into it: it is active and visible.
pub fn choosable_id(tx: &mut Tx<'_>, visible: Visible, key: Key) -> DbResult<Option<SharingGroupId>> {
    let mut sql = Sql::new(
        tx.dialect(),
        "SELECT g.id FROM sharing_groups g WHERE g.active AND ",
    );
    visible.sharing_group(&mut sql, "g");
    match key {
        Key::Id(id) => sql.push(" AND g.id = ").bind(id),
        Key::Uuid(uuid) => sql.push(" AND g.uuid = ").bind(uuid),
    };
    tx.first(sql.text(), sql.values(), |row| row.int(0).map(SharingGroupId))
}

/// Adds creators, members and servers. Of a concealed group a viewer reads the own membership only.
fn fill(tx: &mut Tx<'_>, visible: Visible, groups: &mut [SharingGroup]) -> DbResult<()> {
    let creators: Vec<i64> = groups.iter().map(|group| group.org_id.0).collect();
    let creators: HashMap<OrgId, OrgRef> = organisations::refs(tx, &creators)?
        .into_iter()
        .map(|org| (org.id, org))
        .collect();
    let (concealed, shown): (Vec<&SharingGroup>, Vec<&SharingGroup>) =
        groups.iter().partition(|group| group.concealed);
    let ids = |groups: Vec<&SharingGroup>| groups.iter().map(|group| group.id.0).collect::<Vec<_>>();
    let (concealed, shown) = (ids(concealed), ids(shown));
    let mut members: HashMap<i64, Vec<SharingGroupOrg>> = HashMap::new();
    for (ids, own_only) in [(shown, false), (concealed, true)] {
        for (group, member) in members_of(tx, visible, &ids, own_only)? {
            members.entry(group).or_default().push(member);
        }
    }
    let ids: Vec<i64> = groups.iter().map(|group| group.id.0).collect();
    let mut servers: HashMap<i64, Vec<SharingGroupServer>> = HashMap::new();
    for (group, server) in servers_of(tx, &ids)? {
        servers.entry(group).or_default().push(server);
    }
    for group in groups {
        group.creator = creators.get(&group.org_id).cloned().unwrap_or_default();
        group.orgs = members.remove(&group.id.0).unwrap_or_default();
        group.servers = servers.remove(&group.id.0).unwrap_or_default();
        if group.concealed && group.hide_members {
            group.org_count = i64::try_from(group.orgs.len()).unwrap_or(0);
        }
    }
    Ok(())
}

fn members_of(
    tx: &mut Tx<'_>,
    visible: Visible,
    groups: &[i64],
    own_only: bool,
) -> DbResult<Vec<(i64, SharingGroupOrg)>> {
    if groups.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new(
        tx.dialect(),
        "SELECT m.sharing_group_id, m.id, m.extend, o.id, o.uuid, o.name, o.local FROM sharing_group_orgs m \
         JOIN organisations o ON o.id = m.org_id WHERE ",
    );
    sql.any("m.sharing_group_id", groups);
    if own_only {
        sql.push(" AND ");
        visible.own(&mut sql, "m.org_id");
    }
    sql.push(" ORDER BY m.id");
    tx.all(sql.text(), sql.values(), |row| {
        let member = SharingGroupOrg {
            id: row.int(1)?,
            extend: row.bool(2)?,
            org: OrgRef {
                id: OrgId(row.int(3)?),
                uuid: row.uuid(4)?,
                name: row.text(5)?,
                local: row.bool(6)?,
            },
        };
        Ok((row.int(0)?, member))
    })
}

fn servers_of(tx: &mut Tx<'_>, groups: &[i64]) -> DbResult<Vec<(i64, SharingGroupServer)>> {
    tx.all(
        "SELECT sharing_group_id, id, server_id, all_orgs FROM sharing_group_servers \
         WHERE sharing_group_id = ANY($1) ORDER BY id",
        params![groups],
        |row| {
            let server = SharingGroupServer {
                id: row.int(1)?,
                server_id: row.int(2)?,
                all_orgs: row.bool(3)?,
            };
            Ok((row.int(0)?, server))
        },
    )
}
