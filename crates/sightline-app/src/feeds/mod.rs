//! Feeds: keeping the list, fetching, looking before fetching, and serving one's own events as a feed (spec 06 A).
//!
//! Site administrators manage feeds. Members of the organisation that runs this instance see all of them, everybody
//! else those that are marked `lookup_visible`.

pub mod cache;
mod edit;
pub mod export;
mod fetch;
mod import;
mod manage;
mod preview;
#[cfg(test)]
mod tests;

pub(crate) use fetch::job_error;
pub use fetch::{Imported, KIND, import_event, request_fetch, request_fetch_all};
pub use import::{ImportIn, import, load_defaults};
pub use manage::{Switch, add, delete, edit, set_enabled, switch};
pub use preview::{Found, preview_event, preview_manifest, preview_values};
pub use sightline_db::feeds::Filter;

use crate::jobs::{self, Handlers, NewJob};
use crate::tag_collections::{self, Whole};
use crate::{Ctx, organisations};
use serde_json::json;
use sightline_core::ids::{FeedId, JobId};
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::audit::Change;
use sightline_db::{Tx, feeds, tags};
use sightline_misp::feeds::Feed;
use sightline_misp::records::{OrgRef, Tag};

/// A feed with the records that it names.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// The feed.
    pub feed: Feed,
    /// The tag that its events get.
    pub tag: Option<Tag>,
    /// The bundle of tags that its events get in place of it.
    pub tag_collection: Option<Whole>,
    /// The creator of its events.
    pub orgc: Option<OrgRef>,
}

/// What the reference says of a feed that is not there or not visible.
pub fn invalid_feed() -> AppError {
    AppError::not_found("Invalid Feed.")
}

/// Whether the caller may change and fetch feeds.
pub fn may_manage(ctx: &Ctx) -> bool {
    ctx.caller.is_site_admin()
}

/// Whether the caller sees feeds that are not marked `lookup_visible`, too.
fn view_everything(ctx: &Ctx) -> bool {
    may_manage(ctx) || ctx.is_host_org()
}

/// Adds this feature's jobs.
pub fn handlers(handlers: Handlers) -> Handlers {
    cache::handlers(fetch::handlers(handlers))
}

/// `Forbidden` unless the caller manages feeds.
fn require_manager(ctx: &Ctx) -> AppResult<()> {
    ctx.require(Permission::SiteAdmin)
}

/// One page, from 1, of the feeds that the caller sees, and how many there are in all.
pub async fn index(ctx: &Ctx, filter: Filter, page: u32, limit: u32) -> AppResult<(Vec<Listed>, i64)> {
    let filter = if view_everything(ctx) {
        filter
    } else {
        Filter {
            lookup_visible: Some(true),
            ..filter
        }
    };
    let offset = i64::from(page.saturating_sub(1)) * i64::from(limit);
    ctx.read(move |ctx, tx| {
        let (feeds, total) = feeds::list(tx, &filter, limit, offset)?;
        let listed = feeds
            .into_iter()
            .map(|feed| listed(ctx, tx, feed))
            .collect::<AppResult<_>>()?;
        Ok((listed, total))
    })
    .await
}

/// One feed, if the caller sees it.
pub async fn view(ctx: &Ctx, id: FeedId) -> AppResult<Listed> {
    ctx.read(move |ctx, tx| {
        let feed = find(ctx, tx, id)?;
        listed(ctx, tx, feed)
    })
    .await
}

fn find(ctx: &Ctx, tx: &mut Tx<'_>, id: FeedId) -> AppResult<Feed> {
    feeds::by_id(tx, id)?
        .filter(|feed| view_everything(ctx) || feed.lookup_visible)
        .ok_or_else(invalid_feed)
}

/// The tag and the bundle that a feed names, as far as they are there and the caller sees them.
fn named_tags(ctx: &Ctx, tx: &mut Tx<'_>, feed: &Feed) -> AppResult<(Option<Tag>, Option<Whole>)> {
    let tag = match feed.tag_id.0 {
        0 => None,
        _ => tags::by_id(tx, feed.tag_id)?,
    };
    let bundle = match feed.tag_collection_id.0 {
        0 => None,
        _ => tag_collections::look_up(ctx, tx, feed.tag_collection_id)?,
    };
    Ok((tag, bundle))
}

fn listed(ctx: &Ctx, tx: &mut Tx<'_>, feed: Feed) -> AppResult<Listed> {
    let (tag, tag_collection) = named_tags(ctx, tx, &feed)?;
    let orgc = match feed.orgc_id.0 {
        0 => None,
        _ => Some(organisations::reference(tx, feed.orgc_id)?),
    };
    Ok(Listed {
        feed,
        tag,
        tag_collection,
        orgc,
    })
}

/// Queues a job of a feed with its audit row; while one of the same kind waits or runs, that one is the answer.
fn queue(ctx: &Ctx, tx: &mut Tx<'_>, kind: &'static str, action: &str, feed: &Feed) -> AppResult<JobId> {
    let job = jobs::request(
        ctx,
        tx,
        NewJob {
            kind,
            payload: json!({"feed": feed.id}),
            unique_key: Some(format!("{kind}:{}", feed.id)),
            ..NewJob::default()
        },
    )?;
    record(ctx, tx, action, feed, json!({"job": job}))?;
    Ok(job)
}

/// Writes the audit row of a change to a feed.
fn record(ctx: &Ctx, tx: &mut Tx<'_>, action: &str, feed: &Feed, fields: serde_json::Value) -> AppResult<()> {
    ctx.audit(
        tx,
        &Change {
            action,
            model: "Feed",
            id: feed.id.0,
            title: &feed.name,
            event: None,
            fields,
        },
    )
}
