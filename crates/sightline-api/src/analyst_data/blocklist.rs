//! The blocklist of analyst data (spec 06 B.8).

use crate::key::{named_by, text, window};
use crate::request::Request;
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use serde_json::{Map, Value, json};
use sightline_app::Ctx;
use sightline_app::analyst_data::blocklist::{self, ADD_MAX, Blocked, Edit};
use sightline_core::clock::datetime_of;
use sightline_core::limits::PAGE_ROWS;
use sightline_core::{AppError, AppResult};
use uuid::Uuid;

const CONTROLLER: &str = "analystdatablocklists";

pub(super) fn routes() -> Vec<Route> {
    use Methods::{GetPost, Post, PostDelete};
    let admin = Allow::SiteAdmin;
    vec![
        route(CONTROLLER, "index", GetPost, admin, index),
        route(CONTROLLER, "add", Post, admin, add),
        route(CONTROLLER, "edit", Post, admin, edit),
        route(CONTROLLER, "delete", PostDelete, admin, delete),
        route(CONTROLLER, "massDelete", PostDelete, admin, mass_delete),
    ]
}

fn entry(entry: &Blocked) -> Value {
    json!({
        "id": entry.id.to_string(),
        "analyst_data_uuid": entry.uuid,
        "created": datetime_of(entry.created),
        "analyst_data_info": entry.info,
        "analyst_data_orgc": entry.orgc,
        "comment": entry.comment,
    })
}

async fn index(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.fields("AnalystDataBlocklist")?;
    let (page, limit) = window(&request, &body, PAGE_ROWS);
    let (found, total) = blocklist::index(&ctx, page, limit).await?;
    Ok(Response::json(&found.iter().map(entry).collect()).with_total(total))
}

/// Uuids as a list, or one per line.
fn uuids(fields: &Map<String, Value>) -> Vec<String> {
    match fields.get("uuids") {
        Some(Value::Array(list)) => list.iter().filter_map(text).collect(),
        other => other
            .and_then(text)
            .unwrap_or_default()
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
    }
}

async fn add(ctx: Ctx, request: Request) -> AppResult<Response> {
    let fields = request.fields("AnalystDataBlocklist")?;
    let named = uuids(&fields);
    if named.len() > ADD_MAX {
        return Err(AppError::field("uuids", format!("At most {ADD_MAX} at once.")));
    }
    let field = |name: &str| fields.get(name).and_then(text).unwrap_or_default();
    let entry = Blocked {
        info: field("analyst_data_info"),
        orgc: field("analyst_data_orgc"),
        comment: field("comment"),
        ..Blocked::default()
    };
    let (valid, invalid): (Vec<&String>, Vec<&String>) =
        named.iter().partition(|text| Uuid::try_parse(text).is_ok());
    let valid = valid
        .into_iter()
        .filter_map(|text| Uuid::try_parse(text).ok())
        .collect();
    let (added, known) = blocklist::add(&ctx, valid, entry).await?;
    let mut fails: Vec<String> = known.iter().map(Uuid::to_string).collect();
    fails.extend(invalid.into_iter().cloned());
    Ok(Response::json(&json!({
        "result": {"successes": added, "fails": fails},
        "message": format!(
            "Done. Added {} new entries to the blocklist. {} entries could not be saved.",
            added.len(),
            fails.len()
        ),
    })))
}

async fn edit(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = named_by(&request, &["id", "analyst_data_uuid"], |text| Ok(text.to_owned()))?;
    let fields = request.fields("AnalystDataBlocklist")?;
    let field = |name: &str| fields.get(name).and_then(text);
    let edited = Edit {
        info: field("analyst_data_info"),
        orgc: field("analyst_data_orgc"),
        comment: field("comment"),
    };
    let changed = blocklist::edit(&ctx, key, edited).await?;
    Ok(Response::json(&json!({"AnalystDataBlocklist": entry(&changed)})))
}

fn removed(id: i64) -> Response {
    let url = format!("/analyst_data_blocklists/delete/{id}");
    Response::saved("Blocklist entry removed", &url, Some(&id.to_string()))
}

async fn delete(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = named_by(&request, &["id", "analyst_data_uuid"], |text| Ok(text.to_owned()))?;
    Ok(removed(blocklist::delete(&ctx, key).await?.id))
}

async fn mass_delete(ctx: Ctx, request: Request) -> AppResult<Response> {
    let fields = request.fields("AnalystDataBlocklist")?;
    let ids = match fields.get("ids").or_else(|| fields.get("id")) {
        Some(Value::Array(list)) => list.iter().filter_map(text).collect(),
        other => other.and_then(text).into_iter().collect::<Vec<_>>(),
    };
    let removed_entries = blocklist::delete_many(&ctx, ids).await?;
    Ok(Response::saved(
        &format!("{removed_entries} blocklist entries removed"),
        "/analyst_data_blocklists/massDelete",
        None,
    ))
}
