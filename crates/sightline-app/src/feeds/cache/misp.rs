//! Caching a MISP feed: its list of checksums, or where it has none, every event.

use super::super::fetch::{EventFile, Fetched, Listed, Source, list_events, load_events, parse_event, plan};
use super::{BATCH, Keeper, Read, unread};
use crate::Ctx;
use crate::jobs::{JobError, Level, Progress};
use sightline_db::feed_caches::Cached;
use sightline_formats::feed_hashes::{hashed_parts, read_hashes, value_hash};
use sightline_misp::feeds::Feed;
use sightline_misp::input::{AttributeIn, EventIn};
use sightline_remote::RemoteError;
use std::io::BufReader;
use std::sync::Arc;
use tokio::sync::mpsc::Sender;
use tokio::task::JoinSet;
use uuid::Uuid;

/// Not there, in the words of a web server or of a directory.
fn is_missing(error: &RemoteError) -> bool {
    match error {
        RemoteError::Status { status, .. } => matches!(status, 404 | 410),
        RemoteError::LocalMissing(_) => true,
        _ => false,
    }
}

pub(super) async fn read(
    ctx: &Ctx,
    feed: &Feed,
    source: &Source,
    etag: Option<String>,
    keeper: &mut Keeper,
    progress: &Progress,
) -> Result<Read, JobError> {
    progress.set(0, 0, "Downloading").await;
    match source.file("hashes.csv", etag).await {
        Ok(fetched) => checksums(fetched, keeper, progress).await,
        Err(error) if is_missing(&error) => events(ctx, feed, source, keeper, progress).await,
        Err(error) => unread(&error),
    }
}

async fn checksums(fetched: Fetched, keeper: &mut Keeper, progress: &Progress) -> Result<Read, JobError> {
    let etag = fetched.etag.clone();
    let read = move |sender: &Sender<Vec<Cached>>| {
        let file = fetched.open().map_err(|e| e.to_string())?;
        let mut batch = Vec::with_capacity(BATCH);
        let mut unusable = 0;
        read_hashes(BufReader::with_capacity(256 << 10, file), |line| {
            match line {
                Ok((hash, event)) => batch.push(Cached { hash, event }),
                Err(_) => unusable += 1,
            }
            // A closed channel means that the run was cancelled.
            batch.len() < BATCH
                || sender
                    .blocking_send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)))
                    .is_ok()
        })
        .map_err(|e| e.to_string())?;
        let _ = sender.blocking_send(batch);
        Ok(unusable)
    };
    let (seen, unusable) = keeper.take_all("hashes.csv", read, progress).await?;
    Read::of(seen, unusable, etag)
}

async fn events(
    ctx: &Ctx,
    feed: &Feed,
    source: &Source,
    keeper: &mut Keeper,
    progress: &Progress,
) -> Result<Read, JobError> {
    let rules = {
        let feed = feed.clone();
        ctx.read(move |ctx, tx| plan(ctx, tx, &feed)).await?
    };
    let manifest = match source.file("manifest.json", None).await {
        Ok(manifest) => manifest,
        Err(error) => return unread(&error),
    };
    let Listed { entries, broken } = list_events(ctx, manifest, Arc::new(rules), progress).await?;
    let total = u64::try_from(entries.len()).unwrap_or(u64::MAX);
    let mut loading = JoinSet::new();
    let mut loaded = load_events(&mut loading, source.clone(), entries);
    let (mut done, mut unusable, mut seen) = (0, broken, 0);
    while let Some((uuid, file)) = loaded.recv().await {
        progress.check()?;
        match opened(file).await {
            Ok(event) => {
                let values = values(uuid, &event);
                seen += u64::try_from(values.len()).unwrap_or(0);
                keeper.take(values).await?;
            }
            Err(reason) => {
                unusable += 1;
                progress
                    .log(Level::Error, &format!("Event {uuid}: {reason}"))
                    .await;
            }
        }
        done += 1;
        progress
            .set(done, total, &format!("Event {done} of {total}"))
            .await;
    }
    // What reads ahead ends early only when something is wrong with it.
    Read::of(seen, unusable + total.saturating_sub(done), None)
}

async fn opened(mut file: EventFile) -> Result<Box<EventIn>, String> {
    if let EventFile::Large(fetched) = file {
        file = parse_event(fetched).await;
    }
    match file {
        EventFile::Event(event, _) => Ok(event),
        EventFile::Unreachable(reason) | EventFile::Broken(reason) => Err(reason),
        EventFile::Large(_) => Err("it could not be read".into()),
    }
}

/// What an event holds, inside objects or not.
fn values(event: Uuid, body: &EventIn) -> Vec<Cached> {
    let inside = body.objects.0.iter().flat_map(|object| &object.attributes.0);
    body.attributes
        .0
        .iter()
        .chain(inside)
        .flat_map(of_attribute)
        .map(|hash| Cached { hash, event })
        .collect()
}

fn of_attribute(attribute: &AttributeIn) -> Vec<Uuid> {
    let kind = attribute.kind.text().unwrap_or_default();
    let value = attribute.value.text().unwrap_or_default();
    hashed_parts(&kind, &value).map(value_hash).collect()
}
