//! What a page handler answers: a page, a part of one, a redirect with a message, or an error in HTML.

use super::cookies::FLASH;
use super::{Stranger, Visit};
use crate::layout::Nav;
use crate::pages::errors::{ErrorPage, Errors};
use askama::Template;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use sightline_core::{AppError, AppResult};

/// A handler's result.
pub(crate) type Answer = Result<Response, AppError>;

/// A whole page.
pub(crate) fn page(page: &impl Template) -> Answer {
    Ok(Html(page.render().map_err(AppError::internal)?).into_response())
}

/// A page with a form, as a refusal when something is wrong with what was typed.
pub(crate) fn form(shown: &impl Template, errors: &Errors) -> Answer {
    let mut response = page(shown)?;
    if !errors.is_empty() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// A part of a page, for a script to put in place; with the words that it announces, if any.
pub(crate) fn fragment(part: &impl Template, announce: Option<&str>) -> Answer {
    let mut response = Html(part.render().map_err(AppError::internal)?).into_response();
    if let Some(words) = announce {
        let trigger = serde_json::json!({"announce": words}).to_string();
        if let Ok(value) = HeaderValue::from_str(&trigger) {
            response
                .headers_mut()
                .insert(HeaderName::from_static("hx-trigger"), value);
        }
    }
    Ok(response)
}

/// To another page of this site.
pub(crate) fn redirect(path: &str) -> Answer {
    let location = HeaderValue::from_str(path).map_err(AppError::internal)?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response())
}

/// To another page, which says once what has been done.
pub(crate) fn done(visit: &Visit, path: &str, message: &str) -> Answer {
    let mut response = if visit.partial {
        // A script cannot follow a redirect of the whole page by itself.
        let location = HeaderValue::from_str(path).map_err(AppError::internal)?;
        (
            StatusCode::NO_CONTENT,
            [(HeaderName::from_static("hx-redirect"), location)],
        )
            .into_response()
    } else {
        redirect(path)?
    };
    let text: String = form_urlencoded::byte_serialize(message.as_bytes()).collect();
    if let Some(cookie) = visit.cookies.set(FLASH, &format!("ok.{text}")) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Status and public words of an error.
fn described(error: &AppError) -> (StatusCode, String) {
    let status = match error {
        AppError::NotFound(_) => StatusCode::NOT_FOUND,
        AppError::Invalid(_) | AppError::Refused(_) | AppError::Rejected(_) => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        AppError::BadRequest(_) => StatusCode::BAD_REQUEST,
        AppError::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
        AppError::Forbidden(_) => StatusCode::FORBIDDEN,
        // On a page, "not allowed in this state" is said of things that are not there or not yours.
        AppError::NotAllowed(_) => StatusCode::NOT_FOUND,
        AppError::Conflict(_) => StatusCode::CONFLICT,
        AppError::Gone(_) => StatusCode::GONE,
        AppError::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
        AppError::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
        AppError::Upstream(_) => StatusCode::BAD_GATEWAY,
        AppError::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        AppError::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    match error {
        AppError::Internal(cause) => {
            tracing::error!(cause, "internal error");
            (status, "An internal error has occurred.".into())
        }
        other => (status, other.to_string()),
    }
}

/// The error as a page of a visitor, or as words for a script.
pub(super) fn error_of(visit: &Visit, error: &AppError) -> Response {
    let (status, message) = described(error);
    if visit.partial {
        return words(status, &message);
    }
    rendered(
        visit.frame("Error", Nav::None),
        status,
        message,
        visit.ctx.request_id.as_deref(),
    )
}

/// The error as a page of a stranger.
pub(crate) fn error_of_stranger(stranger: &Stranger, error: &AppError, request_id: Option<&str>) -> Response {
    let (status, message) = described(error);
    rendered(stranger.frame("Error"), status, message, request_id)
}

fn rendered(frame: crate::layout::Frame, status: StatusCode, message: String, id: Option<&str>) -> Response {
    let page = ErrorPage {
        frame,
        status: status.as_u16(),
        message,
        request_id: id.unwrap_or_default().to_owned(),
    };
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(_) => status.into_response(),
    }
}

fn words(status: StatusCode, message: &str) -> Response {
    let mut response = (status, message.to_owned()).into_response();
    let line: String = message
        .chars()
        .filter(char::is_ascii)
        .filter(|c| !c.is_control())
        .collect();
    if let Ok(value) = HeaderValue::from_str(&line) {
        response
            .headers_mut()
            .insert(HeaderName::from_static("x-message"), value);
    }
    response
}

/// An answer as HTTP, whatever it is.
pub(crate) fn finish(visit: &Visit, answer: AppResult<Response>) -> Response {
    answer.unwrap_or_else(|error| error_of(visit, &error))
}
