//! Objects and references (spec 03 section 5).

use crate::attributes::write_attachments;
use crate::key::{flag, named_by, text};
use crate::request::{Request, decode_value};
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use serde_json::{Map, Value};
use sightline_app::events::EventKey;
use sightline_app::objects::{self, NewObject, ObjectKey};
use sightline_app::{Ctx, attributes};
use sightline_core::{AppError, AppResult, Permission};
use sightline_misp::input::{ObjectIn, ObjectReferenceIn};
use sightline_misp::json::{Buffer, ObjectWriter, write_object};
use sightline_misp::records::{AttributeShape, Event, ObjectReference};

const ADD: Allow = Allow::All(&[Permission::Add]);

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("objects", "view", Methods::GetPost, Allow::Everyone, view),
        route("objects", "add", Methods::Post, ADD, add),
        route("objects", "edit", Methods::Post, ADD, edit),
        route("objects", "delete", Methods::PostDelete, ADD, delete),
        route("objectreferences", "add", Methods::Post, ADD, add_reference),
        route(
            "objectreferences",
            "view",
            Methods::Get,
            Allow::Everyone,
            view_reference,
        ),
        route(
            "objectreferences",
            "delete",
            Methods::PostDelete,
            ADD,
            delete_reference,
        ),
    ]
}

async fn view(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = named_by(&request, &["id", "uuid"], ObjectKey::parse)?;
    let shown = objects::view(&ctx, key).await?;
    let mut out = Buffer::new();
    write_object(&mut out, |o| {
        o.object("Object", |o| {
            shown.object.write(o);
            o.object("Event", |o| write_event(o, &shown.event));
            write_attributes(o, &shown);
        });
    });
    Ok(Response::raw_json(out))
}

fn write_attributes(o: &mut ObjectWriter<'_>, shown: &objects::Shown) {
    o.list("Attribute", &shown.attributes, |out, attribute| {
        write_object(out, |o| {
            attribute.write(o, AttributeShape::FlatWithHalves);
            write_attachments(o.key("AttributeTag"), attribute, &shown.tags);
        });
    });
}

/// The event of an object, in a few fields.
fn write_event(o: &mut ObjectWriter<'_>, event: &Event) {
    o.number("id", event.id);
    o.text("info", &event.info);
    o.number("org_id", event.org_id);
    o.number("orgc_id", event.orgc_id);
}

async fn add(ctx: Ctx, request: Request) -> AppResult<Response> {
    let fields = object_fields(&request)?;
    let event = request
        .arg(0)
        .map(str::to_owned)
        .or_else(|| fields.get("event_id").and_then(text));
    let key =
        EventKey::parse(&event.unwrap_or_default()).map_err(|_| AppError::not_found("Invalid event."))?;
    let break_on_duplicate = flag(&request, &fields, "breakOnDuplicate");
    let body: ObjectIn = decode_value(Value::Object(fields))?;
    let NewObject { object, attributes } = objects::add(&ctx, key, body, break_on_duplicate).await?;
    let tags = attributes::tags_of(&ctx, &attributes).await?;
    let mut out = Buffer::new();
    write_object(&mut out, |o| {
        o.object("Object", |o| {
            object.write(o);
            o.list("Attribute", &attributes, |out, attribute| {
                write_object(out, |o| {
                    attribute.write(o, AttributeShape::FlatWithHalves);
                    if tags.contains_key(&attribute.id) {
                        write_attachments(o.key("AttributeTag"), attribute, &tags);
                    }
                });
            });
        });
    });
    Ok(Response::raw_json(out))
}

/// The object's fields; an `Attribute` list beside the wrapper belongs to it.
fn object_fields(request: &Request) -> AppResult<Map<String, Value>> {
    request.fields("Object")
}

async fn edit(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = named_by(&request, &["id", "uuid"], ObjectKey::parse)?;
    let fields = object_fields(&request)?;
    let has_attributes = fields.get("Attribute").is_some_and(Value::is_array);
    let id = objects::edit(&ctx, key, decode_value(Value::Object(fields))?, has_attributes).await?;
    let shown = objects::view(&ctx, ObjectKey::Id(id)).await?;
    let mut out = Buffer::new();
    write_object(&mut out, |o| {
        o.object("Object", |o| {
            shown.object.write(o);
            write_attributes(o, &shown);
        });
        o.object("Event", |o| write_event(o, &shown.event));
    });
    Ok(Response::raw_json(out))
}

async fn delete(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = named_by(&request, &["id", "uuid"], ObjectKey::parse)?;
    let hard =
        request.arg(1).is_some_and(|arg| arg != "0") || flag(&request, &request.fields("Object")?, "hard");
    let event = objects::delete(&ctx, key, hard).await?;
    Ok(Response::saved(
        "Object deleted",
        &format!("/objects/delete/{event}"),
        Some(&event.to_string()),
    ))
}

async fn add_reference(ctx: Ctx, request: Request) -> AppResult<Response> {
    let fields = request.fields("ObjectReference")?;
    let source = request.arg(0).map(str::to_owned).or_else(|| {
        ["object_uuid", "source_uuid", "object_id"]
            .iter()
            .find_map(|field| fields.get(*field).and_then(text))
    });
    let source = source.ok_or_else(|| AppError::not_found("No object defined."))?;
    let body: ObjectReferenceIn = decode_value(Value::Object(fields))?;
    let reference = objects::add_reference(&ctx, ObjectKey::parse(&source)?, body).await?;
    Ok(Response::raw_json(wrapped(&reference)))
}

fn wrapped(reference: &ObjectReference) -> Buffer {
    let mut out = Buffer::new();
    write_object(&mut out, |o| {
        o.object("ObjectReference", |o| {
            reference.write(o);
            o.uuid("object_uuid", reference.source_uuid);
        });
    });
    out
}

async fn view_reference(ctx: Ctx, request: Request) -> AppResult<Response> {
    let reference = objects::find_reference(&ctx, reference_key(&request)?).await?;
    let mut out = Buffer::new();
    write_object(&mut out, |o| o.object("ObjectReference", |o| reference.write(o)));
    Ok(Response::raw_json(out))
}

async fn delete_reference(ctx: Ctx, request: Request) -> AppResult<Response> {
    let hard = request.arg(1).is_some_and(|arg| !matches!(arg, "0" | "false"));
    let id = objects::delete_reference(&ctx, reference_key(&request)?, hard).await?;
    Ok(Response::saved(
        "ObjectReference deleted",
        &format!("/object_references/delete/{id}"),
        Some(&id.to_string()),
    ))
}

fn reference_key(request: &Request) -> AppResult<ObjectKey> {
    named_by(request, &["id", "uuid"], ObjectKey::parse)
        .map_err(|_| AppError::not_found("Invalid object reference."))
}
