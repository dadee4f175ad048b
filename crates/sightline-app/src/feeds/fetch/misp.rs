//! Fetching a MISP feed (spec 06 A.5): the manifest tells what is new; each event is one file and one transaction.
//!
//! A run that starts again after a crash needs no notes: what is stored already is as new as the manifest says and is
//! passed over. Of the manifest only uuids and timestamps are kept; one event is in memory at a time, besides small
//! ones that are read ahead.

use super::{Fetch, Fetched, Plan, Source, job_error, read_event};
use crate::Ctx;
use crate::blocklists as app_blocklists;
use crate::events::{self as app_events, Merged, Source as Origin};
use crate::jobs::{JobError, Level, Progress};
use futures_util::{StreamExt, stream};
use sightline_core::{AppError, AppResult};
use sightline_db::{Visible, blocklists, events};
use sightline_formats::feed_manifest::{ManifestEntry, read_manifest};
use sightline_misp::feeds::Feed;
use sightline_misp::input::EventIn;
use sightline_misp::records::Blocklist;
use sightline_remote::RemoteError;
use std::collections::{HashMap, HashSet};
use std::io::BufReader;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use uuid::Uuid;

/// Downloads under way at once.
const AHEAD: usize = 4;
/// An event file up to this size is parsed while the one before is written; larger ones in their turn, for memory.
const PARSE_AHEAD_BYTES: u64 = 2 << 20;
/// Uuids compared with the database at once.
const COMPARED: usize = 1_000;
/// Pauses between the attempts to download one event.
const PAUSES: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(3)];
/// Events in a row that fail for reasons outside the feed's content: then something is down, and the job waits.
const TROUBLE: usize = 10;
/// Notes about the manifest's unusable entries that go to the job's log.
const NOTES: usize = 20;

/// What the manifest says that matters: which event, and how new.
pub(in crate::feeds) type Wanted = (Uuid, i64);

/// What became of one event.
#[derive(Debug)]
pub(super) enum Stored {
    Added(Merged),
    Updated(Merged),
    /// What is stored is as new as the file.
    Unchanged,
    /// Excluded, and by what.
    Blocked(&'static str),
}

#[derive(Default)]
struct Tally {
    added: u64,
    updated: u64,
    blocked: u64,
    failed: u64,
}

pub(super) async fn fetch(
    ctx: &Ctx,
    feed: &Feed,
    plan: Plan,
    progress: &Progress,
) -> Result<Fetch, JobError> {
    let source = Source::of(ctx, feed)?;
    progress.set(0, 0, "Reading the manifest").await;
    // With an upper bound that moves, old events may become wanted although the manifest stays the same.
    let moving = plan.rules.timestamp.to.is_some() || plan.rules.publish_timestamp.to.is_some();
    let etag = feed.etag.clone().filter(|_| !moving);
    let manifest = match source.file("manifest.json", etag).await {
        Ok(manifest) => manifest,
        Err(RemoteError::NotModified) => {
            return Ok(Fetch {
                message: "The feed has not changed.".into(),
                etag: feed.etag.clone(),
            });
        }
        Err(error) => return Err(job_error(&error)),
    };
    let etag = manifest.etag.clone();
    let plan = Arc::new(plan);
    let listed = list_events(ctx, manifest, Arc::clone(&plan), progress).await?;
    progress.check()?;
    let wanted = compare(ctx, listed.entries).await?;
    let mut tally = store_all(ctx, feed, &source, plan, wanted, progress).await?;
    tally.failed += listed.broken;
    let etag = etag.filter(|_| tally.failed == 0);
    Ok(Fetch {
        message: tally.sentence(),
        etag,
    })
}

impl Tally {
    fn sentence(&self) -> String {
        let mut text = format!(
            "Fetching the feed has successfully completed. Downloaded {} new event(s). Updated {} event(s).",
            self.added, self.updated
        );
        if self.blocked > 0 {
            text.push_str(&format!(" {} event(s) were blocked: see the log.", self.blocked));
        }
        if self.failed > 0 {
            text.push_str(&format!(
                " {} event(s) could not be taken: see the log.",
                self.failed
            ));
        }
        text
    }
}

/// What of the manifest is wanted.
pub(in crate::feeds) struct Listed {
    pub(in crate::feeds) entries: Vec<Wanted>,
    /// How many entries are not usable.
    pub(in crate::feeds) broken: u64,
}

/// The manifest's entries that the rules allow and whose creators are not blocked.
pub(in crate::feeds) async fn list_events(
    ctx: &Ctx,
    manifest: Fetched,
    plan: Arc<Plan>,
    progress: &Progress,
) -> Result<Listed, JobError> {
    let now = ctx.now();
    let unwanted = ctx
        .read(|_, tx| Ok(blocklists::all(tx, Blocklist::Organisations)?))
        .await?;
    let wanted = move |entry: &ManifestEntry| {
        let creator = Uuid::try_parse(&entry.orgc_uuid).unwrap_or_default();
        plan.rules.allows_manifest(entry, now) && !unwanted.contains(&creator)
    };
    let (listed, notes) = tokio::task::spawn_blocking(move || {
        let mut listed = Listed {
            entries: Vec::new(),
            broken: 0,
        };
        let mut notes = Vec::new();
        let file = manifest.open().map_err(|e| e.to_string())?;
        read_manifest(BufReader::with_capacity(256 << 10, file), |entry| match entry {
            Ok(entry) if wanted(&entry) => {
                listed
                    .entries
                    .extend(Uuid::try_parse(&entry.uuid).map(|uuid| (uuid, entry.timestamp)));
            }
            Ok(_) => {}
            Err(broken) => {
                listed.broken += 1;
                if notes.len() < NOTES {
                    notes.push(broken.to_string());
                }
            }
        })
        .map_err(|e| e.to_string())?;
        Ok::<_, String>((listed, notes))
    })
    .await
    .map_err(|e| JobError::from(AppError::internal(e)))?
    .map_err(|reason| JobError::Fail(format!("manifest.json cannot be read: {reason}")))?;
    for note in &notes {
        progress.log(Level::Error, note).await;
    }
    Ok(listed)
}

/// Those that are unknown here, or stored with an older timestamp, and not on the blocklist.
async fn compare(ctx: &Ctx, entries: Vec<Wanted>) -> AppResult<Vec<Wanted>> {
    let mut wanted = Vec::new();
    for batch in entries.chunks(COMPARED).map(<[Wanted]>::to_vec) {
        let kept = ctx
            .read(move |_, tx| {
                let uuids: Vec<Uuid> = batch.iter().map(|(uuid, _)| *uuid).collect();
                let stored: HashMap<Uuid, i64> = events::timestamps(tx, &uuids)?
                    .into_iter()
                    .map(|(uuid, _, at)| (uuid, at))
                    .collect();
                let blocked: HashSet<Uuid> = blocklists::blocked(tx, Blocklist::Events, &uuids)?
                    .into_iter()
                    .collect();
                let is_wanted = |(uuid, at): &Wanted| {
                    stored.get(uuid).is_none_or(|stored| stored < at) && !blocked.contains(uuid)
                };
                Ok(batch.into_iter().filter(is_wanted).collect::<Vec<_>>())
            })
            .await?;
        wanted.extend(kept);
    }
    Ok(wanted)
}

/// An event's file, as far as it could be had ahead of its turn.
pub(in crate::feeds) enum EventFile {
    Event(Box<EventIn>, Fetched),
    Large(Fetched),
    /// The file is not usable.
    Broken(String),
    /// The file could not be had now.
    Unreachable(String),
}

async fn store_all(
    ctx: &Ctx,
    feed: &Feed,
    source: &Source,
    plan: Arc<Plan>,
    wanted: Vec<Wanted>,
    progress: &Progress,
) -> Result<Tally, JobError> {
    let total = u64::try_from(wanted.len()).unwrap_or(u64::MAX);
    let mut tally = Tally::default();
    let mut trouble = 0;
    // Its own task, so that downloads go on while an event is written; aborted when this function is left.
    let mut loading = JoinSet::new();
    let mut loaded = load_events(&mut loading, source.clone(), wanted);
    let mut done = 0;
    loop {
        let next = tokio::select! {
            next = loaded.recv() => next,
            () = progress.token().cancelled() => None,
        };
        progress.check()?;
        let Some((uuid, file)) = next else { break };
        progress
            .set(done, total, &format!("Event {} of {total}", done + 1))
            .await;
        let failure = match take(ctx, feed, &plan, uuid, file, progress, &mut tally).await {
            Ok(()) => None,
            Err(Failure::Event(reason)) => Some((reason, 0)),
            Err(Failure::Outside(reason)) => Some((reason, trouble + 1)),
            Err(Failure::Stop(error)) => return Err(error),
        };
        trouble = failure.as_ref().map_or(0, |(_, trouble)| *trouble);
        if let Some((reason, _)) = failure {
            tally.failed += 1;
            progress
                .log(Level::Error, &format!("Event {uuid}: {reason}"))
                .await;
            if trouble >= TROUBLE {
                return Err(JobError::Retry(format!(
                    "{TROUBLE} events in a row failed, the last one: {reason}"
                )));
            }
        }
        done += 1;
    }
    progress.set(done, total, "Done").await;
    Ok(tally)
}

pub(in crate::feeds) fn load_events(
    tasks: &mut JoinSet<()>,
    source: Source,
    wanted: Vec<Wanted>,
) -> mpsc::Receiver<(Uuid, EventFile)> {
    let (sender, receiver) = mpsc::channel(1);
    tasks.spawn(async move {
        let source = &source;
        let mut files = stream::iter(wanted)
            .map(|(uuid, _)| async move { (uuid, load(source, uuid).await) })
            .buffered(AHEAD);
        while let Some(file) = files.next().await {
            if sender.send(file).await.is_err() {
                break;
            }
        }
    });
    receiver
}

async fn load(source: &Source, uuid: Uuid) -> EventFile {
    let name = format!("{uuid}.json");
    let mut pauses = PAUSES.iter();
    let fetched = loop {
        match source.file(&name, None).await {
            Ok(fetched) => break fetched,
            Err(error) if error.is_retryable() => match pauses.next() {
                Some(pause) => tokio::time::sleep(*pause).await,
                None => return EventFile::Unreachable(error.public_message()),
            },
            Err(error @ RemoteError::Io(_)) => return EventFile::Unreachable(error.public_message()),
            Err(error) => return EventFile::Broken(error.public_message()),
        }
    };
    if fetched.size() > PARSE_AHEAD_BYTES {
        EventFile::Large(fetched)
    } else {
        parse_event(fetched).await
    }
}

pub(in crate::feeds) async fn parse_event(fetched: Fetched) -> EventFile {
    let parsed = tokio::task::spawn_blocking(move || {
        let file = fetched.open().map_err(|e| e.to_string())?;
        let event = read_event(file, fetched.size())?;
        Ok::<_, String>((event, fetched))
    });
    match parsed.await {
        Ok(Ok((event, fetched))) => EventFile::Event(event, fetched),
        Ok(Err(reason)) => EventFile::Broken(reason),
        Err(error) => EventFile::Broken(format!("reading it failed: {error}")),
    }
}

enum Failure {
    /// This event cannot be taken.
    Event(String),
    /// Something else is in the way, and may be for the next event as well.
    Outside(String),
    /// The run is over.
    Stop(JobError),
}

/// Stores one event and tells the log what was left out.
async fn take(
    ctx: &Ctx,
    feed: &Feed,
    plan: &Arc<Plan>,
    uuid: Uuid,
    mut file: EventFile,
    progress: &Progress,
    tally: &mut Tally,
) -> Result<(), Failure> {
    if let EventFile::Large(fetched) = file {
        file = parse_event(fetched).await;
    }
    let (event, fetched) = match file {
        EventFile::Event(event, fetched) => (event, fetched),
        EventFile::Unreachable(reason) => return Err(Failure::Outside(reason)),
        EventFile::Broken(reason) => return Err(Failure::Event(reason)),
        EventFile::Large(_) => return Err(Failure::Event("it could not be read".into())),
    };
    let merged = match store(ctx, Arc::clone(plan), uuid, event).await {
        Ok(Stored::Added(merged)) => {
            tally.added += 1;
            merged
        }
        Ok(Stored::Updated(merged)) => {
            tally.updated += 1;
            merged
        }
        Ok(Stored::Unchanged) => Merged::default(),
        Ok(Stored::Blocked(by)) => {
            tally.blocked += 1;
            progress
                .log(Level::Info, &format!("Event {uuid}: blocked by {by}"))
                .await;
            Merged::default()
        }
        Err(AppError::Internal(cause)) => {
            tracing::error!(cause, %uuid, feed = feed.id.0, "an event of a feed could not be stored");
            return Err(Failure::Outside("an internal error occurred".into()));
        }
        Err(error @ AppError::Unavailable(_)) => return Err(Failure::Stop(error.into())),
        Err(error) => return Err(Failure::Event(error.to_string())),
    };
    for note in &merged.dropped {
        progress
            .log(Level::Warning, &format!("Event {uuid}: {note}"))
            .await;
    }
    if feed.delete_local_file
        && let Err(reason) = fetched.delete_local()
    {
        progress
            .log(Level::Warning, &format!("Event {uuid}: {reason}"))
            .await;
    }
    Ok(())
}

/// Adds or renews one event, in one transaction.
pub(super) async fn store(
    ctx: &Ctx,
    plan: Arc<Plan>,
    uuid: Uuid,
    mut event: Box<EventIn>,
) -> AppResult<Stored> {
    if !plan.allows(&event, ctx.now()) {
        return Ok(Stored::Blocked("the feed's rules"));
    }
    plan.apply(&mut event, uuid).map_err(AppError::BadRequest)?;
    let creator = app_events::claimed_creator(ctx, &event, Origin::Feed);
    let outcome = ctx
        .write(move |ctx, tx| {
            events::lock(tx, None, Some(uuid))?;
            if let Some(creator) = creator {
                app_blocklists::admit_creator(tx, creator)?;
            }
            let Some(known) = events::by_uuid(tx, Visible::everything(), uuid)? else {
                let added = app_events::add_in(ctx, tx, &event, Origin::Feed)?;
                return Ok(Stored::Added(added.merged));
            };
            // The manifest may be ahead of the file; what is not newer than ours changes nothing.
            if event.timestamp.int().is_none_or(|at| at <= known.timestamp) {
                return Ok(Stored::Unchanged);
            }
            let (_, merged) = app_events::edit_in(ctx, tx, &known, &event, Origin::Feed)?;
            Ok(Stored::Updated(merged))
        })
        .await;
    app_events::count_refusal(ctx, creator, &outcome).await?;
    match outcome {
        Err(error) if app_blocklists::refused_creator(&error) => {
            Ok(Stored::Blocked("the organisation blocklist"))
        }
        outcome => outcome,
    }
}
