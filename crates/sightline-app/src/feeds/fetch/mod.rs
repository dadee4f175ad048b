//! Fetching: asking for it, the job, and how it ends.

mod incoming;
mod misp;
mod single;
mod source;
mod text;

pub(in crate::feeds) use incoming::{Plan, read_event};
pub(in crate::feeds) use misp::{EventFile, Listed, list_events, load_events, parse_event};
pub use single::{Imported, import_event};
pub(in crate::feeds) use source::{Fetched, Source, headers_of};
pub(in crate::feeds) use text::candidates;

use super::{invalid_feed, named_tags, queue, require_manager};
use crate::jobs::{Handlers, JobError, Progress};
use crate::{Ctx, sharing_groups};
use serde::Deserialize;
use serde_json::Value;
use sightline_core::ids::{FeedId, JobId};
use sightline_core::{AppError, AppResult};
use sightline_db::{Tx, feeds};
use sightline_formats::feed_rules::FeedRules;
use sightline_formats::feed_settings::FeedSettings;
use sightline_misp::feeds::{Feed, SourceFormat};
use sightline_misp::records::Distribution;
use sightline_remote::RemoteError;

/// The job that fetches one feed.
pub const KIND: &str = "feed.fetch";

const DISABLED: &str = "Feed is currently not enabled. Make sure you enable it.";

#[derive(Debug, Deserialize)]
struct Payload {
    feed: FeedId,
}

/// Queues a fetch; while one of the same feed waits or runs, that one is the answer.
///
/// # Errors
/// `Refused` with the reference's sentence when the feed is not enabled.
pub async fn request_fetch(ctx: &Ctx, id: FeedId) -> AppResult<JobId> {
    require_manager(ctx)?;
    ctx.write(move |ctx, tx| {
        let feed = feeds::by_id(tx, id)?.ok_or_else(invalid_feed)?;
        if !feed.enabled {
            return Err(AppError::Refused(DISABLED.into()));
        }
        queue(ctx, tx, KIND, "fetch", &feed)
    })
    .await
}

/// Queues a fetch of every enabled feed, in one transaction.
pub async fn request_fetch_all(ctx: &Ctx) -> AppResult<Vec<JobId>> {
    require_manager(ctx)?;
    ctx.write(|ctx, tx| {
        let enabled = feeds::Filter {
            enabled: Some(true),
            ..feeds::Filter::default()
        };
        let (feeds, _) = feeds::list(tx, &enabled, u32::MAX, 0)?;
        feeds
            .iter()
            .map(|feed| queue(ctx, tx, KIND, "fetch", feed))
            .collect()
    })
    .await
}

/// Adds the job.
pub(super) fn handlers(handlers: Handlers) -> Handlers {
    handlers.on(KIND, |ctx, payload: Payload, progress| {
        run(ctx, payload.feed, progress)
    })
}

/// How a fetch went.
struct Fetch {
    message: String,
    /// To be sent next time; `None` when something is missing, so that the next fetch looks at everything again.
    etag: Option<String>,
}

async fn run(ctx: Ctx, id: FeedId, progress: Progress) -> Result<String, JobError> {
    // Whoever asked may have lost the right since.
    require_manager(&ctx)?;
    let (feed, plan) = ctx
        .read(move |ctx, tx| {
            let feed = feeds::by_id(tx, id)?.ok_or_else(|| AppError::not_found("The feed is gone."))?;
            if !feed.enabled {
                return Err(AppError::Refused(DISABLED.into()));
            }
            let plan = plan(ctx, tx, &feed)?;
            Ok((feed, plan))
        })
        .await?;
    let outcome = match feed.source_format {
        SourceFormat::Misp => misp::fetch(&ctx, &feed, plan, &progress).await,
        SourceFormat::Freetext | SourceFormat::Csv => text::fetch(&ctx, &feed, plan, &progress).await,
    };
    let (etag, result) = match &outcome {
        Ok(fetch) => (fetch.etag.clone(), fetch.message.clone()),
        Err(error) => (None, error.to_string()),
    };
    ctx.write(move |ctx, tx| Ok(feeds::set_result(tx, id, ctx.now(), etag.as_deref(), &result)?))
        .await?;
    outcome.map(|fetch| fetch.message)
}

/// What the feed does to events, with the records that it names looked up.
pub(in crate::feeds) fn plan(ctx: &Ctx, tx: &mut Tx<'_>, feed: &Feed) -> AppResult<Plan> {
    let text = |stored: &str| Value::String(stored.to_owned());
    let group_is_usable = feed.distribution != Distribution::SharingGroup
        || sharing_groups::require_choosable(ctx, tx, feed.sharing_group_id).is_ok();
    let (tag, bundle) = named_tags(ctx, tx, feed)?;
    // A bundle takes precedence over the single tag (spec 06 A.2).
    let tags = match bundle {
        Some(bundle) => bundle.tags.into_iter().map(|row| row.tag.name).collect(),
        None => tag.map(|tag| tag.name).into_iter().collect(),
    };
    Ok(Plan {
        rules: FeedRules::from_json(&text(&feed.rules))
            .map_err(|e| AppError::field("rules", e.to_string()))?,
        settings: FeedSettings::from_json(&text(&feed.settings))
            .map_err(|e| AppError::field("settings", e.to_string()))?,
        distribution: if group_is_usable {
            feed.distribution
        } else {
            Distribution::OrganisationOnly
        },
        sharing_group: if group_is_usable {
            feed.sharing_group_id.0
        } else {
            0
        },
        tags,
        to_ids: Plan::forced_to_ids(feed),
    })
}

/// A failed download of what the whole fetch depends on.
pub(crate) fn job_error(error: &RemoteError) -> JobError {
    tracing::info!(%error, "a source could not be fetched");
    if error.is_retryable() {
        JobError::Retry(error.public_message())
    } else {
        JobError::Fail(error.public_message())
    }
}
