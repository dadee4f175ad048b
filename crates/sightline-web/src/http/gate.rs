//! The gate before the pages: who has a session goes in, who must change the password does that first, strangers go
//! to the log-in form. And the headers that every page carries.

use super::answer::{self, Answer};
use super::cookies::{Cookies, FLASH, LOGIN_TOKEN, SESSION};
use super::{Stranger, Visit, visit};
use crate::layout::UserBadge;
use axum::body::Body;
use axum::extract::{Request, State as Extract};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sightline_app::blocklists;
use sightline_app::login::{self, Before, SessionUser, header as header_login};
use sightline_app::{Ctx, Origin, Platform, RequestType, event_delegations, organisations, roles, threads};
use sightline_core::{AppResult, Permission, random};
use sightline_misp::records::Blocklist;
use std::sync::Arc;

/// What the pages share.
#[derive(Clone, Debug)]
pub(crate) struct State {
    /// The instance.
    pub(crate) platform: Arc<Platform>,
    /// How cookies are set.
    pub(crate) cookies: Cookies,
}

/// Characters of a nonce or token: 22 letters and digits hold 130 bits.
const TOKEN_CHARS: usize = 22;

/// Lets a request with a session through, as a [`Visit`] in its extensions.
pub(crate) async fn authenticated(Extract(state): Extract<State>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let token = Cookies::get(&parts.headers, SESSION)
        .unwrap_or_default()
        .to_owned();
    let (token, opened) = match by_header(&state, &parts, token).await {
        Ok(found) => found,
        Err(error) => return answer::error_of_stranger(&stranger(&parts), &error, None),
    };
    let found = if token.is_empty() {
        Ok(None)
    } else {
        login::session(&state.platform, &token).await
    };
    let user = match found {
        Ok(Some(user)) => user,
        Ok(None) => return to_log_in(&parts),
        Err(error) => return answer::error_of_stranger(&stranger(&parts), &error, None),
    };
    let mut response = inside(&state, (parts, body), next, user, token.clone()).await;
    if opened && let Some(cookie) = state.cookies.set(SESSION, &token) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The session to go on with, and whether it is new: the one of whom a believed proxy names, else the browser's own. No
/// session where a proxy has to name somebody and names nobody.
async fn by_header(state: &State, request: &Parts, token: String) -> AppResult<(String, bool)> {
    let settings = state.platform.settings.current();
    let origin = request.extensions.get::<Origin>().cloned().unwrap_or_default();
    let Some(name) = header_login::claimed(&settings, origin.peer, &request.headers) else {
        let closed = header_login::is_required(&settings);
        return Ok((if closed { String::new() } else { token }, false));
    };
    let agent = request
        .headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let ip = origin.ip.unwrap_or_default();
    let opened = header_login::enter(&state.platform, &name, &token, &ip, agent).await?;
    let new = opened.is_some();
    Ok((opened.unwrap_or(token), new))
}

/// Answers somebody with a session.
async fn inside(
    state: &State,
    (mut parts, body): (Parts, Body),
    next: Next,
    user: SessionUser,
    token: String,
) -> Response {
    if let Some(before) = user.before
        && !is_reached(before, parts.uri.path())
    {
        return detour(before, &parts);
    }
    let visit = visit_of(state, &parts, user, token).await;
    match visit.and_then(|visit| visit.ctx.require_live().map(|()| visit)) {
        Ok(visit) => {
            let had_flash = visit.flash.is_some();
            parts.extensions.insert(visit);
            let mut response = next.run(Request::from_parts(parts, body)).await;
            if had_flash && let Some(cookie) = state.cookies.remove(FLASH) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(error) => answer::error_of_stranger(&stranger(&parts), &error, None),
    }
}

/// The page of what has to be done first.
const fn place(before: Before) -> &'static str {
    match before {
        Before::Otp => "/users/otp",
        Before::OtpSetUp => "/users/totp_new",
        Before::Terms => "/users/terms",
        Before::Password => "/users/change_pw",
    }
}

/// Whether a page may be reached before that is done: its own, and the way out.
fn is_reached(before: Before, path: &str) -> bool {
    let file = before == Before::Terms && path == "/users/downloadTerms";
    path == place(before) || path == "/users/logout" || file
}

fn detour(before: Before, request: &Parts) -> Response {
    if request.headers.contains_key("hx-request") {
        return StatusCode::FORBIDDEN.into_response();
    }
    let path = match before {
        // The password was said a moment ago, on the way to somewhere.
        Before::Otp if request.method == Method::GET => with_next(place(before), request),
        _ => place(before).to_owned(),
    };
    answer::redirect(&path).unwrap_or_else(|_| StatusCode::FORBIDDEN.into_response())
}

/// A path that remembers which page was wanted.
fn with_next(path: &str, request: &Parts) -> String {
    let wanted = request.uri.path_and_query().map_or("/", |path| path.as_str());
    let next: String = form_urlencoded::byte_serialize(wanted.as_bytes()).collect();
    format!("{path}?next={next}")
}

fn to_log_in(request: &Parts) -> Response {
    if request.headers.contains_key("hx-request") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let path =
        if request.method == Method::GET && request.uri.path_and_query().is_some_and(|path| path != "/") {
            with_next("/users/login", request)
        } else {
            "/users/login".into()
        };
    let moved: Answer = HeaderValue::from_str(&path)
        .map(|location| (StatusCode::FOUND, [(header::LOCATION, location)]).into_response())
        .map_err(sightline_core::AppError::internal);
    moved.unwrap_or_else(|_| StatusCode::UNAUTHORIZED.into_response())
}

async fn visit_of(state: &State, request: &Parts, user: SessionUser, token: String) -> AppResult<Visit> {
    let origin = request.extensions.get::<Origin>().cloned().unwrap_or_default();
    let ctx = Ctx {
        platform: Arc::clone(&state.platform),
        caller: user.caller,
        request_type: RequestType::Web,
        ip: origin.ip,
        request_id: origin.request_id,
        user_agent: origin.user_agent,
    };
    let badge = ctx
        .read(|ctx, tx| {
            let caller = &ctx.caller;
            Ok(UserBadge {
                email: caller.email.clone(),
                org: organisations::name_of(tx, caller.org_id)?,
                role: roles::name_of(tx, caller.role_id)?,
                is_site_admin: caller.is_site_admin(),
                is_org_admin: caller.may(Permission::Admin),
                can_add: caller.may(Permission::Add),
                sees_feeds: ctx.is_host_org(),
                can_audit: caller.may(Permission::Audit),
                can_use_api: caller.may(Permission::Auth),
                sees_blocklists: blocklists::may_manage(ctx, Blocklist::Events),
                sees_organisations: organisations::may_list(ctx),
                delegates: event_delegations::is_enabled(ctx),
                discusses: threads::is_enabled(ctx),
                waiting: u64::try_from(event_delegations::waiting(ctx, tx)?).unwrap_or(0),
            })
        })
        .await?;
    Ok(Visit {
        ctx,
        csrf: user.csrf,
        before: user.before,
        token,
        badge,
        nonce: nonce(request),
        theme: visit::theme(&request.headers),
        flash: visit::flash(&request.headers),
        partial: request.headers.contains_key("hx-request"),
        cookies: state.cookies,
    })
}

/// The stranger behind a request; an anti-forgery token of an earlier form is kept.
fn stranger(request: &Parts) -> Stranger {
    let token = Cookies::get(&request.headers, LOGIN_TOKEN).filter(|token| token.len() == TOKEN_CHARS);
    Stranger {
        nonce: nonce(request),
        theme: visit::theme(&request.headers),
        token: token.map_or_else(|| random::alphanumeric(TOKEN_CHARS), str::to_owned),
    }
}

/// The nonce that [`headers`] has made for this answer.
fn nonce(request: &Parts) -> String {
    request
        .extensions
        .get::<Nonce>()
        .map(|nonce| nonce.0.clone())
        .unwrap_or_default()
}

#[derive(Clone, Debug)]
struct Nonce(String);

/// The policy of every page: its own files only, scripts with the nonce; and the extensions that handlers read.
pub(crate) async fn headers(request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let nonce = random::alphanumeric(TOKEN_CHARS);
    parts.extensions.insert(Nonce(nonce.clone()));
    let known = stranger(&parts);
    parts.extensions.insert(known);
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'self'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    if let Ok(value) = HeaderValue::from_str(&policy) {
        // What is not a page brings a stricter one.
        response
            .headers_mut()
            .entry(header::CONTENT_SECURITY_POLICY)
            .or_insert(value);
    }
    response
}
