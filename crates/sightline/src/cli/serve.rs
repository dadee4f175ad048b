//! `sightline serve`: the server, from first start to graceful stop.

use super::{PlaceFlags, init, runtime};
use crate::platform;
use crate::server::{self, Bound, Edge};
use crate::signals::Stop;
use crate::worker::Worker;
use crate::{lock, sample, telemetry, zeromq};
use anyhow::{Context, Result, bail};
use axum_server::Handle;
use clap::Args;
use serde_json::json;
use sightline_app::{Ctx, Platform, settings};
use std::io::{Write, stdout};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How long open requests may take to finish once the server is told to stop.
const GRACE: Duration = Duration::from_secs(10);
/// Time between two looks at the stored settings.
const SETTINGS: Duration = Duration::from_secs(10);

#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Where to listen; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<String>,
    /// Folder of a MISP feed that the first start subscribes to, so that a new instance is not empty
    #[arg(long, value_name = "DIR")]
    sample_feed: Option<PathBuf>,
}

impl Serve {
    pub(super) fn run(self, flags: &PlaceFlags) -> Result<()> {
        let mut config = flags.load(self.listen)?;
        telemetry::log(&config.log)?;
        let sample = self
            .sample_feed
            .map(|folder| folder.canonicalize().context("--sample-feed"))
            .transpose()?;
        // On every start: the feed is fetched again later, and its folder must still be allowed then.
        config.feeds.local_roots.extend(sample.clone());
        let place = flags.place(&config);
        place.create()?;
        let _lock = if place.is_single() {
            Some(lock::take_or_refuse(&place.data)?)
        } else {
            None
        };
        let bound = server::bind(&config.server)?;
        if config.server.url.is_empty() {
            config.server.url = bound.url();
        }
        let started = platform::start(&config, &place)?;
        if let Some(created) = &started.created {
            init::introduce(created)?;
        }
        let edge = Edge::new(Arc::clone(&started.platform), &config, telemetry::metrics()?)?;
        let runtime = runtime()?;
        if let Some(folder) = sample.filter(|_| started.created.is_some()) {
            runtime.block_on(sample::define(
                &Ctx::platform(Arc::clone(&started.platform)),
                &folder,
            ))?;
        }
        runtime.block_on(serve(&started.platform, &edge, bound))
    }
}

async fn serve(platform: &Arc<Platform>, edge: &Arc<Edge>, bound: Bound) -> Result<()> {
    let mut stop = Stop::listen()?;
    let url = bound.url();
    let handle = Handle::new();
    let mut serving = tokio::spawn(bound.serve(edge.router(), handle.clone()));
    tokio::select! {
        address = handle.listening() => if address.is_some() { announce(&url)? },
        // A certificate that cannot be read, for example.
        served = &mut serving => return served.context("the server ended badly")?,
    }
    let worker = Worker::start(platform);
    tokio::spawn(follow_settings(Arc::clone(platform)));
    tokio::spawn(zeromq::run(Arc::clone(platform)));
    tracing::info!(url, version = env!("CARGO_PKG_VERSION"), "serving");

    let served = tokio::select! {
        served = &mut serving => {
            worker.stop().await;
            served
        }
        signal = stop.next() => {
            tracing::info!(signal, "stopping");
            edge.stop();
            // Streams of changes would not end by themselves.
            platform.followers.close();
            handle.graceful_shutdown(Some(GRACE));
            tokio::select! {
                // Requests end while jobs are handed back.
                (served, ()) = async { tokio::join!(&mut serving, worker.stop()) } => served,
                signal = stop.next() => bail!("{signal} again: stopped without waiting"),
            }
        }
    };
    tracing::info!("stopped");
    served.context("the server ended badly")?
}

/// Another server on the same database may change a setting: this one follows.
async fn follow_settings(platform: Arc<Platform>) {
    loop {
        tokio::time::sleep(SETTINGS).await;
        if let Err(error) = settings::refresh(&platform).await {
            tracing::warn!(%error, "the settings could not be read");
        }
    }
}

/// The first line on standard output, for scripts. Standard output may be closed; the server runs all the same.
fn announce(url: &str) -> Result<()> {
    let mut out = stdout().lock();
    let line = json!({ "url": url });
    match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.context("standard output"),
    }
}
