//! Blocklists of events and of organisations (spec 03 section 14, spec 06 B.8).

use crate::key::{named_by, named_or_field, text, window};
use crate::request::Request;
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use axum::http::Method;
use serde_json::{Value, json};
use sightline_app::Ctx;
use sightline_app::blocklists::{self, EntryKey, Filter};
use sightline_core::limits::PAGE_ROWS_MAX;
use sightline_core::{AppError, AppResult, Permission};
use sightline_misp::json::{Buffer, write_list, write_object};
use sightline_misp::records::Blocklist;
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    use Methods::{GetPost, Post, PostDelete};
    const EVENTS: Allow = Allow::HostOrg(&[Permission::Add]);
    let mut routes = vec![route("eventblocklists", "massDelete", Post, EVENTS, delete_many)];
    for (controller, list, allow) in [
        ("eventblocklists", Blocklist::Events, EVENTS),
        ("orgblocklists", Blocklist::Organisations, Allow::SiteAdmin),
    ] {
        routes.extend([
            route(controller, "index", GetPost, allow, move |ctx, request| {
                index(ctx, request, list)
            }),
            route(controller, "add", GetPost, allow, move |ctx, request| {
                add(ctx, request, list)
            }),
            route(controller, "edit", GetPost, allow, move |ctx, request| {
                edit(ctx, request, list)
            }),
            route(controller, "delete", PostDelete, allow, move |ctx, request| {
                delete(ctx, request, list)
            }),
        ]);
    }
    routes
}

/// How a list's controller is written in answers.
const fn path(list: Blocklist) -> &'static str {
    match list {
        Blocklist::Events => "/event_blocklists",
        Blocklist::Organisations => "/org_blocklists",
    }
}

/// The names of a list's columns: uuid, title.
const fn columns(list: Blocklist) -> [&'static str; 2] {
    match list {
        Blocklist::Events => ["event_uuid", "event_info"],
        Blocklist::Organisations => ["org_uuid", "org_name"],
    }
}

async fn index(ctx: Ctx, request: Request, list: Blocklist) -> AppResult<Response> {
    let body = request.fields(list.model())?;
    let given = |name: &str| named_or_field(&request, &body, name);
    let [uuid, name] = columns(list);
    let filter = Filter {
        uuid: given(uuid)
            .or_else(|| given("uuid"))
            .map(|text| Uuid::try_parse(&text))
            .transpose()
            .map_err(|_| AppError::BadRequest(format!("Invalid value for `{uuid}`: use a UUID.")))?,
        name: given(name),
        creator: given("event_orgc"),
        comment: given("comment"),
        any: ["searchall", "quickFilter", "value"]
            .iter()
            .find_map(|name| given(name)),
    };
    // The reference does not page here.
    let (page, limit) = window(&request, &body, PAGE_ROWS_MAX);
    let (found, total) = blocklists::index(&ctx, list, filter, page, limit).await?;
    let mut out = Buffer::new();
    write_list(&mut out, &found, |out, entry| {
        write_object(out, |o| entry.write(list, o));
    });
    Ok(Response::raw_json(out).with_total(total))
}

async fn add(ctx: Ctx, request: Request, list: Blocklist) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(crate::events::describe(
            &format!("{}/add", path(list)),
            &["uuids"],
        ));
    }
    let added = blocklists::add(&ctx, list, request.decode(list.model())?).await?;
    Ok(Response::json(&json!({
        "result": {"successes": added.successes, "fails": added.fails},
        "message": format!(
            "Done. Added {} new entries to the blocklist. {} entries could not be saved.",
            added.successes.len(),
            added.fails.len()
        ),
    })))
}

fn key(request: &Request, list: Blocklist) -> AppResult<EntryKey> {
    named_by(request, &["id", columns(list)[0], "uuid"], EntryKey::parse)
}

async fn edit(ctx: Ctx, request: Request, list: Blocklist) -> AppResult<Response> {
    let key = key(&request, list)?;
    let entry = if request.method == Method::GET {
        blocklists::view(&ctx, list, key).await?
    } else {
        blocklists::edit(&ctx, list, key, request.decode(list.model())?).await?
    };
    let mut out = Buffer::new();
    write_object(&mut out, |o| o.object(list.model(), |o| entry.write(list, o)));
    Ok(Response::raw_json(out))
}

async fn delete(ctx: Ctx, request: Request, list: Blocklist) -> AppResult<Response> {
    let key = key(&request, list)?;
    blocklists::delete(&ctx, list, key).await?;
    let named = match key {
        EntryKey::Id(id) => id.to_string(),
        EntryKey::Uuid(uuid) => uuid.to_string(),
    };
    Ok(Response::saved(
        "Blocklist entry removed",
        &format!("{}/delete/{named}", path(list)),
        Some(&named),
    ))
}

/// `{"ids": [<id or uuid>, …]}`
async fn delete_many(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.fields(Blocklist::Events.model())?;
    let named: Vec<String> = match body.get("ids").or_else(|| body.get("id")) {
        Some(Value::Array(list)) => list.iter().filter_map(text).collect(),
        Some(value) => text(value)
            .map(|text| serde_json::from_str(&text).unwrap_or_else(|_| vec![text]))
            .unwrap_or_default(),
        None => Vec::new(),
    };
    let keys: Vec<EntryKey> = named
        .iter()
        .map(|text| EntryKey::parse(text))
        .collect::<AppResult<_>>()?;
    let gone = blocklists::delete_many(&ctx, Blocklist::Events, keys).await?;
    if gone == 0 {
        return Err(blocklists::invalid_entry());
    }
    Ok(Response::saved(
        &format!("{gone} blocklist entries removed"),
        "/event_blocklists/massDelete",
        None,
    ))
}
