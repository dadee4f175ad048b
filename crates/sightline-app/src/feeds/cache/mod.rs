//! Caching: learning which values a feed holds without importing it (spec 06 A.6), and looking values up.
//!
//! A run marks every value that it sees and then removes what it did not see. What it has not removed yet is still found:
//! a cache never has less than the feed had when it was cached last.

mod compare;
mod hits;
mod misp;
mod search;
mod text;

pub use compare::{Compared, Overlap, compare, coverage, statistics};
pub use hits::{EventFeeds, FeedHits, of_attributes};
pub use search::{Known, search, search_all};

use super::fetch::{Source, job_error};
use super::{invalid_feed, queue, require_manager};
use crate::Ctx;
use crate::jobs::{Handlers, JobError, Progress};
use serde::Deserialize;
use sightline_core::ids::{FeedId, JobId};
use sightline_core::{AppError, AppResult};
use sightline_db::feed_caches::{self, Cached, State};
use sightline_db::{Tx, feeds};
use sightline_misp::feeds::{Feed, SourceFormat};
use sightline_remote::RemoteError;
use tokio::sync::mpsc;

/// The job that caches one feed.
pub const KIND: &str = "feed.cache";

/// Values that one transaction writes.
const BATCH: usize = 10_000;

/// Which feeds to cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Every one.
    All,
    /// Those with lists of values.
    Text,
    /// Those with events.
    Misp,
    /// This one.
    One(FeedId),
}

impl Scope {
    /// `all`, `freetext`, `csv`, `misp`, or the id of a feed.
    pub fn parse(word: &str) -> AppResult<Self> {
        match word {
            "" | "all" => Ok(Self::All),
            "freetext" | "csv" => Ok(Self::Text),
            "misp" => Ok(Self::Misp),
            id => id
                .parse()
                .map(|id| Self::One(FeedId(id)))
                .map_err(|_| invalid_feed()),
        }
    }

    fn holds(self, feed: &Feed) -> bool {
        match self {
            Self::All => true,
            Self::Text => feed.source_format != SourceFormat::Misp,
            Self::Misp => feed.source_format == SourceFormat::Misp,
            Self::One(id) => feed.id == id,
        }
    }
}

#[derive(Debug, Deserialize)]
struct Payload {
    feed: FeedId,
}

/// Queues caching of those feeds of a scope for which it is enabled, in one transaction; of a single feed in any case, as
/// the reference does: its job says when it is not enabled.
///
/// # Errors
/// `NotFound` for a single feed that is not there.
pub async fn request(ctx: &Ctx, scope: Scope) -> AppResult<Vec<JobId>> {
    require_manager(ctx)?;
    ctx.write(move |ctx, tx| {
        if let Scope::One(id) = scope {
            let feed = feeds::by_id(tx, id)?.ok_or_else(invalid_feed)?;
            return Ok(vec![queue(ctx, tx, KIND, "cache", &feed)?]);
        }
        let cached = feeds::Filter {
            caching_enabled: Some(true),
            ..feeds::Filter::default()
        };
        let (feeds, _) = feeds::list(tx, &cached, u32::MAX, 0)?;
        feeds
            .iter()
            .filter(|feed| scope.holds(feed))
            .map(|feed| queue(ctx, tx, KIND, "cache", feed))
            .collect()
    })
    .await
}

fn require_caching(feed: &Feed) -> AppResult<()> {
    if feed.caching_enabled {
        Ok(())
    } else {
        Err(AppError::Refused(
            "Caching is not enabled for this feed. Make sure you enable it.".into(),
        ))
    }
}

/// Adds this feature's job.
pub(super) fn handlers(handlers: Handlers) -> Handlers {
    handlers.on(KIND, |ctx, payload: Payload, progress| {
        run(ctx, payload.feed, progress)
    })
}

async fn run(ctx: Ctx, id: FeedId, progress: Progress) -> Result<String, JobError> {
    // Whoever asked may have lost the right since.
    require_manager(&ctx)?;
    let found = ctx
        .read(move |_, tx| {
            let known = feed_caches::states(tx)?
                .into_iter()
                .find(|state| state.feed == id);
            Ok((feeds::by_id(tx, id)?, known.and_then(|state| state.etag)))
        })
        .await?;
    let (Some(feed), etag) = found else {
        sweep(&ctx, id, progress.id(), &progress).await?;
        return Ok("The feed is gone, and so is its cache.".into());
    };
    require_caching(&feed)?;
    let source = Source::of(&ctx, &feed)?;
    let mut keeper = Keeper::new(&ctx, &feed, progress.id());
    let read = match feed.source_format {
        SourceFormat::Misp => misp::read(&ctx, &feed, &source, etag, &mut keeper, &progress).await?,
        SourceFormat::Freetext | SourceFormat::Csv => {
            text::read(&feed, &source, etag, &mut keeper, &progress).await?
        }
    };
    match read {
        Read::Unchanged => Ok("The feed has not changed.".into()),
        Read::All { etag } => {
            let hashes = keeper.finish(true, etag, &progress).await?;
            Ok(format!(
                "Caching the feed has successfully completed. {hashes} values."
            ))
        }
        Read::Part { unusable } => {
            let hashes = keeper.finish(false, None, &progress).await?;
            Ok(format!(
                "{unusable} line(s) or event(s) were not usable: see the log. What the cache held before is kept; \
                 {hashes} values."
            ))
        }
    }
}

/// How reading a feed ended.
enum Read {
    /// It is as it was when it was cached last.
    Unchanged,
    /// Everything that it holds was seen.
    All {
        /// What the server calls this version.
        etag: Option<String>,
    },
    /// Something could not be read: what was not seen may still be there.
    Part { unusable: u64 },
}

impl Read {
    /// A feed without a single value is taken for one that is out of order, not for one that is empty.
    fn of(seen: u64, unusable: u64, etag: Option<String>) -> Result<Self, JobError> {
        match (seen, unusable) {
            (0, _) => Err(JobError::Fail("The feed holds no values.".into())),
            (_, 0) => Ok(Self::All { etag }),
            _ => Ok(Self::Part { unusable }),
        }
    }
}

/// A failed download, or nothing new.
fn unread(error: &RemoteError) -> Result<Read, JobError> {
    match error {
        RemoteError::NotModified => Ok(Read::Unchanged),
        error => Err(job_error(error)),
    }
}

/// Writes what a run sees, in batches.
struct Keeper {
    ctx: Ctx,
    feed: Feed,
    run: JobId,
    batch: Vec<Cached>,
}

impl Keeper {
    fn new(ctx: &Ctx, feed: &Feed, run: JobId) -> Self {
        Self {
            ctx: ctx.clone(),
            feed: feed.clone(),
            run,
            batch: Vec::with_capacity(BATCH),
        }
    }

    async fn take(&mut self, values: impl IntoIterator<Item = Cached>) -> AppResult<()> {
        self.batch.extend(values);
        if self.batch.len() >= BATCH {
            self.write().await?;
        }
        Ok(())
    }

    /// Takes what a thread reads and sends, as it comes: how many values that were, and how many lines were not usable.
    async fn take_all(
        &mut self,
        what: &str,
        read: impl FnOnce(&mpsc::Sender<Vec<Cached>>) -> Result<u64, String> + Send + 'static,
        progress: &Progress,
    ) -> Result<(u64, u64), JobError> {
        let (sender, mut batches) = mpsc::channel(1);
        let reading = tokio::task::spawn_blocking(move || read(&sender));
        let mut seen = 0;
        while let Some(batch) = batches.recv().await {
            progress.check()?;
            seen += u64::try_from(batch.len()).unwrap_or(0);
            self.take(batch).await?;
            progress.set(seen, 0, &format!("{seen} values")).await;
        }
        let unusable = reading
            .await
            .map_err(|e| JobError::from(AppError::internal(e)))?
            .map_err(|reason| JobError::Retry(format!("{what} cannot be read: {reason}")))?;
        Ok((seen, unusable))
    }

    async fn write(&mut self) -> AppResult<()> {
        let mut batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        // Neighbours in the index are written together.
        batch.sort_unstable_by_key(|value| (value.hash, value.event));
        let (feed, run) = (self.feed.id, self.run);
        self.ctx
            .write(move |_, tx| {
                // A feed that was deleted meanwhile leaves nothing behind.
                tx.lock_row("feeds", feed.0)?;
                if feeds::by_id(tx, feed)?.is_none() {
                    return Err(AppError::not_found("The feed is gone."));
                }
                batch
                    .chunks(BATCH)
                    .try_for_each(|values| feed_caches::put(tx, feed, run, values))
                    .map_err(AppError::from)
            })
            .await
    }

    /// Writes the rest, removes what this run did not see when it has seen everything, and counts.
    async fn finish(mut self, all: bool, etag: Option<String>, progress: &Progress) -> Result<i64, JobError> {
        self.write().await?;
        let (begun, ctx) = (self.feed, self.ctx);
        let id = begun.id;
        if all {
            sweep(&ctx, id, self.run, progress).await?;
        }
        let (hashes, covered) = ctx.read(move |_, tx| Ok(feed_caches::count(tx, id)?)).await?;
        ctx.write(move |ctx, tx| {
            tx.lock_row("feeds", id.0)?;
            let Some(now) = feeds::by_id(tx, id)? else {
                return Err(AppError::not_found("The feed is gone."));
            };
            let state = State {
                feed: id,
                cached: ctx.now(),
                hashes,
                covered,
                // What was changed meanwhile may be read in another way.
                etag: etag.filter(|_| same_content(&begun, &now)),
            };
            Ok(feed_caches::set_state(tx, &state)?)
        })
        .await?;
        Ok(hashes)
    }
}

fn same_content(before: &Feed, after: &Feed) -> bool {
    before.url == after.url
        && before.headers == after.headers
        && before.rules == after.rules
        && before.settings == after.settings
        && before.source_format == after.source_format
        && before.input_source == after.input_source
}

/// Removes what a run did not see.
async fn sweep(ctx: &Ctx, feed: FeedId, run: JobId, progress: &Progress) -> Result<(), JobError> {
    loop {
        progress.check()?;
        let swept = ctx
            .write(move |_, tx| Ok(feed_caches::sweep(tx, feed, run)?))
            .await?;
        if swept == 0 {
            return Ok(());
        }
    }
}

/// Forgets the cache of a feed that is being deleted: at once for look-ups, its values bit by bit in a job.
pub(super) fn forget(ctx: &Ctx, tx: &mut Tx<'_>, feed: &Feed) -> AppResult<()> {
    if feed_caches::forget(tx, feed.id)? {
        queue(ctx, tx, KIND, "cache", feed)?;
    }
    Ok(())
}

/// What is known of the caches, for those who may manage feeds.
pub async fn states(ctx: &Ctx) -> AppResult<Vec<State>> {
    ctx.read(|_, tx| Ok(feed_caches::states(tx)?)).await
}
