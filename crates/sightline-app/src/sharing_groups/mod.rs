//! Sharing groups: managing them, choosing one for new data, and capturing one that arrives inside a record
//! (spec 01 section 9, spec 05 section 5).

mod capture;
mod choose;
mod list;
mod manage;
mod members;
mod parts;
mod servers;

pub use choose::{Resolver, Wish, choosable, choose, require_choosable};
pub use list::{Filter, Listed, Shown, index, of_organisation, view};
pub use manage::{add, delete, edit};
pub use members::{add_org, remove_org, set_extend};
pub use servers::{add_server, remove_server};

use crate::{Ctx, changes};
use serde_json::{Value, json};
use sightline_core::ids::SharingGroupId;
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::audit::Change;
use sightline_db::sharing_groups::{self, Key};
use sightline_db::{Tx, Visible};
use sightline_misp::records::{SharingGroup, SharingGroupOrg};
use uuid::Uuid;

/// Id or uuid, as requests name a group.
fn key(text: &str) -> Option<Key> {
    match text.parse() {
        Ok(id) => Some(Key::Id(SharingGroupId(id))),
        Err(_) => Uuid::try_parse(text).ok().map(Key::Uuid),
    }
}

/// The group, if the caller may see it.
fn find(ctx: &Ctx, tx: &mut Tx<'_>, text: &str) -> AppResult<Option<SharingGroup>> {
    match key(text) {
        Some(key) => Ok(sharing_groups::find(tx, ctx.visible(), key)?),
        None => Ok(None),
    }
}

/// Who changes a visible group (spec 05 section 5): site administrators; and, of those who manage sharing groups, the
/// organisation that made it, members who may extend it, and the synchronising user who brought it.
fn may_edit(ctx: &Ctx, group: &SharingGroup) -> bool {
    let caller = &ctx.caller;
    caller.is_site_admin()
        || caller.may(Permission::SharingGroup)
            && (made_by_caller(ctx, group)
                || group.may_extend(caller.org_id)
                || caller.may(Permission::Sync) && group.sync_user_id == caller.user_id)
}

/// Who deletes it, and decides whether members see each other: the organisation that made it, site administrators.
fn may_delete(ctx: &Ctx, group: &SharingGroup) -> bool {
    ctx.caller.is_site_admin() || ctx.caller.may(Permission::SharingGroup) && made_by_caller(ctx, group)
}

fn made_by_caller(ctx: &Ctx, group: &SharingGroup) -> bool {
    group.org_id == ctx.caller.org_id
}

/// The group of an action on its members or instances. One that is hidden and one that may not be changed are told
/// apart from one that is not there by nothing.
fn to_extend(ctx: &Ctx, tx: &mut Tx<'_>, text: &str) -> AppResult<SharingGroup> {
    ctx.require(Permission::SharingGroup)?;
    let Some(named) = key(text) else {
        return Err(AppError::NotAllowed("No valid sharing group ID provided.".into()));
    };
    sharing_groups::lock(tx, named)?;
    // Who is not shown the members does not learn who they are by trying to add or remove them.
    find(ctx, tx, text)?
        .filter(|group| may_edit(ctx, group) && !group.concealed)
        .ok_or_else(|| AppError::NotAllowed("Invalid sharing group or no editing rights.".into()))
}

/// Nobody else changes the named group, if there is one, until the transaction ends.
fn lock(tx: &mut Tx<'_>, text: &str) -> AppResult<()> {
    match key(text) {
        Some(named) => Ok(sharing_groups::lock(tx, named)?),
        None => Ok(()),
    }
}

/// Marks a group as changed now, with the audit row of what changed.
fn touched(ctx: &Ctx, tx: &mut Tx<'_>, group: &SharingGroup, fields: Value) -> AppResult<()> {
    sharing_groups::set_modified(tx, group.id, ctx.now())?;
    record(ctx, tx, "edit", group, fields)
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, action: &str, group: &SharingGroup, fields: Value) -> AppResult<()> {
    ctx.audit(
        tx,
        &Change {
            action,
            model: "SharingGroup",
            id: group.id.0,
            title: &group.name,
            event: None,
            fields,
        },
    )
}

/// The audit row of an edit that may have brought members and instances.
fn record_edit(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    before: &SharingGroup,
    brought: &[SharingGroupOrg],
) -> AppResult<()> {
    let after = whole(tx, before.id)?;
    let mut fields = changes::fields(changes::between(&columns(before), &columns(&after)));
    if !brought.is_empty() {
        let members = brought
            .iter()
            .map(|member| json!({"org_id": member.org.id.0, "extend": member.extend}));
        fields.insert("members".into(), members.collect());
    }
    record(ctx, tx, "edit", &after, Value::Object(fields))
}

/// What an audit row says of a group.
fn columns(group: &SharingGroup) -> serde_json::Map<String, Value> {
    let everyone_here = group
        .servers
        .iter()
        .any(|server| server.server_id == parts::HERE && server.all_orgs);
    changes::fields(json!({
        "uuid": group.uuid,
        "name": group.name,
        "releasability": group.releasability,
        "description": group.description,
        "org_id": group.org_id.0,
        "active": group.active,
        "roaming": group.roaming,
        "hide_members": group.hide_members,
        "all_orgs": everyone_here,
    }))
}

/// A group as the platform itself reads it, whoever asks.
fn whole(tx: &mut Tx<'_>, id: SharingGroupId) -> AppResult<SharingGroup> {
    sharing_groups::find(tx, Visible::everything(), Key::Id(id))?
        .ok_or_else(|| AppError::internal("a sharing group was written but not found"))
}
