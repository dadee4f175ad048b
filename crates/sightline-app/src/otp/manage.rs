//! Setting one-time passwords up, printing paper codes, and taking them away from who has lost both.

use super::{codes, require_enabled};
use crate::users::{changeable, require_admin};
use crate::{Ctx, login};
use serde_json::json;
use sightline_core::ids::UserId;
use sightline_core::{AppError, AppResult};
use sightline_db::audit::{Change, RequestType};
use sightline_db::users::User;
use sightline_db::{Tx, otp, sessions, users};

/// Paper codes that are shown at a time: a page.
const PAPER_CODES: i64 = 50;

/// What an authenticator app has to know: shown until the first code confirms it, never again.
#[derive(Clone, PartialEq, Eq)]
pub struct SetUp {
    /// The secret in base 32, for typing.
    pub secret: String,
    /// The same with names, for a picture.
    pub url: String,
}

/// A code on paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperCode {
    /// Its number; codes are used in order.
    pub number: i64,
    /// Six digits.
    pub code: String,
}

fn own(ctx: &Ctx, tx: &mut Tx<'_>) -> AppResult<User> {
    users::by_id(tx, ctx.caller.user_id)?.ok_or_else(crate::users::invalid_user)
}

/// `Refused` for whom has a secret already: who holds a session must not be able to replace it.
fn require_none(user: &User) -> AppResult<()> {
    if user.totp_is_set {
        return Err(AppError::Refused(
            "One-time passwords are set up already. An administrator can remove them.".into(),
        ));
    }
    Ok(())
}

/// The secret that the session of `token` is to confirm; the same until it is confirmed.
pub async fn set_up(ctx: &Ctx, token: &str) -> AppResult<SetUp> {
    require_enabled(ctx)?;
    let session = login::hash(token);
    ctx.write(move |ctx, tx| {
        let user = own(ctx, tx)?;
        require_none(&user)?;
        let secret = match sessions::candidate(tx, &session)? {
            Some(secret) => secret,
            None => {
                let secret = codes::new_secret();
                sessions::set_candidate(tx, &session, &secret)?;
                secret
            }
        };
        let url = codes::url(&secret, &ctx.settings().security.otp_issuer, &user.email)?;
        Ok(SetUp { secret, url })
    })
    .await
}

/// Confirms that secret with its first code. From now on log-ins ask for codes; other sessions end.
pub async fn turn_on(ctx: &Ctx, token: &str, code: &str) -> AppResult<()> {
    require_enabled(ctx)?;
    let (session, code) = (login::hash(token), code.replace(char::is_whitespace, ""));
    ctx.write(move |ctx, tx| {
        tx.lock_row("users", ctx.caller.user_id.0)?;
        let user = own(ctx, tx)?;
        require_none(&user)?;
        let wrong = || AppError::field("otp", "The code is not right. Is the clock of your device?");
        let secret = sessions::candidate(tx, &session)?.ok_or_else(wrong)?;
        let step = codes::step_of(&secret, &code, ctx.now())?.ok_or_else(wrong)?;
        otp::set(tx, user.id, &secret, step, ctx.now())?;
        sessions::set_candidate(tx, &session, "")?;
        sessions::end_all(tx, user.id, Some(&session))?;
        record(ctx, tx, &user, true)
    })
    .await
}

/// The caller's next paper codes. Only in a browser: a key is not asked for codes, and must not be able to get them.
pub async fn paper_codes(ctx: &Ctx) -> AppResult<Vec<PaperCode>> {
    require_enabled(ctx)?;
    if ctx.request_type != RequestType::Web {
        return Err(AppError::no_permission());
    }
    ctx.read(|ctx, tx| {
        let state = otp::find(tx, ctx.caller.user_id)?
            .ok_or_else(|| AppError::Refused("Set up one-time passwords first.".into()))?;
        (state.counter..state.counter + PAPER_CODES)
            .map(|number| {
                let code = codes::paper(&state.secret, number)?;
                Ok(PaperCode { number, code })
            })
            .collect()
    })
    .await
}

/// Takes one-time passwords away from a user that the caller administers.
pub async fn remove(ctx: &Ctx, id: UserId) -> AppResult<()> {
    require_admin(ctx)?;
    require_enabled(ctx)?;
    ctx.write(move |ctx, tx| {
        tx.lock_row("users", id.0)?;
        let user = changeable(ctx, tx, id)?;
        if !user.totp_is_set {
            return Ok(());
        }
        otp::remove(tx, id, ctx.now())?;
        record(ctx, tx, &user, false)
    })
    .await
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, user: &User, on: bool) -> AppResult<()> {
    ctx.audit(
        tx,
        &Change {
            action: "edit",
            model: "User",
            id: user.id.0,
            title: &user.email,
            event: None,
            fields: json!({"totp_is_set": [!on, on]}),
        },
    )
}
