//! Headers that tell browsers and other clients to be careful, on every answer that does not say otherwise itself.

use super::Edge;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;

/// What is not a page loads and frames nothing; pages bring a policy of their own, with their nonce.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Seconds for which browsers remember to use TLS only: half a year.
const STRICT: &str = "max-age=15768000";

/// Adds them.
pub(super) async fn headers(State(edge): State<Arc<Edge>>, request: Request, next: Next) -> Response {
    let encoded = request.headers().contains_key(header::CONTENT_ENCODING);
    let mut response = next.run(request).await;
    let unread = match response.status() {
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNSUPPORTED_MEDIA_TYPE => true,
        // What cannot be decompressed is not read to its end.
        StatusCode::BAD_REQUEST => encoded,
        _ => false,
    };
    let headers = response.headers_mut();
    if unread {
        // The client must not write its next request behind what was not read.
        add(headers, header::CONNECTION, "close");
    }
    add(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    add(headers, header::X_FRAME_OPTIONS, "DENY");
    add(headers, header::REFERRER_POLICY, "same-origin");
    add(headers, header::CONTENT_SECURITY_POLICY, POLICY);
    add(
        headers,
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    add(headers, header::CACHE_CONTROL, "no-store");
    if edge.secure {
        add(headers, header::STRICT_TRANSPORT_SECURITY, STRICT);
    }
    response
}

fn add(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}
