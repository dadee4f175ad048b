//! What a request says of a feed, checked and applied (spec 06 A.2).

use super::fetch::headers_of;
use crate::{Ctx, organisations, sharing_groups, tag_collections};
use serde_json::Value;
use sightline_core::ids::{EventId, OrgId, SharingGroupId, TagCollectionId, TagId};
use sightline_core::{AppResult, FieldErrors};
use sightline_db::{Tx, events, tags};
use sightline_formats::feed_rules::FeedRules;
use sightline_formats::feed_settings::FeedSettings;
use sightline_misp::feeds::{Feed, FeedIn, InputSource, SourceFormat};
use sightline_misp::input::Loose;
use sightline_misp::records::Distribution;
use sightline_remote::LocalRoots;

const BLANK: &str = "This field cannot be left blank";
const BOOLEAN: &str = "The value has to be a boolean (true, false, 0 or 1).";

/// Applies what the body says; what it leaves out stays.
pub(super) fn apply(ctx: &Ctx, tx: &mut Tx<'_>, feed: &mut Feed, body: &FeedIn) -> AppResult<()> {
    let mut errors = FieldErrors::default();
    if let Some(name) = body.name.text() {
        feed.name = name.trim().to_owned();
    }
    if feed.name.is_empty() {
        // The reference stops here, and clients compare what it says.
        errors.add("name", BLANK);
        return errors.into_result();
    }
    if let Some(provider) = body.provider.text() {
        feed.provider = provider.trim().to_owned();
    }
    if feed.provider.is_empty() {
        errors.add("provider", BLANK);
    }
    words(feed, body, &mut errors);
    flags(feed, body, &mut errors);
    documents(feed, body, &mut errors);
    location(ctx, feed, body, &mut errors);
    links(ctx, tx, feed, body, &mut errors)?;
    if feed.source_format == SourceFormat::Misp {
        // The creator of each event is who the feed says.
        feed.orgc_id = OrgId(0);
    }
    errors.into_result()
}

fn words(feed: &mut Feed, body: &FeedIn, errors: &mut FieldErrors) {
    if let Some(word) = body.source_format.filled() {
        match SourceFormat::parse(&word) {
            Some(format) => feed.source_format = format,
            None => errors.add("source_format", "Options: misp, freetext, csv"),
        }
    }
    if let Some(word) = body.input_source.filled() {
        match InputSource::parse(&word) {
            Some(source) => feed.input_source = source,
            None => errors.add("input_source", "Options: network, local"),
        }
    }
    if let Some(number) = body.distribution.filled() {
        match number.parse().ok().and_then(Distribution::from_number) {
            Some(distribution) => feed.distribution = distribution,
            None => errors.add("distribution", "Options: 0 to 4, or 5 to keep what the feed says"),
        }
    }
}

fn flags(feed: &mut Feed, body: &FeedIn, errors: &mut FieldErrors) {
    let mut set = |name: &str, input: &Loose, flag: &mut bool| {
        if input.is_given() {
            match input.flag() {
                Some(given) => *flag = given,
                None => errors.add(name, BOOLEAN),
            }
        }
    };
    set("enabled", &body.enabled, &mut feed.enabled);
    set("fixed_event", &body.fixed_event, &mut feed.fixed_event);
    set("delta_merge", &body.delta_merge, &mut feed.delta_merge);
    set("publish", &body.publish, &mut feed.publish);
    set("override_ids", &body.override_ids, &mut feed.override_ids);
    set("force_to_ids", &body.force_to_ids, &mut feed.force_to_ids);
    set(
        "delete_local_file",
        &body.delete_local_file,
        &mut feed.delete_local_file,
    );
    set("lookup_visible", &body.lookup_visible, &mut feed.lookup_visible);
    set(
        "caching_enabled",
        &body.caching_enabled,
        &mut feed.caching_enabled,
    );
    set("default", &body.is_default, &mut feed.is_default);
}

/// Rules, settings and headers: small languages that are stored as text.
fn documents(feed: &mut Feed, body: &FeedIn, errors: &mut FieldErrors) {
    if let Some(rules) = body.pull_rules.as_ref().or(body.rules.as_ref()) {
        match FeedRules::from_json(rules) {
            Ok(_) => feed.rules = as_text(rules),
            Err(reason) => errors.add("rules", reason.to_string()),
        }
    }
    if let Some(settings) = &body.settings {
        match FeedSettings::from_json(settings) {
            Ok(_) => feed.settings = as_text(settings),
            Err(reason) => errors.add("settings", reason.to_string()),
        }
    }
    if body.headers != Loose::Absent {
        let text = body.headers.text().unwrap_or_default();
        match headers_of(&text, uuid::Uuid::nil()) {
            Ok(_) => feed.headers = Some(text).filter(|text| !text.trim().is_empty()),
            Err(reason) => errors.add("headers", reason),
        }
    }
}

fn as_text(document: &Value) -> String {
    match document {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// The URL or path. It is checked when it changes: what is stored stays editable after the configuration changed.
fn location(ctx: &Ctx, feed: &mut Feed, body: &FeedIn, errors: &mut FieldErrors) {
    if let Some(url) = body.url.text() {
        feed.url = url.trim().to_owned();
    }
    let moves = body.url.is_given() || body.input_source.is_given() || body.source_format.is_given();
    if feed.url.is_empty() {
        errors.add("url", BLANK);
    } else if moves || feed.id.0 == 0 {
        let refused = match feed.input_source {
            InputSource::Network => network(ctx, &feed.url),
            InputSource::Local => local(ctx, feed),
        };
        if let Err(reason) = refused {
            errors.add("url", reason);
        }
    }
}

fn network(ctx: &Ctx, url: &str) -> Result<(), String> {
    ctx.platform.remote.check_url(url).map_err(|error| match error {
        sightline_remote::RemoteError::Blocked { .. } => format!(
            "{} The settings remote.allow_networks and remote.allow_private change that.",
            error.public_message()
        ),
        _ => format!(
            "Please provide a valid http or https URL. {}",
            error.public_message()
        ),
    })
}

fn local(ctx: &Ctx, feed: &Feed) -> Result<(), String> {
    let roots = LocalRoots::new(ctx.settings().feeds.local_roots.clone());
    let found = match feed.source_format {
        SourceFormat::Misp => roots.directory(&feed.url),
        SourceFormat::Freetext | SourceFormat::Csv => roots.file(&feed.url),
    };
    found.map(drop).map_err(|error| match error {
        sightline_remote::RemoteError::LocalForbidden(_) => {
            "Local feeds must lie below a directory that the setting feeds.local_roots names.".into()
        }
        _ => error.public_message(),
    })
}

/// The records that a feed names must be there, and the caller must be allowed to use them.
fn links(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    feed: &mut Feed,
    body: &FeedIn,
    errors: &mut FieldErrors,
) -> AppResult<()> {
    // Only what changes is checked: a feed whose event was deleted must stay editable.
    let event = if body.target_event.is_given() {
        &body.target_event
    } else {
        &body.event_id
    };
    if let Some(id) = number("event_id", event, errors)
        .map(EventId)
        .filter(|id| *id != feed.event_id)
    {
        feed.event_id = id;
        if id.0 != 0 && events::by_id(tx, ctx.visible(), id)?.is_none() {
            errors.add("event_id", "There is no such event.");
        }
    }
    if let Some(id) = number("tag_id", &body.tag_id, errors)
        .map(TagId)
        .filter(|id| *id != feed.tag_id)
    {
        feed.tag_id = id;
        if id.0 != 0 && tags::by_id(tx, id)?.is_none() {
            errors.add("tag_id", "There is no such tag.");
        }
    }
    if let Some(id) = number("tag_collection_id", &body.tag_collection_id, errors)
        .map(TagCollectionId)
        .filter(|id| *id != feed.tag_collection_id)
    {
        feed.tag_collection_id = id;
        if id.0 != 0 && tag_collections::look_up(ctx, tx, id)?.is_none() {
            errors.add("tag_collection_id", "There is no such tag collection.");
        }
    }
    if let Some(id) = number("orgc_id", &body.orgc_id, errors)
        .map(OrgId)
        .filter(|id| *id != feed.orgc_id)
    {
        feed.orgc_id = id;
        if id.0 != 0 && !organisations::exists(tx, id)? {
            errors.add("orgc_id", "There is no such organisation.");
        }
    }
    if let Some(id) = number("sharing_group_id", &body.sharing_group_id, errors) {
        feed.sharing_group_id = SharingGroupId(id);
    }
    if feed.distribution != Distribution::SharingGroup {
        feed.sharing_group_id = SharingGroupId(0);
    } else if sharing_groups::require_choosable(ctx, tx, feed.sharing_group_id).is_err() {
        errors.add(
            "sharing_group_id",
            "Please choose a sharing group that you may use.",
        );
    }
    Ok(())
}

/// The id that a field holds, 0 for an empty one; `None` when the field is not given.
fn number(name: &str, input: &Loose, errors: &mut FieldErrors) -> Option<i64> {
    if !input.is_given() {
        return None;
    }
    if input.filled().is_none() {
        return Some(0);
    }
    let number = input.int().filter(|id| *id >= 0);
    if number.is_none() {
        errors.add(name, "Please enter a number.");
    }
    number
}
