//! Reading users: oneself always, others as their administrator.

use super::{invalid_user, rights};
use crate::{Ctx, organisations};
use sightline_core::ids::{OrgId, RoleId, UserId};
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::roles::{self, Role};
use sightline_db::user_settings::{self, UserSetting};
use sightline_db::users::{self, Filter, User};
use sightline_db::{Tx, organisations as orgs};
use sightline_misp::records::{OrgRef, Organisation};
use std::collections::HashMap;

/// A user with role, organisation and settings.
#[derive(Clone, Debug, PartialEq)]
pub struct UserView {
    /// The user; the hash of its password in it is for nobody to see.
    pub user: User,
    /// Its role.
    pub role: Role,
    /// Its organisation.
    pub org: Organisation,
    /// What it set for itself.
    pub settings: Vec<UserSetting>,
}

/// A user in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The user.
    pub user: User,
    /// Its role.
    pub role: Role,
    /// Its organisation.
    pub org: OrgRef,
}

/// A page of the users that the caller administers, by id, and how many there are in all.
pub async fn index(
    ctx: &Ctx,
    mut filter: Filter,
    limit: Option<u32>,
    offset: u32,
) -> AppResult<(Vec<Listed>, i64)> {
    ctx.require(Permission::Admin)?;
    if !ctx.caller.is_site_admin() {
        if filter.org.is_some_and(|org| org != ctx.caller.org_id) {
            return Ok((Vec::new(), 0));
        }
        filter.org = Some(ctx.caller.org_id);
    }
    ctx.read(move |_, tx| {
        let (found, total) = users::list(tx, &filter, limit, offset)?;
        let roles: HashMap<RoleId, Role> = roles::all(tx)?.into_iter().map(|role| (role.id, role)).collect();
        let ids: Vec<i64> = found.iter().map(|user| user.org_id.0).collect();
        let refs: HashMap<OrgId, OrgRef> = orgs::refs(tx, &ids)?
            .into_iter()
            .map(|org| (org.id, org))
            .collect();
        let list = |user: User| Listed {
            role: roles.get(&user.role_id).cloned().unwrap_or_default(),
            org: refs.get(&user.org_id).cloned().unwrap_or_default(),
            user,
        };
        Ok((found.into_iter().map(list).collect(), total))
    })
    .await
}

/// One user: oneself, or anybody for a site administrator.
pub async fn view(ctx: &Ctx, id: UserId) -> AppResult<UserView> {
    ctx.read(move |ctx, tx| {
        let may = id == ctx.caller.user_id || ctx.caller.is_site_admin();
        let found = if may { users::by_id(tx, id)? } else { None };
        complete(
            tx,
            found.ok_or_else(|| AppError::not_found("Invalid user or not authorised."))?,
        )
    })
    .await
}

/// One user that the caller administers; site administrators of its own organisation may be looked at.
pub async fn administered(ctx: &Ctx, id: UserId) -> AppResult<UserView> {
    ctx.require(Permission::Admin)?;
    ctx.read(move |ctx, tx| {
        let user = users::by_id(tx, id)?.ok_or_else(invalid_user)?;
        if user.org_id != ctx.caller.org_id && !ctx.caller.is_site_admin() {
            return Err(invalid_user());
        }
        complete(tx, user)
    })
    .await
}

/// The administrators of an organisation, for callers who administer users.
pub async fn org_admins(ctx: &Ctx, org: OrgId) -> AppResult<Vec<(UserId, String)>> {
    ctx.require(Permission::Admin)?;
    ctx.read(move |_, tx| Ok(users::org_admins(tx, org)?)).await
}

/// The id behind `me`, an id, or an e-mail address. Says nothing about what the caller may do with it.
pub async fn find(ctx: &Ctx, text: &str) -> AppResult<UserId> {
    if text.eq_ignore_ascii_case("me") {
        return Ok(ctx.caller.user_id);
    }
    if let Ok(id) = text.parse() {
        return Ok(UserId(id));
    }
    if !ctx.caller.may(Permission::Admin) {
        return Err(invalid_user());
    }
    let email = text.to_owned();
    ctx.read(move |_, tx| Ok(users::by_email(tx, &email)?.ok_or_else(invalid_user)?.id))
        .await
}

/// The roles that the caller may give to users.
pub async fn assignable_roles(ctx: &Ctx) -> AppResult<Vec<Role>> {
    ctx.require(Permission::Admin)?;
    ctx.read(|ctx, tx| {
        Ok(roles::all(tx)?
            .into_iter()
            .filter(|role| rights::may_give(ctx, role))
            .collect())
    })
    .await
}

/// The user with everything around it.
pub(super) fn complete(tx: &mut Tx<'_>, user: User) -> AppResult<UserView> {
    Ok(UserView {
        role: roles::by_id(tx, user.role_id)?.unwrap_or_default(),
        org: orgs::by_id(tx, user.org_id)?.ok_or_else(organisations::invalid_organisation)?,
        settings: user_settings::of_user(tx, user.id)?,
        user,
    })
}
