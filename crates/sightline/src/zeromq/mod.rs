//! Publishing over ZeroMQ while the settings ask for it (docs/operations/zeromq.md).

mod socket;
mod wire;

use sightline_app::settings::ZeroMqSettings;
use sightline_app::zeromq::{Source, alive};
use sightline_app::{Ctx, Platform};
use socket::Socket;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Longest time between two looks at what happened, and at the settings.
const LOOK: Duration = Duration::from_secs(1);
/// Silence after which the publisher says that it is there.
const SILENCE: Duration = Duration::from_secs(10);

/// Publishes until the process ends.
pub(crate) async fn run(platform: Arc<Platform>) {
    let ctx = Ctx::platform(platform);
    let mut failed: Option<ZeroMqSettings> = None;
    loop {
        let settings = ctx.settings().zeromq.clone();
        if settings.enabled {
            match Socket::bind(&settings).await {
                Ok(socket) => {
                    tracing::info!(
                        host = settings.host,
                        port = settings.port,
                        "publishing over ZeroMQ"
                    );
                    failed = None;
                    publish(&ctx, &settings, &socket).await;
                }
                // Once for each attempt to set it right: the address may become free.
                Err(error) if failed.as_ref() != Some(&settings) => {
                    tracing::error!(%error, host = settings.host, port = settings.port, "ZeroMQ cannot listen");
                    failed = Some(settings);
                }
                Err(_) => (),
            }
        }
        sleep(LOOK).await;
    }
}

/// Until the settings are others.
async fn publish(ctx: &Ctx, settings: &ZeroMqSettings, socket: &Socket) {
    let started = Instant::now();
    let mut spoken = started;
    let mut source: Option<Source> = None;
    while ctx.settings().zeromq == *settings {
        match round(ctx, &mut source, socket).await {
            Ok(0) if spoken.elapsed() < SILENCE => (),
            Ok(0) => {
                socket.publish(&alive(started.elapsed()));
                spoken = Instant::now();
            }
            Ok(_) => spoken = Instant::now(),
            Err(error) => {
                tracing::warn!(%error, "ZeroMQ: changes could not be read");
                sleep(LOOK).await;
            }
        }
    }
}

/// One look at what happened; how many messages there were.
async fn round(ctx: &Ctx, source: &mut Option<Source>, socket: &Socket) -> sightline_core::AppResult<usize> {
    let source = match source {
        Some(source) => source,
        None => source.insert(Source::open(ctx).await?),
    };
    source.wait(LOOK).await;
    if !socket.is_heard() {
        source.skip().await?;
        return Ok(0);
    }
    let mut told = 0;
    loop {
        let (messages, more) = source.next().await?;
        for message in &messages {
            socket.publish(message);
        }
        told += messages.len();
        if !more {
            return Ok(told);
        }
    }
}
