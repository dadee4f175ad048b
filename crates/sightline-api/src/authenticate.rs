//! The API key of a request (spec 05 section 1.2).

use crate::request::Request;
use sightline_app::Platform;
use sightline_app::auth_keys::{self, KeyUse};
use sightline_core::limits::AUTH_KEY_CHARS;
use sightline_core::{AppError, AppResult};

const NO_KEY: &str = "Authentication failed. Please make sure you pass the API key of an API enabled user along in \
     the Authorization header.";

/// Keys of one header that are tried: proxies may have put their own beside the client's.
const CANDIDATES: usize = 8;

/// The user of the key in `Authorization` or `X-MISP-AUTH`; every candidate of the right shape is tried.
pub(crate) async fn caller(platform: &Platform, request: &Request, ip: Option<&str>) -> AppResult<KeyUse> {
    let mut refused = None;
    for candidate in candidates(request).take(CANDIDATES) {
        match auth_keys::authenticate(platform, candidate, ip).await {
            Err(AppError::Unauthenticated(_)) => refused = refused.or(Some(candidate)),
            outcome => return outcome,
        }
    }
    // Once for a request, and only when none of its keys was right.
    if let Some(key) = refused {
        auth_keys::note_failure(platform, key, ip).await;
    }
    Err(AppError::Unauthenticated(NO_KEY.into()))
}

fn candidates(request: &Request) -> impl Iterator<Item = &str> {
    request
        .header("x-misp-auth")
        .or_else(|| request.header("authorization"))
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|key| key.len() == AUTH_KEY_CHARS && key.bytes().all(|b| b.is_ascii_alphanumeric()))
}
