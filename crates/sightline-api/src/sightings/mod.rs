//! Sightings (spec 03 section 7).

mod add;
mod search;
mod table;
#[cfg(test)]
mod tests;

use crate::key::{named_by, text, window};
use crate::paged;
use crate::request::{Request, decode_value};
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use futures_util::stream;
use serde_json::{Value, json};
use sightline_app::Ctx;
use sightline_app::attributes::AttributeKey;
use sightline_app::events::EventKey;
use sightline_app::sightings::{self, Context, Detail, Search, SightingKey};
use sightline_core::limits::ALL_ROWS;
use sightline_core::{AppError, AppResult, Permission, Stretch};
use sightline_misp::input::SightingIn;
use sightline_misp::json::{Buffer, write_object};
use sightline_query::Paging;
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    use Allow::{All, Any, Everyone};
    use Methods::{GetPost, Post, PostDelete};
    vec![
        route(
            "sightings",
            "add",
            GetPost,
            All(&[Permission::Sighting]),
            add::add,
        ),
        route(
            "sightings",
            "delete",
            PostDelete,
            All(&[Permission::Sighting, Permission::ModifyOrg]),
            delete,
        ),
        route("sightings", "listSightings", GetPost, Everyone, list),
        route("sightings", "index", GetPost, Everyone, index),
        route("sightings", "view", GetPost, Everyone, view),
        route("sightings", "restSearch", GetPost, Everyone, search::search),
        route(
            "sightings",
            "bulkSaveSightings",
            Post,
            Any(&[Permission::Sync, Permission::Sighting]),
            bulk_save,
        ),
        route(
            "events",
            "publishSightings",
            Post,
            All(&[Permission::Sighting]),
            publish,
        ),
        route(
            "sightings",
            "filterSightingUuidsForPush",
            Post,
            All(&[Permission::Sync]),
            filter_uuids,
        ),
    ]
}

async fn delete(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = named_by(&request, &["id", "uuid"], SightingKey::parse)?;
    sightings::delete(&ctx, key).await?;
    let named = match key {
        SightingKey::Id(id) => id.to_string(),
        SightingKey::Uuid(uuid) => uuid.to_string(),
    };
    Ok(Response::saved(
        "Sighting successfully deleted.",
        &format!("/sightings/delete/{named}"),
        Some(&named),
    ))
}

async fn list(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.fields("Sighting")?;
    let given = |n: usize, name: &str| {
        request
            .arg(n)
            .map(str::to_owned)
            .or_else(|| body.get(name).and_then(text))
    };
    let ids = match (request.arg(0), body.get("id")) {
        (None, Some(Value::Array(list))) => list.iter().filter_map(text).collect(),
        _ => vec![given(0, "id").unwrap_or_default()],
    };
    let context = given(1, "context").unwrap_or_else(|| "attribute".into());
    let contexts: AppResult<Vec<Context>> = ids.iter().map(|id| context_of(&context, id)).collect();
    let contexts = contexts.map_err(|_| AppError::NotAllowed("Invalid object.".into()))?;
    let org = given(2, "org_id").filter(|org| !matches!(org.as_str(), "" | "0" | "false"));
    let org = match org.as_deref().map(sightings::org_key) {
        // Nobody is called like this.
        Some(None) => return Ok(Response::json(&json!([]))),
        org => org.flatten(),
    };
    let paging = Paging::of_list(&request.named, &body)?;
    let search = Search::of(&ctx, contexts, org, paging).await?;
    let total = search.total();
    let chunks = stream::try_unfold(search, move |mut search| {
        let ctx = ctx.clone();
        async move { Ok(search.next(&ctx).await?.map(|found| (found.details, search))) }
    });
    Ok(Response::json_list(chunks, |out, detail: &Detail| {
        write_object(out, |o| {
            o.object("Sighting", |o| detail.sighting.write(o));
            if let Some(org) = &detail.org {
                o.object("Organisation", |o| o.text("name", &org.name));
            }
        });
    })
    .with_total(i64::try_from(total).unwrap_or(i64::MAX)))
}

fn context_of(context: &str, id: &str) -> AppResult<Context> {
    match context {
        "event" => EventKey::parse(id).map(Context::Event),
        "attribute" => AttributeKey::parse(id).map(Context::Attribute),
        _ => Err(AppError::NotAllowed("Invalid object.".into())),
    }
}

async fn index(ctx: Ctx, request: Request) -> AppResult<Response> {
    let event = request.arg(0).map(EventKey::parse).transpose()?;
    let (page, limit) = window(&request, &request.fields("Sighting")?, ALL_ROWS);
    let first = sightings::index(&ctx, event, Stretch::page(page, limit)).await?;
    let total = sightings::count(&ctx, event).await?;
    let next = move |rest| {
        let ctx = ctx.clone();
        async move { sightings::index(&ctx, event, rest).await }
    };
    Ok(paged::list(first, next, write_flat).with_total(total))
}

fn write_flat(out: &mut Buffer, detail: &Detail) {
    write_object(out, |o| {
        detail
            .sighting
            .write_in_event(o, detail.attribute.uuid, detail.org.as_ref());
    });
}

async fn view(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = named_by(&request, &["id", "uuid"], SightingKey::parse)?;
    let detail = sightings::view(&ctx, key).await?;
    let mut out = Buffer::new();
    write_object(&mut out, |o| {
        o.object("Sighting", |o| detail.sighting.write(o));
        if let Some(org) = &detail.org {
            o.object("Organisation", |o| {
                o.number("id", org.id);
                o.uuid("uuid", org.uuid);
                o.text("name", &org.name);
            });
        }
    });
    Ok(Response::raw_json(out))
}

async fn publish(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = named_by(&request, &["id", "uuid"], EventKey::parse)
        .map_err(|_| AppError::not_found("Invalid event."))?;
    let id = sightings::publish(&ctx, key).await?.to_string();
    let message = "Sightings published";
    Ok(Response::json(&json!({
        "name": message, "message": message, "url": format!("/events/publishSightings/{id}"), "id": id
    })))
}

/// The event that a synchronising instance speaks of.
fn synced_event(request: &Request) -> AppResult<EventKey> {
    EventKey::parse(request.arg(0).unwrap_or_default())
}

async fn bulk_save(ctx: Ctx, request: Request) -> AppResult<Response> {
    let list = match request.json()? {
        Value::Object(mut fields) => fields.remove("Sighting").unwrap_or_default(),
        list => list,
    };
    let Value::Array(list) = list else {
        return Err(AppError::NotAllowed(
            "The body has to be a list of sightings.".into(),
        ));
    };
    let list = list
        .into_iter()
        .filter(Value::is_object)
        .map(decode_value)
        .collect::<AppResult<Vec<SightingIn>>>()?;
    let saved = sightings::save_all(&ctx, synced_event(&request)?, list).await?;
    let message = if saved > 0 {
        format!("{saved} sightings added.")
    } else {
        "No sightings added.".into()
    };
    Ok(Response::json(&json!({"saved": saved > 0, "success": message})))
}

async fn filter_uuids(ctx: Ctx, request: Request) -> AppResult<Response> {
    let uuids = match request.json()? {
        Value::Array(list) => list
            .iter()
            .filter_map(Value::as_str)
            .filter_map(|u| Uuid::try_parse(u).ok())
            .collect(),
        _ => Vec::new(),
    };
    let known = sightings::known_uuids(&ctx, synced_event(&request)?, uuids).await?;
    Ok(Response::json(&json!(known)))
}
