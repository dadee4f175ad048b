//! Attributes (spec 03 section 4).

use crate::key::{flag, named_by, text};
use crate::request::{Request, decode_value};
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use axum::http::Method;
use serde_json::{Map, Value, json};
use sightline_app::Ctx;
use sightline_app::attributes::{self, AddOutcome, AttributeKey};
use sightline_app::events::EventKey;
use sightline_core::{AppError, AppResult, FieldErrors, Permission};
use sightline_misp::input::AttributeIn;
use sightline_misp::json::{Buffer, write_list, write_object};
use sightline_misp::records::{AttachedTag, Attribute, AttributeShape};
use std::collections::HashMap;

const ADD: Allow = Allow::All(&[Permission::Add]);
/// Most bytes that the common fields of a list of values may take, once for each value: a short request must not fill
/// the memory.
const SHARED_BYTES: usize = 64 << 20;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("attributes", "view", Methods::GetPost, Allow::Everyone, view),
        route("attributes", "add", Methods::GetPost, ADD, add),
        route("attributes", "edit", Methods::GetPost, ADD, edit),
        route("attributes", "delete", Methods::PostDelete, ADD, delete),
        route("attributes", "restore", Methods::Post, ADD, restore),
        route(
            "attributes",
            "deleteSelected",
            Methods::Post,
            ADD,
            delete_selected,
        ),
        route("attributes", "editField", Methods::Post, ADD, edit_field),
        route("attributes", "toggleToIDS", Methods::Post, ADD, toggle_to_ids),
        route("attributes", "download", Methods::Get, Allow::Everyone, download),
        route(
            "attributes",
            "downloadAttachment",
            Methods::Get,
            Allow::Everyone,
            download,
        ),
    ]
}

async fn view(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = named_by(&request, &["id", "uuid"], AttributeKey::parse)
        .map_err(|_| AppError::not_found("Invalid attribute ID."))?;
    if request.head {
        // Clients ask this way whether it exists: deleted ones do, and the answer to others is 404, not 405.
        attributes::exists(&ctx, key).await?;
        return Ok(Response::json(&json!({})));
    }
    let shown = attributes::view(&ctx, key).await?;
    let mut out = Buffer::new();
    write_object(&mut out, |o| {
        o.object("Attribute", |o| {
            shown.attribute.write(o, AttributeShape::Flat);
            o.uuid("event_uuid", shown.event_uuid);
            if let Some(data) = &shown.data {
                o.text("data", data);
            }
            if !shown.tags.is_empty() {
                o.list("Tag", &shown.tags, write_tag);
            }
        });
    });
    Ok(Response::raw_json(out))
}

/// The short tag of attribute answers.
fn write_tag(out: &mut Buffer, attached: &AttachedTag) {
    write_object(out, |o| {
        o.number("id", attached.tag.id);
        o.text("name", &attached.tag.name);
        o.text("colour", &attached.tag.colour);
        o.opt_number("numerical_value", attached.tag.numerical_value);
        o.flag("is_galaxy", attached.tag.is_galaxy);
        o.flag("local", attached.local);
    });
}

async fn add(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(crate::events::describe("/attributes/add", &["value", "type"]));
    }
    let bodies = bodies(&request)?;
    let many = bodies.len() > 1;
    let key = event_key(&request, &bodies)?;
    let break_on_duplicate = request.named_flag("breakOnDuplicate").unwrap_or(true);
    let inputs = bodies
        .into_iter()
        .map(|body| decode_value(Value::Object(body)))
        .collect::<AppResult<Vec<AttributeIn>>>()?;
    let (_, outcome) = attributes::add(&ctx, key, inputs, break_on_duplicate).await?;
    answer_add(&ctx, outcome, many).await
}

/// One body per attribute: a list, a dict, a list of values, or lines with `batch_import` (spec 03 section 4).
fn bodies(request: &Request) -> AppResult<Vec<Map<String, Value>>> {
    if let Value::Array(list) = request.json()? {
        return Ok(list
            .into_iter()
            .map(|one| crate::request::unwrap(one, "Attribute"))
            .collect());
    }
    let mut fields = request.fields("Attribute")?;
    if let Some(Value::Array(list)) = fields.get("Attribute") {
        return Ok(list
            .iter()
            .map(|one| crate::request::unwrap(one.clone(), "Attribute"))
            .collect());
    }
    let values: Vec<Value> = match fields.get("value") {
        Some(Value::Array(values)) => values.clone(),
        Some(Value::String(lines)) if flag(request, &fields, "batch_import") => lines
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(Value::from)
            .collect(),
        _ => return Ok(vec![fields]),
    };
    // What the attributes share is copied for each of them: the list itself must not be, and the rest must be small.
    fields.remove("value");
    let shared = json!(fields).to_string().len();
    if shared.saturating_mul(values.len()) > SHARED_BYTES {
        return Err(AppError::TooLarge(
            "Too many values for what they have in common. Send them in parts.".into(),
        ));
    }
    Ok(values
        .into_iter()
        .map(|value| {
            let mut one = fields.clone();
            one.insert("value".into(), value);
            one
        })
        .collect())
}

fn event_key(request: &Request, bodies: &[Map<String, Value>]) -> AppResult<EventKey> {
    let named = request.arg(0).map(str::to_owned);
    let in_body = || {
        bodies
            .first()
            .and_then(|body| body.get("event_id"))
            .and_then(text)
    };
    let id = named
        .or_else(in_body)
        .ok_or_else(|| AppError::NotAllowed("No event ID set.".into()))?;
    EventKey::parse(&id)
}

async fn answer_add(ctx: &Ctx, outcome: AddOutcome, many: bool) -> AppResult<Response> {
    let AddOutcome { stored, errors } = outcome;
    if stored.is_empty() {
        return Err(match errors.into_values().next() {
            Some(fields) if !many => AppError::Invalid(fields),
            None => AppError::Refused("No attribute was given.".into()),
            Some(_) => AppError::Refused("None of the attributes could be added.".into()),
        });
    }
    let tags = attributes::tags_of(ctx, &stored).await?;
    let mut out = Buffer::new();
    write_object(&mut out, |o| match stored.as_slice() {
        [one] if !many => {
            o.object("Attribute", |o| one.write(o, AttributeShape::FlatWithHalves));
            write_attachments(o.key("AttributeTag"), one, &tags);
        }
        all => {
            o.list("Attribute", all, |out, attribute| {
                write_object(out, |o| {
                    attribute.write(o, AttributeShape::FlatWithHalves);
                    if let Some(list) = tags.get(&attribute.id) {
                        o.list("Tag", list, |out, tag| write_object(out, |o| tag.tag.write(o)));
                    }
                });
            });
            if !errors.is_empty() {
                o.value("errors", &by_position(&errors));
            }
        }
    });
    Ok(Response::raw_json(out))
}

fn by_position(errors: &std::collections::BTreeMap<usize, FieldErrors>) -> Value {
    Value::Object(
        errors
            .iter()
            .map(|(n, fields)| (format!("attribute_{n}"), json!(fields.0)))
            .collect(),
    )
}

/// `AttributeTag` rows that wrap their tag.
pub(crate) fn write_attachments(
    out: &mut Buffer,
    attribute: &Attribute,
    tags: &HashMap<sightline_core::ids::AttributeId, Vec<AttachedTag>>,
) {
    write_list(
        out,
        tags.get(&attribute.id).into_iter().flatten(),
        |out, attached| {
            write_object(out, |o| {
                o.number("id", attached.attachment_id);
                o.number("attribute_id", attribute.id);
                o.number("event_id", attribute.event_id);
                o.number("tag_id", attached.tag.id);
                o.flag("local", attached.local);
                o.opt_text("relationship_type", attached.relationship_type.as_deref());
                o.object("Tag", |o| attached.tag.write(o));
            });
        },
    );
}

async fn edit(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(crate::events::describe("/attributes/edit", &[]));
    }
    let key = named_by(&request, &["id", "uuid"], AttributeKey::parse)?;
    let attribute = attributes::edit(&ctx, key, request.decode("Attribute")?).await?;
    answer_attribute(&ctx, attribute).await
}

async fn answer_attribute(ctx: &Ctx, attribute: Attribute) -> AppResult<Response> {
    let tags = attributes::tags_of(ctx, std::slice::from_ref(&attribute)).await?;
    let mut out = Buffer::new();
    write_object(&mut out, |o| {
        o.object("Attribute", |o| {
            attribute.write(o, AttributeShape::Flat);
            if let Some(list) = tags.get(&attribute.id) {
                o.list("Tag", list, |out, attached| {
                    write_object(out, |o| attached.write(o));
                });
            }
        });
    });
    Ok(Response::raw_json(out))
}

async fn delete(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = named_by(&request, &["id", "uuid"], AttributeKey::parse)?;
    let hard =
        request.arg(1).is_some_and(|arg| arg != "0") || flag(&request, &request.fields("Attribute")?, "hard");
    attributes::delete(&ctx, key, hard).await?;
    Ok(Response::json(&json!({"message": "Attribute deleted."})))
}

async fn restore(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = named_by(&request, &["id"], AttributeKey::parse)
        .map_err(|_| AppError::NotAllowed("Invalid Attribute".into()))?;
    let attribute = attributes::restore(&ctx, key).await?;
    answer_attribute(&ctx, attribute).await
}

async fn delete_selected(ctx: Ctx, request: Request) -> AppResult<Response> {
    let fields = request.fields("Attribute")?;
    let event = request
        .arg(0)
        .map(str::to_owned)
        .or_else(|| fields.get("event_id").and_then(text));
    let key = EventKey::parse(&event.unwrap_or_default())?;
    let hard = request.arg(1) == Some("hard") || flag(&request, &fields, "allow_hard_delete");
    let ids = match fields.get("id") {
        Some(Value::String(all)) if all == "all" => None,
        Some(Value::Array(list)) => Some(
            list.iter()
                .filter_map(text)
                .filter_map(|id| id.parse().ok())
                .collect(),
        ),
        Some(one) => Some(text(one).and_then(|id| id.parse().ok()).into_iter().collect()),
        None => Some(Vec::new()),
    };
    let count = attributes::delete_many(&ctx, key, ids, hard).await?;
    let plural = if count == 1 { "" } else { "s" };
    Ok(Response::saved(
        &format!("{count} attribute{plural} deleted."),
        "/attributes/deleteSelected",
        None,
    ))
}

/// One field in place; answers 200 also when it does not validate (spec 03 section 4).
async fn edit_field(ctx: Ctx, request: Request) -> AppResult<Response> {
    const EDITABLE: &[&str] = &[
        "value",
        "category",
        "type",
        "comment",
        "to_ids",
        "distribution",
        "first_seen",
        "last_seen",
    ];
    let key = named_by(&request, &["id"], AttributeKey::parse)?;
    let mut fields = request.fields("Attribute")?;
    fields.retain(|field, _| EDITABLE.contains(&field.as_str()));
    match attributes::edit(&ctx, key, decode_value(Value::Object(fields))?).await {
        Ok(_) => Ok(Response::json(
            &json!({"saved": true, "success": "Field updated.", "check_publish": true}),
        )),
        Err(AppError::Invalid(fields)) => Ok(Response::json(&json!({"saved": false, "errors": fields.0}))),
        Err(error) => Err(error),
    }
}

async fn toggle_to_ids(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = named_by(&request, &["id"], AttributeKey::parse)?;
    let attribute = attributes::toggle_to_ids(&ctx, key).await?;
    let url = format!("/attributes/toggleToIDS/{}", attribute.id);
    Ok(Response::saved(
        "Field updated.",
        &url,
        Some(&attribute.id.to_string()),
    ))
}

async fn download(ctx: Ctx, request: Request) -> AppResult<Response> {
    let named = request
        .args
        .iter()
        .find(|arg| arg.as_str() != "download")
        .map_or("", String::as_str);
    let file = attributes::download(&ctx, named).await?;
    // The name came from a client: it is offered in a header, quoted and stripped, and never used as a path.
    let name: String = file
        .name
        .chars()
        .filter(|c| c.is_ascii_graphic() && !"\"\\;".contains(*c))
        .collect();
    Ok(Response::bytes("application/octet-stream", file.bytes)
        .with_header("content-disposition", &format!("attachment; filename=\"{name}\"")))
}
