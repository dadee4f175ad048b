//! Reading a text feed on a thread of its own: lines in, batches of validated attributes out.

use super::super::{Fetched, Plan};
use super::broken_off;
use crate::Ctx;
use crate::jobs::JobError;
use sightline_formats::feed_settings::FeedSettings;
use sightline_formats::freetext::{Candidate, Freetext};
use sightline_formats::text_feed::{TextFeed, TextFeedError};
use sightline_misp::feeds::{Feed, SourceFormat};
use sightline_misp::fold::value_key;
use sightline_misp::input::{AttributeDraft, AttributeIn, Defaults, Loose};
use sightline_misp::records::Distribution;
use sightline_misp::types::AttributeType;
use std::collections::HashSet;
use std::io::{BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Attributes that one transaction writes.
const BATCH: usize = 1_000;
/// Notes about unusable lines and values that one fetch writes to its log.
const NOTES: usize = 50;

/// Attributes to store, and how far into the file they reach.
pub(super) struct Batch {
    pub(super) drafts: Vec<AttributeDraft>,
    /// Bytes read.
    pub(super) position: u64,
}

/// What the whole file held.
#[derive(Default)]
pub(super) struct Summary {
    /// One key of eight bytes per value: all that is kept of a feed, so that a feed of a million lines needs a few
    /// dozen megabytes at most, however long its lines are.
    pub(super) seen: HashSet<i64>,
    /// Values that look like indicators and are none.
    pub(super) refused: u64,
    pub(super) notes: Vec<String>,
}

/// Tells values apart as an event does: by type and folded value.
pub(super) fn key(kind: AttributeType, value: &str) -> i64 {
    value_key(&format!("{} {value}", kind.name()))
}

/// What a text or CSV feed holds.
pub(in crate::feeds) fn candidates<R: Read>(
    file: R,
    format: SourceFormat,
    settings: FeedSettings,
) -> TextFeed<BufReader<R>> {
    let reader = BufReader::with_capacity(64 << 10, file);
    match format {
        SourceFormat::Csv => TextFeed::csv(reader, Freetext::new(), settings),
        SourceFormat::Freetext | SourceFormat::Misp => TextFeed::freetext(reader, Freetext::new(), settings),
    }
}

/// A file that is being read.
pub(super) struct Reading {
    /// Ends when the file ends or cannot be read.
    pub(super) batches: mpsc::Receiver<Batch>,
    thread: JoinHandle<Result<Summary, String>>,
}

impl Reading {
    pub(super) fn start(ctx: &Ctx, fetched: Arc<Fetched>, feed: &Feed, plan: Arc<Plan>) -> Self {
        let (sender, batches) = mpsc::channel(1);
        let defaults = Defaults {
            now: ctx.now(),
            distribution: Distribution::Inherit,
        };
        let format = feed.source_format;
        let thread = tokio::task::spawn_blocking(move || {
            let file = fetched.open().map_err(|e| e.to_string())?;
            let position = Arc::new(AtomicU64::new(0));
            let counted = Counted {
                file,
                position: Arc::clone(&position),
            };
            let lines = candidates(counted, format, plan.settings.clone());
            let mut drafts = Vec::with_capacity(BATCH);
            let mut summary = Summary::default();
            for candidate in lines {
                let draft = match candidate {
                    Ok(candidate) => draft_of(&candidate, &plan, defaults),
                    Err(TextFeedError::Io(error)) => return Err(error.to_string()),
                    Err(error @ TextFeedError::LineTooLong { .. }) => Err(error.to_string()),
                };
                summary.take(draft, &mut drafts);
                if drafts.len() >= BATCH {
                    let drafts = std::mem::replace(&mut drafts, Vec::with_capacity(BATCH));
                    let batch = Batch {
                        drafts,
                        position: position.load(Ordering::Relaxed),
                    };
                    if sender.blocking_send(batch).is_err() {
                        // Nobody listens: the run was cancelled.
                        return Ok(summary);
                    }
                }
            }
            if !drafts.is_empty() {
                // A closed channel means the same as above.
                let _ = sender.blocking_send(Batch {
                    drafts,
                    position: position.load(Ordering::Relaxed),
                });
            }
            Ok(summary)
        });
        Self { batches, thread }
    }

    /// What the file held; call it when the batches have ended.
    pub(super) async fn finish(self) -> Result<Summary, JobError> {
        drop(self.batches);
        self.thread
            .await
            .map_err(broken_off)?
            .map_err(|reason| JobError::Retry(format!("The feed cannot be read: {reason}")))
    }
}

impl Summary {
    /// Keeps an attribute for storing, unless it is not valid or the file had it before.
    fn take(&mut self, draft: Result<AttributeDraft, String>, drafts: &mut Vec<AttributeDraft>) {
        match draft {
            Ok(draft) => {
                if self.seen.insert(key(draft.kind, &draft.value())) {
                    drafts.push(draft);
                }
            }
            Err(reason) => {
                self.refused += 1;
                if self.notes.len() < NOTES {
                    self.notes.push(reason);
                }
            }
        }
    }
}

/// The attribute that a candidate becomes: category and IDS flag are the type's defaults (spec 06 A.4).
pub(super) fn draft_of(
    candidate: &Candidate,
    plan: &Plan,
    defaults: Defaults,
) -> Result<AttributeDraft, String> {
    let body = AttributeIn {
        kind: candidate.default_type.into(),
        value: Loose::Text(candidate.value.clone()),
        comment: Loose::Text(candidate.comment.clone()),
        to_ids: plan.to_ids.map_or(Loose::Absent, Loose::Bool),
        disable_correlation: if plan.settings.disable_correlation {
            Loose::Bool(true)
        } else {
            Loose::Absent
        },
        ..AttributeIn::default()
    };
    AttributeDraft::from_input(&body, defaults).map_err(|fields| {
        let value: String = candidate.value.chars().take(80).collect();
        format!("{value}: {fields}")
    })
}

/// Counts the bytes that pass.
struct Counted<R> {
    file: R,
    position: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.position
            .fetch_add(u64::try_from(read).unwrap_or(0), Ordering::Relaxed);
        Ok(read)
    }
}
