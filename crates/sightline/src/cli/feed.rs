//! `sightline feed`: subscriptions, and fetching with or without a running server.

use super::print::Printer;
use super::work::run_or_leave;
use crate::platform::Place;
use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use serde_json::json;
use sightline_app::{Ctx, feeds};
use sightline_core::clock::datetime_of;
use sightline_core::ids::FeedId;

#[derive(Debug, Args)]
pub(super) struct Feed {
    /// Print JSON
    #[arg(long, global = true)]
    pub(super) json: bool,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List feeds
    List,
    /// Subscribe to a feed
    Add(Add),
    /// Let feeds be fetched
    Enable {
        /// The feeds' numbers
        #[arg(required = true)]
        ids: Vec<i64>,
    },
    /// Do not let feeds be fetched
    Disable {
        /// The feeds' numbers
        #[arg(required = true)]
        ids: Vec<i64>,
    },
    /// Fetch a feed: here and now, or by the server that runs on this data directory
    Fetch {
        /// The feed's number
        #[arg(required_unless_present = "all")]
        id: Option<i64>,
        /// Every enabled feed
        #[arg(long, conflicts_with = "id")]
        all: bool,
    },
    /// End a subscription; what was fetched stays
    Delete {
        /// The feed's number
        id: i64,
    },
    /// Add the public feeds that Sightline knows, disabled
    LoadDefault,
}

#[derive(Debug, Args)]
struct Add {
    /// A name for the list
    #[arg(long)]
    name: String,
    /// Who publishes it
    #[arg(long)]
    provider: String,
    /// Its URL, or a folder or file on this machine below one of `feeds.local_roots`
    #[arg(long)]
    url: String,
    /// misp, csv or freetext
    #[arg(long, default_value = "misp")]
    format: String,
    /// Who sees its events: 0 own organisation, 1 this community, 2 connected communities, 3 all, 5 as the feed says
    #[arg(long, default_value_t = 0)]
    distribution: u8,
    /// Let it be fetched at once
    #[arg(long)]
    enable: bool,
}

impl Feed {
    pub(super) async fn run(self, ctx: Ctx, out: Printer, place: Place) -> Result<()> {
        match self.action {
            Action::List => list(&ctx, out).await,
            Action::Add(add) => add.run(&ctx, out).await,
            Action::Enable { ids } => switch(&ctx, out, ids, true).await,
            Action::Disable { ids } => switch(&ctx, out, ids, false).await,
            Action::Fetch { id, .. } => {
                let queued = match id {
                    Some(id) => vec![feeds::request_fetch(&ctx, FeedId(id)).await?],
                    None => feeds::request_fetch_all(&ctx).await?,
                };
                run_or_leave(&ctx, out, &place, &queued).await
            }
            Action::Delete { id } => {
                feeds::delete(&ctx, FeedId(id)).await?;
                out.done(&format!("Feed {id} is gone."), [("id", id.into())])
            }
            Action::LoadDefault => {
                let added = feeds::load_defaults(&ctx).await?;
                out.done(
                    &format!("{added} feeds added, none of them enabled."),
                    [("added", added.into())],
                )
            }
        }
    }
}

impl Add {
    async fn run(self, ctx: &Ctx, out: Printer) -> Result<()> {
        let network = self.url.starts_with("http://") || self.url.starts_with("https://");
        let feed = serde_json::from_value(json!({
            "name": self.name,
            "provider": self.provider,
            "url": self.url,
            "source_format": self.format,
            "input_source": if network { "network" } else { "local" },
            "distribution": self.distribution,
            "enabled": self.enable,
        }))?;
        let feed = feeds::add(ctx, feed).await?;
        out.done(&format!("Feed {} is added.", feed.id), [("id", feed.id.0.into())])
    }
}

async fn list(ctx: &Ctx, out: Printer) -> Result<()> {
    let (found, _) = feeds::index(ctx, feeds::Filter::default(), 1, u32::MAX).await?;
    let rows = found
        .into_iter()
        .map(|listed| {
            let feed = listed.feed;
            let fetched = (feed.last_fetch != 0).then(|| datetime_of(feed.last_fetch));
            [
                feed.id.0.into(),
                feed.name.into(),
                feed.source_format.name().into(),
                feed.enabled.into(),
                feed.url.into(),
                fetched.into(),
                feed.last_result.into(),
            ]
        })
        .collect();
    out.rows(
        [
            "id",
            "name",
            "format",
            "enabled",
            "url",
            "last_fetch",
            "last_result",
        ],
        rows,
    )
}

async fn switch(ctx: &Ctx, out: Printer, ids: Vec<i64>, enabled: bool) -> Result<()> {
    let asked = ids.len();
    let found = feeds::switch(
        ctx,
        ids.into_iter().map(FeedId).collect(),
        feeds::Switch::Enabled(enabled),
    )
    .await?;
    if found < asked {
        bail!("{} of these feeds do not exist", asked - found);
    }
    let word = if enabled { "enabled" } else { "disabled" };
    out.done(&format!("{found} feeds {word}."), [(word, found.into())])
}
