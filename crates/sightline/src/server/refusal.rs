//! An error that happens before or around a handler, in the shape that the client reads.

use axum::body::Body as HttpBody;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use sightline_api::{Origin, envelope, is_rest, response};
use sightline_core::AppError;
use sightline_web::layout::Frame;
use sightline_web::pages::errors::ErrorPage;

/// The error page loads style and script of this server, and nothing else.
const POLICY: &str = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Which kind of answer a request wants. Worked out once, and kept in the request's extensions.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    /// JSON for programs, a page for people.
    pub(super) rest: bool,
    path: String,
    request_id: String,
}

impl Shape {
    /// Of a request from `origin`.
    pub(super) fn new(parts: &Parts, origin: &Origin) -> Self {
        Self {
            rest: is_rest(parts),
            path: parts.uri.path().to_owned(),
            request_id: origin.request_id.clone().unwrap_or_default(),
        }
    }

    /// The error as an answer of this shape.
    pub(super) fn refuse(&self, error: &AppError) -> Response {
        // Both shapes take status, words and the log line of an inner error from the one envelope.
        let response::Response {
            status,
            content_type,
            headers,
            body,
            ..
        } = envelope::render(error, &envelope::Failure::default(), &self.path);
        let mut answer = Response::default();
        *answer.status_mut() = status;
        answer.headers_mut().extend(headers);
        if self.rest {
            answer
                .headers_mut()
                .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
            *answer.body_mut() = match body {
                response::Body::Whole(bytes) => HttpBody::from(bytes),
                response::Body::Stream(chunks) => HttpBody::from_stream(chunks),
            };
        } else {
            let headers = answer.headers_mut();
            headers.insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("text/html; charset=utf-8"),
            );
            headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
            *answer.body_mut() = HttpBody::from(self.page(status, error));
        }
        answer
    }

    fn page(&self, status: StatusCode, error: &AppError) -> String {
        let message = match error {
            AppError::Internal(_) => "An internal error occurred.".into(),
            other => other.to_string(),
        };
        let frame = Frame {
            title: "Error".into(),
            instance: "Sightline".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            ..Frame::default()
        };
        let request_id = self.request_id.clone();
        ErrorPage {
            frame,
            status: status.as_u16(),
            message,
            request_id,
        }
        .to_string()
    }
}
