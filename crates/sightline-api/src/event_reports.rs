//! Event reports (spec 03 section 10).

use crate::key::{flag, named_by, text, window};
use crate::paged;
use crate::request::{Request, decode_value};
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use serde_json::{Map, Value, json};
use sightline_app::Ctx;
use sightline_app::event_reports::{self, Choice, Detail, Filter, Key, Scope, Suggestion};
use sightline_app::events::EventKey;
use sightline_core::limits::ALL_ROWS;
use sightline_core::{AppError, AppResult, Permission, Stretch};
use sightline_misp::json::{Buffer, ObjectWriter, write_object};
use sightline_misp::records::{AttributeShape, OrgRef};
use sightline_misp::types::AttributeType;

const ADD: Allow = Allow::All(&[Permission::Add]);

pub(crate) fn routes() -> Vec<Route> {
    use Allow::Everyone;
    use Methods::{Get, GetPost, Post, PostDelete};
    vec![
        route("eventreports", "index", GetPost, Everyone, index),
        route("eventreports", "view", GetPost, Everyone, view),
        route("eventreports", "download", Get, Everyone, download),
        route("eventreports", "add", Post, ADD, add),
        route("eventreports", "edit", Post, ADD, edit),
        route("eventreports", "delete", PostDelete, ADD, delete),
        route("eventreports", "restore", Post, ADD, restore),
        route("eventreports", "importReportFromUrl", Post, ADD, import),
        route("eventreports", "extractFromReport", GetPost, Everyone, extract),
        route(
            "eventreports",
            "extractAllFromReport",
            GetPost,
            Everyone,
            extract_all,
        ),
    ]
}

fn key(request: &Request) -> AppResult<Key> {
    named_by(request, &["id", "uuid"], event_reports::key)
}

/// What the reference says of fields: all of it in one sentence.
fn joined(error: AppError) -> AppError {
    match error {
        AppError::Invalid(fields) => {
            let messages: Vec<String> = fields.0.into_values().flatten().collect();
            AppError::Refused(messages.join(", "))
        }
        other => other,
    }
}

fn write(o: &mut ObjectWriter<'_>, detail: &Detail) {
    o.object("EventReport", |o| detail.report.write(o));
    let event = &detail.event;
    o.object("Event", |o| {
        o.number("id", event.id);
        o.number("orgc_id", event.orgc_id);
        o.number("org_id", event.org_id);
        o.text("info", &event.info);
        o.number("user_id", event.user_id);
        o.text("date", &event.date);
        let org = |o: &mut ObjectWriter<'_>, org: &OrgRef| {
            o.number("id", org.id);
            o.text("name", &org.name);
        };
        o.object("Org", |o| org(o, &detail.org));
        o.object("Orgc", |o| org(o, &detail.orgc));
    });
    o.object("SharingGroup", |o| match &detail.group {
        Some(group) => {
            o.number("id", group.id);
            o.text("name", &group.name);
            o.uuid("uuid", group.uuid);
        }
        None => {
            o.null("id");
            o.null("name");
            o.null("uuid");
        }
    });
}

/// As lists and `view` have it: with what hangs on the report.
fn write_whole(out: &mut Buffer, detail: &Detail, base_url: &str) {
    write_object(out, |o| {
        write(o, detail);
        detail.hung.write_lists(o, base_url);
        detail.hung.write_inbound(o, base_url);
    });
}

fn saved(detail: &Detail) -> Response {
    let mut out = Buffer::new();
    write_object(&mut out, |o| write(o, detail));
    Response::raw_json(out)
}

async fn index(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.fields("EventReport")?;
    let given = |name: &str| {
        request
            .named(name)
            .map(str::to_owned)
            .or_else(|| body.get(name).and_then(text))
            .filter(|value| !value.is_empty())
    };
    let event = given("event_id").map(|id| EventKey::parse(&id)).transpose()?;
    let extended = flag(&request, &body, "extended_event");
    let scope = match event {
        Some(event) if extended => Scope::Extended(event),
        Some(event) => Scope::Event(event),
        None => Scope::All,
    };
    let filter = Filter {
        events: None,
        deleted: match given("context").as_deref() {
            None | Some("default") => Some(false),
            Some("deleted") => Some(true),
            Some("all") => None,
            Some(_) => {
                return Err(AppError::BadRequest(
                    "Invalid value for `context`: use default, deleted or all.".into(),
                ));
            }
        },
        text: given("value"),
    };
    let (page, limit) = window(&request, &body, ALL_ROWS);
    let first = event_reports::index(&ctx, scope, filter.clone(), Stretch::page(page, limit)).await?;
    let total = event_reports::count(&ctx, scope, filter.clone()).await?;
    let base_url = ctx.platform.base_url.clone();
    let next = move |rest| {
        let (ctx, filter) = (ctx.clone(), filter.clone());
        async move { event_reports::index(&ctx, scope, filter, rest).await }
    };
    let write = move |out: &mut Buffer, detail: &Detail| write_whole(out, detail, &base_url);
    Ok(paged::list(first, next, write).with_total(total))
}

async fn view(ctx: Ctx, request: Request) -> AppResult<Response> {
    let detail = event_reports::view(&ctx, key(&request)?).await?;
    let mut out = Buffer::new();
    write_whole(&mut out, &detail, &ctx.platform.base_url);
    Ok(Response::raw_json(out))
}

/// The Markdown as a file.
async fn download(ctx: Ctx, request: Request) -> AppResult<Response> {
    let detail = event_reports::view(&ctx, key(&request)?).await?;
    let name = format!("attachment; filename=\"report-{}.md\"", detail.report.id);
    Ok(
        Response::bytes("text/markdown; charset=UTF-8", detail.report.content.into_bytes())
            .with_header("content-disposition", &name),
    )
}

async fn add(ctx: Ctx, request: Request) -> AppResult<Response> {
    let fields = request.fields("EventReport")?;
    let event = event_of(&request, &fields)?;
    let body = decode_value(Value::Object(fields))?;
    Ok(saved(
        &event_reports::add(&ctx, event, body).await.map_err(joined)?,
    ))
}

/// The event that a new report is for: of the URL, else of the body.
fn event_of(request: &Request, fields: &Map<String, Value>) -> AppResult<EventKey> {
    let named = request
        .arg(0)
        .map(str::to_owned)
        .or_else(|| fields.get("event_id").and_then(text));
    EventKey::parse(&named.ok_or_else(|| AppError::NotAllowed("No event ID set.".into()))?)
}

async fn edit(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = key(&request)?;
    let body = request.decode("EventReport")?;
    Ok(saved(
        &event_reports::edit(&ctx, key, body).await.map_err(joined)?,
    ))
}

async fn delete(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = key(&request)?;
    let hard = match request.arg(1) {
        Some(arg) => !matches!(arg, "0" | "false"),
        None => flag(&request, &request.fields("EventReport")?, "hard"),
    };
    event_reports::delete(&ctx, key, hard).await?;
    let named = named(key);
    let manner = if hard { "hard" } else { "soft" };
    Ok(Response::saved(
        &format!("Event Report {named} {manner} deleted"),
        &format!("/event_reports/delete/{named}"),
        Some(&named),
    ))
}

fn named(key: Key) -> String {
    match key {
        Key::Id(id) => id.to_string(),
        Key::Uuid(uuid) => uuid.to_string(),
    }
}

async fn restore(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = key(&request)?;
    event_reports::restore(&ctx, key).await?;
    let named = named(key);
    Ok(Response::saved(
        &format!("Event Report {named} restored"),
        &format!("/event_reports/restore/{named}"),
        Some(&named),
    ))
}

async fn import(ctx: Ctx, request: Request) -> AppResult<Response> {
    let fields = request.fields("EventReport")?;
    let event = event_of(&request, &fields)?;
    let url = fields.get("url").and_then(text).unwrap_or_default();
    let detail = event_reports::import_from_url(&ctx, event, url).await;
    Ok(saved(&detail.map_err(joined)?))
}

fn suggestion(one: &Suggestion) -> Value {
    let types: Map<String, Value> = one
        .types
        .iter()
        .map(|kind| (kind.name().to_owned(), kind.name().into()))
        .collect();
    json!({
        "value": one.value,
        "original_value": one.original_value,
        "default_type": one.types.first().map(|kind| kind.name()),
        "types": types,
        "to_ids": one.to_ids,
        "known": one.known,
    })
}

/// What the text holds; nothing is written.
async fn extract(ctx: Ctx, request: Request) -> AppResult<Response> {
    let (_, found) = event_reports::extract(&ctx, key(&request)?).await?;
    Ok(Response::json(&found.iter().map(suggestion).collect()))
}

/// The same; with `"save": true` what the event does not have yet becomes attributes of it, each with its likeliest
/// type, or only those of `values` (`[{"value", "type", "to_ids"}]`, or plain values).
async fn extract_all(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = key(&request)?;
    let fields = request.fields("EventReport")?;
    if !flag(&request, &fields, "save") {
        return extract(ctx, request).await;
    }
    let (_, found) = event_reports::extract(&ctx, key).await?;
    let choices = match fields.get("values") {
        Some(Value::Array(list)) => list
            .iter()
            .map(|value| choice(value, &found))
            .collect::<AppResult<Vec<_>>>()?,
        Some(_) => return Err(AppError::field("values", "This has to be a list.")),
        None => found
            .iter()
            .filter(|one| !one.known)
            .filter_map(likeliest)
            .collect(),
    };
    let (_, outcome) = event_reports::save_extracted(&ctx, key, choices).await?;
    let mut out = Buffer::new();
    write_object(&mut out, |o| {
        o.list("Attribute", &outcome.stored, |out, attribute| {
            write_object(out, |o| attribute.write(o, AttributeShape::Flat));
        });
        o.value(
            "errors",
            &json!(
                outcome
                    .errors
                    .iter()
                    .map(|(position, fields)| (position.to_string(), json!(fields.0)))
                    .collect::<Map<_, _>>()
            ),
        );
    });
    Ok(Response::raw_json(out))
}

fn likeliest(one: &Suggestion) -> Option<Choice> {
    Some(Choice {
        value: one.value.clone(),
        kind: *one.types.first()?,
        to_ids: one.to_ids,
    })
}

/// A chosen value: one that the text holds, with a type that fits it.
fn choice(value: &Value, found: &[Suggestion]) -> AppResult<Choice> {
    let named = value
        .get("value")
        .and_then(text)
        .or_else(|| text(value))
        .unwrap_or_default();
    let refused = |what: &str| AppError::field("values", format!("`{named}` {what}"));
    let one = found
        .iter()
        .find(|one| one.value == named)
        .ok_or_else(|| refused("is not in the report."))?;
    let usual = likeliest(one).ok_or_else(|| refused("has no type."))?;
    let kind = match value.get("type").and_then(text) {
        Some(name) => AttributeType::parse(&name)
            .filter(|kind| one.types.contains(kind))
            .ok_or_else(|| refused("cannot have this type."))?,
        None => usual.kind,
    };
    let to_ids = value.get("to_ids").and_then(Value::as_bool);
    Ok(Choice {
        kind,
        to_ids: to_ids.unwrap_or_else(|| kind.default_to_ids()),
        ..usual
    })
}
