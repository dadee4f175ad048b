//! GET with our own redirects: every hop passes the guard, and secrets stay with the origin they were meant for.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::dns::Resolve;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue, IF_NONE_MATCH, LOCATION};
use reqwest::{Client, ClientBuilder, Proxy, StatusCode, redirect};
use url::Url;

use crate::config::RemoteConfig;
use crate::error::{RemoteError, classify, shown};
use crate::guard::Guard;
use crate::resolver::{GuardedResolver, SystemResolver};
use crate::response::Response;
use crate::smtp::SmtpConfig;

#[cfg(test)]
mod tests;

/// Redirects we follow (spec 06 A.1).
const MAX_REDIRECTS: usize = 5;

/// One download to make.
pub struct Request {
    url: String,
    headers: HeaderMap,
    etag: Option<String>,
    patience: Option<Duration>,
}

impl Request {
    /// A plain GET of `url`.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            headers: HeaderMap::new(),
            etag: None,
            patience: None,
        }
    }

    /// Headers to send; all but `Accept` are dropped when a redirect leaves the origin.
    #[must_use]
    pub fn headers(mut self, headers: HeaderMap) -> Self {
        self.headers = headers;
        self
    }

    /// Waits so long for the whole answer, where the configuration waits longer.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = Some(patience);
        self
    }

    /// Asks for the body only if it is no longer the one with this etag ([`RemoteError::NotModified`] otherwise).
    #[must_use]
    pub fn if_none_match(mut self, etag: Option<String>) -> Self {
        self.etag = etag;
        self
    }
}

/// The way out. Cheap to clone; clones share the connections.
#[derive(Clone, Debug)]
pub struct Remote {
    client: Client,
    pub(crate) guard: Arc<Guard>,
    pub(crate) smtp: Arc<SmtpConfig>,
    total_timeout: Duration,
    max_body_bytes: u64,
}

impl Remote {
    /// Fails with [`RemoteError::Config`] when the configuration cannot work.
    pub fn new(config: &RemoteConfig) -> Result<Self, RemoteError> {
        Self::with_resolver(config, SystemResolver)
    }

    /// Like [`Remote::new`], with names resolved by `resolver`, still behind the guard.
    fn with_resolver(config: &RemoteConfig, resolver: impl Resolve + 'static) -> Result<Self, RemoteError> {
        let seconds = |name: &str, value: u64| match value {
            0 => Err(RemoteError::Config(format!("{name} must be at least 1"))),
            value => Ok(Duration::from_secs(value)),
        };
        let connect_timeout = seconds("connect_timeout_seconds", config.connect_timeout_seconds)?;
        let read_timeout = seconds("read_timeout_seconds", config.read_timeout_seconds)?;
        let total_timeout = seconds("total_timeout_seconds", config.total_timeout_seconds)?;
        let user_agent = HeaderValue::from_str(&config.user_agent)
            .map_err(|_| RemoteError::Config("user_agent has characters that headers cannot have".into()))?;
        let proxy = config.proxy.as_deref().map(Proxy::all).transpose();
        // The error text would repeat the URL, which may hold the proxy's password.
        let proxy = proxy.map_err(|_| RemoteError::Config("proxy is not a usable URL".into()))?;

        let guard = Guard {
            allow_private: config.allow_private,
            allow_networks: config.allow_networks.clone(),
        };
        let guard = Arc::new(guard);
        // With a proxy the only name that is resolved here is the proxy's, which may well be in our network.
        let behind_proxy = Guard {
            allow_private: true,
            allow_networks: Vec::new(),
        };
        let resolver_guard = if proxy.is_some() {
            Arc::new(behind_proxy)
        } else {
            Arc::clone(&guard)
        };
        let resolver = Arc::new(GuardedResolver {
            guard: resolver_guard,
            inner: resolver,
        });

        let builder = || {
            let builder = Client::builder()
                .no_proxy()
                .dns_resolver(Arc::clone(&resolver))
                .redirect(redirect::Policy::none())
                .referer(false)
                .user_agent(user_agent.clone())
                .connect_timeout(connect_timeout)
                .read_timeout(read_timeout);
            match &proxy {
                Some(proxy) => builder.proxy(proxy.clone()),
                None => builder,
            }
        };
        Ok(Self {
            client: build(builder)?,
            guard,
            smtp: Arc::default(),
            total_timeout,
            max_body_bytes: config.max_body_bytes,
        })
    }

    /// Checks a URL as [`Remote::get`] will, as far as that goes without resolving its name. For forms.
    pub fn check_url(&self, url: &str) -> Result<(), RemoteError> {
        self.guard.parse_url(url).map(drop)
    }

    /// The address policy.
    pub(crate) fn guard(&self) -> &Guard {
        &self.guard
    }

    /// Sends a form and takes the whole answer, whatever its status: services say in the body why they refuse. A
    /// redirect is an answer too and is not followed, because what was sent is meant for `url` alone. At most `limit`
    /// bytes, and `patience` for all of it.
    pub async fn post_form(
        &self,
        url: &str,
        fields: &[(&str, &str)],
        headers: HeaderMap,
        limit: u64,
        patience: Duration,
    ) -> Result<(u16, Vec<u8>), RemoteError> {
        let url = self.guard.parse_url(url)?;
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let sending = self
            .client
            .post(url.clone())
            .headers(headers)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body)
            .timeout(patience)
            .send();
        let answer = sending.await.map_err(|error| classify(error, &url))?;
        let status = answer.status().as_u16();
        let limit = limit.min(self.max_body_bytes);
        let body = Response::new(answer, url, limit).into_bytes(limit).await?;
        Ok((status, body))
    }

    /// Fetches until the answer's headers; the [`Response`] then takes the body. Accepts gzip, brotli and zstd.
    pub async fn get(&self, request: Request) -> Result<Response, RemoteError> {
        let patience = request.patience.unwrap_or(self.total_timeout);
        let deadline = Instant::now() + self.total_timeout.min(patience);
        let start = self.guard.parse_url(&request.url)?;
        let mut headers = request.headers;
        // An etag that is no header value cannot have come from a server: ask without condition.
        let etag = request.etag.and_then(|etag| HeaderValue::from_str(&etag).ok());
        if let Some(etag) = &etag {
            headers.insert(IF_NONE_MATCH, etag.clone());
        }
        let mut url = start.clone();
        for _ in 0..=MAX_REDIRECTS {
            let time_left = deadline.saturating_duration_since(Instant::now());
            let sending = self
                .client
                .get(url.clone())
                .headers(headers.clone())
                .timeout(time_left)
                .send();
            let answer = sending.await.map_err(|error| classify(error, &url))?;
            let Some(target) = redirect_target(&url, &answer)? else {
                return self.accept(answer, url, etag.is_some());
            };
            self.guard.check_url(&target)?;
            if target.origin() != url.origin() {
                headers = neutral(headers);
            }
            url = target;
        }
        Err(RemoteError::TooManyRedirects { url: shown(&start) })
    }

    fn accept(
        &self,
        answer: reqwest::Response,
        url: Url,
        conditional: bool,
    ) -> Result<Response, RemoteError> {
        match answer.status() {
            StatusCode::OK => Ok(Response::new(answer, url, self.max_body_bytes)),
            StatusCode::NOT_MODIFIED if conditional => Err(RemoteError::NotModified),
            status => Err(RemoteError::Status {
                status: status.as_u16(),
                url: shown(&url),
            }),
        }
    }
}

/// A machine without CA certificates must still start and fetch over plain HTTP: https then fails as untrusted.
fn build(builder: impl Fn() -> ClientBuilder) -> Result<Client, RemoteError> {
    builder().build().or_else(|error| {
        tracing::warn!(%error, "no usable CA certificates on this system: https requests will fail");
        builder()
            .tls_certs_only([])
            .build()
            .map_err(|error| RemoteError::Config(error.to_string()))
    })
}

/// Where `answer` sends us, if it does.
fn redirect_target(url: &Url, answer: &reqwest::Response) -> Result<Option<Url>, RemoteError> {
    if !matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = answer.headers().get(LOCATION) else {
        return Ok(None);
    };
    let target = std::str::from_utf8(location.as_bytes())
        .ok()
        .and_then(|text| url.join(text).ok());
    let target =
        target.ok_or_else(|| RemoteError::InvalidUrl(format!("{} redirects to nowhere", shown(url))))?;
    Ok(Some(target))
}

/// What another origin may see of a request's headers.
fn neutral(mut headers: HeaderMap) -> HeaderMap {
    let mut kept = HeaderMap::new();
    for name in [ACCEPT, IF_NONE_MATCH] {
        if let Some(value) = headers.remove(&name) {
            kept.insert(name, value);
        }
    }
    kept
}
