//! Sessions: a random token in the browser, its hash in the database.

use super::password::is_bcrypt;
use super::{attempts, credentials, hash_password};
use crate::settings::Settings;
use crate::users::is_active;
use crate::{Caller, Ctx, Platform, otp};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sightline_core::{AppError, AppResult, Permission, random};
use sightline_db::audit::{self, Actor, Change, RequestType};
use sightline_db::sessions::{self, Session};
use sightline_db::users::{self, Standing, User};
use sightline_db::{Tx, user_ips};

/// Characters of a token: 43 letters and digits hold 256 bits.
const TOKEN_CHARS: usize = 43;
/// Seconds in which a one-time password has to be said after the password.
const PENDING_SECONDS: i64 = 600;
/// In the place of an address: failures from all addresses together.
const ANYWHERE: &str = "anywhere";
/// Seconds between two notes that a session is in use.
const NOTE_SECONDS: i64 = 60;
/// Longest name kept of an attempt to log in, in characters.
const USERNAME_CHARS: usize = 255;
/// Longest user agent kept, in characters.
const USER_AGENT_CHARS: usize = 200;

/// The user of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionUser {
    /// Who it is, with present rights.
    pub caller: Caller,
    /// What forms must send back.
    pub csrf: String,
    /// What has to be done before anything else.
    pub before: Option<Before>,
}

/// What has to be done before anything else, in a browser; API keys are not asked (spec 05 section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// Say the one-time password: the session is not worth anything yet.
    Otp,
    /// Set up one-time passwords.
    OtpSetUp,
    /// Accept the terms of use.
    Terms,
    /// Choose a password.
    Password,
}

/// Checks a password and opens a session; the token for the browser. Users with one-time passwords get a session that is
/// worth nothing before [`confirm`].
pub async fn log_in(
    platform: &Platform,
    email: &str,
    password: &str,
    ip: &str,
    user_agent: &str,
) -> AppResult<String> {
    let now = platform.clock.now();
    let username = username(email);
    let (attempt, user) = {
        let (ip, username) = (ip.to_owned(), username.clone());
        let settings = platform.settings.current();
        platform
            .db
            .write(move |tx| {
                let attempt = attempts::count(tx, &settings.security, &ip, &username, now)?;
                Ok::<_, AppError>((attempt, users::by_email(tx, &username)?))
            })
            .await?
    };
    let meant = user.clone();
    match credentials::check(platform, &username, password, user, ip).await? {
        Some((user, method)) => {
            let mut entry = Entry::new(ip, user_agent, method);
            entry.attempt = Some(attempt);
            entry.forget_failures_of = Some(username);
            if method == "password" && is_bcrypt(&user.password) {
                entry.better_hash = Some(hash_password(password.to_owned()).await?);
            }
            open(platform, user, entry).await
        }
        None => {
            let entry = Entry::new(ip, user_agent, "password");
            fail(platform, meant.as_ref(), username, entry, now).await
        }
    }
}

/// The name of an attempt to log in, as failures are counted by.
pub(super) fn username(email: &str) -> String {
    email.trim().to_lowercase().chars().take(USERNAME_CHARS).collect()
}

/// From where, and how, somebody comes in.
#[derive(Clone)]
pub(super) struct Entry {
    ip: String,
    user_agent: String,
    /// `password`, `ldap`, `oidc`, `header`, or `otp` after one of the first two, for the audit log.
    method: &'static str,
    /// The attempt that was counted, to be taken back.
    attempt: Option<i64>,
    /// The name whose failed attempts no longer count.
    forget_failures_of: Option<String>,
    /// A hash to take the place of one from another platform.
    better_hash: Option<String>,
    /// The one-time password was right, too; or the provider or proxy that vouches asks for what it needs itself.
    otp_done: bool,
}

impl Entry {
    pub(super) fn new(ip: &str, user_agent: &str, method: &'static str) -> Self {
        Self {
            ip: ip.to_owned(),
            user_agent: user_agent.chars().take(USER_AGENT_CHARS).collect(),
            method,
            attempt: None,
            forget_failures_of: None,
            better_hash: None,
            otp_done: matches!(method, "oidc" | "header"),
        }
    }
}

/// A session for a user who has proved who they are; the token for the browser.
pub(super) async fn open(platform: &Platform, user: User, entry: Entry) -> AppResult<String> {
    let now = platform.clock.now();
    let settings = platform.settings.current();
    platform
        .db
        .write(move |tx| enter(tx, &settings, now, &user, &entry))
        .await
}

fn enter(tx: &mut Tx<'_>, settings: &Settings, now: i64, user: &User, entry: &Entry) -> AppResult<String> {
    let token = random::alphanumeric(TOKEN_CHARS);
    let otp_pending = user.totp_is_set && !settings.security.otp_disabled && !entry.otp_done;
    let lasts = if otp_pending {
        PENDING_SECONDS
    } else {
        i64::from(settings.security.session_idle)
    };
    sessions::insert(
        tx,
        &Session {
            token_hash: hash(&token),
            user_id: user.id,
            csrf: random::alphanumeric(TOKEN_CHARS),
            created: now,
            last_seen: now,
            expires: now + lasts,
            ip: entry.ip.clone(),
            user_agent: entry.user_agent.clone(),
            otp_pending,
        },
    )?;
    if let Some(hash) = &entry.better_hash {
        users::set_password_hash(tx, user.id, &user.password, hash)?;
    }
    if otp_pending {
        // The right password does not forgive wrong one-time passwords.
        if let Some(attempt) = entry.attempt {
            sessions::forget_failure(tx, attempt)?;
        }
        return Ok(token);
    }
    if let Some(username) = &entry.forget_failures_of {
        sessions::forget_failures(tx, &entry.ip, username)?;
    }
    users::logged_in(tx, user.id, now)?;
    if settings.audit.user_ips && !entry.ip.is_empty() {
        user_ips::note(tx, user.id, &entry.ip, now)?;
    }
    record(tx, settings, now, user, entry, "login")?;
    Ok(token)
}

/// Checks the one-time password of a session that waits for it; a new token, with which the session goes on.
pub async fn confirm(ctx: &Ctx, token: &str, code: &str) -> AppResult<String> {
    let (pending, code) = (hash(token), code.to_owned());
    let found = ctx
        .write(move |ctx, tx| {
            let settings = ctx.settings();
            let user = users::by_id(tx, ctx.caller.user_id)?.ok_or_else(wrong_code)?;
            let mut entry = Entry::new(
                ctx.ip.as_deref().unwrap_or_default(),
                ctx.user_agent.as_deref().unwrap_or_default(),
                "otp",
            );
            let name = username(&user.email);
            // Whoever gets here knows the password: wrong codes are counted for all addresses together, too.
            attempts::count(tx, &settings.security, &entry.ip, &name, ctx.now())?;
            attempts::count(tx, &settings.security, ANYWHERE, &name, ctx.now())?;
            if !otp::take(tx, user.id, &code, ctx.now())? {
                record(tx, &settings, ctx.now(), &user, &entry, "login_fail")?;
                return Ok(None);
            }
            sessions::end(tx, &pending)?;
            sessions::forget_failures(tx, ANYWHERE, &name)?;
            entry.forget_failures_of = Some(name);
            entry.otp_done = true;
            enter(tx, &settings, ctx.now(), &user, &entry).map(Some)
        })
        .await?;
    found.ok_or_else(wrong_code)
}

fn wrong_code() -> AppError {
    AppError::Unauthenticated("Invalid one-time password, try again".into())
}

async fn fail(
    platform: &Platform,
    user: Option<&User>,
    username: String,
    entry: Entry,
    now: i64,
) -> AppResult<String> {
    let settings = platform.settings.current();
    // The row belongs to the account that was meant, but nobody is its author.
    let id = user.map(|user| user.id.0).unwrap_or_default();
    let actor = Actor {
        email: username.clone(),
        ip: settings.audit.client_ip.then_some(entry.ip),
        request_type: RequestType::Web,
        user_agent: Some(entry.user_agent).filter(|agent| !agent.is_empty()),
        ..Actor::default()
    };
    platform
        .db
        .write(move |tx| {
            Ok::<_, AppError>(audit::insert(
                tx,
                now,
                &actor,
                &change("login_fail", id, &username, json!({})),
            )?)
        })
        .await?;
    Err(AppError::Unauthenticated(
        "Invalid username or password, try again".into(),
    ))
}

fn change<'a>(action: &'a str, id: i64, title: &'a str, fields: Value) -> Change<'a> {
    Change {
        action,
        model: "User",
        id,
        title,
        event: None,
        fields,
    }
}

/// The audit row of a user who comes in, or does not.
fn record(
    tx: &mut Tx<'_>,
    settings: &Settings,
    now: i64,
    user: &User,
    entry: &Entry,
    action: &str,
) -> AppResult<()> {
    let actor = Actor {
        user_id: user.id,
        org_id: user.org_id,
        email: user.email.clone(),
        ip: settings.audit.client_ip.then(|| entry.ip.clone()),
        request_type: RequestType::Web,
        user_agent: Some(entry.user_agent.clone()).filter(|agent| !agent.is_empty()),
        ..Actor::default()
    };
    Ok(audit::insert(
        tx,
        now,
        &actor,
        &change(action, user.id.0, &user.email, json!({"method": entry.method})),
    )?)
}

/// The user of a token, unless the session is over or the user may not log in any more.
pub async fn session(platform: &Platform, token: &str) -> AppResult<Option<SessionUser>> {
    let now = platform.clock.now();
    let token_hash = hash(token);
    let found = platform
        .db
        .read(move |tx| {
            let Some(session) = sessions::live(tx, &token_hash, now)? else {
                return Ok::<_, AppError>(None);
            };
            Ok(users::standing(tx, session.user_id)?.map(|standing| (session, standing)))
        })
        .await?;
    let Some((session, standing)) = found.filter(|(_, standing)| is_active(standing, now)) else {
        return Ok(None);
    };
    if now - session.last_seen >= NOTE_SECONDS && !session.otp_pending {
        let expires = now + i64::from(platform.settings.current().security.session_idle);
        let token_hash = session.token_hash.clone();
        platform
            .db
            .write(move |tx| Ok::<_, AppError>(sessions::seen(tx, &token_hash, now, expires)?))
            .await?;
    }
    let before = before(&platform.settings.current(), &session, &standing);
    Ok(Some(SessionUser {
        caller: Caller::from(standing),
        csrf: session.csrf,
        before,
    }))
}

fn before(settings: &Settings, session: &Session, standing: &Standing) -> Option<Before> {
    let security = &settings.security;
    let must_set_up = security.otp_required
        && !security.otp_disabled
        && !standing.totp_is_set
        && !standing.permissions.has(Permission::SkipOtp);
    [
        (session.otp_pending, Before::Otp),
        (must_set_up, Before::OtpSetUp),
        (
            !settings.access.terms.is_empty() && !standing.termsaccepted,
            Before::Terms,
        ),
        (standing.change_pw, Before::Password),
    ]
    .into_iter()
    .find_map(|(needed, before)| needed.then_some(before))
}

/// What is kept of a token.
pub(crate) fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}
