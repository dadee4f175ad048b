//! The API key of a request (spec 05 section 1.2).

use crate::request::Request;
use sightline_app::auth_keys::{self, KeyUse};
use sightline_app::login::header;
use sightline_app::{Origin, Platform};
use sightline_core::limits::AUTH_KEY_CHARS;
use sightline_core::{AppError, AppResult};

const NO_KEY: &str = "Authentication failed. Please make sure you pass the API key of an API enabled user along in \
     the Authorization header.";

/// Keys of one header that are tried: proxies may have put their own beside the client's.
const CANDIDATES: usize = 8;

/// The user of the key in `Authorization` or `X-MISP-AUTH`, of which every candidate of the right shape is tried; else
/// the one whom a believed proxy names.
pub(crate) async fn caller(platform: &Platform, request: &Request, origin: &Origin) -> AppResult<KeyUse> {
    let settings = platform.settings.current();
    let ip = origin.ip.as_deref();
    let named = header::claimed(&settings, origin.peer, &request.headers);
    if named.is_none() && header::is_required(&settings) {
        return Err(AppError::Unauthenticated(NO_KEY.into()));
    }
    let mut refused = None;
    for candidate in candidates(request).take(CANDIDATES) {
        match auth_keys::authenticate(platform, candidate, ip).await {
            Err(AppError::Unauthenticated(_)) => refused = refused.or(Some(candidate)),
            outcome => return outcome,
        }
    }
    if let Some(name) = named
        && !is_from_another_site(platform, request)
        && let Some(caller) = header::api_caller(platform, &name).await?
    {
        return Ok(KeyUse {
            caller,
            expiration: 0,
        });
    }
    // Once for a request, and only when none of its keys was right.
    if let Some(key) = refused {
        auth_keys::note_failure(platform, key, ip).await;
    }
    Err(AppError::Unauthenticated(NO_KEY.into()))
}

/// Whether a browser sends this for a page of another site: a proxy vouches for such requests too, because the browser is
/// logged in at it, but the user has not asked for them.
fn is_from_another_site(platform: &Platform, request: &Request) -> bool {
    let site = request.header("sec-fetch-site");
    let foreign_site = site.is_some_and(|site| !["same-origin", "none"].contains(&site));
    let origin = request.header("origin");
    foreign_site || origin.is_some_and(|origin| origin != platform.base_url)
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
