//! Log-in through an OpenID Connect provider: away, back, and out there too.

use super::login;
use crate::http::{
    Answer, Cookies, Form, OIDC_STATE, SESSION, State, Stranger, error_of_stranger, page, redirect,
};
use crate::pages::account::LeftPage;
use axum::Extension;
use axum::extract::{RawQuery, State as Extract};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use sightline_app::Origin;
use sightline_app::login::oidc::{self, Return};
use sightline_core::{AppError, AppResult};

/// Sends the browser to the provider.
pub(super) async fn depart(
    Extract(state): Extract<State>,
    Extension(stranger): Extension<Stranger>,
    origin: Option<Extension<Origin>>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Form::query(query.as_deref().unwrap_or_default());
    let next = login::local_path(query.get("next"));
    let ip = origin.and_then(|Extension(origin)| origin.ip).unwrap_or_default();
    let gone = oidc::depart(&state.platform, &next, &ip).await;
    match gone.and_then(|departing| Ok((redirect(&departing.url)?, departing.state))) {
        Ok((mut response, value)) => {
            if let Some(cookie) = state.cookies.set(OIDC_STATE, &value) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(error) => refused(&state, &stranger, &error),
    }
}

/// Takes the browser back. What went wrong stands on the log-in page; nothing leads back to the provider by itself.
pub(super) async fn arrive(
    Extract(state): Extract<State>,
    Extension(stranger): Extension<Stranger>,
    origin: Option<Extension<Origin>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = Form::query(query.as_deref().unwrap_or_default());
    let back = Return {
        state: query.get("state").to_owned(),
        code: query.raw("code").to_owned(),
        iss: query.get("iss").to_owned(),
        error: query.get("error").to_owned(),
    };
    let ip = origin.and_then(|Extension(origin)| origin.ip).unwrap_or_default();
    let agent = login::user_agent(&headers);
    let cookie = Cookies::get(&headers, OIDC_STATE).unwrap_or_default();
    let arrived = oidc::arrive(&state.platform, &back, cookie, &ip, agent).await;
    let mut response = match arrived.and_then(|arrived| Ok((redirect(&arrived.next)?, arrived.token))) {
        Ok((mut response, token)) => {
            if let Some(cookie) = state.cookies.set(SESSION, &token) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(error) => refused(&state, &stranger, &error),
    };
    if let Some(cookie) = state.cookies.remove(OIDC_STATE) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The log-in page with the reason; errors that are none of the visitor's business as everywhere.
fn refused(state: &State, stranger: &Stranger, error: &AppError) -> Response {
    let status = match error {
        AppError::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
        AppError::Forbidden(_) => StatusCode::FORBIDDEN,
        AppError::Upstream(_) => StatusCode::BAD_GATEWAY,
        _ => return error_of_stranger(stranger, error, None),
    };
    let shown = login::form_page(
        state,
        stranger,
        String::new(),
        Some(error.to_string()),
        "/".into(),
    );
    let mut response = login::with_token(state, stranger, page(&shown));
    *response.status_mut() = status;
    response
}

/// To the provider's own log-out.
pub(super) async fn leave(
    Extract(state): Extract<State>,
    Extension(stranger): Extension<Stranger>,
) -> Response {
    let left: AppResult<Response> = match oidc::farewell(&state.platform).await {
        Ok(Some(url)) => redirect(&url),
        Ok(None) => Err(AppError::not_found("The provider has no log-out of its own.")),
        Err(error) => Err(error),
    };
    left.unwrap_or_else(|error| refused(&state, &stranger, &error))
}

/// The page of somebody who has logged out here, and may want to elsewhere.
pub(super) fn left(stranger: &Stranger, name: String, url: String) -> Answer {
    page(&LeftPage {
        frame: stranger.frame("Logged out"),
        name,
        url,
    })
}
