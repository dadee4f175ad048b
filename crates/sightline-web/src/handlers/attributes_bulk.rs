//! Acting on everything that a search for attributes finds: preview, then a job.

use crate::http::{Answer, Form, Input, Visit, done, form};
use crate::layout::Nav;
use crate::pages::attributes::{BulkPage, BulkPreview};
use crate::pages::errors::Errors;
use crate::pages::list::ListUrl;
use crate::pages::moment::Count;
use crate::pages::wording::Choice;
use serde_json::{Map, Value, json};
use sightline_app::attributes::bulk::{self, Preview, Verdict, Wish};
use sightline_app::sharing_groups;
use sightline_core::ids::SharingGroupId;
use sightline_core::{AppError, Permission};

/// Filters of the list and what the page calls them.
pub(super) const FILTERS: &[(&str, &str)] = &[
    ("value", "Value"),
    ("type", "Type"),
    ("category", "Category"),
    ("to_ids", "IDS"),
];
/// What can be done, and its words.
const ACTIONS: &[(&str, &str)] = &[
    ("tag", "Attach a tag"),
    ("tag_local", "Attach a local tag"),
    ("untag", "Take a tag off"),
    ("ids_on", "Set the IDS flag"),
    ("ids_off", "Take the IDS flag away"),
    ("distribution", "Change who can see them"),
    ("correlation_off", "Keep out of correlations"),
    ("correlation_on", "Let into correlations"),
    ("delete", "Delete, so that they can be restored"),
    ("delete_hard", "Delete for good"),
    ("restore", "Restore what was deleted"),
];
/// Fields that are sent again with the confirmation.
const FIELDS: &[&str] = &["action", "tag", "distribution", "sharing_group_id"];

/// Whether the caller may act on anything.
pub(super) fn may_act(visit: &Visit) -> bool {
    visit.may(Permission::Add) || visit.may(Permission::Tagger)
}

pub(super) async fn form_page(visit: Visit, input: Input) -> Answer {
    show(&visit, &input.query, Errors::default(), None).await
}

pub(super) async fn preview(visit: Visit, input: Input) -> Answer {
    match bulk::preview(&visit.ctx, wish(&input.form)?).await {
        Ok(seen) => {
            let seen = previewed(&input.form, &seen);
            show(&visit, &input.form, Errors::default(), Some(seen)).await
        }
        Err(AppError::Invalid(errors)) => show(&visit, &input.form, Errors::from(&errors), None).await,
        Err(error) => Err(error),
    }
}

pub(super) async fn start(visit: Visit, input: Input) -> Answer {
    let (job, _) = bulk::start(&visit.ctx, wish(&input.form)?).await?;
    done(&visit, &format!("/jobs/view/{job}"), "The job is under way.")
}

fn wish(form: &Form) -> Result<Wish, AppError> {
    let text = |name: &str| form.get(name).to_owned();
    let mut filters = Map::new();
    for (name, _) in FILTERS.iter().filter(|(name, _)| !form.get(name).is_empty()) {
        filters.insert((*name).to_owned(), text(name).into());
    }
    let tags: Vec<&str> = form
        .get("tag")
        .split(',')
        .map(str::trim)
        .filter(|tag| !tag.is_empty())
        .collect();
    let mut body = match form.get("action") {
        "tag" => json!({"action": "tag", "tag": tags}),
        "tag_local" => json!({"action": "tag", "tag": tags, "local": true}),
        "untag" => json!({"action": "untag", "tag": tags}),
        "ids_on" => json!({"action": "to_ids", "to_ids": true}),
        "ids_off" => json!({"action": "to_ids", "to_ids": false}),
        "distribution" => json!({
            "action": "distribution", "distribution": text("distribution"),
            "sharing_group_id": text("sharing_group_id"),
        }),
        "correlation_off" => json!({"action": "disable_correlation", "disable_correlation": true}),
        "correlation_on" => json!({"action": "disable_correlation", "disable_correlation": false}),
        "delete" => json!({"action": "delete"}),
        "delete_hard" => json!({"action": "delete", "hard": true}),
        other => json!({"action": other}),
    };
    if let Value::Object(fields) = &mut body {
        fields.insert("filters".into(), Value::Object(filters));
        if !form.get("up_to_id").is_empty() {
            fields.insert("up_to_id".into(), text("up_to_id").into());
        }
    }
    serde_json::from_value(body).map_err(AppError::internal)
}

async fn show(visit: &Visit, given: &Form, errors: Errors, preview: Option<BulkPreview>) -> Answer {
    if !may_act(visit) {
        return Err(AppError::no_permission());
    }
    let filters: Vec<(String, String, String)> = FILTERS
        .iter()
        .filter(|(name, _)| !given.get(name).is_empty())
        .map(|(name, label)| ((*name).into(), (*label).into(), given.get(name).into()))
        .collect();
    if filters.is_empty() {
        return Err(AppError::BadRequest(
            "Filter the list of attributes first.".into(),
        ));
    }
    let params: Vec<(&str, &str)> = FILTERS.iter().map(|(name, _)| (*name, given.get(name))).collect();
    let groups = sharing_groups::choosable(&visit.ctx, SharingGroupId(0)).await?;
    let level = Some(given.get("distribution"))
        .filter(|level| !level.is_empty())
        .unwrap_or("5");
    let shown = BulkPage {
        frame: visit.frame("Act on all results", Nav::Attributes),
        filters,
        back: ListUrl::new("/attributes/index", &params),
        actions: Choice::list(ACTIONS.iter().copied(), given.get("action")),
        tag: given.get("tag").to_owned(),
        distribution: Choice::distributions(level, !groups.is_empty(), true),
        groups: Choice::list(groups, given.get("sharing_group_id")),
        errors,
        preview,
    };
    form(&shown, &shown.errors)
}

fn previewed(given: &Form, seen: &Preview) -> BulkPreview {
    let count = |number: i64| Count(u64::try_from(number).unwrap_or(0));
    let word = given.get("action");
    let mut fields: Vec<(String, String)> = FIELDS
        .iter()
        .map(|name| ((*name).into(), given.get(name).into()))
        .collect();
    fields.push(("up_to_id".into(), seen.up_to_id.to_string()));
    let refused = |verdict| seen.tally.as_ref().map_or(0, |tally| tally.of(verdict));
    BulkPreview {
        action: ACTIONS
            .iter()
            .find(|(name, _)| *name == word)
            .map_or_else(String::new, |(_, label)| (*label).into()),
        fields,
        matched: count(seen.matched),
        event_count: count(seen.event_count),
        counts: seen.tally.as_ref().map(|tally| {
            (
                count(tally.of(Verdict::Change)),
                count(tally.of(Verdict::Unchanged)),
            )
        }),
        refused: [
            (refused(Verdict::NotPermitted), "may not be changed by you"),
            (refused(Verdict::Duplicate), "are there already"),
        ]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, reason)| (count(number), reason))
        .collect(),
        job: seen.job.map(|job| job.0),
        events: seen
            .events
            .iter()
            .map(|event| (event.id.0, event.info.clone(), count(event.matched)))
            .collect(),
        sample: seen
            .sample
            .iter()
            .map(|sample| {
                let attribute = &sample.attribute;
                let value: String = attribute.value().chars().take(VALUE_CHARS).collect();
                (
                    attribute.event_id.0,
                    attribute.kind.name().to_owned(),
                    value,
                    spoken(sample.verdict),
                )
            })
            .collect(),
    }
}

/// Characters of a value in the preview.
const VALUE_CHARS: usize = 200;

fn spoken(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Change => "changes",
        Verdict::Unchanged => "needs no change",
        Verdict::NotPermitted => "stays: you may not change it",
        Verdict::Duplicate => "stays: its value is there already",
        Verdict::Gone => "is gone",
    }
}
