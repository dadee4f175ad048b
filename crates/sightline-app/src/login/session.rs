//! Sessions: a random token in the browser, its hash in the database.

use super::credentials;
use crate::users::is_active;
use crate::{Caller, Ctx, Platform};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sightline_core::{AppError, AppResult, random};
use sightline_db::Tx;
use sightline_db::audit::{self, Actor, Change, RequestType};
use sightline_db::sessions::{self, Session};
use sightline_db::users::{self, User};

/// Characters of a token: 43 letters and digits hold 256 bits.
const TOKEN_CHARS: usize = 43;
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
    /// Nothing but changing the password is allowed.
    pub change_pw: bool,
}

/// Where a log-in comes from.
fn actor(user: Option<&User>, email: &str, ip: Option<String>) -> Actor {
    Actor {
        user_id: user.map(|user| user.id).unwrap_or_default(),
        org_id: user.map(|user| user.org_id).unwrap_or_default(),
        email: email.to_owned(),
        ip,
        request_type: RequestType::Web,
        ..Actor::default()
    }
}

/// Checks a password and opens a session; the token for the browser.
pub async fn log_in(
    platform: &Platform,
    email: &str,
    password: &str,
    ip: &str,
    user_agent: &str,
) -> AppResult<String> {
    let now = platform.clock.now();
    let username: String = email.trim().to_lowercase().chars().take(USERNAME_CHARS).collect();
    let user = {
        let (ip, username) = (ip.to_owned(), username.clone());
        let security = &platform.settings.current().security;
        let attempts = i64::from(security.login_attempts);
        let expires = now + i64::from(security.login_pause);
        platform
            .db
            .write(move |tx| {
                let (failures, until) = sessions::failures(tx, &ip, &username, now)?;
                if failures >= attempts {
                    return Err(AppError::RateLimited {
                        message: format!(
                            "You have reached the maximum number of login attempts. Please wait {} seconds and try again.",
                            until - now
                        ),
                        retry_after: u64::try_from(until - now).unwrap_or(0),
                    });
                }
                // Every attempt counts until it succeeds, so that many at once are no way around the limit.
                sessions::add_failure(tx, &ip, &username, now, expires)?;
                Ok(users::by_email(tx, &username)?)
            })
            .await?
    };
    let entered = credentials::check(platform, &username, password, user, ip).await?;
    match entered {
        Some((user, method)) => {
            let mut entry = Entry::new(ip, user_agent, method);
            entry.forget_failures_of = Some(username);
            open(platform, user, entry).await
        }
        None => fail(platform, username, ip.to_owned(), now).await,
    }
}

/// From where, and how, somebody comes in.
pub(super) struct Entry {
    ip: String,
    user_agent: String,
    /// `password`, `ldap`, `oidc` or `header`, for the audit log.
    method: &'static str,
    /// The name whose failed attempts no longer count.
    forget_failures_of: Option<String>,
}

impl Entry {
    pub(super) fn new(ip: &str, user_agent: &str, method: &'static str) -> Self {
        Self {
            ip: ip.to_owned(),
            user_agent: user_agent.chars().take(USER_AGENT_CHARS).collect(),
            method,
            forget_failures_of: None,
        }
    }
}

/// A session for a user who has proved who they are; the token for the browser.
pub(super) async fn open(platform: &Platform, user: User, entry: Entry) -> AppResult<String> {
    let now = platform.clock.now();
    let token = random::alphanumeric(TOKEN_CHARS);
    let session = Session {
        token_hash: hash(&token),
        user_id: user.id,
        csrf: random::alphanumeric(TOKEN_CHARS),
        created: now,
        last_seen: now,
        expires: now + i64::from(platform.settings.current().security.session_idle),
        ip: entry.ip.clone(),
        user_agent: entry.user_agent,
    };
    let logged = logged_ip(platform, &entry.ip);
    platform
        .db
        .write(move |tx| {
            if let Some(username) = &entry.forget_failures_of {
                sessions::forget_failures(tx, &entry.ip, username)?;
            }
            sessions::insert(tx, &session)?;
            users::logged_in(tx, user.id, now)?;
            let fields = json!({"method": entry.method});
            record(tx, now, Some(&user), logged, "login", &user.email, fields)
        })
        .await?;
    Ok(token)
}

async fn fail(platform: &Platform, username: String, ip: String, now: i64) -> AppResult<String> {
    let logged = logged_ip(platform, &ip);
    platform
        .db
        .write(move |tx| record(tx, now, None, logged, "login_fail", &username, json!({})))
        .await?;
    Err(AppError::Unauthenticated(
        "Invalid username or password, try again".into(),
    ))
}

/// The address as the audit log may hold it.
fn logged_ip(platform: &Platform, ip: &str) -> Option<String> {
    let logs = platform.settings.current().audit.client_ip;
    logs.then(|| ip.to_owned())
}

fn record(
    tx: &mut Tx<'_>,
    now: i64,
    user: Option<&User>,
    ip: Option<String>,
    action: &str,
    title: &str,
    fields: Value,
) -> AppResult<()> {
    let change = Change {
        action,
        model: "User",
        id: user.map(|user| user.id.0).unwrap_or_default(),
        title,
        event: None,
        fields,
    };
    Ok(audit::insert(tx, now, &actor(user, title, ip), &change)?)
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
    if now - session.last_seen >= NOTE_SECONDS {
        let expires = now + i64::from(platform.settings.current().security.session_idle);
        let token_hash = session.token_hash.clone();
        platform
            .db
            .write(move |tx| Ok::<_, AppError>(sessions::seen(tx, &token_hash, now, expires)?))
            .await?;
    }
    let change_pw = standing.change_pw;
    Ok(Some(SessionUser {
        caller: Caller::from(standing),
        csrf: session.csrf,
        change_pw,
    }))
}

/// Ends the session of a token.
pub async fn log_out(ctx: &Ctx, token: &str) -> AppResult<()> {
    let token_hash = hash(token);
    ctx.write(move |ctx, tx| {
        sessions::end(tx, &token_hash)?;
        let email = ctx.caller.email.clone();
        ctx.audit(
            tx,
            &Change {
                action: "logout",
                model: "User",
                id: ctx.caller.user_id.0,
                title: &email,
                event: None,
                fields: json!({}),
            },
        )
    })
    .await
}

/// Ends the caller's other sessions.
pub async fn log_out_elsewhere(ctx: &Ctx, token: Option<&str>) -> AppResult<()> {
    let keep = token.map(hash);
    ctx.write(move |ctx, tx| {
        sessions::end_all(tx, ctx.caller.user_id, keep.as_deref())?;
        let email = ctx.caller.email.clone();
        ctx.audit(
            tx,
            &Change {
                action: "logout",
                model: "User",
                id: ctx.caller.user_id.0,
                title: &email,
                event: None,
                fields: json!({"other_sessions": true}),
            },
        )
    })
    .await
}

pub(crate) fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}
