//! Adding, editing, switching and deleting feeds.

use super::{cache, edit as fields, invalid_feed, record, require_manager};
use crate::Ctx;
use serde_json::{Map, Value, json};
use sightline_core::ids::FeedId;
use sightline_core::{AppError, AppResult};
use sightline_db::{Tx, feed_caches, feeds};
use sightline_misp::feeds::{Feed, FeedIn};
use sightline_misp::json::write_object;

/// Adds a feed.
pub async fn add(ctx: &Ctx, body: FeedIn) -> AppResult<Feed> {
    require_manager(ctx)?;
    ctx.write(move |ctx, tx| {
        let mut feed = Feed::default();
        fields::apply(ctx, tx, &mut feed, &body)?;
        insert(ctx, tx, feed)
    })
    .await
}

/// Writes a new feed with its audit row.
pub(super) fn insert(ctx: &Ctx, tx: &mut Tx<'_>, mut feed: Feed) -> AppResult<Feed> {
    feed.id = feeds::insert(tx, &feed)?;
    record(ctx, tx, "add", &feed, Value::Object(columns(&feed)))?;
    Ok(feed)
}

/// Changes what the body names.
pub async fn edit(ctx: &Ctx, id: FeedId, body: FeedIn) -> AppResult<Feed> {
    require_manager(ctx)?;
    ctx.write(move |ctx, tx| {
        let before = feeds::by_id(tx, id)?.ok_or_else(invalid_feed)?;
        let mut feed = before.clone();
        fields::apply(ctx, tx, &mut feed, &body)?;
        save(ctx, tx, &before, &feed)?;
        Ok(feed)
    })
    .await
}

fn save(ctx: &Ctx, tx: &mut Tx<'_>, before: &Feed, after: &Feed) -> AppResult<()> {
    feeds::update(tx, after)?;
    feed_caches::outdate(tx, after.id)?;
    let old = columns(before);
    let changed: Map<String, Value> = columns(after)
        .into_iter()
        .filter_map(|(field, new)| {
            let old = old.get(&field).cloned().unwrap_or_default();
            (old != new).then(|| (field, json!([old, new])))
        })
        .collect();
    record(ctx, tx, "edit", after, Value::Object(changed))
}

/// The columns for the audit log. Headers may hold keys, so of them it only says whether there are any.
fn columns(feed: &Feed) -> Map<String, Value> {
    let mut out = Vec::new();
    write_object(&mut out, |o| {
        feed.write(o, false);
        o.flag("has_headers", feed.headers.is_some());
    });
    serde_json::from_slice(&out).unwrap_or_default()
}

/// What can be switched on many feeds at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    /// May be fetched.
    Enabled(bool),
    /// Takes part in look-ups.
    Caching(bool),
}

/// Enables or disables one feed. The reference answers an unknown one with "not allowed".
pub async fn set_enabled(ctx: &Ctx, id: FeedId, enabled: bool) -> AppResult<()> {
    match switch(ctx, vec![id], Switch::Enabled(enabled)).await? {
        0 => Err(AppError::NotAllowed("Invalid Feed.".into())),
        _ => Ok(()),
    }
}

/// Switches all of these feeds in one transaction; those that are not there are passed over. How many were there.
pub async fn switch(ctx: &Ctx, ids: Vec<FeedId>, switch: Switch) -> AppResult<usize> {
    require_manager(ctx)?;
    ctx.write(move |ctx, tx| {
        let mut found = 0;
        for id in ids {
            let Some(before) = feeds::by_id(tx, id)? else {
                continue;
            };
            found += 1;
            let mut feed = before.clone();
            match switch {
                Switch::Enabled(enabled) => feed.enabled = enabled,
                Switch::Caching(caching) => feed.caching_enabled = caching,
            }
            if feed != before {
                save(ctx, tx, &before, &feed)?;
            }
        }
        Ok(found)
    })
    .await
}

/// Removes a feed; what was fetched from it stays.
pub async fn delete(ctx: &Ctx, id: FeedId) -> AppResult<()> {
    require_manager(ctx)?;
    ctx.write(move |ctx, tx| {
        let feed = feeds::by_id(tx, id)?.ok_or_else(invalid_feed)?;
        feeds::delete(tx, id)?;
        cache::forget(ctx, tx, &feed)?;
        record(ctx, tx, "delete", &feed, Value::Object(columns(&feed)))
    })
    .await
}
