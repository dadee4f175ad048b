//! The sample feed: what a new instance subscribes to with `--sample-feed`, so that its first page is not empty.

use anyhow::{Context, Result};
use serde_json::json;
use sightline_app::{Ctx, feeds};
use std::path::Path;

/// Defines the feed in `folder` and asks for its fetch. The folder has to be among `feeds.local_roots`.
pub(crate) async fn define(ctx: &Ctx, folder: &Path) -> Result<()> {
    let feed = serde_json::from_value(json!({
        "name": "Sightline sample feed",
        "provider": "Sightline",
        "url": folder.display().to_string(),
        "source_format": "misp",
        "input_source": "local",
        "enabled": true,
        // Every user of this instance sees the samples.
        "distribution": 1,
    }))
    .context("sample feed")?;
    let feed = feeds::add(ctx, feed).await.context("sample feed")?;
    feeds::request_fetch(ctx, feed.id).await.context("sample feed")?;
    Ok(())
}
