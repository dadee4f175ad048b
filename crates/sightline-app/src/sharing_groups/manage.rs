//! Adding, editing and deleting groups (spec 03 section 11).

use super::capture::require_membership;
use super::parts::{self, HERE};
use super::{columns, find, lock, may_delete, may_edit, record, record_edit, whole};
use crate::{Ctx, organisations};
use serde_json::Value;
use sightline_core::ids::OrgId;
use sightline_core::{AppError, AppResult, Permission, random};
use sightline_db::sharing_groups;
use sightline_db::{Tx, organisations as db_organisations};
use sightline_misp::input::SharingGroupIn;
use sightline_misp::records::{SharingGroup, SharingGroupOrg, SharingGroupServer};
use uuid::Uuid;

/// Adds a group. The caller's organisation makes it, and is a member only when it is named as one; those who synchronise
/// may name another maker, if they are in the group themselves. Ids and the user who brought it are never taken from the
/// body.
pub async fn add(ctx: &Ctx, input: SharingGroupIn) -> AppResult<SharingGroup> {
    ctx.require(Permission::SharingGroup)?;
    ctx.write(move |ctx, tx| {
        let mut group = SharingGroup {
            uuid: uuid(tx, &input)?,
            sync_user_id: ctx.caller.user_id,
            active: true,
            local: true,
            created: ctx.now(),
            modified: ctx.now(),
            ..SharingGroup::default()
        };
        parts::apply(&mut group, &input, true).into_result()?;
        group.name = parts::free_name(ctx, tx, &group.name)?;
        group.org_id = maker(ctx, tx, &input)?;
        group.organisation_uuid = db_organisations::by_id(tx, group.org_id)?.map(|org| org.uuid);
        group.orgs = parts::named_orgs(ctx, tx, &input)?;
        group.servers = parts::servers(ctx, &input, true);
        if group.servers.is_empty() && !group.roaming {
            group.servers.push(SharingGroupServer {
                server_id: HERE,
                ..SharingGroupServer::default()
            });
        }
        if group.org_id != ctx.caller.org_id {
            group.local = false;
            require_membership(ctx, &group)?;
        }
        group.id = sharing_groups::insert(tx, &group)?;
        let mut fields = columns(&group);
        fields.insert("members".into(), ids(&group.orgs));
        record(ctx, tx, "add", &group, Value::Object(fields))?;
        whole(tx, group.id)
    })
    .await
}

fn ids(orgs: &[SharingGroupOrg]) -> Value {
    orgs.iter().map(|member| member.org.id.0).collect()
}

fn uuid(tx: &mut Tx<'_>, input: &SharingGroupIn) -> AppResult<Uuid> {
    let Some(text) = input.uuid.filled() else {
        return Ok(random::uuid());
    };
    let uuid = Uuid::try_parse(&text)
        .map_err(|_| AppError::field("uuid", "Please provide a valid RFC 4122 UUID"))?;
    if sharing_groups::uuid_exists(tx, uuid)? {
        return Err(AppError::field("uuid", "The UUID provided is not unique"));
    }
    Ok(uuid)
}

fn maker(ctx: &Ctx, tx: &mut Tx<'_>, input: &SharingGroupIn) -> AppResult<OrgId> {
    match input.organisation.one() {
        Some(org) if ctx.caller.may(Permission::Sync) => organisations::capture(ctx, tx, org),
        _ => Ok(ctx.caller.org_id),
    }
}

/// Changes what the body names; members and instances are added or renewed, never taken away. A body whose `modified` is
/// not newer changes nothing.
pub async fn edit(ctx: &Ctx, key: &str, input: SharingGroupIn) -> AppResult<SharingGroup> {
    ctx.require(Permission::SharingGroup)?;
    let key = key.to_owned();
    ctx.write(move |ctx, tx| {
        lock(tx, &key)?;
        let before = find(ctx, tx, &key)?.ok_or_else(|| AppError::not_found("Invalid sharing group."))?;
        if !may_edit(ctx, &before) {
            return Err(not_allowed());
        }
        if parts::moment(&input.modified, ctx.now()).is_some_and(|moment| moment <= before.modified) {
            return Ok(before);
        }
        let mut group = SharingGroup {
            modified: ctx.now(),
            ..before.clone()
        };
        let mut errors = parts::apply(&mut group, &input, may_delete(ctx, &before));
        if group.name != before.name
            && sharing_groups::name_is_seen(tx, ctx.visible(), &group.name, group.id)?
        {
            errors.add("name", "A sharing group with this name already exists.");
        }
        errors.into_result()?;
        sharing_groups::update(tx, &group)?;
        let orgs = parts::named_orgs(ctx, tx, &input)?;
        parts::merge(tx, group.id, &orgs, &parts::servers(ctx, &input, true))?;
        record_edit(ctx, tx, &before, &orgs)?;
        // Whoever may edit sees it still, and sees what it may see.
        find(ctx, tx, &group.id.to_string())?.map_or_else(|| whole(tx, group.id), Ok)
    })
    .await
}

/// Removes a group with which nothing is shared. One that is not there, one that is hidden and one of others are refused
/// in the same words.
pub async fn delete(ctx: &Ctx, key: &str) -> AppResult<()> {
    ctx.require(Permission::SharingGroup)?;
    let key = key.to_owned();
    ctx.write(move |ctx, tx| {
        lock(tx, &key)?;
        let group = find(ctx, tx, &key)?
            .filter(|group| may_delete(ctx, group))
            .ok_or_else(not_allowed)?;
        if sharing_groups::is_used(tx, group.id)? {
            return Err(AppError::Refused(
                "The sharing group could not be deleted: something is shared with it. Make it inactive to keep it from \
                 being chosen."
                    .into(),
            ));
        }
        sharing_groups::delete(tx, group.id)?;
        record(ctx, tx, "delete", &group, Value::Object(columns(&group)))
    })
    .await
}

fn not_allowed() -> AppError {
    AppError::NotAllowed("Action not allowed.".into())
}
