//! The forms of attributes: new ones, and one in place of its row.

use super::attributes::row_answer;
use crate::http::{Answer, Form, Input, Visit, done, fragment};
use crate::pages::attributes::{AttributeForm, AttributeRowEdit, TypeMap};
use crate::pages::errors::Errors;
use crate::pages::moment::Count;
use crate::pages::wording::Choice;
use sightline_app::attributes::{self, AttributeKey};
use sightline_app::events::EventKey;
use sightline_app::sharing_groups;
use sightline_core::ids::{AttributeId, SharingGroupId};
use sightline_core::{AppError, AppResult, FieldErrors};
use sightline_misp::datetime::format_micros;
use sightline_misp::input::{AttributeIn, Loose};
use sightline_misp::records::Attribute;
use sightline_misp::types::{AttributeType, Category};

/// The empty or refused form for a new attribute.
pub(super) async fn form_of(
    visit: &Visit,
    event: i64,
    value: &str,
    errors: Errors,
) -> AppResult<AttributeForm> {
    let groups = sharing_groups::choosable(&visit.ctx, SharingGroupId(0)).await?;
    let default = visit
        .ctx
        .settings()
        .events
        .attribute_distribution()
        .number()
        .to_string();
    Ok(AttributeForm {
        event_id: event,
        csrf_token: visit.csrf.clone(),
        categories: categories(""),
        types: some_type(""),
        value: value.to_owned(),
        distribution: Choice::distributions(&default, !groups.is_empty(), true),
        sharing_groups: Choice::list(groups, ""),
        type_map: type_map(),
        errors,
        ..AttributeForm::default()
    })
}

pub(super) fn categories(current: &str) -> Vec<Choice> {
    let named = Category::ALL
        .iter()
        .map(|category| (category.name(), category.name()));
    Choice::list(std::iter::once(("", "By type")).chain(named), current)
}

pub(super) fn types(current: &str) -> Vec<Choice> {
    let mut names: Vec<&str> = AttributeType::ALL.iter().map(|kind| kind.name()).collect();
    names.sort_unstable();
    Choice::list(names.into_iter().map(|name| (name, name)), current)
}

/// The types with an empty one first, so that nobody adds the first of the alphabet by accident.
fn some_type(current: &str) -> Vec<Choice> {
    let mut choices = types(current);
    let none = Choice {
        value: String::new(),
        label: "Choose…".into(),
        selected: current.is_empty(),
    };
    choices.insert(0, none);
    choices
}

fn type_map() -> TypeMap {
    let mut map = TypeMap::default();
    for kind in AttributeType::ALL {
        let within = kind.categories().map(Category::name);
        map.add(
            kind.name(),
            kind.default_category().name(),
            kind.default_to_ids(),
            within,
        );
    }
    map
}

pub(super) fn body_of(form: &Form) -> AttributeIn {
    let text = |name: &str| Loose::Text(form.raw(name).to_owned());
    let given = |name: &str| {
        if form.get(name).is_empty() {
            Loose::Absent
        } else {
            text(name)
        }
    };
    AttributeIn {
        kind: given("type"),
        category: given("category"),
        value: text("value"),
        comment: text("comment"),
        to_ids: Loose::Bool(form.ticked("to_ids")),
        disable_correlation: Loose::Bool(form.ticked("disable_correlation")),
        distribution: given("distribution"),
        sharing_group_id: given("sharing_group_id"),
        first_seen: if form.get("first_seen").is_empty() {
            Loose::Null
        } else {
            text("first_seen")
        },
        last_seen: if form.get("last_seen").is_empty() {
            Loose::Null
        } else {
            text("last_seen")
        },
        ..AttributeIn::default()
    }
}

pub(super) async fn add(visit: Visit, input: Input) -> Answer {
    let event = input.id(0)?;
    let body = body_of(&input.form);
    let values: Vec<String> = if input.form.ticked("batch_import") {
        input
            .form
            .raw("value")
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect()
    } else {
        vec![input.form.raw("value").to_owned()]
    };
    let bodies: Vec<AttributeIn> = values
        .iter()
        .map(|value| AttributeIn {
            value: Loose::Text(value.clone()),
            ..body.clone()
        })
        .collect();
    let (_, outcome) = attributes::add(&visit.ctx, EventKey::parse(input.arg(0))?, bodies, true).await?;
    let added = outcome.stored.len();
    if outcome.errors.is_empty() {
        let plural = if added == 1 { "" } else { "s" };
        return done(
            &visit,
            &format!("/events/view/{event}"),
            &format!("{added} attribute{plural} added."),
        );
    }
    let left: Vec<&str> = outcome
        .errors
        .keys()
        .filter_map(|n| values.get(*n))
        .map(String::as_str)
        .collect();
    let mut errors = FieldErrors::default();
    for (position, fields) in &outcome.errors {
        for (field, messages) in &fields.0 {
            let line = values.get(*position).map_or("", String::as_str);
            let prefix = if values.len() > 1 {
                format!("{line}: ")
            } else {
                String::new()
            };
            errors.add(field.clone(), format!("{prefix}{}", messages.join(" ")));
        }
    }
    let mut form = form_again(
        &visit,
        event,
        &left.join("\n"),
        &input.form,
        Errors::from(&errors),
    )
    .await?;
    form.added = Count(u64::try_from(added).unwrap_or(0));
    refused(&form)
}

/// The form as it was filled in, with what is wrong.
async fn form_again(
    visit: &Visit,
    event: i64,
    value: &str,
    typed: &Form,
    errors: Errors,
) -> AppResult<AttributeForm> {
    let mut form = form_of(visit, event, value, errors).await?;
    form.types = some_type(typed.get("type"));
    form.categories = categories(typed.get("category"));
    form.distribution = again(form.distribution, typed.get("distribution"));
    form.sharing_groups = again(form.sharing_groups, typed.get("sharing_group_id"));
    form.comment = typed.get("comment").to_owned();
    form.to_ids = typed.ticked("to_ids");
    form.disable_correlation = typed.ticked("disable_correlation");
    form.first_seen = typed.get("first_seen").to_owned();
    form.last_seen = typed.get("last_seen").to_owned();
    form.batch = typed.ticked("batch_import");
    Ok(form)
}

/// The same for a proposal.
pub(super) async fn proposing_form(
    visit: &Visit,
    event: i64,
    typed: &Form,
    errors: &FieldErrors,
) -> AppResult<AttributeForm> {
    Ok(AttributeForm {
        proposing: true,
        ..form_again(visit, event, typed.raw("value"), typed, Errors::from(errors)).await?
    })
}

/// The same choices with another one selected.
fn again(mut choices: Vec<Choice>, current: &str) -> Vec<Choice> {
    for choice in &mut choices {
        choice.selected = choice.value == current;
    }
    choices
}

pub(super) fn refused(part: &impl askama::Template) -> Answer {
    let mut response = fragment(part, None)?;
    *response.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

pub(super) async fn edit_form(visit: Visit, input: Input) -> Answer {
    let id = AttributeId(input.id(0)?);
    let window = attributes::window_of(&visit.ctx, id).await?;
    if !window.may_modify {
        return Err(AppError::no_permission());
    }
    let attribute = window.rows.first().ok_or_else(attributes::invalid_attribute)?;
    fragment(&edit_row(&visit, attribute, Errors::default()).await?, None)
}

pub(super) async fn edit_row(
    visit: &Visit,
    attribute: &Attribute,
    errors: Errors,
) -> AppResult<AttributeRowEdit> {
    let groups = sharing_groups::choosable(&visit.ctx, attribute.sharing_group_id).await?;
    Ok(AttributeRowEdit {
        id: attribute.id.0,
        categories: categories(attribute.category.name()),
        types: types(attribute.kind.name()),
        value: attribute.value().into_owned(),
        comment: attribute.comment.clone(),
        to_ids: attribute.to_ids,
        disable_correlation: attribute.disable_correlation,
        distribution: Choice::distributions(
            &attribute.distribution.number().to_string(),
            !groups.is_empty(),
            true,
        ),
        sharing_groups: Choice::list(groups, &attribute.sharing_group_id.to_string()),
        first_seen: attribute.first_seen.map(format_micros).unwrap_or_default(),
        last_seen: attribute.last_seen.map(format_micros).unwrap_or_default(),
        object_id: attribute.object_id.0,
        errors,
        ..AttributeRowEdit::default()
    })
}

/// What was typed, in place of what is stored.
pub(super) fn type_again(row: &mut AttributeRowEdit, typed: &Form) {
    row.value = typed.raw("value").to_owned();
    row.comment = typed.get("comment").to_owned();
    if !row.fixed_type {
        row.types = types(typed.get("type"));
    }
    row.categories = categories(typed.get("category"));
}

pub(super) async fn edit(visit: Visit, input: Input) -> Answer {
    let id = AttributeId(input.id(0)?);
    match attributes::edit(&visit.ctx, AttributeKey::Id(id), body_of(&input.form)).await {
        Ok(_) => row_answer(&visit, id, Some("Attribute saved.")).await,
        Err(AppError::Invalid(errors)) => {
            let window = attributes::window_of(&visit.ctx, id).await?;
            let attribute = window.rows.first().ok_or_else(attributes::invalid_attribute)?;
            let mut row = edit_row(&visit, attribute, Errors::from(&errors)).await?;
            type_again(&mut row, &input.form);
            refused(&row)
        }
        Err(error) => Err(error),
    }
}
