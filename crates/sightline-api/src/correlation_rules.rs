//! Groups of events that do not correlate among themselves (spec 08 section 5).

use crate::key::{named_by, window};
use crate::request::Request;
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use axum::http::Method;
use sightline_app::Ctx;
use sightline_app::correlation_rules;
use sightline_core::ids::CorrelationRuleId;
use sightline_core::limits::PAGE_ROWS_MAX;
use sightline_core::{AppError, AppResult};
use sightline_misp::json::{Buffer, write_list, write_object};
use sightline_misp::records::CorrelationRule;

/// As the wire calls the record.
const MODEL: &str = "CorrelationRule";

pub(crate) fn routes() -> Vec<Route> {
    use Allow::SiteAdmin;
    use Methods::{Get, GetPost, PostDelete};
    vec![
        route("correlationrules", "index", GetPost, SiteAdmin, index),
        route("correlationrules", "add", GetPost, SiteAdmin, add),
        route("correlationrules", "edit", GetPost, SiteAdmin, edit),
        route("correlationrules", "view", Get, SiteAdmin, view),
        route("correlationrules", "delete", PostDelete, SiteAdmin, delete),
    ]
}

fn key(request: &Request) -> AppResult<CorrelationRuleId> {
    named_by(request, &["id"], |id| {
        id.parse()
            .map(CorrelationRuleId)
            .map_err(|_| AppError::not_found("Invalid correlation rule."))
    })
}

fn write(out: &mut Buffer, rule: &CorrelationRule) {
    write_object(out, |o| o.object(MODEL, |o| rule.write(o)));
}

fn answer(rule: &CorrelationRule) -> Response {
    let mut out = Buffer::new();
    write(&mut out, rule);
    Response::raw_json(out)
}

async fn index(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.fields(MODEL)?;
    // The reference does not page here.
    let (page, limit) = window(&request, &body, PAGE_ROWS_MAX);
    let (found, total) = correlation_rules::index(&ctx, page, limit).await?;
    let mut out = Buffer::new();
    write_list(&mut out, &found, write);
    Ok(Response::raw_json(out).with_total(total))
}

async fn view(ctx: Ctx, request: Request) -> AppResult<Response> {
    Ok(answer(&correlation_rules::view(&ctx, key(&request)?).await?))
}

async fn add(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(crate::events::describe(
            "/correlation_rules/add",
            &["name", "selector_type", "selector_list"],
        ));
    }
    let added = correlation_rules::add(&ctx, request.decode(MODEL)?).await?;
    Ok(answer(&added))
}

async fn edit(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = key(&request)?;
    if request.method == Method::GET {
        return Ok(answer(&correlation_rules::view(&ctx, id).await?));
    }
    let edited = correlation_rules::edit(&ctx, id, request.decode(MODEL)?).await?;
    Ok(answer(&edited))
}

async fn delete(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = key(&request)?;
    correlation_rules::delete(&ctx, id).await?;
    Ok(Response::saved(
        "CorrelationRule deleted.",
        &format!("/correlation_rules/delete/{id}"),
        Some(&id.to_string()),
    ))
}
