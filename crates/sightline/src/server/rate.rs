//! Requests per minute and user: a bucket for each key, session or address. Off unless configured.

use super::Edge;
use super::refusal::Shape;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use sightline_api::Origin;
use sightline_core::AppError;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Buckets kept before those that are full again are thrown away; some 50 bytes each.
const BUCKETS: usize = 10_000;
/// The cookie with which the pages know a session.
const SESSION_COOKIE: &str = "sightline_session";
const MINUTE: Duration = Duration::from_secs(60);

/// The buckets. Each holds a minute's requests and fills up evenly.
#[derive(Debug)]
pub(super) struct Rates {
    per_minute: u32,
    hasher: RandomState,
    /// When each bucket will be full again.
    full_at: Mutex<HashMap<u64, Instant>>,
}

impl Rates {
    /// 0 switches the limit off.
    pub(super) fn per_minute(per_minute: u32) -> Self {
        Self {
            per_minute,
            hasher: RandomState::new(),
            full_at: Mutex::default(),
        }
    }

    /// Takes one request out of the bucket of `who`; `Err` says how long to wait for the next.
    fn take(&self, who: &[u8], now: Instant) -> Result<(), Duration> {
        let Some(each) = MINUTE.checked_div(self.per_minute) else {
            return Ok(());
        };
        let who = self.hasher.hash_one(who);
        let mut buckets = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= BUCKETS {
            buckets.retain(|_, full_at| *full_at > now);
        }
        let full_at = buckets.entry(who).or_insert(now);
        let next = (*full_at).max(now) + each;
        if next > now + MINUTE {
            return Err(next - now - MINUTE);
        }
        *full_at = next;
        Ok(())
    }
}

/// Answers 429 to who has used up a minute's requests.
pub(super) async fn limit(State(edge): State<Arc<Edge>>, request: Request, next: Next) -> Response {
    let extensions = request.extensions();
    let (Some(origin), Some(shape)) = (extensions.get::<Origin>(), extensions.get::<Shape>()) else {
        return next.run(request).await;
    };
    let address = origin.ip.as_deref().unwrap_or_default();
    let who = credential(request.headers()).unwrap_or(address.as_bytes());
    match edge.rates.take(who, Instant::now()) {
        Ok(()) => next.run(request).await,
        Err(wait) => {
            let retry_after = wait.as_secs() + 1;
            let message = format!("Too many requests. Try again in {retry_after} seconds.");
            shape.refuse(&AppError::RateLimited { message, retry_after })
        }
    }
}

/// What tells one user from another before the user is known: the API key, else the session.
fn credential(headers: &HeaderMap) -> Option<&[u8]> {
    let key = ["authorization", "x-misp-auth"]
        .iter()
        .find_map(|name| headers.get(*name));
    key.map(HeaderValue::as_bytes)
        .or_else(|| session(headers).map(str::as_bytes))
}

fn session(headers: &HeaderMap) -> Option<&str> {
    let lines = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok());
    let mut pairs = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(name, _)| *name == SESSION_COOKIE)
        .map(|(_, token)| token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_up_again() {
        let rates = Rates::per_minute(3);
        let start = Instant::now();
        for _ in 0..3 {
            assert_eq!(rates.take(b"a", start), Ok(()));
        }
        assert_eq!(rates.take(b"a", start), Err(Duration::from_secs(20)));
        assert_eq!(
            rates.take(b"b", start),
            Ok(()),
            "another user has a bucket of his own"
        );
        assert_eq!(rates.take(b"a", start + Duration::from_secs(20)), Ok(()));
        assert_eq!(
            rates.take(b"a", start + Duration::from_secs(21)),
            Err(Duration::from_secs(19))
        );
    }

    #[test]
    fn zero_is_no_limit_and_old_buckets_go() {
        let start = Instant::now();
        let off = Rates::per_minute(0);
        assert!((0..1_000).all(|_| off.take(b"a", start).is_ok()));
        let rates = Rates::per_minute(60);
        for n in 0..BUCKETS {
            assert_eq!(rates.take(&n.to_le_bytes(), start), Ok(()));
        }
        assert_eq!(rates.take(b"late", start + MINUTE), Ok(()));
        assert_eq!(rates.full_at.lock().unwrap().len(), 1);
    }
}
