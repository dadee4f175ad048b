//! One REST request from bytes to bytes: parse, authenticate, authorise, handle, render.

use crate::ahead::ahead;
use crate::request::Request;
use crate::response::{Body, Response};
use crate::router::{self, Allow};
use crate::search::is_search;
use crate::{authenticate, envelope};
use axum::body::Body as HttpBody;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts};
use bytes::Bytes;
use sha1::{Digest, Sha1};
use sightline_app::search_rates::{Rate, SearchRates};
use sightline_app::{Ctx, Origin, Platform, RequestType, organisations};
use sightline_core::AppResult;
use sightline_core::clock::datetime_of;
use std::sync::Arc;

/// The REST API of one platform.
#[derive(Clone, Debug)]
pub struct Api {
    platform: Arc<Platform>,
    searches: Arc<SearchRates>,
}

/// What an answer says beside its body, known before the handler has run.
#[derive(Debug, Default)]
struct Told {
    failure: envelope::Failure,
    /// Where the caller stands with its searches.
    rate: Option<Rate>,
}

/// Whether a request is for the API rather than for pages (spec 05 section 1.1).
pub fn is_rest(parts: &Parts) -> bool {
    let path = parts.uri.path();
    let accept = parts
        .headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    parts.headers.contains_key(header::AUTHORIZATION)
        || parts.headers.contains_key("x-misp-auth")
        || [".json", ".xml", ".csv"]
            .iter()
            .any(|extension| path.ends_with(extension))
        || ["application/json", "application/xml", "text/csv"]
            .iter()
            .any(|kind| accept.starts_with(kind))
        || path.to_ascii_lowercase().contains("/restsearch")
}

/// The most bytes that an endpoint takes from a stranger: a form with a public key.
const STRANGER_BYTES: usize = 256 * 1024;

impl Api {
    /// The most bytes of a body that a request may have, where `most` is what its callers may send.
    pub fn body_limit(parts: &Parts, most: usize) -> usize {
        let (method, uri) = (parts.method.clone(), &parts.uri);
        let request = Request::parse(method, uri.path(), uri.query(), HeaderMap::new(), Bytes::new());
        let public = request
            .is_ok_and(|request| router::find(&request).is_ok_and(|route| route.allow == Allow::Public));
        if public { most.min(STRANGER_BYTES) } else { most }
    }

    /// The API over a platform.
    pub fn new(platform: Arc<Platform>) -> Self {
        Self {
            platform,
            searches: Arc::default(),
        }
    }

    /// Answers a request. `body` reads the decompressed body; it is not asked to before the caller is known and allowed
    /// to call the endpoint, so that strangers cannot fill the memory.
    pub async fn answer(
        &self,
        parts: Parts,
        body: impl Future<Output = AppResult<Bytes>>,
        origin: Origin,
    ) -> axum::http::Response<HttpBody> {
        let head = parts.method == Method::HEAD;
        let if_none_match = parts.headers.get(header::IF_NONE_MATCH).cloned();
        let url = parts
            .uri
            .path_and_query()
            .map_or_else(|| parts.uri.path().to_owned(), ToString::to_string);
        let mut told = Told::default();
        let mut response = match self.run(parts, body, origin, &mut told).await {
            Ok(response) => response,
            Err(error) => envelope::render(&error, &told.failure, &url),
        };
        if let Some(rate) = told.rate {
            response = response
                .with_header("x-rate-limit-limit", &rate.limit.to_string())
                .with_header("x-rate-limit-remaining", &rate.remaining.to_string())
                .with_header("x-rate-limit-reset", &rate.reset.to_string());
        }
        into_http(response, head, if_none_match.as_ref())
    }

    async fn run(
        &self,
        parts: Parts,
        body: impl Future<Output = AppResult<Bytes>>,
        origin: Origin,
        told: &mut Told,
    ) -> AppResult<Response> {
        let Parts {
            method, uri, headers, ..
        } = parts;
        let mut request = Request::parse(method, uri.path(), uri.query(), headers, Bytes::new())?;
        let found = router::find(&request);
        let public = found.as_ref().is_ok_and(|route| route.allow == Allow::Public);
        let key = if public {
            None
        } else {
            Some(authenticate::caller(&self.platform, &request, &origin).await?)
        };
        let expiration = key.as_ref().map_or(0, |key| key.expiration);
        let caller = key.map(|key| key.caller).unwrap_or_default();
        let route = found?;
        told.failure = route.failure(&request);
        let ctx = Ctx {
            platform: self.platform.clone(),
            caller,
            request_type: RequestType::Api,
            ip: origin.ip,
            request_id: origin.request_id,
            user_agent: origin.user_agent,
        };
        if !public {
            ctx.require_live()?;
        }
        route.allow.check(&ctx)?;
        // Searches of objects do not count (spec 05 section 1.2).
        if is_search(route.action) && matches!(route.controller, "events" | "attributes") {
            told.rate = self.searches.count(&ctx.caller, ctx.now());
        }
        if let Some(rate) = told.rate {
            rate.check()?;
        }
        let named = names(&ctx).await?;
        request.body = body.await?;
        let mut response = route.call(ctx, request).await?;
        for (name, value) in named {
            response = response.with_header(name, &value);
        }
        Ok(if expiration == 0 {
            response
        } else {
            response.with_header(
                "x-auth-key-expiration",
                &format!("{}+00:00", datetime_of(expiration).replace(' ', "T")),
            )
        })
    }
}

/// The headers that name the caller, where the administrator wants them.
async fn names(ctx: &Ctx) -> AppResult<Vec<(&'static str, String)>> {
    let mut names = Vec::new();
    let access = &ctx.settings().access;
    if ctx.caller.user_id.0 == 0 {
        return Ok(names);
    }
    if access.username_header {
        names.push(("x-username", ctx.caller.email.clone()));
    }
    if access.org_uuid_header {
        let org = organisations::view(ctx, &ctx.caller.org_id.to_string())
            .await?
            .org;
        names.push(("x-userorguuid", org.uuid.to_string()));
    }
    Ok(names)
}

fn into_http(
    response: Response,
    head: bool,
    if_none_match: Option<&HeaderValue>,
) -> axum::http::Response<HttpBody> {
    let Response {
        mut status,
        content_type,
        headers,
        body,
        validator,
    } = response;
    let mut map = HeaderMap::new();
    map.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    for (name, value) in headers {
        map.insert(name, value);
    }
    let body = match body {
        Body::Stream(chunks) => HttpBody::from_stream(ahead(chunks)),
        // An ETag costs a hash: it is computed for clients that ask with one (spec 03 section 1.2), and for answers that
        // clients ask for again and again.
        Body::Whole(bytes) if status == StatusCode::OK && (validator || if_none_match.is_some()) => {
            let tag = etag(&bytes);
            if let Ok(value) = HeaderValue::from_str(&tag) {
                map.insert(header::ETAG, value);
            }
            if if_none_match.is_some_and(|asked| matches(asked, &tag)) {
                status = StatusCode::NOT_MODIFIED;
                HttpBody::empty()
            } else {
                HttpBody::from(bytes)
            }
        }
        Body::Whole(bytes) => HttpBody::from(bytes),
    };
    let mut http = axum::http::Response::new(if head { HttpBody::empty() } else { body });
    *http.status_mut() = status;
    *http.headers_mut() = map;
    http
}

fn etag(bytes: &[u8]) -> String {
    format!("\"{}\"", hex::encode(Sha1::digest(bytes)))
}

/// Weak comparison; the suffixes that compressing proxies add are ignored.
fn matches(asked: &HeaderValue, tag: &str) -> bool {
    let plain = |text: &str| {
        text.trim()
            .trim_start_matches("W/")
            .replace("-gzip", "")
            .replace("-br", "")
            .replace("-zstd", "")
    };
    asked
        .to_str()
        .is_ok_and(|asked| asked.split(',').any(|one| plain(one) == tag || one.trim() == "*"))
}
