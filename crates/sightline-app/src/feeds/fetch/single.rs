//! Importing one event of a MISP feed at once, as a person picks it from the preview.

use super::misp::{Stored, store};
use super::{Source, plan, read_event};
use crate::Ctx;
use crate::feeds::{invalid_feed, require_manager};
use sightline_core::ids::FeedId;
use sightline_core::{AppError, AppResult};
use sightline_db::feeds;
use std::sync::Arc;
use uuid::Uuid;

/// What became of the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imported {
    /// It is new here.
    Added,
    /// It was here and older.
    Updated,
    /// What is here is as new.
    Unchanged,
    /// The feed's rules or a blocklist exclude it.
    Blocked,
}

/// Downloads and stores one event, whether the feed is enabled or not.
pub async fn import_event(ctx: &Ctx, id: FeedId, uuid: Uuid) -> AppResult<Imported> {
    require_manager(ctx)?;
    let (feed, plan) = ctx
        .read(move |ctx, tx| {
            let feed = feeds::by_id(tx, id)?.ok_or_else(invalid_feed)?;
            let plan = plan(ctx, tx, &feed)?;
            Ok((feed, plan))
        })
        .await?;
    let source = Source::of(ctx, &feed)?;
    let fetched = source.file(&format!("{uuid}.json"), None).await?;
    let event = tokio::task::spawn_blocking(move || {
        let file = fetched.open().map_err(|e| e.to_string())?;
        read_event(file, fetched.size())
    })
    .await
    .map_err(AppError::internal)?
    .map_err(|reason| AppError::Upstream(format!("The event could not be read: {reason}.")))?;
    Ok(match store(ctx, Arc::new(plan), uuid, event).await? {
        Stored::Added(_) => Imported::Added,
        Stored::Updated(_) => Imported::Updated,
        Stored::Unchanged => Imported::Unchanged,
        Stored::Blocked(_) => Imported::Blocked,
    })
}
