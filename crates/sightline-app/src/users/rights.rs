//! Who administers whom: site administrators everybody; an organisation's administrator its users, except site
//! administrators, and only with roles that give no power beyond the organisation.

use super::invalid_user;
use crate::Ctx;
use sightline_core::ids::{RoleId, UserId};
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::Tx;
use sightline_db::roles::{self, Role};
use sightline_db::users::{self, User};

/// Roles with one of these reach beyond an organisation.
const BEYOND: [Permission; 3] = [Permission::SiteAdmin, Permission::Sync, Permission::RegexpAccess];

/// `Forbidden` unless the caller administers users and may change anything.
pub(crate) fn require_admin(ctx: &Ctx) -> AppResult<()> {
    if ctx.caller.read_only {
        return Err(AppError::no_permission());
    }
    ctx.require(Permission::Admin)
}

/// `Forbidden` unless users may change their own record.
pub(crate) fn require_self_management(ctx: &Ctx) -> AppResult<()> {
    let access = &ctx.settings().access;
    if access.disable_self_management && !ctx.caller.may(Permission::Admin) {
        return Err(AppError::Forbidden(
            "User self-management has been disabled on this instance.".into(),
        ));
    }
    Ok(())
}

/// `Forbidden` unless users may change their own password.
pub fn require_password_change(ctx: &Ctx) -> AppResult<()> {
    require_self_management(ctx)?;
    let access = &ctx.settings().access;
    if access.disable_password_change && !ctx.caller.may(Permission::Admin) {
        return Err(AppError::Forbidden(
            "User password change has been disabled on this instance.".into(),
        ));
    }
    Ok(())
}

/// A user that the caller may change or remove.
pub(crate) fn changeable(ctx: &Ctx, tx: &mut Tx<'_>, id: UserId) -> AppResult<User> {
    let user = users::by_id(tx, id)?.ok_or_else(invalid_user)?;
    if ctx.caller.is_site_admin() {
        return Ok(user);
    }
    let role = roles::by_id(tx, user.role_id)?.unwrap_or_default();
    if user.org_id == ctx.caller.org_id && !role.permissions.has(Permission::SiteAdmin) {
        Ok(user)
    } else {
        Err(invalid_user())
    }
}

/// Whether the caller administers a user.
pub(crate) fn may_administer(ctx: &Ctx, tx: &mut Tx<'_>, id: UserId) -> AppResult<bool> {
    let administers = ctx.caller.may(Permission::Admin);
    match changeable(ctx, tx, id) {
        Ok(_) => Ok(administers),
        Err(AppError::NotFound(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The role that the caller wants to give; `held` is the one that the user has already, which may always stay.
pub(super) fn assignable(ctx: &Ctx, tx: &mut Tx<'_>, id: RoleId, held: Option<RoleId>) -> AppResult<Role> {
    let role = roles::by_id(tx, id)?.ok_or_else(|| AppError::NotAllowed("Invalid role".into()))?;
    if may_give(ctx, &role) || held == Some(role.id) {
        Ok(role)
    } else {
        Err(AppError::Forbidden(
            "You are not authorised to assign that role to a user.".into(),
        ))
    }
}

/// Whether the caller may give a role to a user that does not have it yet.
pub(super) fn may_give(ctx: &Ctx, role: &Role) -> bool {
    let reaches_beyond = role.restricted_to_site_admin || BEYOND.iter().any(|p| role.permissions.has(*p));
    ctx.caller.is_site_admin() || !reaches_beyond
}

/// `Refused` when without this user nobody could administer the site any more.
pub(super) fn require_another_site_admin(tx: &mut Tx<'_>, user: &User) -> AppResult<()> {
    if is_last_site_admin(tx, user)? {
        return Err(AppError::Refused(
            "This is the last active site administrator.".into(),
        ));
    }
    Ok(())
}

/// Whether without this user nobody could administer the site any more.
pub(crate) fn is_last_site_admin(tx: &mut Tx<'_>, user: &User) -> AppResult<bool> {
    let role = roles::by_id(tx, user.role_id)?.unwrap_or_default();
    let counts = role.permissions.has(Permission::SiteAdmin) && !user.disabled;
    Ok(counts && !users::other_site_admin(tx, user.id)?)
}
