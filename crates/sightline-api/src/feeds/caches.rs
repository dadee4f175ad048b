//! Caching feeds, looking values up in the caches, comparing them (spec 06 A.6 and A.7).

use super::{feed_id, percent};
use crate::request::Request;
use crate::response::Response;
use serde_json::{Map, Value, json};
use sightline_app::Ctx;
use sightline_app::feeds::cache::{self, Compared, Known, Scope};
use sightline_core::{AppError, AppResult};
use sightline_misp::feeds::{Feed, SourceFormat};

/// Values that one request looks up at most.
const VALUES_MAX: usize = 10_000;

pub(super) async fn request(ctx: Ctx, request: Request) -> AppResult<Response> {
    cache::request(&ctx, Scope::parse(request.arg(0).unwrap_or_default())?).await?;
    Ok(Response::saved(
        "Feed caching job initiated.",
        "/feeds/cacheFeed",
        None,
    ))
}

pub(super) async fn compare(ctx: Ctx, _: Request) -> AppResult<Response> {
    let compared = cache::compare(&ctx).await?;
    let rows: Value = compared.iter().map(row).collect();
    Ok(Response::json(&rows))
}

fn row(compared: &Compared) -> Value {
    let others: Vec<Value> = compared
        .others
        .iter()
        .map(|other| {
            let mut fields = summary(&other.feed);
            fields.insert("overlap_count".into(), other.count.into());
            fields.insert("overlap_percentage".into(), other.percentage.into());
            Value::Object(fields)
        })
        .collect();
    let mut fields = summary(&compared.feed);
    fields.insert("values".into(), compared.values.into());
    fields.insert("ComparedFeed".into(), others.into());
    json!({"Feed": fields})
}

fn summary(feed: &Feed) -> Map<String, Value> {
    let fields = [
        ("id", json!(feed.id.to_string())),
        ("name", json!(feed.name)),
        ("url", json!(feed.url)),
        ("provider", json!(feed.provider)),
        ("source_format", json!(feed.source_format.name())),
        ("input_source", json!(feed.input_source.name())),
        ("default", json!(feed.is_default)),
    ];
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// What part of a feed's values the feeds named in `Feed` hold, in percent.
pub(super) async fn coverage(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.json()?;
    let ids = match body.get("Feed") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(ids)) => ids.iter().map(id_of).collect::<AppResult<_>>()?,
        Some(id) => vec![id_of(id)?],
    };
    let permille = cache::coverage(&ctx, feed_id(&request)?, ids).await?;
    let number: Value = serde_json::from_str(&percent(permille)).map_err(AppError::internal)?;
    Ok(Response::json(&number))
}

fn id_of(value: &Value) -> AppResult<i64> {
    let id = value
        .as_i64()
        .or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()));
    id.ok_or_else(|| AppError::BadRequest("Feed is a list of feed ids.".into()))
}

/// One value or a list of them, in the body or the URL; nothing lists the feeds that can be asked.
pub(super) async fn search(ctx: Ctx, request: Request) -> AppResult<Response> {
    let mut fields = request.fields("Feed")?;
    let named = request.named("value").map(Value::from);
    let wanted = fields.remove("value").or(named).unwrap_or_default();
    let base = ctx.platform.base_url.clone();
    let answer = match wanted {
        Value::Array(list) => {
            let values = list.iter().map(text_of).collect::<AppResult<Vec<_>>>()?;
            if values.len() > VALUES_MAX {
                return Err(AppError::BadRequest(format!(
                    "value holds more than {VALUES_MAX} values: ask for them in parts."
                )));
            }
            let found = cache::search(&ctx, values).await?;
            let entries = found
                .into_iter()
                .map(|(value, known)| (value, entries(&known, &base)));
            Value::Object(entries.collect())
        }
        one => match text_of(&one)? {
            value if value.trim().is_empty() => entries(&cache::search_all(&ctx).await?, &base),
            value => {
                let found = cache::search(&ctx, vec![value]).await?;
                entries(
                    &found.into_iter().flat_map(|(_, known)| known).collect::<Vec<_>>(),
                    &base,
                )
            }
        },
    };
    Ok(Response::json(&answer))
}

fn text_of(value: &Value) -> AppResult<String> {
    match value {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(AppError::BadRequest("value is a text or a list of texts.".into())),
    }
}

fn entries(known: &[Known], base: &str) -> Value {
    known
        .iter()
        .map(|known| json!({"Feed": entry(known, base)}))
        .collect()
}

fn entry(known: &Known, base: &str) -> Map<String, Value> {
    let feed = &known.feed;
    let misp = feed.source_format == SourceFormat::Misp;
    let direct: Vec<Value> = if known.events.is_empty() {
        let url = format!("{base}/feeds/previewIndex/{}", feed.id);
        vec![json!({"url": url, "name": format!("Feed {}", feed.id)})]
    } else {
        let link = |event| {
            let url = format!("{base}/feeds/previewEvent/{}/{event}", feed.id);
            json!({"url": url, "name": format!("Event {event}")})
        };
        known.events.iter().map(link).collect()
    };
    let mut fields = Map::from_iter([
        ("id".to_owned(), json!(feed.id.to_string())),
        ("name".to_owned(), json!(feed.name)),
        ("url".to_owned(), json!(feed.url)),
        ("source_format".to_owned(), json!(feed.source_format.name())),
        ("type".to_owned(), json!(if misp { "MISP Feed" } else { "Feed" })),
    ]);
    if misp {
        fields.insert("uuid".into(), json!(known.events));
    }
    fields.insert("direct_urls".into(), direct.into());
    fields
}
