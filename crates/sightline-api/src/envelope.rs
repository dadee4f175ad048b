//! Errors in MISP's envelope (spec 03 section 1.2). The only file that knows it.

use crate::response::Response;
use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use sightline_core::{AppError, FieldErrors};

/// What is said of something that could not be saved.
#[derive(Debug, Default)]
pub struct Failure {
    /// The failed action, such as `Could not add Attribute`.
    pub name: String,
    /// Its endpoint; not the path of the request, which may name a record.
    pub url: String,
    /// The record, where the reference tells it.
    pub id: Option<String>,
}

/// Renders an error. `url` is the request's path.
pub fn render(error: &AppError, failure: &Failure, url: &str) -> Response {
    match error {
        AppError::Invalid(fields) => failed(failure, &field_map(fields)),
        AppError::Refused(reason) => failed(failure, &Value::from(reason.as_str())),
        AppError::Rejected(reasons) => failed(failure, reasons),
        AppError::NotFound(message) => exception(StatusCode::NOT_FOUND, message, url),
        AppError::BadRequest(message) => exception(StatusCode::BAD_REQUEST, message, url),
        AppError::Unauthenticated(message) | AppError::Forbidden(message) => {
            exception(StatusCode::FORBIDDEN, message, url)
        }
        AppError::NotAllowed(message) => exception(StatusCode::METHOD_NOT_ALLOWED, message, url),
        AppError::Conflict(message) => exception(StatusCode::CONFLICT, message, url),
        AppError::Gone(message) => exception(StatusCode::GONE, message, url),
        AppError::TooLarge(message) => exception(StatusCode::PAYLOAD_TOO_LARGE, message, url),
        AppError::RateLimited { message, retry_after } => {
            exception(StatusCode::TOO_MANY_REQUESTS, message, url)
                .with_header("retry-after", &retry_after.to_string())
        }
        // Not 502: clients of the reference raise on 5xx without showing the reason, and this server is well.
        AppError::Upstream(message) => exception(StatusCode::FAILED_DEPENDENCY, message, url),
        AppError::Unavailable(message) => exception(StatusCode::SERVICE_UNAVAILABLE, message, url),
        AppError::Internal(cause) => {
            tracing::error!(cause, url, "internal error");
            exception(
                StatusCode::INTERNAL_SERVER_ERROR,
                "An Internal Error Has Occurred.",
                url,
            )
        }
    }
}

fn failed(failure: &Failure, errors: &Value) -> Response {
    let Failure { name, url, id } = failure;
    let mut body = json!({"saved": false, "name": name, "message": name, "url": url, "errors": errors});
    if let (Value::Object(body), Some(id)) = (&mut body, id) {
        body.insert("url".into(), format!("{url}/{id}").into());
        body.insert("id".into(), id.as_str().into());
    }
    Response::json(&body).with_status(StatusCode::FORBIDDEN)
}

fn exception(status: StatusCode, message: &str, url: &str) -> Response {
    let message = escape_html(message);
    Response::json(&json!({"name": message, "message": message, "url": url})).with_status(status)
}

/// Field -> list of messages.
pub fn field_map(fields: &FieldErrors) -> Value {
    Value::Object(
        fields
            .0
            .iter()
            .map(|(field, messages)| (field.clone(), json!(messages)))
            .collect::<Map<_, _>>(),
    )
}

/// The reference escapes exception messages for HTML even in JSON; clients compare the result.
fn escape_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#039;"),
            other => out.push(other),
        }
    }
    out
}
