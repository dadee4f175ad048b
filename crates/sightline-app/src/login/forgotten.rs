//! Who has forgotten the password asks for a link by mail (spec 10 part H). Nobody learns from it who has an account.

use super::credentials::local_passwords;
use super::ways::require_own_password;
use super::{hash, hash_password, keep_password, require_good_password};
use crate::{Ctx, Platform, mail};
use sightline_core::{AppError, AppResult};
use sightline_db::{Tx, mail as links, sessions, users};

/// Links for one address within [`WINDOW`]; more are not sent, and nobody is told.
const PER_ADDRESS: i64 = 3;
/// Requests from one network address within [`WINDOW`].
const PER_IP: i64 = 20;
/// Seconds in which requests are counted.
const WINDOW: i64 = 3_600;
/// Longest address that is looked at, in characters.
const EMAIL_CHARS: usize = 255;

/// Whether links may be asked for.
pub fn can_reset(platform: &Platform) -> bool {
    let settings = platform.settings.current();
    let access = &settings.access;
    settings.security.allow_password_forgotten
        && local_passwords(&settings)
        && !access.disable_password_change
        && !access.disable_self_management
}

/// `Forbidden` unless links may be asked for.
pub fn require_reset(ctx: &Ctx) -> AppResult<()> {
    if !can_reset(&ctx.platform) {
        return Err(AppError::Forbidden(
            "Password reset has been disabled on this instance.".into(),
        ));
    }
    Ok(())
}

/// Queues a link for whoever has this address. Known or not, the answer, what is written and the time it takes are the same.
pub async fn forgot(ctx: &Ctx, email: &str) -> AppResult<()> {
    require_reset(ctx)?;
    let email: String = email.trim().to_lowercase().chars().take(EMAIL_CHARS).collect();
    let ip = ctx.ip.clone().unwrap_or_default();
    ctx.write(move |ctx, tx| {
        let now = ctx.now();
        if count(tx, &ip, "", now)? >= PER_IP {
            let message = "Too many requests. Please try again later.".into();
            let retry_after = u64::try_from(WINDOW).unwrap_or(u64::MAX);
            return Err(AppError::RateLimited { message, retry_after });
        }
        let often = count(tx, "", &email, now)? >= PER_ADDRESS;
        sessions::add_failure(tx, &ip, &word(""), now, now + WINDOW)?;
        sessions::add_failure(tx, "", &word(&email), now, now + WINDOW)?;
        // Who comes in another way has no password here to be forgotten.
        let user = users::by_email(tx, &email)?
            .filter(|user| !user.disabled && !often && require_own_password(&ctx.settings(), user).is_ok());
        mail::queue_forgotten(ctx, tx, user.map(|user| user.id))
    })
    .await
}

/// Requests are counted beside failed log-ins; no address holds a blank.
fn word(email: &str) -> String {
    format!("forgot {email}")
}

fn count(tx: &mut Tx<'_>, ip: &str, email: &str, now: i64) -> AppResult<i64> {
    Ok(sessions::failures(tx, ip, &word(email), now)?.0)
}

/// `NotFound` unless this link is valid.
pub async fn require_link(ctx: &Ctx, token: &str) -> AppResult<()> {
    require_reset(ctx)?;
    let hash = hash(token);
    let known = ctx
        .read(move |ctx, tx| Ok(links::password_reset(tx, &hash, ctx.now())?))
        .await?;
    known.map(drop).ok_or_else(no_link)
}

/// Gives the owner of a link a new password: once, and every session ends.
pub async fn reset_password(ctx: &Ctx, token: &str, new: String) -> AppResult<()> {
    require_link(ctx, token).await?;
    require_good_password(&new, &ctx.settings().security)?;
    let password = hash_password(new).await?;
    let hash = hash(token);
    ctx.write(move |ctx, tx| {
        let id = links::take_password_reset(tx, &hash, ctx.now())?.ok_or_else(no_link)?;
        let user = users::by_id(tx, id)?
            .filter(|user| !user.disabled)
            .ok_or_else(no_link)?;
        require_own_password(&ctx.settings(), &user)?;
        keep_password(ctx, tx, user, password, false, None)
    })
    .await
}

fn no_link() -> AppError {
    AppError::not_found("This link is not valid any more. Please ask for a new one.")
}
