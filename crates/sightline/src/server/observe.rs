//! The outermost layer: request id, client address, time budget, panics, log line and counters.

use super::Edge;
use super::refusal::Shape;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt;
use sightline_api::Origin;
use sightline_core::{AppError, random};
use std::any::Any;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;
use tracing::Instrument;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longest request id taken over from a client, in bytes; a uuid has 36.
const REQUEST_ID_BYTES: usize = 64;

/// Runs the rest and accounts for it.
pub(super) async fn observe(
    State(edge): State<Arc<Edge>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let (mut parts, body) = request.into_parts();
    let id = request_id(&parts.headers);
    let ip = edge.proxies.client(peer.ip(), &parts.headers).to_string();
    let origin = Origin {
        ip: Some(ip.clone()),
        peer: Some(peer.ip().to_canonical()),
        request_id: Some(id.clone()),
        user_agent: parts
            .headers
            .get(header::USER_AGENT)
            .and_then(|agent| agent.to_str().ok())
            .map(str::to_owned),
    };
    let shape = Shape::new(&parts, &origin);
    let class = class(parts.uri.path(), shape.rest);
    let method = parts.method.clone();
    let span = tracing::info_span!("request", id, method = method.as_str(), path = parts.uri.path());
    // Pages read the id and the address from here too.
    if let Ok(value) = HeaderValue::from_str(&id) {
        parts.headers.insert(REQUEST_ID, value);
    }
    parts.extensions.insert(origin);
    parts.extensions.insert(shape.clone());

    let answer = AssertUnwindSafe(next.run(Request::from_parts(parts, body))).catch_unwind();
    let mut response = match tokio::time::timeout(edge.timeout, answer)
        .instrument(span.clone())
        .await
    {
        Ok(Ok(response)) => response,
        Ok(Err(panic)) => span.in_scope(|| shape.refuse(&AppError::Internal(panic_text(panic.as_ref())))),
        Err(_) => shape.refuse(&AppError::Unavailable(
            "The request took longer than its time budget.".into(),
        )),
    };

    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let took = started.elapsed();
    let status = response.status().as_u16();
    span.in_scope(|| {
        let milliseconds = took.as_millis();
        if class == "probe" || class == "asset" {
            tracing::debug!(status, milliseconds, ip, "answered");
        } else {
            tracing::info!(status, milliseconds, ip, "answered");
        }
    });
    let method = method_label(&method);
    metrics::counter!("sightline_http_requests_total", "class" => class, "method" => method,
        "status" => status.to_string())
    .increment(1);
    metrics::histogram!("sightline_http_request_seconds", "class" => class, "method" => method)
        .record(took.as_secs_f64());
    response
}

/// The client's own id when it can be logged as it is, else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let fits = |id: &&str| {
        (1..=REQUEST_ID_BYTES).contains(&id.len())
            && id
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    let given = headers
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(fits);
    given.map_or_else(|| random::uuid().simple().to_string(), ToOwned::to_owned)
}

/// Few classes, so that the counters stay few whatever is asked for.
fn class(path: &str, rest: bool) -> &'static str {
    match path {
        "/healthz" | "/readyz" | "/metrics" => "probe",
        _ if path.starts_with("/assets/") => "asset",
        _ if rest => "api",
        _ => "page",
    }
}

fn method_label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        _ => "other",
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("a handler panicked: {}", text.unwrap_or("without a message"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_request_ids_are_taken_over() {
        let id_of = |value: &'static str| {
            request_id(&HeaderMap::from_iter([(
                REQUEST_ID,
                HeaderValue::from_static(value),
            )]))
        };
        assert_eq!(id_of("trace-1.2_3"), "trace-1.2_3");
        for refused in ["", "with space", "new\tline", "x".repeat(65).leak()] {
            assert_eq!(id_of(refused).len(), 32, "{refused}");
        }
        assert_ne!(request_id(&HeaderMap::new()), request_id(&HeaderMap::new()));
    }
}
