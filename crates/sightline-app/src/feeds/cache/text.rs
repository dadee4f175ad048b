//! Caching a text or CSV feed: every indicator that its lines hold.

use super::super::fetch::{Fetched, Source, candidates};
use super::search::hashes_of;
use super::{BATCH, Keeper, Read, unread};
use crate::jobs::{JobError, Progress};
use serde_json::Value;
use sightline_core::AppError;
use sightline_db::feed_caches::Cached;
use sightline_formats::feed_settings::FeedSettings;
use sightline_formats::text_feed::TextFeedError;
use sightline_misp::feeds::{Feed, SourceFormat};
use std::collections::HashSet;
use std::sync::Arc;
use tokio::sync::mpsc::Sender;
use uuid::Uuid;

pub(super) async fn read(
    feed: &Feed,
    source: &Source,
    etag: Option<String>,
    keeper: &mut Keeper,
    progress: &Progress,
) -> Result<Read, JobError> {
    let settings = FeedSettings::from_json(&Value::String(feed.settings.clone()))
        .map_err(|e| AppError::field("settings", e.to_string()))?;
    progress.set(0, 0, "Downloading").await;
    let fetched = match source.only_file(etag).await {
        Ok(fetched) => Arc::new(fetched),
        Err(error) => return unread(&error),
    };
    let etag = fetched.etag.clone();
    let format = feed.source_format;
    let read = move |sender: &Sender<Vec<Cached>>| lines(&fetched, format, settings, sender);
    let (seen, unusable) = keeper.take_all("The feed", read, progress).await?;
    Read::of(seen, unusable, etag)
}

/// Reads the file and sends what it holds; how many lines were not usable.
fn lines(
    fetched: &Fetched,
    format: SourceFormat,
    settings: FeedSettings,
    sender: &Sender<Vec<Cached>>,
) -> Result<u64, String> {
    let file = fetched.open().map_err(|e| e.to_string())?;
    let mut batch: HashSet<Uuid> = HashSet::with_capacity(BATCH);
    let mut unusable = 0;
    let send = |batch: &mut HashSet<Uuid>| {
        let values = batch.drain().map(|hash| Cached {
            hash,
            event: Uuid::nil(),
        });
        sender.blocking_send(values.collect()).is_ok()
    };
    for candidate in candidates(file, format, settings) {
        match candidate {
            Ok(candidate) => batch.extend(hashes_of(&candidate.value)),
            Err(TextFeedError::LineTooLong { .. }) => unusable += 1,
            Err(TextFeedError::Io(error)) => return Err(error.to_string()),
        }
        // A closed channel means that the run was cancelled.
        if batch.len() >= BATCH && !send(&mut batch) {
            return Ok(unusable);
        }
    }
    if !batch.is_empty() {
        send(&mut batch);
    }
    Ok(unusable)
}
