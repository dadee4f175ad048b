//! The sessions of a user: looking at one's own, ending them, and who has logged in or tried to.

use super::session::hash;
use crate::Ctx;
use crate::users::may_administer;
use serde_json::{Value, json};
use sightline_core::ids::UserId;
use sightline_core::{AppError, AppResult};
use sightline_db::audit::{self, Change, Entry};
use sightline_db::{Tx, sessions as stored, users};

/// One of the caller's sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnSession {
    /// By which it is ended; not what opens it.
    pub id: String,
    /// Since when.
    pub created: i64,
    /// When it was used last, to the minute.
    pub last_seen: i64,
    /// Where it began.
    pub ip: String,
    /// What the browser calls itself.
    pub user_agent: String,
    /// It is the one that asks.
    pub is_this: bool,
}

/// The caller's sessions, the one used last first.
pub async fn sessions(ctx: &Ctx, token: &str) -> AppResult<Vec<OwnSession>> {
    let this = hash(token);
    ctx.read(move |ctx, tx| {
        let found = stored::of_user(tx, ctx.caller.user_id, ctx.now())?;
        let own = |session: stored::Session| OwnSession {
            id: hex::encode(&session.token_hash),
            created: session.created,
            last_seen: session.last_seen,
            ip: session.ip,
            user_agent: session.user_agent,
            is_this: session.token_hash == this,
        };
        Ok(found.into_iter().map(own).collect())
    })
    .await
}

/// Ends the session of a token.
pub async fn log_out(ctx: &Ctx, token: &str) -> AppResult<()> {
    let token_hash = hash(token);
    ctx.write(move |ctx, tx| {
        stored::end(tx, &token_hash)?;
        record(ctx, tx, ctx.caller.user_id, &ctx.caller.email, json!({}))
    })
    .await
}

/// Ends one of the caller's sessions.
pub async fn log_out_one(ctx: &Ctx, id: &str) -> AppResult<()> {
    let gone = || AppError::not_found("There is no such session.");
    let token_hash = hex::decode(id).map_err(|_| gone())?;
    ctx.write(move |ctx, tx| {
        if !stored::end_of_user(tx, ctx.caller.user_id, &token_hash)? {
            return Err(gone());
        }
        record(
            ctx,
            tx,
            ctx.caller.user_id,
            &ctx.caller.email,
            json!({"sessions": 1}),
        )
    })
    .await
}

/// Ends the caller's other sessions.
pub async fn log_out_elsewhere(ctx: &Ctx, token: Option<&str>) -> AppResult<()> {
    let keep = token.map(hash);
    ctx.write(move |ctx, tx| {
        stored::end_all(tx, ctx.caller.user_id, keep.as_deref())?;
        let fields = json!({"other_sessions": true});
        record(ctx, tx, ctx.caller.user_id, &ctx.caller.email, fields)
    })
    .await
}

/// Ends every session of a user, for site administrators; how many there were.
pub async fn end_sessions_of(ctx: &Ctx, id: UserId) -> AppResult<u64> {
    if !ctx.caller.is_site_admin() {
        return Err(AppError::no_permission());
    }
    ctx.write(move |ctx, tx| {
        let user = users::by_id(tx, id)?.ok_or_else(crate::users::invalid_user)?;
        let ended = stored::end_all(tx, id, None)?;
        record(ctx, tx, id, &user.email, json!({"sessions": ended}))?;
        Ok(ended)
    })
    .await
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, id: UserId, email: &str, fields: Value) -> AppResult<()> {
    ctx.audit(
        tx,
        &Change {
            action: "logout",
            model: "User",
            id: id.0,
            title: email,
            event: None,
            fields,
        },
    )
}

/// Log-ins and failed ones of an account, the latest first: one's own, or that of a user whom the caller administers.
pub async fn history(ctx: &Ctx, id: UserId, page: u32, limit: u32) -> AppResult<Vec<Entry>> {
    let offset = i64::from(page.saturating_sub(1)) * i64::from(limit);
    ctx.read(move |ctx, tx| {
        if id != ctx.caller.user_id && !may_administer(ctx, tx, id)? {
            return Err(crate::users::invalid_user());
        }
        Ok(audit::logins(tx, id, limit, offset)?)
    })
    .await
}
