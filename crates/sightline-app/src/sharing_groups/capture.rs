//! A group that arrives inside a record (spec 01 section 9): found by uuid and renewed, or created with its members.

use super::choose::uuid_of;
use super::parts::{self, HERE};
use super::{columns, may_delete, record, record_edit};
use crate::{Ctx, organisations};
use serde_json::Value;
use sightline_core::ids::SharingGroupId;
use sightline_core::{AppError, AppResult, Permission, random};
use sightline_db::sharing_groups::{self, Key};
use sightline_db::{Tx, organisations as db_organisations};
use sightline_misp::input::SharingGroupIn;
use sightline_misp::records::{SharingGroup, SharingGroupServer};
use uuid::Uuid;

fn refused() -> AppError {
    AppError::Refused(
        "Event could not be saved: User not authorised to create the associated sharing group.".into(),
    )
}

/// The local group for one that arrived inside a record. One that is here but hidden from the caller is refused in the
/// same words as one that the caller may not create.
pub(super) fn capture(ctx: &Ctx, tx: &mut Tx<'_>, input: &SharingGroupIn) -> AppResult<SharingGroupId> {
    let uuid = uuid_of(input);
    if let Some(uuid) = uuid
        && let Some(known) = known(ctx, tx, uuid, input)?
    {
        return Ok(known);
    }
    if !ctx.caller.may(Permission::SharingGroup) {
        return Err(refused());
    }
    let mut group = SharingGroup {
        uuid: uuid.unwrap_or_else(random::uuid),
        sync_user_id: ctx.caller.user_id,
        active: true,
        created: parts::moment(&input.created, ctx.now()).unwrap_or_else(|| ctx.now()),
        modified: modified(ctx, input),
        ..SharingGroup::default()
    };
    parts::apply(&mut group, input, true).into_result()?;
    // Whoever sends it wants to use it.
    group.active = true;
    group.name = parts::free_name(ctx, tx, &group.name)?;
    group.org_id = match input.organisation.one() {
        Some(org) => organisations::capture(ctx, tx, org)?,
        None => ctx.caller.org_id,
    };
    group.organisation_uuid = db_organisations::by_id(tx, group.org_id)?.map(|org| org.uuid);
    group.orgs = parts::captured_orgs(ctx, tx, input)?;
    group.servers = parts::servers(ctx, input, false);
    if group.servers.is_empty() && !group.roaming {
        group.servers.push(SharingGroupServer {
            server_id: HERE,
            ..SharingGroupServer::default()
        });
    }
    require_membership(ctx, &group)?;
    let Some(id) = sharing_groups::insert_if_new(tx, &group)? else {
        // Another request brought it just now.
        return known(ctx, tx, group.uuid, input)?.ok_or_else(refused);
    };
    group.id = id;
    record(ctx, tx, "add", &group, Value::Object(columns(&group)))?;
    Ok(group.id)
}

/// The group with this uuid, renewed; `None` when there is none.
fn known(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    uuid: Uuid,
    input: &SharingGroupIn,
) -> AppResult<Option<SharingGroupId>> {
    // In this order: a group that another request commits between the two questions is then seen by both, or by the insert.
    if !sharing_groups::uuid_exists(tx, uuid)? {
        return Ok(None);
    }
    let known = sharing_groups::find(tx, ctx.visible(), Key::Uuid(uuid))?.ok_or_else(refused)?;
    renew(ctx, tx, &known, input)?;
    Ok(Some(known.id))
}

/// Nobody creates a group for others only: it would be hidden from its maker.
pub(super) fn require_membership(ctx: &Ctx, group: &SharingGroup) -> AppResult<()> {
    let is_in = group.orgs.iter().any(|member| member.org.id == ctx.caller.org_id)
        || group
            .servers
            .iter()
            .any(|server| server.server_id == HERE && server.all_orgs);
    if is_in || ctx.caller.is_site_admin() {
        Ok(())
    } else {
        Err(refused())
    }
}

/// When the copy was last changed; never later than now, or it could not be changed again.
fn modified(ctx: &Ctx, input: &SharingGroupIn) -> i64 {
    parts::moment(&input.modified, ctx.now()).map_or(ctx.now(), |moment| moment.min(ctx.now()))
}

/// A newer copy renews a group that came from elsewhere, for those who synchronise, and any for those who made it.
/// Members are added, never taken away: a copy may have been cut down on its way.
fn renew(ctx: &Ctx, tx: &mut Tx<'_>, known: &SharingGroup, input: &SharingGroupIn) -> AppResult<()> {
    let newer = parts::moment(&input.modified, ctx.now()).is_some_and(|moment| moment > known.modified);
    let synced = ctx.caller.may(Permission::Sync) && !known.local;
    let owns = may_delete(ctx, known);
    if !newer || !(synced || owns) {
        return Ok(());
    }
    let mut group = SharingGroup {
        modified: modified(ctx, input),
        ..known.clone()
    };
    let hides = group.hide_members;
    parts::apply(&mut group, input, true).into_result()?;
    // An older version of the copy does not know of hidden members.
    group.hide_members |= hides;
    if sharing_groups::name_is_seen(tx, ctx.visible(), &group.name, group.id)? {
        group.name.clone_from(&known.name);
    }
    sharing_groups::update(tx, &group)?;
    let mut orgs = parts::captured_orgs(ctx, tx, input)?;
    let mut servers = parts::servers(ctx, input, false);
    if !owns {
        // A copy brings members. Who of those that are there may extend the group, and whether everybody here is in it, is for
        // those who made it to say: both may show its members to more people.
        orgs.retain(|member| !known.orgs.iter().any(|there| there.org.id == member.org.id));
        if group.hide_members {
            orgs.iter_mut().for_each(|member| member.extend = false);
            servers.clear();
        }
    }
    parts::merge(tx, group.id, &orgs, &servers)?;
    record_edit(ctx, tx, known, &orgs)
}
