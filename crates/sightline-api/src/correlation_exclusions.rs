//! Values that never correlate (spec 07 section 7).

use crate::key::{named_by, named_or_field, window};
use crate::request::Request;
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use axum::http::Method;
use sightline_app::Ctx;
use sightline_app::correlation_exclusions;
use sightline_core::ids::CorrelationExclusionId;
use sightline_core::limits::PAGE_ROWS_MAX;
use sightline_core::{AppError, AppResult};
use sightline_misp::json::{Buffer, write_list, write_object};
use sightline_misp::records::CorrelationExclusion;

/// As the wire calls the record.
const MODEL: &str = "CorrelationExclusion";

pub(crate) fn routes() -> Vec<Route> {
    use Allow::SiteAdmin;
    use Methods::{Get, GetPost, Post, PostDelete};
    vec![
        route("correlationexclusions", "index", GetPost, SiteAdmin, index),
        route("correlationexclusions", "add", GetPost, SiteAdmin, add),
        route("correlationexclusions", "edit", GetPost, SiteAdmin, edit),
        route("correlationexclusions", "view", Get, SiteAdmin, view),
        route("correlationexclusions", "delete", PostDelete, SiteAdmin, delete),
        route("correlationexclusions", "clean", Post, SiteAdmin, clean),
    ]
}

fn key(request: &Request) -> AppResult<CorrelationExclusionId> {
    named_by(request, &["id"], |id| {
        id.parse()
            .map(CorrelationExclusionId)
            .map_err(|_| AppError::not_found("Invalid correlation exclusion."))
    })
}

fn write(out: &mut Buffer, exclusion: &CorrelationExclusion) {
    write_object(out, |o| o.object(MODEL, |o| exclusion.write(o)));
}

fn answer(exclusion: &CorrelationExclusion) -> Response {
    let mut out = Buffer::new();
    write(&mut out, exclusion);
    Response::raw_json(out)
}

async fn index(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.fields(MODEL)?;
    // The reference does not page here.
    let (page, limit) = window(&request, &body, PAGE_ROWS_MAX);
    let text = ["searchall", "quickFilter", "value"]
        .iter()
        .find_map(|name| named_or_field(&request, &body, name));
    let (found, total) = correlation_exclusions::index(&ctx, text.unwrap_or_default(), page, limit).await?;
    let mut out = Buffer::new();
    write_list(&mut out, &found, write);
    Ok(Response::raw_json(out).with_total(total))
}

async fn view(ctx: Ctx, request: Request) -> AppResult<Response> {
    Ok(answer(&correlation_exclusions::view(&ctx, key(&request)?).await?))
}

async fn add(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(crate::events::describe("/correlation_exclusions/add", &["value"]));
    }
    let added = correlation_exclusions::add(&ctx, request.decode(MODEL)?).await?;
    Ok(answer(&added))
}

async fn edit(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = key(&request)?;
    if request.method == Method::GET {
        return Ok(answer(&correlation_exclusions::view(&ctx, id).await?));
    }
    let edited = correlation_exclusions::edit(&ctx, id, request.decode(MODEL)?).await?;
    Ok(answer(&edited))
}

async fn delete(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = key(&request)?;
    correlation_exclusions::delete(&ctx, id).await?;
    Ok(Response::saved(
        "CorrelationExclusion deleted.",
        &format!("/correlation_exclusions/delete/{id}"),
        Some(&id.to_string()),
    ))
}

/// Exclusions hold when correlations are read: nothing is stored that would have to be cleaned.
async fn clean(_: Ctx, _: Request) -> AppResult<Response> {
    Ok(Response::saved(
        "Correlations cleanup initiated, based on the exclusion rules.",
        "/correlation_exclusions/clean",
        None,
    ))
}
