//! Feeds (spec 06 A.7), and this instance as a feed.

mod caches;

use crate::key::{named_or_field, text, window};
use crate::request::{Request, decode_value};
use crate::response::{JSON, Response};
use crate::router::{Allow, Methods, Route, route};
use bytes::Bytes;
use futures_util::stream;
use serde_json::{Map, Value, json};
use sightline_app::Ctx;
use sightline_app::feeds::export::{Audience, Chunks, EventFile, Hashes, Manifest};
use sightline_app::feeds::{self, Filter, Found, ImportIn, Imported, Listed, Switch};
use sightline_core::ids::FeedId;
use sightline_core::limits::{PAGE_ROWS, PAGE_ROWS_MAX};
use sightline_core::{AppError, AppResult};
use sightline_misp::feeds::{FeedIn, SourceFormat};
use sightline_misp::json::{Buffer, write_list, write_object};
use std::collections::HashMap;
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    use Allow::{Everyone, HostOrg, SiteAdmin};
    use Methods::{Get, GetPost, Post, PostDelete};
    vec![
        route("feeds", "index", GetPost, Everyone, index),
        route("feeds", "view", GetPost, HostOrg(&[]), view),
        route("feeds", "add", Post, SiteAdmin, add),
        route("feeds", "edit", Post, SiteAdmin, edit),
        route("feeds", "delete", PostDelete, SiteAdmin, delete),
        route("feeds", "enable", GetPost, SiteAdmin, |ctx, request| {
            set_enabled(ctx, request, true)
        }),
        route("feeds", "disable", GetPost, SiteAdmin, |ctx, request| {
            set_enabled(ctx, request, false)
        }),
        route("feeds", "toggleSelected", Post, SiteAdmin, toggle_selected),
        route("feeds", "fetchFromFeed", GetPost, SiteAdmin, fetch),
        route("feeds", "fetchFromAllFeeds", GetPost, SiteAdmin, fetch_all),
        route("feeds", "getEvent", GetPost, SiteAdmin, import_event),
        route("feeds", "previewIndex", GetPost, Everyone, preview_index),
        route("feeds", "previewEvent", GetPost, Everyone, preview_event),
        route("feeds", "importFeeds", Post, SiteAdmin, import),
        route("feeds", "loadDefaultFeeds", Post, SiteAdmin, load_defaults),
        route("feeds", "cacheFeeds", GetPost, SiteAdmin, caches::request),
        route("feeds", "compareFeeds", GetPost, SiteAdmin, caches::compare),
        route("feeds", "feedCoverage", GetPost, HostOrg(&[]), caches::coverage),
        route("feeds", "searchCaches", GetPost, Everyone, caches::search),
        route("feeds", "export", Get, Everyone, export),
    ]
}

/// The feed that the first positional parameter names.
fn feed_id(request: &Request) -> AppResult<FeedId> {
    number(request, 0)
        .map(FeedId)
        .ok_or_else(|| AppError::not_found("Invalid Feed."))
}

fn number(request: &Request, n: usize) -> Option<i64> {
    request.arg(n)?.parse().ok()
}

async fn index(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.fields("Feed")?;
    let filter = filter(&request, &body)?;
    // The reference does not page here.
    let (page, limit) = window(&request, &body, PAGE_ROWS_MAX);
    let (listed, total) = feeds::index(&ctx, filter, page, limit).await?;
    let manages = feeds::may_manage(&ctx);
    let cached: HashMap<FeedId, i64> = feeds::cache::states(&ctx)
        .await?
        .into_iter()
        .map(|state| (state.feed, state.cached))
        .collect();
    let mut out = Buffer::new();
    write_list(&mut out, &listed, |out, listed| {
        let cached = cached.get(&listed.feed.id).copied();
        write_listed(out, listed, manages, Extra::CacheTimestamp(cached));
    });
    Ok(Response::raw_json(out).with_total(total))
}

fn filter(request: &Request, body: &Map<String, Value>) -> AppResult<Filter> {
    let given = |name: &str| named_or_field(request, body, name);
    let flag =
        |name: &str| given(name).map(|value| !matches!(value.to_ascii_lowercase().as_str(), "0" | "false"));
    let mut filter = Filter {
        name: given("name"),
        url: given("url"),
        provider: given("provider"),
        source_format: given("source_format")
            .map(|word| {
                SourceFormat::parse(&word).ok_or_else(|| {
                    AppError::BadRequest("source_format is one of misp, freetext, csv.".into())
                })
            })
            .transpose()?,
        enabled: flag("enabled"),
        caching_enabled: flag("caching_enabled"),
        is_default: flag("default"),
        lookup_visible: flag("lookup_visible"),
        any: given("quickFilter"),
    };
    match given("scope").as_deref() {
        Some("enabled") => filter.enabled = Some(true),
        Some("default") => filter.is_default = Some(true),
        Some("custom") => filter.is_default = Some(false),
        _ => {}
    }
    Ok(filter)
}

/// What stands at the end of a feed besides its columns.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extra {
    Nothing,
    /// In lists, for those who manage feeds: when it was cached.
    CacheTimestamp(Option<i64>),
    /// In a single view: how many values its cache holds, and how many of a thousand of them other feeds hold, too.
    CacheStatistics(i64, i64),
}

fn write_listed(out: &mut Buffer, listed: &Listed, manages: bool, extra: Extra) {
    write_object(out, |o| {
        o.object("Feed", |o| {
            listed.feed.write(o, manages);
            match extra {
                Extra::CacheTimestamp(None) if manages => o.flag("cache_timestamp", false),
                Extra::CacheTimestamp(Some(cached)) if manages => o.number("cache_timestamp", cached),
                Extra::CacheStatistics(values, permille) => {
                    o.count("cached_elements", values);
                    o.text("coverage_by_other_feeds", &format!("{}%", percent(permille)));
                }
                Extra::Nothing | Extra::CacheTimestamp(_) => {}
            }
        });
        if let Some(tag) = &listed.tag {
            o.object("Tag", |o| tag.write(o));
        }
        if let Some(bundle) = &listed.tag_collection {
            o.list("TagCollection", [bundle], |out, bundle| {
                write_object(out, |o| {
                    bundle.collection.write_whole(o, &bundle.tags, &bundle.org);
                });
            });
        }
        if let Some(orgc) = &listed.orgc {
            o.object("Orgc", |o| orgc.write(o));
        }
    });
}

/// `12.3`, or `12` when there is nothing behind the point.
fn percent(permille: i64) -> String {
    match permille % 10 {
        0 => (permille / 10).to_string(),
        tenth => format!("{}.{tenth}", permille / 10),
    }
}

async fn view(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = feed_id(&request)?;
    let listed = feeds::view(&ctx, id).await?;
    let (values, permille) = feeds::cache::statistics(&ctx, id).await?;
    let mut out = Buffer::new();
    let extra = Extra::CacheStatistics(values, permille);
    write_listed(&mut out, &listed, feeds::may_manage(&ctx), extra);
    Ok(Response::raw_json(out))
}

fn shown(feed: sightline_misp::feeds::Feed) -> Response {
    let mut out = Buffer::new();
    write_listed(
        &mut out,
        &Listed {
            feed,
            tag: None,
            tag_collection: None,
            orgc: None,
        },
        true,
        Extra::Nothing,
    );
    Response::raw_json(out)
}

async fn add(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body: FeedIn = request.decode("Feed")?;
    Ok(shown(feeds::add(&ctx, body).await?))
}

async fn edit(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = feed_id(&request)?;
    let body: FeedIn = request.decode("Feed")?;
    Ok(shown(feeds::edit(&ctx, id, body).await?))
}

async fn delete(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = feed_id(&request)?;
    feeds::delete(&ctx, id).await?;
    // Here, the id is a number.
    let number = Map::from_iter([("id".to_owned(), Value::from(id.0))]);
    Ok(Response::saved_with(
        "Feed deleted.",
        &format!("/feeds/delete/{id}"),
        None,
        number,
    ))
}

async fn set_enabled(ctx: Ctx, request: Request, enabled: bool) -> AppResult<Response> {
    let id = feed_id(&request).map_err(|_| AppError::NotAllowed("Invalid Feed.".into()))?;
    feeds::set_enabled(&ctx, id, enabled).await?;
    let (message, action) = if enabled {
        ("Feed enabled.", "enable")
    } else {
        ("Feed disabled.", "disable")
    };
    Ok(Response::message(message, &format!("/feeds/{action}/{id}")))
}

/// `/feeds/toggleSelected/<on>/<of the cache>/<list of ids>`
async fn toggle_selected(ctx: Ctx, request: Request) -> AppResult<Response> {
    let on = |n| matches!(request.arg(n), Some("1" | "true"));
    let list = request
        .arg(2)
        .map_or_else(|| request.json(), |list| Ok(Value::from(list)))?;
    let ids =
        ids(&list).ok_or_else(|| AppError::BadRequest("The last part is a list of feed ids.".into()))?;
    let switch = if on(1) {
        Switch::Caching(on(0))
    } else {
        Switch::Enabled(on(0))
    };
    let count = feeds::switch(&ctx, ids, switch).await?;
    let word = if on(0) { "enabled" } else { "disabled" };
    Ok(Response::saved(
        &format!("{count} feeds {word}."),
        "/feeds/toggleSelected",
        None,
    ))
}

/// A JSON list of numbers, perhaps as text.
fn ids(list: &Value) -> Option<Vec<FeedId>> {
    let parsed: Value;
    let list = match list {
        Value::String(text) => {
            parsed = serde_json::from_str(text).ok()?;
            &parsed
        }
        other => other,
    };
    let one = [list.clone()];
    let items = list.as_array().map_or(one.as_slice(), Vec::as_slice);
    items
        .iter()
        .map(|item| text(item)?.parse().ok().map(FeedId))
        .collect()
}

/// Requests that cannot be met are answered like those that can: with a sentence in `result`.
fn result(outcome: AppResult<&str>) -> AppResult<Response> {
    match outcome {
        Ok(sentence) => Ok(Response::json(&json!({"result": sentence}))),
        Err(AppError::Refused(sentence)) => Ok(Response::json(&json!({"result": sentence}))),
        Err(error) => Err(error),
    }
}

const QUEUED: &str = "Pull queued for background execution.";

async fn fetch(ctx: Ctx, request: Request) -> AppResult<Response> {
    result(
        feeds::request_fetch(&ctx, feed_id(&request)?)
            .await
            .map(|_| QUEUED),
    )
}

async fn fetch_all(ctx: Ctx, _: Request) -> AppResult<Response> {
    let jobs = feeds::request_fetch_all(&ctx).await?;
    result(Ok(if jobs.is_empty() {
        "No feed enabled."
    } else {
        QUEUED
    }))
}

fn event_uuid(request: &Request) -> AppResult<Uuid> {
    request
        .arg(1)
        .and_then(|text| Uuid::try_parse(text).ok())
        .ok_or_else(|| AppError::BadRequest("The second part of the URL is the uuid of an event.".into()))
}

async fn import_event(ctx: Ctx, request: Request) -> AppResult<Response> {
    let (id, uuid) = (feed_id(&request)?, event_uuid(&request)?);
    let message = match feeds::import_event(&ctx, id, uuid).await? {
        Imported::Added => "Event added.",
        Imported::Updated => "Event updated.",
        Imported::Unchanged => "The event is here already, and as new.",
        Imported::Blocked => return Err(AppError::Refused("The feed's rules exclude this event.".into())),
    };
    Ok(Response::saved(
        message,
        &format!("/feeds/getEvent/{id}/{uuid}"),
        None,
    ))
}

async fn preview_index(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = feed_id(&request)?;
    let body = request.fields("Feed")?;
    let (page, limit) = window(&request, &body, PAGE_ROWS);
    let total;
    let answer = if feeds::view(&ctx, id).await?.feed.source_format == SourceFormat::Misp {
        let search = named_or_field(&request, &body, "searchall");
        let (entries, all) = feeds::preview_manifest(&ctx, id, search, page, limit).await?;
        total = all;
        Value::Object(
            entries
                .iter()
                .map(|entry| (entry.uuid.clone(), entry.to_json()))
                .collect(),
        )
    } else {
        let (found, all) = feeds::preview_values(&ctx, id, page, limit).await?;
        total = all;
        Value::Array(found.iter().map(encode).collect())
    };
    Ok(Response::json(&answer).with_header("x-result-count", &total.to_string()))
}

fn encode(found: &Found) -> Value {
    json!({
        "types": found.types,
        "default_type": found.default_type,
        "value": found.value,
        "category": found.category,
        "to_ids": found.to_ids,
    })
}

async fn preview_event(ctx: Ctx, request: Request) -> AppResult<Response> {
    let event = feeds::preview_event(&ctx, feed_id(&request)?, event_uuid(&request)?).await?;
    Ok(Response::json(&event.unwrap_or_else(|| "blocked".into())))
}

/// A list of feeds, or its text under `Feed.json`.
async fn import(ctx: Ctx, request: Request) -> AppResult<Response> {
    let mut body = request.json()?;
    if let Some(list) = body.pointer("/Feed/json").and_then(Value::as_str) {
        body = serde_json::from_str(list).map_err(|e| AppError::BadRequest(format!("Invalid JSON: {e}")))?;
    }
    let list: Vec<ImportIn> = match body {
        Value::Array(_) => decode_value(body)?,
        Value::Object(_) => vec![decode_value(body)?],
        _ => return Err(AppError::BadRequest("Please send a list of feeds.".into())),
    };
    let message = match feeds::import(&ctx, list).await? {
        0 => "No new feeds to add.".into(),
        added => format!("{added} new feeds added."),
    };
    Ok(Response::saved(&message, "/feeds/importFeeds", None))
}

async fn load_defaults(ctx: Ctx, _: Request) -> AppResult<Response> {
    feeds::load_defaults(&ctx).await?;
    Ok(Response::saved(
        "Default feed metadata loaded.",
        "/feeds/loadDefaultFeeds",
        None,
    ))
}

/// `/feeds/export/manifest.json`, `/feeds/export/hashes.csv`, `/feeds/export/<uuid>.json`: what the caller sees of
/// the published events, as a MISP feed. The extension has been taken off.
async fn export(ctx: Ctx, request: Request) -> AppResult<Response> {
    let name = request.arg(0).unwrap_or_default();
    match name {
        "manifest" => Ok(chunks(JSON, ctx, Manifest::new(Audience::Caller))),
        "hashes" => Ok(chunks(
            "text/csv; charset=UTF-8",
            ctx,
            Hashes::new(Audience::Caller),
        )),
        uuid => {
            let uuid = Uuid::try_parse(uuid).map_err(|_| AppError::not_found("Not Found"))?;
            let file = ctx
                .read(move |ctx, tx| EventFile::open(ctx, tx, uuid, Audience::Caller))
                .await?;
            Ok(chunks(JSON, ctx, file))
        }
    }
}

/// A document as a stream; each chunk is one short read.
fn chunks(content_type: &'static str, ctx: Ctx, document: impl Chunks) -> Response {
    Response::stream(
        content_type,
        stream::try_unfold(Some((ctx, document)), |state| async move {
            let Some((ctx, mut document)) = state else {
                return Ok(None);
            };
            let (document, more, chunk) = ctx
                .read(move |ctx, tx| {
                    let mut out = Buffer::new();
                    let more = document.next(ctx, tx, &mut out)?;
                    Ok((document, more, out))
                })
                .await?;
            Ok(Some((Bytes::from(chunk), more.then_some((ctx, document)))))
        }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_ids_come_as_json_or_as_its_text() {
        for list in [json!([1, "2"]), json!("[1, 2]"), json!("[\"1\",\"2\"]")] {
            assert_eq!(ids(&list), Some(vec![FeedId(1), FeedId(2)]), "{list}");
        }
        assert_eq!(ids(&json!("3")), Some(vec![FeedId(3)]));
        for junk in [json!("x"), json!([1, "a"]), json!([[1]]), json!(null)] {
            assert_eq!(ids(&junk), None, "{junk}");
        }
    }

    #[test]
    fn a_refusal_is_a_result_and_other_failures_stay_failures() {
        assert!(result(Err(AppError::Refused("Feed is currently not enabled.".into()))).is_ok());
        assert!(matches!(
            result(Err(AppError::not_found("Invalid Feed."))),
            Err(AppError::NotFound(_))
        ));
    }
}
