//! The HTTP server: listener, what every request passes through, and who answers it.

mod client;
mod dispatch;
mod health;
mod listener;
mod observe;
mod rate;
mod refusal;
mod security;
#[cfg(test)]
mod tests;

pub(crate) use listener::{Bound, bind};

use crate::config::{Config, network};
use anyhow::Result;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use client::Proxies;
use metrics_exporter_prometheus::PrometheusHandle;
use rate::Rates;
use sightline_api::Api;
use sightline_app::Platform;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{And, DefaultPredicate, Predicate, SizeAbove};
use tower_http::decompression::RequestDecompressionLayer;

/// Answers of known size below it go as they are: they fit into one packet.
const COMPRESS_BYTES: u64 = 1_200;

/// What the layers share.
pub(crate) struct Edge {
    platform: Arc<Platform>,
    api: Api,
    pages: Router,
    proxies: Proxies,
    rates: Rates,
    metrics: Option<PrometheusHandle>,
    max_body: usize,
    timeout: Duration,
    secure: bool,
    stopping: AtomicBool,
}

impl Edge {
    /// Over a platform, as configured.
    pub(crate) fn new(
        platform: Arc<Platform>,
        config: &Config,
        metrics: PrometheusHandle,
    ) -> Result<Arc<Self>> {
        let secure = platform.base_url.starts_with("https://");
        let proxies = config.security.trusted_proxies.iter().map(|text| network(text));
        Ok(Arc::new(Self {
            api: Api::new(Arc::clone(&platform)),
            pages: dispatch::pages(&platform, secure),
            proxies: Proxies::new(proxies.collect::<Result<_>>()?),
            rates: Rates::per_minute(config.security.requests_per_minute),
            metrics: config.server.metrics.then_some(metrics),
            max_body: config.server.max_body_bytes,
            timeout: Duration::from_secs(config.server.request_timeout),
            secure,
            stopping: AtomicBool::new(false),
            platform,
        }))
    }

    /// From now on `/readyz` says that this server goes away.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Everything that this server answers. The last layer added is the first that a request meets.
    pub(crate) fn router(self: &Arc<Self>) -> Router {
        Router::new()
            .route("/healthz", get(health::alive))
            .route("/readyz", get(health::ready))
            .route("/metrics", get(health::metrics))
            .fallback(dispatch::dispatch)
            .with_state(Arc::clone(self))
            .layer(RequestDecompressionLayer::new())
            .layer(from_fn_with_state(Arc::clone(self), rate::limit))
            .layer(compression())
            .layer(from_fn_with_state(Arc::clone(self), security::headers))
            .layer(from_fn_with_state(Arc::clone(self), observe::observe))
    }
}

/// An export is a long stream, which a fast level keeps up with; a short answer is not worth a compressor.
fn compression() -> CompressionLayer<And<DefaultPredicate, SizeAbove>> {
    CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(DefaultPredicate::new().and(SizeAbove::new(COMPRESS_BYTES)))
}
