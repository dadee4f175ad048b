//! Looking at a feed before fetching it. Nothing is stored.

use super::fetch::{Fetched, Plan, Source, plan, read_event};
use super::find;
use crate::Ctx;
use serde_json::{Map, Value, json};
use sightline_core::ids::FeedId;
use sightline_core::{AppError, AppResult};
use sightline_formats::feed_manifest::{ManifestEntry, read_manifest};
use sightline_formats::feed_rules::EventFacts;
use sightline_formats::freetext::{Candidate, Freetext};
use sightline_formats::text_feed::{TextFeed, TextFeedError};
use sightline_misp::feeds::{Feed, SourceFormat};
use sightline_misp::input::EventIn;
use sightline_misp::records::Distribution;
use sightline_misp::types::AttributeType;
use std::collections::HashSet;
use std::io::{BufReader, Read};
use std::time::Duration;
use uuid::Uuid;

/// A person waits for the answer; a feed that takes longer is for the background.
const PATIENCE: Duration = Duration::from_secs(60);
/// Largest event that is shown before it is fetched, in bytes.
const EVENT_BYTES: u64 = 32 << 20;

/// A value of a text feed, and the attribute that it would become.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of spec 06 A.7, previewIndex")]
pub struct Found {
    pub types: &'static [&'static str],
    pub default_type: &'static str,
    pub value: String,
    pub category: &'static str,
    pub to_ids: bool,
}

/// One page, from 1, of a MISP feed's events that its rules allow and that hold `search` in uuid, title, creator or a
/// tag; and how many there are in all.
pub async fn preview_manifest(
    ctx: &Ctx,
    id: FeedId,
    search: Option<String>,
    page: u32,
    limit: u32,
) -> AppResult<(Vec<ManifestEntry>, u64)> {
    let (feed, plan) = open(ctx, id).await?;
    if feed.source_format != SourceFormat::Misp {
        return Err(AppError::BadRequest("This feed has values, not events.".into()));
    }
    let source = Source::of(ctx, &feed)?;
    let manifest = patiently(source.file("manifest.json", None)).await?;
    let (now, search) = (ctx.now(), search.map(|text| text.to_lowercase()));
    in_background(move || {
        let mut window = Window::new(page, limit);
        let file = manifest.open().map_err(|e| e.to_string())?;
        read_manifest(BufReader::with_capacity(256 << 10, file), |entry| {
            if let Ok(entry) = entry
                && allows(&plan, &entry, now)
                && search.as_deref().is_none_or(|search| holds(&entry, search))
            {
                window.offer(entry);
            }
        })
        .map_err(|e| format!("manifest.json cannot be read: {e}"))?;
        Ok((window.kept, window.total))
    })
    .await
}

/// One page, from 1, of a text feed's values, each once; and how many there are in all.
pub async fn preview_values(ctx: &Ctx, id: FeedId, page: u32, limit: u32) -> AppResult<(Vec<Found>, u64)> {
    let (feed, plan) = open(ctx, id).await?;
    if feed.source_format == SourceFormat::Misp {
        return Err(AppError::BadRequest("This feed has events, not values.".into()));
    }
    let source = Source::of(ctx, &feed)?;
    let fetched = patiently(source.only_file(None)).await?;
    in_background(move || {
        let reader = BufReader::new(fetched.open().map_err(|e| e.to_string())?);
        let lines = match feed.source_format {
            SourceFormat::Csv => TextFeed::csv(reader, Freetext::new(), plan.settings.clone()),
            SourceFormat::Freetext | SourceFormat::Misp => {
                TextFeed::freetext(reader, Freetext::new(), plan.settings.clone())
            }
        };
        let mut window = Window::new(page, limit);
        let mut seen = HashSet::new();
        for candidate in lines {
            match candidate {
                Ok(candidate) => {
                    if seen.insert(sightline_misp::fold::value_key(&candidate.value)) {
                        window.offer(candidate);
                    }
                }
                Err(TextFeedError::LineTooLong { .. }) => {}
                Err(TextFeedError::Io(error)) => return Err(error.to_string()),
            }
        }
        Ok((
            window
                .kept
                .into_iter()
                .filter_map(|candidate| found(candidate, &plan))
                .collect(),
            window.total,
        ))
    })
    .await
}

/// An event as it would be stored; `None` when the feed's rules exclude it.
pub async fn preview_event(ctx: &Ctx, id: FeedId, uuid: Uuid) -> AppResult<Option<Value>> {
    let (feed, plan) = open(ctx, id).await?;
    if feed.source_format != SourceFormat::Misp {
        return Err(AppError::BadRequest("This feed has values, not events.".into()));
    }
    let source = Source::of(ctx, &feed)?;
    let name = format!("{uuid}.json");
    let fetched = patiently(source.file(&name, None)).await?;
    if fetched.size() > EVENT_BYTES {
        return Err(AppError::TooLarge(
            "This event is too large for a preview. Fetch it instead.".into(),
        ));
    }
    let now = ctx.now();
    in_background(move || {
        let (event, mut shown) = read_twice(&fetched)?;
        if !plan.allows(&event, now) {
            return Ok(None);
        }
        normalise(&plan, &mut shown);
        Ok(Some(json!({"Event": shown})))
    })
    .await
}

async fn open(ctx: &Ctx, id: FeedId) -> AppResult<(Feed, Plan)> {
    ctx.read(move |ctx, tx| {
        let feed = find(ctx, tx, id)?;
        let plan = plan(ctx, tx, &feed)?;
        Ok((feed, plan))
    })
    .await
}

async fn patiently(
    download: impl Future<Output = Result<Fetched, sightline_remote::RemoteError>>,
) -> AppResult<Fetched> {
    match tokio::time::timeout(PATIENCE, download).await {
        Ok(fetched) => Ok(fetched?),
        Err(_) => Err(AppError::Upstream(
            "The feed takes too long to answer for a preview.".into(),
        )),
    }
}

async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> AppResult<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(AppError::internal)?
        .map_err(AppError::Upstream)
}

/// Keeps the items of one page and counts all.
struct Window<T> {
    from: u64,
    to: u64,
    total: u64,
    kept: Vec<T>,
}

impl<T> Window<T> {
    fn new(page: u32, limit: u32) -> Self {
        let from = u64::from(page.saturating_sub(1)) * u64::from(limit);
        Self {
            from,
            to: from + u64::from(limit),
            total: 0,
            kept: Vec::new(),
        }
    }

    fn offer(&mut self, item: T) {
        if (self.from..self.to).contains(&self.total) {
            self.kept.push(item);
        }
        self.total += 1;
    }
}

/// In the preview, rules match parts of names, as they do on downloaded events.
fn allows(plan: &Plan, entry: &ManifestEntry, now: i64) -> bool {
    let tags: Vec<String> = entry.tags.iter().map(|tag| tag.name.clone()).collect();
    let facts = EventFacts {
        tags: &tags,
        orgc_name: &entry.orgc_name,
        orgc_uuid: &entry.orgc_uuid,
        timestamp: entry.timestamp,
        publish_timestamp: entry.publish_timestamp,
    };
    plan.rules.allows_event(facts, now)
}

fn holds(entry: &ManifestEntry, search: &str) -> bool {
    let texts = [&entry.uuid, &entry.info, &entry.orgc_name, &entry.orgc_uuid];
    texts
        .into_iter()
        .chain(entry.tags.iter().map(|tag| &tag.name))
        .any(|text| text.to_lowercase().contains(search))
}

fn found(candidate: Candidate, plan: &Plan) -> Option<Found> {
    let kind = AttributeType::parse(candidate.default_type)?;
    Some(Found {
        types: candidate.types,
        default_type: candidate.default_type,
        value: candidate.value,
        category: kind.default_category().name(),
        to_ids: plan.to_ids.unwrap_or_else(|| kind.default_to_ids()),
    })
}

/// The event as the rules look at it, and as it is shown.
fn read_twice(fetched: &Fetched) -> Result<(Box<EventIn>, Map<String, Value>), String> {
    let mut text = Vec::new();
    let mut file = fetched.open().map_err(|e| e.to_string())?;
    file.read_to_end(&mut text).map_err(|e| e.to_string())?;
    let event = read_event(text.as_slice(), fetched.size())?;
    let document = serde_json::from_slice(&text).map_err(|e| e.to_string())?;
    let shown = unwrapped(document).ok_or("there is no event in it")?;
    Ok((event, shown))
}

/// Out of `response`, a list of one, and `Event`.
fn unwrapped(document: Value) -> Option<Map<String, Value>> {
    match document {
        Value::Array(list) => unwrapped(list.into_iter().next()?),
        Value::Object(mut fields) => match (fields.remove("Event"), fields.remove("response")) {
            (Some(Value::Object(event)), _) => Some(event),
            (_, Some(inner)) => unwrapped(inner),
            _ => None,
        },
        _ => None,
    }
}

/// What [`Plan::apply`] does, on a document that is only shown.
fn normalise(plan: &Plan, event: &mut Map<String, Value>) {
    if plan.distribution == Distribution::Inherit {
        event.entry("distribution").or_insert_with(|| "0".into());
    } else {
        event.insert(
            "distribution".into(),
            plan.distribution.number().to_string().into(),
        );
        event.insert("sharing_group_id".into(), plan.sharing_group.to_string().into());
        event.remove("SharingGroup");
        for_each(event, "Attribute", inherit);
        for_each(event, "Object", |object| {
            inherit(object);
            for_each(object, "Attribute", inherit);
        });
    }
    if plan.settings.unpublish_event {
        event.insert("published".into(), false.into());
    }
    if plan.tags.is_empty() {
        return;
    }
    let Some(Value::Array(tags)) = Some(event.entry("Tag").or_insert_with(|| json!([]))) else {
        return;
    };
    for tag in &plan.tags {
        let is_it = |known: &Value| {
            known
                .get("name")
                .and_then(Value::as_str)
                .is_some_and(|name| name.to_lowercase() == tag.to_lowercase())
        };
        if !tags.iter().any(is_it) {
            tags.push(json!({"name": tag}));
        }
    }
}

fn inherit(record: &mut Map<String, Value>) {
    record.insert(
        "distribution".into(),
        Distribution::Inherit.number().to_string().into(),
    );
    record.remove("SharingGroup");
    record.remove("sharing_group_id");
}

fn for_each(parent: &mut Map<String, Value>, list: &str, change: impl Fn(&mut Map<String, Value>)) {
    if let Some(Value::Array(records)) = parent.get_mut(list) {
        records
            .iter_mut()
            .filter_map(Value::as_object_mut)
            .for_each(change);
    }
}
