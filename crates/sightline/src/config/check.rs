//! What the types alone do not catch: refused at the start, not at the first request.

use super::Config;
use anyhow::{Context, Result, bail, ensure};
use ipnet::IpNet;
use std::net::IpAddr;

/// Refuses what cannot work, and brings the public URL into its one form, without a slash at the end.
pub(super) fn check(config: &mut Config) -> Result<()> {
    let server = &mut config.server;
    ensure!(
        server.tls_certificate.is_some() == server.tls_key.is_some(),
        "server.tls_certificate and server.tls_key need each other"
    );
    ensure!(
        server.max_body_bytes > 0,
        "server.max_body_bytes: must be more than 0"
    );
    ensure!(
        server.request_timeout > 0,
        "server.request_timeout: must be more than 0"
    );
    let url = server.url.trim_end_matches('/').to_owned();
    if !url.is_empty()
        && !["http://", "https://"]
            .iter()
            .any(|scheme| url.starts_with(scheme))
    {
        bail!("server.url: must begin with http:// or https://");
    }
    server.url = url;
    let database = &config.database.url;
    if !database.is_empty()
        && !["postgres://", "postgresql://"]
            .iter()
            .any(|scheme| database.starts_with(scheme))
    {
        bail!("database.url: must begin with postgres://; leave it out for SQLite in the data directory");
    }
    config.smtp.check()?;
    for text in &config.security.trusted_proxies {
        network(text).with_context(|| format!("security.trusted_proxies: {text}"))?;
    }
    for source in &config.knowledge.sources {
        sightline_app::knowledge::check_source(source)
            .with_context(|| format!("knowledge.sources: {source}"))?;
    }
    sightline_app::settings::check(&config.behaviour())?;
    Ok(())
}

/// An address or a network.
pub(crate) fn network(text: &str) -> Result<IpNet> {
    match text.parse::<IpAddr>() {
        Ok(address) => Ok(address.into()),
        Err(_) => text
            .parse()
            .context("not an address and not a network such as 10.0.0.0/8"),
    }
}
