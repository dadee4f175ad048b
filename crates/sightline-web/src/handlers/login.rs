//! Log-in and log-out.

use super::external_login;
use crate::http::{
    Answer, Cookies, Form, Input, LOGIN_TOKEN, SESSION, State, Stranger, Visit, error_of_stranger, page,
    redirect,
};
use crate::pages::account::LoginPage;
use axum::Extension;
use axum::extract::{RawQuery, State as Extract};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use sightline_app::login::{Exit, Ways};
use sightline_app::{Origin, login};
use sightline_core::AppError;

const WELCOME: &str = "Threat intelligence: gather, correlate, share, use.";

/// The form. Who has a session already goes on.
pub(super) async fn form(
    Extract(state): Extract<State>,
    Extension(stranger): Extension<Stranger>,
    origin: Option<Extension<Origin>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = Form::query(query.as_deref().unwrap_or_default());
    let next = local_path(query.get("next"));
    let settings = state.platform.settings.current();
    let peer = origin.and_then(|Extension(origin)| origin.peer);
    let named = login::header::claimed(&settings, peer, &headers).is_some();
    // Where the proxy has to name somebody, a session alone leads nowhere: going on would lead back here.
    let closed = login::header::is_required(&settings);
    if named && let Ok(response) = redirect(&next) {
        return response;
    }
    if !closed
        && let Some(token) = Cookies::get(&headers, SESSION)
        && login::session(&state.platform, token)
            .await
            .is_ok_and(|user| user.is_some())
        && let Ok(response) = redirect(&next)
    {
        return response;
    }
    let page_of = form_page(&state, &stranger, String::new(), None, next);
    with_token(&state, &stranger, page(&page_of))
}

/// The submitted form.
pub(super) async fn submit(
    Extract(state): Extract<State>,
    Extension(stranger): Extension<Stranger>,
    origin: Option<Extension<Origin>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let cookie = Cookies::get(&headers, LOGIN_TOKEN).unwrap_or_default();
    let form = match Form::read(&headers, &body, cookie) {
        Ok(form) => form,
        Err(error) => return error_of_stranger(&stranger, &error, None),
    };
    let ip = origin.and_then(|Extension(origin)| origin.ip).unwrap_or_default();
    let agent = user_agent(&headers);
    let next = local_path(form.get("next"));
    match login::log_in(
        &state.platform,
        form.get("email"),
        form.raw("password"),
        &ip,
        agent,
    )
    .await
    {
        Ok(token) => {
            let mut response = redirect(&next).unwrap_or_default();
            if let Some(cookie) = state.cookies.set(SESSION, &token) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            if let Some(cookie) = state.cookies.remove(LOGIN_TOKEN) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(
            error @ (AppError::Unauthenticated(_) | AppError::RateLimited { .. } | AppError::Upstream(_)),
        ) => {
            let status = match error {
                AppError::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
                AppError::Upstream(_) => StatusCode::BAD_GATEWAY,
                _ => StatusCode::OK,
            };
            let email = form.get("email").to_owned();
            let refused = form_page(&state, &stranger, email, Some(error.to_string()), next);
            let mut response = with_token(&state, &stranger, page(&refused));
            *response.status_mut() = status;
            response
        }
        Err(error) => error_of_stranger(&stranger, &error, None),
    }
}

/// The page with the ways in that the settings leave open.
pub(super) fn form_page(
    state: &State,
    stranger: &Stranger,
    email: String,
    refusal: Option<String>,
    next: String,
) -> LoginPage {
    let target: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
    let settings = state.platform.settings.current();
    LoginPage {
        frame: stranger.frame("Log in"),
        email,
        refusal,
        welcome: WELCOME.into(),
        next,
        can_reset: login::can_reset(&state.platform),
        ways: Ways::of(&settings),
        registers: settings.access.self_registration,
        oidc_url: format!("/users/oidc?next={target}"),
    }
}

/// What the browser calls itself.
pub(super) fn user_agent(headers: &HeaderMap) -> &str {
    headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// The form's token also goes into a cookie: only a page that read it there can send both.
pub(super) fn with_token(state: &State, stranger: &Stranger, answer: Answer) -> Response {
    match answer {
        Ok(mut response) => {
            if let Some(cookie) = state.cookies.set(LOGIN_TOKEN, &stranger.token) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(error) => error_of_stranger(stranger, &error, None),
    }
}

/// A path of this site and nothing else, so that the form cannot send people away.
pub(super) fn local_path(next: &str) -> String {
    let local = next.starts_with('/') && !next.starts_with("//") && !next.starts_with("/\\");
    let clean = next.bytes().all(|b| b.is_ascii_graphic());
    if local && clean {
        next.to_owned()
    } else {
        "/".into()
    }
}

/// Ends the session.
pub(super) async fn log_out(visit: Visit, _: Input) -> Answer {
    let exit = login::exit(&visit.ctx).await?;
    login::log_out(&visit.ctx, &visit.token).await?;
    let stranger = visit.as_stranger();
    let mut response = match exit {
        Exit::Here => redirect("/users/login")?,
        Exit::Proxy(name, url) => external_login::left(&stranger, name, url)?,
        Exit::Provider(name) => external_login::left(&stranger, name, "/users/oidc/logout".into())?,
    };
    if let Some(cookie) = visit.cookies.remove(SESSION) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn only_paths_of_this_site_are_followed() {
        assert_eq!(local_path("/events/view/3?x=1"), "/events/view/3?x=1");
        for elsewhere in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nx: y",
        ] {
            assert_eq!(local_path(elsewhere), "/", "{elsewhere:?}");
        }
    }
}
