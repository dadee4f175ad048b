//! Editing users: one's own profile, and others as their administrator.

use super::rights::{
    assignable, changeable, require_admin, require_another_site_admin, require_password_change,
    require_self_management,
};
use super::{UserIn, UserView, columns, fields, invalid_user, record, view};
use crate::login::{
    generate_password, hash_password, keep_password, require_good_password, require_own_password,
    take_password, verify_password,
};
use crate::{Ctx, changes};
use sightline_core::ids::{OrgId, RoleId, UserId};
use sightline_core::{AppError, AppResult, FieldErrors, Permission};
use sightline_db::users::User;
use sightline_db::{Tx, sessions, users};

/// Changes what the body names of a user that the caller administers. A new password, role or organisation, disabling and
/// `force_logout` end the user's sessions.
pub async fn edit(ctx: &Ctx, id: UserId, body: UserIn) -> AppResult<UserView> {
    require_admin(ctx)?;
    let hash = new_hash(ctx, &body).await?;
    ctx.write(move |ctx, tx| {
        let before = changeable(ctx, tx, id)?;
        let mut user = before.clone();
        let mut errors = FieldErrors::default();
        fields::apply_admin(&mut user, &body, ctx.now(), &mut errors);
        if let Some(org) = body.org_id.int().filter(|_| ctx.caller.is_site_admin()) {
            user.org_id = OrgId(org);
        }
        let wanted = match body.role_id.filled() {
            Some(text) => RoleId(
                text.parse()
                    .map_err(|_| AppError::NotAllowed("Invalid role".into()))?,
            ),
            None => before.role_id,
        };
        let role = assignable(ctx, tx, wanted, Some(before.role_id))?;
        user.role_id = role.id;
        if user.disabled || !role.permissions.has(Permission::SiteAdmin) {
            require_another_site_admin(tx, &before)?;
        }
        let elsewhere = user.role_id != before.role_id || user.org_id != before.org_id;
        let out = user.disabled || elsewhere || body.force_logout.flag() == Some(true);
        save(ctx, tx, &before, user, hash, errors, out)
    })
    .await
}

/// Changes what users may change of themselves; the rest of the body is ignored.
pub async fn edit_own(ctx: &Ctx, body: UserIn) -> AppResult<UserView> {
    if ctx.caller.read_only {
        return Err(AppError::no_permission());
    }
    require_self_management(ctx)?;
    confirm(ctx, &body).await?;
    let hash = new_hash(ctx, &body).await?;
    if hash.is_some() {
        require_password_change(ctx)?;
    }
    ctx.write(move |ctx, tx| {
        let before = users::by_id(tx, ctx.caller.user_id)?.ok_or_else(invalid_user)?;
        let mut user = before.clone();
        let mut errors = FieldErrors::default();
        fields::apply_own(&mut user, &body, ctx.now(), &mut errors);
        if ctx.settings().access.disable_login_change && !ctx.caller.may(Permission::Admin) {
            user.email.clone_from(&before.email);
        }
        user.change_pw = user.change_pw && hash.is_none();
        save(ctx, tx, &before, user, hash, errors, false)
    })
    .await
}

/// Gives a user that the caller administers a new random password, which has to be changed at the next log-in. Who resets it
/// hands it over: it is in the answer and nowhere else.
pub async fn reset_password(ctx: &Ctx, id: UserId) -> AppResult<(UserView, String)> {
    require_admin(ctx)?;
    require_password_change(ctx)?;
    let password = generate_password(&ctx.settings().security)?;
    let hash = hash_password(password.clone()).await?;
    let view = ctx
        .write(move |ctx, tx| {
            let user = changeable(ctx, tx, id)?;
            require_own_password(&ctx.settings(), &user)?;
            keep_password(ctx, tx, user, hash, true, None)?;
            let user = users::by_id(tx, id)?.ok_or_else(invalid_user)?;
            view::complete(tx, user)
        })
        .await?;
    Ok((view, password))
}

/// Where users have to say their password to change their own record: that it is the right one.
async fn confirm(ctx: &Ctx, body: &UserIn) -> AppResult<()> {
    if !ctx.settings().security.confirm_password {
        return Ok(());
    }
    let Some(current) = body.current_password.text().filter(|text| !text.is_empty()) else {
        return Err(AppError::Refused(
            "Please enter your current password to continue.".into(),
        ));
    };
    let id = ctx.caller.user_id;
    let user = ctx
        .read(move |_, tx| Ok(users::by_id(tx, id)?))
        .await?
        .ok_or_else(invalid_user)?;
    if verify_password(current, Some(user.password)).await? {
        Ok(())
    } else {
        Err(AppError::Refused(
            "Invalid password. Please enter your current password to continue.".into(),
        ))
    }
}

async fn new_hash(ctx: &Ctx, body: &UserIn) -> AppResult<Option<String>> {
    let Some(password) = body.new_password() else {
        return Ok(None);
    };
    require_good_password(&password, &ctx.settings().security)?;
    Ok(Some(hash_password(password).await?))
}

fn save(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    before: &User,
    mut user: User,
    hash: Option<String>,
    mut errors: FieldErrors,
    log_out: bool,
) -> AppResult<UserView> {
    if user.email != before.email || user.org_id != before.org_id {
        fields::check_stored(tx, &user, &mut errors)?;
    }
    errors.into_result()?;
    if let Some(hash) = hash {
        take_password(ctx, tx, &mut user, hash, None)?;
    }
    user.date_modified = ctx.now();
    users::update(tx, &user)?;
    if log_out {
        sessions::end_all(tx, user.id, None)?;
    }
    record(
        ctx,
        tx,
        "edit",
        &user,
        changes::between(&columns(before), &columns(&user)),
    )?;
    view::complete(tx, user)
}
