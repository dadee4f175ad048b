//! Making, editing and removing keys.

use super::fields::Rule;
use super::list::visible;
use super::{AuthKeyIn, fields, hash, may_manage, no_privileges};
use crate::{Ctx, changes};
use serde_json::{Map, Value, json};
use sightline_core::ids::{AuthKeyId, UserId};
use sightline_core::limits::AUTH_KEY_CHARS;
use sightline_core::{AppError, AppResult, FieldErrors, random};
use sightline_db::audit::Change;
use sightline_db::auth_keys::{self, AuthKey};
use sightline_db::{Tx, users};
use uuid::Uuid;

/// Characters at either end by which people recognise a key.
const SHOWN_CHARS: usize = 4;

/// A key that was just made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKey {
    /// The record.
    pub key: AuthKey,
    /// The key itself: shown once, kept nowhere.
    pub raw: String,
}

/// Makes a key for a user.
pub async fn add(ctx: &Ctx, user: UserId, body: AuthKeyIn) -> AppResult<NewKey> {
    ctx.write(move |ctx, tx| {
        let owner = users::standing(tx, user)?;
        if owner.is_none() && ctx.caller.is_site_admin() {
            return Err(AppError::field("user_id", "User doesn't exists"));
        }
        if !owner.is_some_and(|owner| may_manage(ctx, &owner)) {
            return Err(no_privileges());
        }
        issue(ctx, tx, user, &body)
    })
    .await
}

/// Makes a key for a user whose right to it was checked.
pub(crate) fn issue(ctx: &Ctx, tx: &mut Tx<'_>, user_id: UserId, body: &AuthKeyIn) -> AppResult<NewKey> {
    let raw = random::alphanumeric(AUTH_KEY_CHARS);
    let (start, rest) = raw.split_at(SHOWN_CHARS);
    let (_, end) = rest.split_at(AUTH_KEY_CHARS - 2 * SHOWN_CHARS);
    let mut key = AuthKey {
        uuid: random::uuid(),
        user_id,
        key_hash: hash(&raw),
        authkey_start: start.to_owned(),
        authkey_end: end.to_owned(),
        created: ctx.now(),
        ..AuthKey::default()
    };
    let mut errors = FieldErrors::default();
    fields::apply(&mut key, body, ctx.now(), Rule::of(&ctx.settings()), &mut errors);
    if let Some(text) = body.uuid.filled() {
        match Uuid::try_parse(&text) {
            Ok(uuid) if auth_keys::find(tx, None, Some(uuid))?.is_some() => {
                errors.add("uuid", "The UUID provided is not unique");
            }
            Ok(uuid) => key.uuid = uuid,
            Err(_) => errors.add("uuid", "Please provide a valid RFC 4122 UUID"),
        }
    }
    errors.into_result()?;
    key.id = auth_keys::insert(tx, &key)?;
    record(ctx, tx, "add", &key, Value::Object(columns(&key)))?;
    Ok(NewKey { key, raw })
}

/// Changes comment, addresses, expiration or read-only.
pub async fn edit(ctx: &Ctx, key: &str, body: AuthKeyIn) -> AppResult<AuthKey> {
    let key = key.to_owned();
    ctx.write(move |ctx, tx| {
        let before = manageable(ctx, tx, &key)?;
        let mut key = before.clone();
        let mut errors = FieldErrors::default();
        fields::apply(&mut key, &body, ctx.now(), Rule::of(&ctx.settings()), &mut errors);
        errors.into_result()?;
        auth_keys::update(tx, &key)?;
        record(
            ctx,
            tx,
            "edit",
            &key,
            changes::between(&columns(&before), &columns(&key)),
        )?;
        Ok(key)
    })
    .await
}

/// Removes a key, which stops working at once; its id.
pub async fn delete(ctx: &Ctx, key: &str) -> AppResult<AuthKeyId> {
    let key = key.to_owned();
    ctx.write(move |ctx, tx| {
        let key = manageable(ctx, tx, &key)?;
        auth_keys::delete(tx, key.id)?;
        record(ctx, tx, "delete", &key, Value::Object(columns(&key)))?;
        Ok(key.id)
    })
    .await
}

fn manageable(ctx: &Ctx, tx: &mut Tx<'_>, key: &str) -> AppResult<AuthKey> {
    let (key, owner) = visible(ctx, tx, key)?;
    if may_manage(ctx, &owner) {
        Ok(key)
    } else {
        Err(no_privileges())
    }
}

/// Ends a user's keys and makes a new one. A caller who resets its own while using one ends only that one.
pub async fn reset(ctx: &Ctx, user: UserId) -> AppResult<NewKey> {
    crate::users::require_self_management(ctx)?;
    ctx.write(move |ctx, tx| {
        let owner = users::standing(tx, user)?.filter(|owner| may_manage(ctx, owner));
        let owner = owner.ok_or_else(|| AppError::NotAllowed("Invalid user.".into()))?;
        let only = ctx.caller.auth_key.filter(|_| user == ctx.caller.user_id);
        auth_keys::expire(tx, user, only, ctx.now())?;
        ctx.audit(
            tx,
            &Change {
                action: "reset_auth_key",
                model: "User",
                id: user.0,
                title: &owner.email,
                event: None,
                fields: json!({"only": only}),
            },
        )?;
        issue(ctx, tx, user, &AuthKeyIn::default())
    })
    .await
}

fn columns(key: &AuthKey) -> Map<String, Value> {
    changes::fields(json!({
        "uuid": key.uuid,
        "user_id": key.user_id,
        "expiration": key.expiration,
        "read_only": key.read_only,
        "comment": key.comment,
        "allowed_ips": key.allowed_ips,
    }))
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, action: &str, key: &AuthKey, fields: Value) -> AppResult<()> {
    let title = format!("{}…{}", key.authkey_start, key.authkey_end);
    ctx.audit(
        tx,
        &Change {
            action,
            model: "AuthKey",
            id: key.id.0,
            title: &title,
            event: None,
            fields,
        },
    )
}
