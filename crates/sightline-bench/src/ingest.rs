//! The product's way in: parsing an event's bytes and adding it by every rule, one transaction per event.

use crate::generate::Generated;
use crate::report::{Rate, progress, say};
use crate::server::KEY;
use anyhow::{Context, Result, anyhow, ensure};
use serde::Deserialize;
use sightline_app::events::{self, Source};
use sightline_app::files::Files;
use sightline_app::setup::{self, FirstStart};
use sightline_app::{Counts, Ctx, Platform, Settings};
use sightline_core::ids::EventId;
use sightline_core::{AppError, Clock};
use sightline_db::{Access, Db};
use sightline_misp::input::EventIn;
use sightline_remote::{Remote, RemoteConfig};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Notify;

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "Event")]
    event: EventIn,
}

/// The platform over a new database, acting on its own behalf. [`KEY`] is its administrator's.
pub(crate) fn context(db: &Db, data: &Path) -> Result<Ctx> {
    let clock = Clock::system();
    let wish = FirstStart {
        email: Some("admin@bench.example".into()),
        password: Some("A password 4 benches".into()),
        key: Some(KEY.into()),
        org: None,
    };
    let instance = setup::first_start(db, &clock, &wish).map_err(|error| anyhow!("first start: {error}"))?;
    let platform = Platform {
        db: db.clone(),
        clock,
        settings: Settings::default().into(),
        files: Files::new(data.join("files")),
        remote: Remote::new(&RemoteConfig::default()).context("outbound connections")?,
        counts: Counts::default(),
        warninglists: sightline_app::warninglists::Warninglists::default(),
        bell: Notify::new(),
        followers: Default::default(),
        uuid: instance.uuid,
        host_org: instance.host_org,
        base_url: "http://localhost".into(),
    };
    Ok(Ctx::platform(Arc::new(platform)))
}

/// Adds every event; the rate of what the platform did, without the generator's share.
pub(crate) fn add_all(ctx: &Ctx, events: impl Iterator<Item = Generated>, total: usize) -> Result<Rate> {
    let mut rate = Rate {
        count: 0,
        spent: Duration::ZERO,
    };
    let mut parsing = Duration::ZERO;
    for event in events {
        let done = add(ctx, &event)?;
        progress("ingest", rate.count, rate.count + event.attributes, total);
        rate.count += event.attributes;
        rate.spent += done.parsing + done.writing;
        parsing += done.parsing;
    }
    say(&format!(
        "ingest: {:.1} s, of which parsing {:.1} s",
        rate.spent.as_secs_f64(),
        parsing.as_secs_f64()
    ));
    Ok(rate)
}

/// An event that was added.
pub(crate) struct Done {
    pub(crate) id: EventId,
    parsing: Duration,
    writing: Duration,
}

/// Adds one event, and refuses to go on when the platform dropped anything of it.
pub(crate) fn add(ctx: &Ctx, event: &Generated) -> Result<Done> {
    let begun = Instant::now();
    let document: Document = serde_json::from_slice(&event.bytes).context("a generated event")?;
    let parsing = begun.elapsed();
    let begun = Instant::now();
    let inside = ctx.clone();
    let added = ctx.platform.db.run_blocking(Access::Write, move |tx| {
        events::add_in(&inside, tx, &document.event, Source::Feed)
    });
    let added = added.map_err(|error: AppError| anyhow!("{error}"))?;
    let writing = begun.elapsed();
    ensure!(
        added.merged.attributes_added == event.attributes,
        "{} of {} attributes were added: {:?}",
        added.merged.attributes_added,
        event.attributes,
        added.merged.dropped
    );
    Ok(Done {
        id: added.event.id,
        parsing,
        writing,
    })
}
