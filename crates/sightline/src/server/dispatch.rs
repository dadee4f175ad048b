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
use sightline_api::{Api, Origin};
use sightline_app::Platform;
use sightline_core::{AppError, AppResult};
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use tower::ServiceExt;

/// Bytes of a refused request's body that are read and thrown away.
const DRAINED_BYTES: usize = 1024 * 1024;
/// How long that may take.
const DRAIN_TIME: Duration = Duration::from_secs(2);

/// Answers what is not one of the probes. The body that arrives here is decompressed and not yet read.
pub(super) async fn dispatch(State(edge): State<Arc<Edge>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let origin = parts.extensions.get::<Origin>().cloned().unwrap_or_default();
    let shape = parts
        .extensions
        .get::<Shape>()
        .cloned()
        .unwrap_or_else(|| Shape::new(&parts, &origin));
    let limit = if shape.rest {
        Api::body_limit(&parts, edge.max_body)
    } else {
        edge.max_body
    };
    if announced(&parts).is_some_and(|length| length > limit) {
        return shape.refuse(&too_large(limit));
    }
    let mut body = Limited::new(body, limit);
    if shape.rest {
        let read = read(&mut body, limit);
        let answer = edge.api.answer(parts, read, origin).await;
        drain(&mut body).await;
        answer
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

async fn read(body: &mut Limited<Body>, limit: usize) -> AppResult<Bytes> {
    match body.collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if is_length_limit(error.as_ref()) => Err(too_large(limit)),
        Err(error) => Err(AppError::BadRequest(format!(
            "The request's body cannot be read: {error}"
        ))),
    }
}

/// Reads what is left of the body of a request that was refused before, within limits: a client that still writes when the
/// connection is closed loses the answer.
async fn drain(body: &mut Limited<Body>) {
    let mut left = DRAINED_BYTES;
    let _ = timeout(DRAIN_TIME, async {
        while let Some(Ok(frame)) = body.frame().await {
            left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
            if left == 0 {
                break;
            }
        }
    })
    .await;
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
