//! Logs on standard error, and the recorder behind `/metrics`.

use crate::config::{LogConfig, LogFormat};
use anyhow::{Context, Result};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::io::{IsTerminal, stderr};
use tracing_subscriber::EnvFilter;

/// Upper bounds of the request time's buckets, in seconds: from a cached page to a long export.
const SECONDS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0,
];

/// Starts logging. Call once.
pub(crate) fn log(config: &LogConfig) -> Result<()> {
    let filter =
        EnvFilter::try_new(&config.level).with_context(|| format!("log.level: `{}`", config.level))?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr);
    match config.format {
        LogFormat::Text => builder.with_ansi(stderr().is_terminal()).init(),
        LogFormat::Json => builder
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .init(),
    }
    Ok(())
}

/// Starts counting. Call once.
pub(crate) fn metrics() -> Result<PrometheusHandle> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), SECONDS)
        .context("metrics")?
        .install_recorder()
        .context("metrics")
}
