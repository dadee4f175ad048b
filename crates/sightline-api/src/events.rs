//! Events (spec 03 section 3).

use crate::key::{flag, named_by, text};
use crate::request::{Request, decode_value};
use crate::response::{JSON, Response};
use crate::router::{Allow, Methods, Route, route};
use axum::http::{Method, StatusCode};
use bytes::Bytes;
use futures_util::stream;
use serde_json::{Map, Value};
use sightline_app::Ctx;
use sightline_app::events::document::{EventDocument, Options};
use sightline_app::events::{self, EventKey};
use sightline_core::ids::EventId;
use sightline_core::{AppError, AppResult, Permission};
use sightline_misp::input::EventIn;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("events", "view", Methods::GetPost, Allow::Everyone, view),
        route(
            "events",
            "add",
            Methods::GetPost,
            Allow::All(&[Permission::Add]),
            add,
        ),
        route(
            "events",
            "edit",
            Methods::GetPost,
            Allow::All(&[Permission::Add]),
            edit,
        ),
        route(
            "events",
            "delete",
            Methods::PostDelete,
            Allow::All(&[Permission::Add]),
            delete,
        ),
        route(
            "events",
            "publish",
            Methods::Post,
            Allow::All(&[Permission::Publish]),
            publish,
        ),
        route(
            "events",
            "unpublish",
            Methods::Post,
            Allow::All(&[Permission::Modify]),
            unpublish,
        ),
        route(
            "events",
            "checkuuid",
            Methods::Get,
            Allow::All(&[Permission::Sync]),
            check_uuid,
        ),
        route(
            "events",
            "getEventInfoById",
            Methods::Get,
            Allow::Everyone,
            info_by_id,
        ),
        route(
            "events",
            "getEditStrategy",
            Methods::Get,
            Allow::All(&[Permission::Add]),
            edit_strategy,
        ),
    ]
}

async fn view(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = named_by(&request, &["id", "uuid"], EventKey::parse)?;
    let options = options(&request, &request.fields("Event")?)?;
    let document = ctx
        .read(move |ctx, tx| EventDocument::open(ctx, tx, &key, options))
        .await?;
    Ok(Response::stream(JSON, chunks(ctx, document)))
}

/// The document as a stream; each chunk is one short read.
fn chunks(ctx: Ctx, document: EventDocument) -> impl stream::Stream<Item = AppResult<Bytes>> {
    stream::try_unfold(Some((ctx, document)), |state| async move {
        let Some((ctx, mut document)) = state else {
            return Ok(None);
        };
        let (document, more, chunk) = ctx
            .read(move |ctx, tx| {
                let mut out = Vec::with_capacity(events::document::CHUNK_BYTES * 2);
                let more = document.next(ctx, tx, &mut out)?;
                Ok((document, more, out))
            })
            .await?;
        Ok(Some((Bytes::from(chunk), more.then_some((ctx, document)))))
    })
}

fn options(request: &Request, body: &Map<String, Value>) -> AppResult<Options> {
    let given = |name: &str| request.named(name).is_some() || body.contains_key(name);
    let on = |name: &str| flag(request, body, name);
    let to_ids = request
        .named("toIDS")
        .map(str::to_owned)
        .or_else(|| body.get("toIDS").and_then(text));
    Ok(Options {
        metadata: on("metadata"),
        deleted: deleted(request, body)?,
        to_ids: match to_ids.as_deref() {
            Some("1") => Some(true),
            Some("2") => Some(false),
            _ => None,
        },
        attachments: !given("includeAttachments") || on("includeAttachments"),
        sightings: !on("noSightings"),
        reports: !on("noEventReports"),
        proposals: !on("noShadowAttributes"),
        analyst_data: !given("includeAnalystData") || on("includeAnalystData"),
        related: !given("includeEventCorrelations") || on("includeEventCorrelations"),
        galaxies: !on("excludeGalaxy"),
        local_tags: !on("excludeLocalTags"),
        extended: on("extended"),
        granular_correlations: on("includeGranularCorrelations"),
        related_tags: on("includeRelatedTags"),
        feeds: on("includeFeedCorrelations"),
        extension_list: on("extensionList"),
        ..Options::default()
    })
}

/// `deleted`: a flag, a number, or a list of them (spec 03 section 3).
fn deleted(request: &Request, body: &Map<String, Value>) -> AppResult<Option<bool>> {
    let word = |text: &str| match text.to_ascii_lowercase().as_str() {
        "" | "0" | "false" => Some(false),
        // On this endpoint `1` means "also", as the reference has it; `2` and `only` mean "only".
        "1" | "true" => None,
        _ => Some(true),
    };
    match (request.named("deleted"), body.get("deleted")) {
        (Some(named), _) => Ok(word(named)),
        (None, None) => Ok(Some(false)),
        (None, Some(Value::Array(list))) => {
            let flags: Vec<String> = list.iter().filter_map(text).collect();
            let live = flags.iter().any(|flag| matches!(flag.as_str(), "0" | "false"));
            let gone = flags.iter().any(|flag| matches!(flag.as_str(), "1" | "true"));
            Ok(if live && gone { None } else { Some(gone) })
        }
        (None, Some(value)) => match text(value) {
            Some(flag) => Ok(word(&flag)),
            None => Err(AppError::BadRequest(
                "Invalid value for `deleted`: use 0, 1 or [0, 1].".into(),
            )),
        },
    }
}

async fn add(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(describe("/events/add", &["info"]));
    }
    let fields = request.fields("Event")?;
    if fields.is_empty() {
        return Err(AppError::NotAllowed("No valid event data received.".into()));
    }
    let metadata = flag(&request, &fields, "metadata");
    let input: EventIn = decode_value(Value::Object(fields))?;
    let uuid = input.uuid.filled();
    match events::add(&ctx, input).await {
        Ok(added) => shown(ctx, added.event.id, metadata).await,
        Err(AppError::NotFound(message)) => exists(&ctx, uuid.as_deref(), &message, &request.url).await,
        Err(AppError::Invalid(fields)) => Err(nested(&fields)),
        Err(error) => Err(error),
    }
}

/// The event's validation messages stand one level deeper: `{"Event": {"info": [...]}}` (spec 03 section 3.1).
fn nested(fields: &sightline_core::FieldErrors) -> AppError {
    AppError::Rejected(serde_json::json!({"Event": fields.0}))
}

/// The event that is there already, for those who may see it.
async fn exists(ctx: &Ctx, uuid: Option<&str>, message: &str, url: &str) -> AppResult<Response> {
    let error = AppError::not_found(message);
    let response = crate::envelope::render(&error, &crate::envelope::Failure::default(), url);
    let Some(key) = uuid.and_then(|uuid| EventKey::parse(uuid).ok()) else {
        return Err(error);
    };
    match ctx.read(move |ctx, tx| events::find(ctx, tx, &key)).await {
        Ok(event) => Ok(response.with_header(
            "location",
            &format!("{}/events/{}", ctx.platform.base_url, event.id),
        )),
        Err(_) => Err(error),
    }
}

async fn edit(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(describe("/events/edit", &[]));
    }
    let key = named_by(&request, &["id", "uuid"], EventKey::parse)?;
    let fields = request.fields("Event")?;
    let metadata = flag(&request, &fields, "metadata");
    let event = events::edit(&ctx, key, decode_value(Value::Object(fields))?).await?;
    shown(ctx, event.id, metadata).await
}

/// The stored event, without the data of its attachments.
async fn shown(ctx: Ctx, id: EventId, metadata: bool) -> AppResult<Response> {
    let options = Options {
        metadata,
        attachments: false,
        ..Options::default()
    };
    let document = ctx
        .read(move |ctx, tx| EventDocument::open(ctx, tx, &EventKey::Id(id), options))
        .await?;
    Ok(Response::stream(JSON, chunks(ctx, document)))
}

async fn delete(ctx: Ctx, request: Request) -> AppResult<Response> {
    if let Some(arg) = request.arg(0) {
        let url = format!("/events/delete/{arg}");
        let key = EventKey::parse(arg).map_err(|_| AppError::Refused("Event was not deleted.".into()))?;
        let id = events::delete(&ctx, key).await?;
        return Ok(Response::saved("Event deleted.", &url, Some(&id.to_string())));
    }
    let fields = request.fields("Event")?;
    let ids: Vec<String> = match fields.get("id") {
        Some(Value::Array(list)) => list.iter().filter_map(text).collect(),
        Some(value) => text(value).into_iter().collect(),
        None => Vec::new(),
    };
    let mut failed = 0;
    for id in &ids {
        match EventKey::parse(id) {
            Ok(key) => match events::delete(&ctx, key).await {
                Ok(_) => {}
                Err(AppError::Refused(_)) => failed += 1,
                Err(error) => return Err(error),
            },
            Err(_) => failed += 1,
        }
    }
    if failed > 0 || ids.is_empty() {
        return Err(AppError::Refused(if ids.len() <= 1 {
            "Event was not deleted.".into()
        } else {
            format!(
                "{failed} event(s) could not be deleted due to insufficient privileges or the event not being found."
            )
        }));
    }
    let message = if ids.len() == 1 {
        "Event deleted.".into()
    } else {
        format!("{} events deleted.", ids.len())
    };
    Ok(Response::saved(
        &message,
        "/events/delete",
        ids.first().map(String::as_str),
    ))
}

async fn publish(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = named_by(&request, &["id", "uuid"], EventKey::parse)
        .map_err(|_| AppError::not_found("Invalid event."))?;
    let id = events::publish(&ctx, key).await?;
    Ok(Response::saved(
        "Event published without alerts",
        &format!("/events/publish/{id}"),
        Some(&id.to_string()),
    ))
}

async fn unpublish(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = named_by(&request, &["id", "uuid"], EventKey::parse)
        .map_err(|_| AppError::not_found("Invalid event."))?;
    let id = events::unpublish_event(&ctx, key).await?;
    Ok(Response::saved(
        "Event unpublished.",
        &format!("/events/unpublish/{id}"),
        Some(&id.to_string()),
    ))
}

async fn check_uuid(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = named_by(&request, &["uuid"], EventKey::parse)?;
    let known = ctx
        .read(move |ctx, tx| Ok(events::find(ctx, tx, &key).is_ok()))
        .await?;
    Ok(Response::json(&serde_json::json!({"result": !known})))
}

async fn info_by_id(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = named_by(&request, &["id"], EventKey::parse)?;
    let event = ctx.read(move |ctx, tx| events::find(ctx, tx, &key)).await?;
    Ok(Response::json(&serde_json::json!({
        "Event": {
            "id": event.id.to_string(), "info": event.info,
            "threat_level_id": event.threat_level.number().to_string(),
            "analysis": event.analysis.number().to_string(),
        },
        "EventTag": [],
        "ThreatLevel": {"id": event.threat_level.number().to_string(), "name": event.threat_level.label()},
    })))
}

async fn edit_strategy(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = named_by(&request, &["id"], EventKey::parse)?;
    let strategy = events::edit_strategy(&ctx, key).await?;
    let extensions: Vec<Value> = strategy
        .extensions
        .iter()
        .map(|event| serde_json::json!({"id": event.id.to_string(), "info": event.info, "uuid": event.uuid}))
        .collect();
    Ok(Response::json(&serde_json::json!({
        "strategy": if strategy.edit { "edit" } else { "extend" },
        "extensions": extensions,
    })))
}

/// What a GET on an action that wants a body answers (spec 03 section 1.2).
pub(crate) fn describe(url: &str, mandatory: &[&str]) -> Response {
    Response::json(&serde_json::json!({
        "name": format!("{url} API description"),
        "description": format!("POST a JSON body to {url}."),
        "mandatory_fields": mandatory,
        "optional_fields": [],
        "url": url,
    }))
    .with_status(StatusCode::OK)
}
