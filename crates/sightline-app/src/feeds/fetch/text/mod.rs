//! Fetching a text or CSV feed (spec 06 A.5): every indicator becomes an attribute of one event.
//!
//! The event is the feed's fixed one, or a new one per fetch, whose id is kept in the job's checkpoint by the very
//! transaction that makes it: a run that starts again goes on with it, finds what is there, and adds the rest.

mod read;
mod target;

use super::{Fetch, Plan, Source, job_error};
use crate::Ctx;
use crate::jobs::{JobError, Level, Progress};
pub(in crate::feeds) use read::candidates;
use read::{Batch, Reading, Summary};
use serde::{Deserialize, Serialize};
use sightline_core::AppError;
use sightline_core::ids::EventId;
use sightline_misp::feeds::Feed;
use sightline_remote::RemoteError;
use std::sync::Arc;

/// What a run leaves for the next one.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Checkpoint {
    event: EventId,
}

pub(super) async fn fetch(
    ctx: &Ctx,
    feed: &Feed,
    plan: Plan,
    progress: &Progress,
) -> Result<Fetch, JobError> {
    let source = Source::of(ctx, feed)?;
    let resumed = progress.resume::<Checkpoint>().map(|checkpoint| checkpoint.event);
    let mut target = target::find(ctx, feed, resumed).await?;
    progress.set(0, 0, "Downloading").await;
    // What is unchanged needs no second look, unless the event that should hold it is gone.
    let etag = feed
        .etag
        .clone()
        .filter(|_| target.is_some() || !feed.fixed_event);
    let fetched = match source.only_file(etag).await {
        Ok(fetched) => fetched,
        Err(RemoteError::NotModified) => {
            return Ok(Fetch {
                message: "The feed has not changed.".into(),
                etag: feed.etag.clone(),
            });
        }
        Err(error) => return Err(job_error(&error)),
    };
    let fetched = Arc::new(fetched);
    let plan = Arc::new(plan);
    let mut reading = Reading::start(ctx, Arc::clone(&fetched), feed, Arc::clone(&plan));
    let mut added = 0;
    loop {
        let next = tokio::select! {
            batch = reading.batches.recv() => batch,
            () = progress.token().cancelled() => None,
        };
        progress.check()?;
        let Some(Batch { drafts, position }) = next else {
            break;
        };
        let (event, new) = target::store(ctx, feed, &plan, target, drafts, progress.lease().clone()).await?;
        target = Some(event);
        added += new;
        progress
            .set(position, fetched.size(), &format!("{added} new values"))
            .await;
    }
    let Summary { seen, refused, notes } = reading.finish().await?;
    for note in &notes {
        progress.log(Level::Warning, note).await;
    }
    let found = seen.len();
    let removed = match target {
        // A feed without a single value is taken for one that is out of order, not for one that wants all deleted.
        Some(event) if feed.fixed_event && feed.delta_merge && found > 0 => {
            target::remove_vanished(ctx, event, Arc::new(seen), progress).await?
        }
        _ => 0,
    };
    if let Some(event) = target {
        target::finish(ctx, feed, &plan, event).await?;
    }
    if feed.delete_local_file
        && let Err(reason) = fetched.delete_local()
    {
        progress.log(Level::Warning, &reason).await;
    }
    let mut message =
        format!("Fetching the feed has successfully completed. {found} value(s) in the feed, {added} new.");
    if removed > 0 {
        message.push_str(&format!(
            " {removed} value(s) are no longer in the feed and were deleted."
        ));
    }
    if refused > 0 {
        message.push_str(&format!(
            " {refused} line(s) or value(s) were not usable: see the log."
        ));
    }
    Ok(Fetch {
        message,
        etag: fetched.etag.clone(),
    })
}

/// A thread of ours that ended without an answer.
fn broken_off(error: impl std::fmt::Display) -> JobError {
    AppError::internal(error).into()
}
