//! Adding a user.

use super::rights::{assignable, require_admin};
use super::{UserIn, UserView, columns, fields, record, view};
use crate::auth_keys::{self, AuthKeyIn};
use crate::login::{generate_password, hash_password, require_good_password};
use crate::{Ctx, mail};
use serde_json::{Value, json};
use sightline_core::ids::{OrgId, RoleId};
use sightline_core::{AppError, AppResult, FieldErrors, Permission, random};
use sightline_db::users::User;
use sightline_db::{Tx, roles, users};

/// A new user and its secrets, to be shown once.
#[derive(Clone, Debug, PartialEq)]
pub struct Added {
    /// The user.
    pub view: UserView,
    /// The generated password; `None` when one was given.
    pub password: Option<String>,
    /// A first API key; `None` when the role may not use the API.
    pub key: Option<String>,
}

/// Adds a user: to the caller's organisation with the default role, unless the body says otherwise and may.
pub async fn add(ctx: &Ctx, body: UserIn) -> AppResult<Added> {
    add_with(ctx, body.new_password(), move |_, _| Ok(body)).await
}

/// Adds the user that the transaction finds out about; with a generated password unless there is one.
pub(crate) async fn add_with<F>(ctx: &Ctx, given: Option<String>, wanted: F) -> AppResult<Added>
where
    F: FnOnce(&Ctx, &mut Tx<'_>) -> AppResult<UserIn> + Clone + Send + 'static,
{
    require_admin(ctx)?;
    if ctx.settings().access.disable_user_add {
        return Err(AppError::Forbidden(
            "Adding users has been disabled on this instance.".into(),
        ));
    }
    if let Some(password) = &given {
        require_good_password(password, &ctx.settings().security)?;
    }
    let generated = match &given {
        Some(_) => None,
        None => Some(generate_password(&ctx.settings().security)?),
    };
    let hash = hash_password(given.or_else(|| generated.clone()).unwrap_or_default()).await?;
    ctx.write(move |ctx, tx| {
        let body = wanted(ctx, tx)?;
        insert(ctx, tx, &body, hash, generated)
    })
    .await
}

fn insert(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    body: &UserIn,
    hash: String,
    generated: Option<String>,
) -> AppResult<Added> {
    if body.email.filled().is_none() {
        return Err(AppError::Rejected(json!({"email": "Mandatory field not set."})));
    }
    let now = ctx.now();
    let mut user = User {
        password: hash,
        change_pw: true,
        nids_sid: random_sid(),
        invited_by: ctx.caller.user_id,
        last_pw_change: now,
        date_created: now,
        date_modified: now,
        ..User::default()
    };
    user.org_id = match body.org_id.int() {
        Some(org) if ctx.caller.is_site_admin() => OrgId(org),
        _ => ctx.caller.org_id,
    };
    let role = wanted_role(ctx, tx, body)?;
    user.role_id = role.id;
    let mut errors = FieldErrors::default();
    fields::apply_admin(&mut user, body, now, &mut errors);
    fields::check_stored(tx, &user, &mut errors)?;
    errors.into_result()?;
    user.id = users::insert(tx, &user)?;
    record(ctx, tx, "add", &user, Value::Object(columns(&user)))?;
    if body.notify.flag() == Some(true) {
        mail::welcome(ctx, tx, user.id)?;
    }
    // Where a key has to say from where it works, the user makes it.
    let key = if role.permissions.has(Permission::Auth) && !ctx.settings().security.authkey_allowlist {
        Some(auth_keys::issue(ctx, tx, user.id, &AuthKeyIn::default())?.raw)
    } else {
        None
    };
    Ok(Added {
        view: view::complete(tx, user)?,
        password: generated,
        key,
    })
}

fn wanted_role(ctx: &Ctx, tx: &mut Tx<'_>, body: &UserIn) -> AppResult<roles::Role> {
    let invalid = || AppError::NotAllowed("Invalid role".into());
    let id = match body.role_id.filled() {
        Some(text) => RoleId(text.parse().map_err(|_| invalid())?),
        None => roles::default_role(tx)?.ok_or_else(invalid)?.id,
    };
    assignable(ctx, tx, id, None)
}

/// The first number of the rules that a user exports for intrusion detection: seven digits, so that users' rules
/// rarely meet.
pub(crate) fn random_sid() -> i64 {
    let (random, _) = random::uuid().as_u64_pair();
    i64::try_from(random % 9_000_000).unwrap_or(0) + 1_000_000
}
