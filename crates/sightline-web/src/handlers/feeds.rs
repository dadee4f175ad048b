//! Feeds: the list, the form, and what a feed holds before it is fetched.

use super::jobs::progress;
use crate::http::{Answer, Form, Input, Visit, done, page};
use crate::layout::Nav;
use crate::pages::errors::Errors;
use crate::pages::feeds::{
    FeedFormPage, FeedIndexPage, FeedPreviewPage, FeedRow, FeedRun, ManifestRow, PreviewBody, PreviewStatus,
    ValueRow,
};
use crate::pages::list::{ListUrl, Pager};
use crate::pages::moment::Moment;
use crate::pages::tag_pill::TagPill;
use crate::pages::wording::{Choice, Threat};
use serde_json::{Value, json};
use sightline_app::feeds::{self, Filter, Listed, Switch};
use sightline_app::jobs::{self, Job};
use sightline_app::organisations::{self, Scope};
use sightline_app::{events, sharing_groups, tag_collections, tags};
use sightline_core::ids::{FeedId, SharingGroupId};
use sightline_core::limits::{PAGE_ROWS, PAGE_ROWS_MAX};
use sightline_core::{AppError, AppResult};
use sightline_misp::feeds::{Feed, FeedIn, SourceFormat};
use sightline_misp::input::Loose;
use uuid::Uuid;

/// Feeds on one page; instances have dozens, not thousands.
const ROWS: u32 = 500;
/// Latest fetch jobs looked at for the state of the listed feeds.
const RECENT_JOBS: u32 = 500;

pub(super) async fn index(visit: Visit, input: Input) -> Answer {
    let scope = input.query.get("scope").to_owned();
    let filter = match scope.as_str() {
        "enabled" => Filter {
            enabled: Some(true),
            ..Filter::default()
        },
        "default" => Filter {
            is_default: Some(true),
            ..Filter::default()
        },
        "custom" => Filter {
            is_default: Some(false),
            ..Filter::default()
        },
        _ => Filter::default(),
    };
    let (found, _) = feeds::index(&visit.ctx, filter, input.page(), ROWS).await?;
    let wanted = jobs::Filter {
        kind: Some(feeds::KIND.into()),
        ..jobs::Filter::default()
    };
    let (fetches, _) = jobs::index(&visit.ctx, wanted, 1, RECENT_JOBS)
        .await
        .unwrap_or_default();
    page(&FeedIndexPage {
        frame: visit.frame("Feeds", Nav::Feeds),
        scope: if scope.is_empty() { "all".into() } else { scope },
        rows: found.iter().map(|listed| row(listed, &fetches)).collect(),
        can_manage: feeds::may_manage(&visit.ctx),
    })
}

fn row(listed: &Listed, fetches: &[Job]) -> FeedRow {
    let feed = &listed.feed;
    let latest = fetches
        .iter()
        .find(|job| job.payload.get("feed").and_then(Value::as_i64) == Some(feed.id.0));
    let rules: Value = serde_json::from_str(&feed.rules).unwrap_or_default();
    FeedRow {
        id: feed.id.0,
        name: feed.name.clone(),
        provider: feed.provider.clone(),
        format: feed.source_format.name().to_uppercase(),
        url: feed.url.clone(),
        enabled: feed.enabled,
        is_default: feed.is_default,
        distribution: feed.distribution.label().into(),
        tag: listed.tag.as_ref().map(|tag| tag.name.clone()),
        rules: rule_words(&rules),
        last: latest.filter(|job| !job.state.is_alive()).map(|job| FeedRun {
            job_id: job.id.0,
            at: Moment(job.finished),
            succeeded: job.state == jobs::State::Done,
            message: job.message.clone(),
        }),
        job: latest.filter(|job| job.state.is_alive()).map(progress),
    }
}

fn rule_words(rules: &Value) -> Vec<String> {
    let mut words = Vec::new();
    for (kind, label) in [("tags", "tags"), ("orgs", "organisations")] {
        for (side, verb) in [("OR", "only"), ("NOT", "not")] {
            let list = strings(rules.pointer(&format!("/{kind}/{side}")));
            if !list.is_empty() {
                words.push(format!("{verb} {label} {}", list.join(", ")));
            }
        }
    }
    words
}

fn strings(value: Option<&Value>) -> Vec<String> {
    value
        .and_then(Value::as_array)
        .map(|list| list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        .unwrap_or_default()
}

pub(super) async fn add_form(visit: Visit, _: Input) -> Answer {
    let form = FeedFormPage {
        enabled: true,
        ..FeedFormPage::default()
    };
    show_form(&visit, form, &Chosen::default()).await
}

/// The values of the form's selects.
#[derive(Clone, Debug, Default)]
struct Chosen {
    format: String,
    source: String,
    distribution: String,
    group: String,
    tag: String,
    tag_collection: String,
    creator: String,
}

async fn show_form(visit: &Visit, mut form: FeedFormPage, chosen: &Chosen) -> Answer {
    if !feeds::may_manage(&visit.ctx) {
        return Err(AppError::no_permission());
    }
    let filter = tags::IndexFilter {
        without_counts: true,
        ..tags::IndexFilter::default()
    };
    let (known, _) = tags::index(&visit.ctx, filter, 1, tags::TAG_ROWS).await?;
    let every = tag_collections::Filter::default();
    let (bundles, _) = tag_collections::index(&visit.ctx, every, 1, PAGE_ROWS_MAX).await?;
    let kept = chosen.group.parse().unwrap_or(0);
    let groups = sharing_groups::choosable(&visit.ctx, SharingGroupId(kept)).await?;
    let (orgs, _) = organisations::index(&visit.ctx, Scope::Local, None, None, 0).await?;
    let none = || std::iter::once((String::from("0"), String::from("None")));
    form.frame = visit.frame(
        if form.id.is_some() {
            "Edit feed"
        } else {
            "Add feed"
        },
        Nav::Feeds,
    );
    form.source_format = Choice::list(
        [("misp", "MISP"), ("csv", "CSV"), ("freetext", "Free text")],
        or(&chosen.format, "misp"),
    );
    form.input_source = Choice::list(
        [("network", "The network"), ("local", "This server's disk")],
        or(&chosen.source, "network"),
    );
    let mut levels = Choice::distributions(or(&chosen.distribution, "0"), !groups.is_empty(), true);
    for level in levels.iter_mut().filter(|level| level.value == "5") {
        level.label = "As the feed says".into();
    }
    form.distribution = levels;
    form.sharing_groups = Choice::list(groups, &chosen.group);
    let tag_names = known
        .into_iter()
        .map(|counted| (counted.tag.id.to_string(), counted.tag.name));
    form.tags = Choice::list(none().chain(tag_names), or(&chosen.tag, "0"));
    let bundle_names = bundles
        .into_iter()
        .map(|whole| (whole.collection.id.to_string(), whole.collection.name));
    form.tag_collections = Choice::list(none().chain(bundle_names), or(&chosen.tag_collection, "0"));
    let org_names = orgs
        .into_iter()
        .map(|known| (known.org.id.to_string(), known.org.name));
    form.creators = Choice::list(
        std::iter::once((String::from("0"), String::from("Own organisation"))).chain(org_names),
        or(&chosen.creator, "0"),
    );
    let refused = !form.errors.0.is_empty();
    let mut response = page(&form)?;
    if refused {
        *response.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn or<'a>(text: &'a str, default: &'a str) -> &'a str {
    if text.is_empty() { default } else { text }
}

pub(super) async fn edit_form(visit: Visit, input: Input) -> Answer {
    let feed = feeds::view(&visit.ctx, FeedId(input.id(0)?)).await?.feed;
    let chosen = Chosen {
        format: feed.source_format.name().into(),
        source: feed.input_source.name().into(),
        distribution: feed.distribution.number().to_string(),
        group: feed.sharing_group_id.to_string(),
        tag: feed.tag_id.to_string(),
        tag_collection: feed.tag_collection_id.to_string(),
        creator: feed.orgc_id.to_string(),
    };
    show_form(&visit, form_of(&feed), &chosen).await
}

fn form_of(feed: &Feed) -> FeedFormPage {
    let rules: Value = serde_json::from_str(&feed.rules).unwrap_or_default();
    let settings: Value = serde_json::from_str(&feed.settings).unwrap_or_default();
    let params: Value = rules
        .get("url_params")
        .and_then(Value::as_str)
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let list = |pointer: &str| strings(rules.pointer(pointer)).join("\n");
    let on = |name: &str| {
        settings
            .get(name)
            .is_some_and(|value| matches!(value, Value::Bool(true)) || value == "1")
    };
    FeedFormPage {
        id: Some(feed.id.0),
        name: feed.name.clone(),
        provider: feed.provider.clone(),
        url: feed.url.clone(),
        enabled: feed.enabled,
        caching_enabled: feed.caching_enabled,
        lookup_visible: feed.lookup_visible,
        headers: feed.headers.clone().unwrap_or_default(),
        fixed_event: feed.fixed_event,
        target_event: if feed.event_id.0 == 0 {
            String::new()
        } else {
            feed.event_id.to_string()
        },
        delta_merge: feed.delta_merge,
        publish: feed.publish,
        override_ids: feed.override_ids,
        delete_local_file: feed.delete_local_file,
        tags_or: list("/tags/OR"),
        tags_not: list("/tags/NOT"),
        orgs_or: list("/orgs/OR"),
        orgs_not: list("/orgs/NOT"),
        url_timestamp: text(params.get("timestamp")),
        url_publish_timestamp: text(params.get("publish_timestamp")),
        csv_value: text(settings.pointer("/csv/value")),
        csv_delimiter: text(settings.pointer("/csv/delimiter")),
        excluderegex: text(settings.pointer("/common/excluderegex")),
        disable_correlation: on("disable_correlation"),
        unpublish_event: on("unpublish_event"),
        ..FeedFormPage::default()
    }
}

fn typed(form: &Form, id: Option<i64>, errors: Errors) -> (FeedFormPage, Chosen) {
    let text = |name: &str| form.get(name).to_owned();
    let page = FeedFormPage {
        id,
        name: text("name"),
        provider: text("provider"),
        url: text("url"),
        enabled: form.ticked("enabled"),
        caching_enabled: form.ticked("caching_enabled"),
        lookup_visible: form.ticked("lookup_visible"),
        headers: text("headers"),
        fixed_event: form.ticked("fixed_event"),
        target_event: text("target_event"),
        delta_merge: form.ticked("delta_merge"),
        publish: form.ticked("publish"),
        override_ids: form.ticked("override_ids"),
        delete_local_file: form.ticked("delete_local_file"),
        tags_or: text("tags_or"),
        tags_not: text("tags_not"),
        orgs_or: text("orgs_or"),
        orgs_not: text("orgs_not"),
        url_timestamp: text("url_timestamp"),
        url_publish_timestamp: text("url_publish_timestamp"),
        csv_value: text("csv_value"),
        csv_delimiter: text("csv_delimiter"),
        excluderegex: text("excluderegex"),
        disable_correlation: form.ticked("disable_correlation"),
        unpublish_event: form.ticked("unpublish_event"),
        errors,
        ..FeedFormPage::default()
    };
    let chosen = Chosen {
        format: text("source_format"),
        source: text("input_source"),
        distribution: text("distribution"),
        group: text("sharing_group_id"),
        tag: text("tag_id"),
        tag_collection: text("tag_collection_id"),
        creator: text("orgc_id"),
    };
    (page, chosen)
}

fn body_of(form: &Form) -> FeedIn {
    let text = |name: &str| Loose::Text(form.get(name).to_owned());
    let given = |name: &str| {
        if form.get(name).is_empty() {
            Loose::Absent
        } else {
            text(name)
        }
    };
    let flag = |name: &str| Loose::Bool(form.ticked(name));
    let lines = |name: &str| -> Vec<String> {
        form.get(name)
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let mut params = serde_json::Map::new();
    for (field, name) in [
        ("url_timestamp", "timestamp"),
        ("url_publish_timestamp", "publish_timestamp"),
    ] {
        if !form.get(field).is_empty() {
            params.insert(name.into(), form.get(field).into());
        }
    }
    let params = if params.is_empty() {
        String::new()
    } else {
        Value::Object(params).to_string()
    };
    let bit = |name: &str| if form.ticked(name) { "1" } else { "0" };
    FeedIn {
        name: text("name"),
        provider: text("provider"),
        url: text("url"),
        rules: Some(json!({
            "tags": {"OR": lines("tags_or"), "NOT": lines("tags_not")},
            "orgs": {"OR": lines("orgs_or"), "NOT": lines("orgs_not")},
            "url_params": params,
        })),
        enabled: flag("enabled"),
        distribution: given("distribution"),
        sharing_group_id: given("sharing_group_id"),
        tag_id: given("tag_id"),
        tag_collection_id: given("tag_collection_id"),
        source_format: given("source_format"),
        fixed_event: flag("fixed_event"),
        delta_merge: flag("delta_merge"),
        target_event: if form.get("target_event").is_empty() {
            Loose::Int(0)
        } else {
            text("target_event")
        },
        publish: flag("publish"),
        override_ids: flag("override_ids"),
        settings: Some(json!({
            "csv": {"value": form.get("csv_value"), "delimiter": form.raw("csv_delimiter")},
            "common": {"excluderegex": form.get("excluderegex")},
            "disable_correlation": bit("disable_correlation"),
            "unpublish_event": bit("unpublish_event"),
        })),
        input_source: given("input_source"),
        delete_local_file: flag("delete_local_file"),
        lookup_visible: flag("lookup_visible"),
        headers: text("headers"),
        caching_enabled: flag("caching_enabled"),
        orgc_id: given("orgc_id"),
        ..FeedIn::default()
    }
}

async fn refused(visit: &Visit, form: &Form, id: Option<i64>, errors: Errors) -> Answer {
    let (page, chosen) = typed(form, id, errors);
    show_form(visit, page, &chosen).await
}

pub(super) async fn add(visit: Visit, input: Input) -> Answer {
    match feeds::add(&visit.ctx, body_of(&input.form)).await {
        Ok(feed) => done(&visit, "/feeds/index", &format!("Feed {} added.", feed.name)),
        Err(AppError::Invalid(errors)) => refused(&visit, &input.form, None, Errors::from(&errors)).await,
        Err(error) => Err(error),
    }
}

pub(super) async fn edit(visit: Visit, input: Input) -> Answer {
    let id = input.id(0)?;
    match feeds::edit(&visit.ctx, FeedId(id), body_of(&input.form)).await {
        Ok(_) => done(&visit, "/feeds/index", "Feed saved."),
        Err(AppError::Invalid(errors)) => refused(&visit, &input.form, Some(id), Errors::from(&errors)).await,
        Err(error) => Err(error),
    }
}

pub(super) async fn enable(visit: Visit, input: Input) -> Answer {
    feeds::set_enabled(&visit.ctx, FeedId(input.id(0)?), true).await?;
    done(&visit, "/feeds/index", "Feed enabled.")
}

pub(super) async fn disable(visit: Visit, input: Input) -> Answer {
    feeds::set_enabled(&visit.ctx, FeedId(input.id(0)?), false).await?;
    done(&visit, "/feeds/index", "Feed disabled.")
}

pub(super) async fn toggle_selected(visit: Visit, input: Input) -> Answer {
    let ids: Vec<FeedId> = input.form.ids("ids").into_iter().map(FeedId).collect();
    let enable = input.form.get("enable") == "1";
    let count = feeds::switch(&visit.ctx, ids, Switch::Enabled(enable)).await?;
    done(
        &visit,
        "/feeds/index",
        &format!(
            "{count} feed{} {}.",
            plural(count),
            if enable { "enabled" } else { "disabled" }
        ),
    )
}

pub(super) async fn delete(visit: Visit, input: Input) -> Answer {
    feeds::delete(&visit.ctx, FeedId(input.id(0)?)).await?;
    done(&visit, "/feeds/index", "Feed deleted.")
}

pub(super) async fn fetch(visit: Visit, input: Input) -> Answer {
    let job = feeds::request_fetch(&visit.ctx, FeedId(input.id(0)?)).await?;
    done(&visit, &format!("/jobs/view/{job}"), "The fetch is queued.")
}

pub(super) async fn fetch_all(visit: Visit, _: Input) -> Answer {
    let queued = feeds::request_fetch_all(&visit.ctx).await?;
    let es = if queued.len() == 1 { "" } else { "es" };
    done(
        &visit,
        "/feeds/index",
        &format!("{} fetch{es} queued.", queued.len()),
    )
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

pub(super) async fn load_defaults(visit: Visit, _: Input) -> Answer {
    let added = feeds::load_defaults(&visit.ctx).await?;
    done(
        &visit,
        "/feeds/index?scope=default",
        &format!("{added} feed{} added, switched off.", plural(added)),
    )
}

pub(super) async fn import_event(visit: Visit, input: Input) -> Answer {
    let uuid = Uuid::try_parse(input.arg(1)).map_err(|_| AppError::not_found("Invalid event"))?;
    feeds::import_event(&visit.ctx, FeedId(input.id(0)?), uuid).await?;
    done(&visit, &format!("/events/view/{uuid}"), "Event fetched.")
}

pub(super) async fn preview(visit: Visit, input: Input) -> Answer {
    let id = FeedId(input.id(0)?);
    let feed = feeds::view(&visit.ctx, id).await?.feed;
    let query = input.query.get("searchall").to_owned();
    let (body, total) = match body(&visit, &feed, &query, input.page()).await {
        Ok(found) => found,
        Err(
            error @ (AppError::Upstream(_)
            | AppError::Refused(_)
            | AppError::BadRequest(_)
            | AppError::TooLarge(_)),
        ) => (PreviewBody::Failed(error.to_string()), 0),
        Err(error) => return Err(error),
    };
    let url = ListUrl::new(&format!("/feeds/previewIndex/{id}"), &[("searchall", &query)]);
    page(&FeedPreviewPage {
        frame: visit.frame(feed.name.clone(), Nav::Feeds),
        id: id.0,
        name: feed.name,
        provider: feed.provider,
        url: feed.url,
        enabled: feed.enabled,
        can_manage: feeds::may_manage(&visit.ctx),
        query,
        pager: Pager {
            url,
            page: u64::from(input.page()),
            per_page: u64::from(PAGE_ROWS),
            total,
        },
        body,
    })
}

async fn body(visit: &Visit, feed: &Feed, query: &str, page: u32) -> AppResult<(PreviewBody, u64)> {
    if feed.source_format != SourceFormat::Misp {
        let (values, total) = feeds::preview_values(&visit.ctx, feed.id, page, PAGE_ROWS).await?;
        let rows = values.into_iter().map(|found| ValueRow {
            value: found.value,
            kind: found.default_type.into(),
            category: found.category.into(),
            to_ids: found.to_ids,
            related: Vec::new(),
        });
        return Ok((PreviewBody::Values(rows.collect()), total));
    }
    let search = (!query.is_empty()).then(|| query.to_owned());
    let (entries, total) = feeds::preview_manifest(&visit.ctx, feed.id, search, page, PAGE_ROWS).await?;
    let here = events::timestamps(
        &visit.ctx,
        entries
            .iter()
            .filter_map(|entry| Uuid::try_parse(&entry.uuid).ok())
            .collect(),
    )
    .await?;
    let rows = entries.into_iter().map(|entry| {
        let known = here.iter().find(|(uuid, ..)| uuid.to_string() == entry.uuid);
        let status = match known {
            None => PreviewStatus::New,
            Some((_, _, timestamp)) if *timestamp < entry.timestamp => PreviewStatus::Updated,
            Some(_) => PreviewStatus::Current,
        };
        ManifestRow {
            uuid: entry.uuid,
            info: entry.info,
            org: entry.orgc_name,
            date: entry.date,
            threat: Threat::from_id(entry.threat_level_id),
            tags: entry
                .tags
                .into_iter()
                .map(|tag| TagPill {
                    name: tag.name,
                    colour: tag.colour,
                    ..TagPill::default()
                })
                .collect(),
            modified: Moment(entry.timestamp),
            status,
            event_id: known.map(|(_, id, _)| id.0),
        }
    });
    Ok((PreviewBody::Manifest(rows.collect()), total))
}
