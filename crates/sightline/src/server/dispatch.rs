//! REST or page: the one place that decides who answers.

use super::Edge;
use super::refusal::Shape;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::Response;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use sightline_api::Origin;
use sightline_app::Platform;
use sightline_core::{AppError, AppResult};
use std::error::Error;
use std::sync::Arc;
use tower::ServiceExt;

/// Answers what is not one of the probes. The body that arrives here is decompressed and not yet read.
pub(super) async fn dispatch(State(edge): State<Arc<Edge>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let origin = parts.extensions.get::<Origin>().cloned().unwrap_or_default();
    let shape = parts
        .extensions
        .get::<Shape>()
        .cloned()
        .unwrap_or_else(|| Shape::new(&parts, &origin));
    if announced(&parts).is_some_and(|length| length > edge.max_body) {
        return shape.refuse(&too_large(edge.max_body));
    }
    let body = Limited::new(body, edge.max_body);
    if shape.rest {
        match read(body, edge.max_body).await {
            Ok(bytes) => edge.api.answer(parts, bytes, origin).await,
            Err(error) => shape.refuse(&error),
        }
    } else {
        let request = Request::from_parts(parts, Body::new(body));
        match edge.pages.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

fn announced(parts: &Parts) -> Option<usize> {
    parts
        .headers
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

async fn read(body: Limited<Body>, limit: usize) -> AppResult<Bytes> {
    match body.collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if is_length_limit(error.as_ref()) => Err(too_large(limit)),
        Err(error) => Err(AppError::BadRequest(format!(
            "The request's body cannot be read: {error}"
        ))),
    }
}

fn is_length_limit(error: &(dyn Error + 'static)) -> bool {
    error.is::<LengthLimitError>() || error.source().is_some_and(is_length_limit)
}

fn too_large(limit: usize) -> AppError {
    AppError::TooLarge(format!("The request's body is larger than {limit} bytes."))
}

/// The pages.
pub(super) fn pages(platform: &Arc<Platform>, secure: bool) -> Router {
    sightline_web::router(Arc::clone(platform), secure)
}
