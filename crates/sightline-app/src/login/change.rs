//! Changing one's own password.

use super::ways::require_own_password;
use super::{hash_password, require_good_password, verify_password};
use crate::Ctx;
use crate::users::require_password_change;
use serde_json::json;
use sightline_core::{AppError, AppResult};
use sightline_db::audit::{Change, RequestType};
use sightline_db::users::User;
use sightline_db::{Tx, mail, sessions, users};

const POLICY: &str = "The password could not be updated. Make sure you meet the minimum password length / complexity \
     requirements.";

/// Gives the caller a new password and ends its other sessions; `token` is the one to keep. In a session the
/// present password must be proved; an API key is proof enough, but one that is given must fit.
pub async fn change_password(
    ctx: &Ctx,
    current: Option<String>,
    new: String,
    token: Option<&str>,
) -> AppResult<()> {
    if ctx.caller.read_only {
        return Err(AppError::no_permission());
    }
    require_password_change(ctx)?;
    let id = ctx.caller.user_id;
    let user = ctx.read(move |_, tx| Ok(users::by_id(tx, id)?)).await?;
    let user = user.ok_or_else(|| AppError::not_found("Invalid user"))?;
    require_own_password(&ctx.settings(), &user)?;
    let must_prove = ctx.request_type == RequestType::Web || ctx.settings().security.confirm_password;
    if current.is_none() && must_prove {
        return Err(AppError::Refused(
            "Please enter your current password to continue.".into(),
        ));
    }
    if let Some(current) = current
        && !verify_password(current, Some(user.password.clone())).await?
    {
        return Err(AppError::Refused(
            "Invalid password. Please enter your current password to continue.".into(),
        ));
    }
    require_good_password(&new, &ctx.settings().security).map_err(|_| AppError::Refused(POLICY.into()))?;
    if verify_password(new.clone(), Some(user.password)).await? {
        return Err(AppError::Refused(
            "Submitted new password cannot be the same as the current one".into(),
        ));
    }
    let hash = hash_password(new).await?;
    let keep = token.map(super::session::hash);
    ctx.write(move |ctx, tx| {
        let user = users::by_id(tx, id)?.ok_or_else(|| AppError::not_found("Invalid user"))?;
        keep_password(ctx, tx, user, hash, false, keep.as_deref())
    })
    .await
}

/// Writes a user's new password: every session ends but the one to keep, links for choosing another are over. With
/// `change_pw` the user chooses an own one at the next log-in.
pub(crate) fn keep_password(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    mut user: User,
    hash: String,
    change_pw: bool,
    keep: Option<&[u8]>,
) -> AppResult<()> {
    user.change_pw = change_pw;
    user.date_modified = ctx.now();
    take_password(ctx, tx, &mut user, hash, keep)?;
    users::update(tx, &user)?;
    ctx.audit(
        tx,
        &Change {
            action: "change_pw",
            model: "User",
            id: user.id.0,
            title: &user.email,
            event: None,
            fields: json!({}),
        },
    )
}

/// What a new password brings with it, whoever gives it: the other sessions and links are over.
pub(crate) fn take_password(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    user: &mut User,
    hash: String,
    keep: Option<&[u8]>,
) -> AppResult<()> {
    user.password = hash;
    user.last_pw_change = ctx.now();
    sessions::end_all(tx, user.id, keep)?;
    mail::forget_password_resets(tx, user.id)?;
    Ok(())
}

/// Whether the caller must choose a password before anything else.
pub async fn must_change_password(ctx: &Ctx) -> AppResult<bool> {
    let id = ctx.caller.user_id;
    ctx.read(move |_, tx| Ok(users::standing(tx, id)?.is_some_and(|standing| standing.change_pw)))
        .await
}
