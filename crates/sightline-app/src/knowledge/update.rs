//! An update: asking for it, the job, and waiting for it.

use super::load::{File, Found, Outcome, broken, load};
use super::source::Place;
use super::{Library, check_source};
use crate::Ctx;
use crate::jobs::{self, Handlers, JobError, Level, NewJob, Progress, State};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sightline_core::ids::{JobId, UserId};
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::audit::Change;
use sightline_db::{knowledge_files, warninglists};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// The job that reads the sources.
pub const KIND: &str = "knowledge.update";

/// How often [`wait_for_update`] looks.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How long a job may wait for a worker before nobody waits for the job: an idle worker takes it at once.
const TAKEN_WITHIN: Duration = Duration::from_secs(2);

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Payload {
    /// In place of the configured sources.
    from: Option<String>,
    /// Only these; empty for all.
    libraries: Vec<Library>,
    /// Also what is as new as what is here.
    force: bool,
}

/// How an update went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Updated {
    /// It has ended well.
    pub done: bool,
    /// Files that were read.
    pub read: i64,
    /// Files that could not be read.
    pub broken: i64,
}

/// Queues an update of some libraries, of all when none is named; while one waits or runs, that one is the answer. Only the
/// platform itself may name a source: whoever can reads files of this machine.
pub async fn request_update(ctx: &Ctx, libraries: &[Library], from: Option<String>) -> AppResult<JobId> {
    request(
        ctx,
        Payload {
            from,
            libraries: libraries.to_vec(),
            force: false,
        },
    )
    .await
}

/// The same, which also loads what is as new as what is here.
pub async fn request_forced_update(ctx: &Ctx, libraries: &[Library]) -> AppResult<JobId> {
    request(
        ctx,
        Payload {
            from: None,
            libraries: libraries.to_vec(),
            force: true,
        },
    )
    .await
}

async fn request(ctx: &Ctx, payload: Payload) -> AppResult<JobId> {
    ctx.require(Permission::SiteAdmin)?;
    if let Some(from) = &payload.from {
        if ctx.caller.user_id != UserId(0) {
            return Err(AppError::no_permission());
        }
        check_source(from)?;
    }
    let payload = serde_json::to_value(payload).map_err(AppError::internal)?;
    ctx.write(move |ctx, tx| {
        let job = NewJob {
            kind: KIND,
            payload,
            // One at a time: two would take each other's new entries for abandoned ones.
            unique_key: Some(KIND.into()),
            ..NewJob::default()
        };
        jobs::request(ctx, tx, job)
    })
    .await
}

/// Waits for an update to end, so long at most; what it has brought for these libraries, `None` while it goes on.
pub async fn wait_for_update(
    ctx: &Ctx,
    job: JobId,
    libraries: &[Library],
    patience: Duration,
) -> AppResult<Option<Updated>> {
    let names: Vec<String> = libraries
        .iter()
        .map(|library| library.name().to_owned())
        .collect();
    let begun = tokio::time::Instant::now();
    let ended = async {
        loop {
            let found = jobs::view(ctx, job).await?;
            if !found.state.is_alive() || (found.state == State::Queued && found.run_at > ctx.now()) {
                return Ok::<_, AppError>(Some(found.state == State::Done));
            }
            if found.state == State::Queued && begun.elapsed() > TAKEN_WITHIN {
                return Ok(None);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    let Ok(done) = tokio::time::timeout(patience, ended).await else {
        return Ok(None);
    };
    let Some(done) = done? else { return Ok(None) };
    let (read, broken) = ctx
        .read(move |_, tx| Ok(knowledge_files::count_of_run(tx, job, &names)?))
        .await?;
    Ok(Some(Updated { done, read, broken }))
}

pub(super) fn handlers(handlers: Handlers) -> Handlers {
    handlers.on(KIND, run)
}

/// What a run has seen.
#[derive(Debug, Default)]
struct Tally {
    files: u64,
    loaded: u64,
    broken: u64,
}

/// A run.
struct Run<'r> {
    ctx: &'r Ctx,
    progress: &'r Progress,
    libraries: Vec<Library>,
    /// Also what is as new as what is here.
    force: bool,
    /// By library and name.
    known: HashMap<(String, String), Known>,
    /// What was read of this source and does not wait.
    seen: HashSet<(Library, String)>,
    tally: Tally,
}

async fn run(ctx: Ctx, payload: Payload, progress: Progress) -> Result<String, JobError> {
    // Whoever asked may have lost the right since.
    ctx.require(Permission::SiteAdmin)?;
    sweep(&ctx, &progress).await?;
    let libraries = if payload.libraries.is_empty() {
        Library::ALL.to_vec()
    } else {
        payload.libraries
    };
    let sources = match payload.from {
        Some(from) => vec![from],
        None => ctx.settings().knowledge.sources.clone(),
    };
    let known = ctx
        .read(|_, tx| {
            let files = knowledge_files::all(tx)?.into_iter();
            Ok(files
                .map(|file| ((file.kind, file.name), Known(file.content_hash, file.problem)))
                .collect())
        })
        .await?;
    let mut run = Run {
        ctx: &ctx,
        progress: &progress,
        libraries,
        force: payload.force,
        known,
        seen: HashSet::new(),
        tally: Tally::default(),
    };
    let mut outcome = Ok(());
    for source in &sources {
        outcome = run.read(source).await;
        if outcome.is_err() {
            break;
        }
    }
    // What was loaded until it was stopped is loaded.
    let tally = run.tally;
    record(&ctx, &tally).await?;
    outcome?;
    sweep(&ctx, &progress).await?;
    // Lists that are enabled may have new entries.
    crate::warninglists::reload(&ctx).await?;
    Ok(match (sources.len(), tally.broken) {
        (0, _) => "No source is configured: see knowledge.sources.".into(),
        (_, 0) => format!("{} of {} files were new.", tally.loaded, tally.files),
        (_, broken) => format!(
            "{} of {} files were new; {broken} could not be read: see the log.",
            tally.loaded, tally.files
        ),
    })
}

/// The hash of a file that was read, and why it could not be.
struct Known(Vec<u8>, Option<String>);

impl Run<'_> {
    /// Reads a source; then once more for what has waited in it for something that came later.
    async fn read(&mut self, source: &str) -> Result<(), JobError> {
        self.seen.clear();
        let place = Arc::new(Place::of(self.ctx, source, self.progress).await?);
        let waiting = self.pass(source, &place, self.libraries.clone(), false).await?;
        if !waiting.is_empty() {
            let libraries: Vec<Library> = Library::ALL
                .into_iter()
                .filter(|library| waiting.contains(library))
                .collect();
            self.pass(source, &place, libraries, true).await?;
        }
        Ok(())
    }

    /// Reads the files of some libraries; the libraries of those that wait. `again`: only what waited, for the last time.
    async fn pass(
        &mut self,
        source: &str,
        place: &Arc<Place>,
        libraries: Vec<Library>,
        again: bool,
    ) -> Result<Vec<Library>, JobError> {
        // Not more than one file waits: the largest have tens of megabytes.
        let (sender, mut files) = mpsc::channel(1);
        let reader = Arc::clone(place);
        let reading = tokio::task::spawn_blocking(move || reader.read(&libraries, &sender));
        let mut waiting = Vec::new();
        while let Some(found) = files.recv().await {
            self.progress.check()?;
            let library = found.library;
            let read_before = again && self.seen.contains(&(library, found.name.clone()));
            if read_before {
                continue;
            }
            if !again {
                self.tally.files += 1;
            }
            self.progress.set(self.tally.files, 0, &found.name).await;
            if self.take(found, again).await? {
                waiting.push(library);
            }
        }
        reading
            .await
            .map_err(|error| JobError::from(AppError::internal(error)))?
            .map_err(|error| JobError::Fail(format!("{source}: {error}")))?;
        Ok(waiting)
    }

    /// Loads a file unless its content is known, and whether it waits; a broken one stays in the log of every run until it is
    /// mended.
    async fn take(&mut self, found: Found, again: bool) -> Result<bool, JobError> {
        let ctx = self.ctx;
        let (library, name, hash) = (found.library, found.name.clone(), found.hash.clone());
        let key = (library.name().to_owned(), name.clone());
        let mut file = File::new(found, self.progress.id(), self.force);
        let title = file.title();
        let outcome = match self.known.get(&key).filter(|known| known.0 == hash) {
            Some(Known(_, None)) if !self.force => Outcome::Kept,
            Some(Known(_, Some(problem))) => broken(ctx, file, problem.clone()).await?,
            _ => match load(ctx, file.clone()).await? {
                Outcome::Waits(_) if !again => return Ok(true),
                Outcome::Waits(problem) => {
                    // With another hash it is read anew as soon as what it waits for may be there.
                    file.hash.clear();
                    broken(ctx, file, problem).await?
                }
                outcome => outcome,
            },
        };
        let problem = match outcome {
            Outcome::Loaded => {
                self.tally.loaded += 1;
                None
            }
            Outcome::Broken(problem) | Outcome::Waits(problem) => {
                self.tally.broken += 1;
                self.progress
                    .log(Level::Warning, &format!("{title}: {problem}"))
                    .await;
                Some(problem)
            }
            Outcome::Kept => None,
        };
        self.seen.insert((library, name));
        self.known.insert(key, Known(hash, problem));
        Ok(false)
    }
}

/// Removes what an earlier run has left when it was stopped, and what newer versions have taken the place of.
async fn sweep(ctx: &Ctx, progress: &Progress) -> Result<(), JobError> {
    while ctx.write(|_, tx| Ok(warninglists::sweep(tx)?)).await? {
        progress.check()?;
    }
    Ok(())
}

async fn record(ctx: &Ctx, tally: &Tally) -> AppResult<()> {
    let fields = json!({"files": tally.files, "loaded": tally.loaded, "broken": tally.broken});
    ctx.write(move |ctx, tx| {
        ctx.audit(
            tx,
            &Change {
                action: "update",
                model: "Knowledge",
                id: 0,
                title: "knowledge libraries",
                event: None,
                fields,
            },
        )
    })
    .await
}
