//! Log-in and log-out.

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
use sightline_app::{Origin, login};
use sightline_core::AppError;

const WELCOME: &str = "Threat intelligence: gather, correlate, share, use.";

/// The form. Who has a session already goes on.
pub(super) async fn form(
    Extract(state): Extract<State>,
    Extension(stranger): Extension<Stranger>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = Form::query(query.as_deref().unwrap_or_default());
    let next = local_path(query.get("next"));
    if let Some(token) = Cookies::get(&headers, SESSION)
        && login::session(&state.platform, token)
            .await
            .is_ok_and(|user| user.is_some())
        && let Ok(response) = redirect(&next)
    {
        return response;
    }
    let page_of = LoginPage {
        frame: stranger.frame("Log in"),
        email: String::new(),
        refusal: None,
        welcome: WELCOME.into(),
        next,
        can_reset: login::can_reset(&state.platform),
    };
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
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
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
        Err(error @ (AppError::Unauthenticated(_) | AppError::RateLimited { .. })) => {
            let limited = matches!(error, AppError::RateLimited { .. });
            let refused = LoginPage {
                frame: stranger.frame("Log in"),
                email: form.get("email").to_owned(),
                refusal: Some(error.to_string()),
                welcome: WELCOME.into(),
                next,
                can_reset: login::can_reset(&state.platform),
            };
            let mut response = with_token(&state, &stranger, page(&refused));
            if limited {
                *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            }
            response
        }
        Err(error) => error_of_stranger(&stranger, &error, None),
    }
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
fn local_path(next: &str) -> String {
    let local = next.starts_with('/') && !next.starts_with("//") && !next.starts_with("/\\");
    let clean = next.bytes().all(|b| b.is_ascii_graphic());
    if local && clean {
        next.to_owned()
    } else {
        "/events/index".into()
    }
}

/// Ends the session.
pub(super) async fn log_out(visit: Visit, _: Input) -> Answer {
    login::log_out(&visit.ctx, &visit.token).await?;
    let mut response = redirect("/users/login")?;
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
            assert_eq!(local_path(elsewhere), "/events/index", "{elsewhere:?}");
        }
    }
}
