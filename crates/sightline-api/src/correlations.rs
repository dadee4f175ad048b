//! What correlates too much, and switching correlation off (spec 08 sections 3, 6 and 10).

use crate::key::{named_by, named_or_field, window};
use crate::request::Request;
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use serde_json::json;
use sightline_app::Ctx;
use sightline_app::attributes::AttributeKey;
use sightline_app::correlations::{self, By, RankedValue, Scope};
use sightline_app::events::EventKey;
use sightline_core::limits::PAGE_ROWS;
use sightline_core::{AppError, AppResult, Permission};
use sightline_misp::json::{Buffer, ObjectWriter, write_list, write_object};

pub(crate) fn routes() -> Vec<Route> {
    use Allow::SiteAdmin;
    use Methods::{Get, GetPost, Post};
    const ADD: Allow = Allow::All(&[Permission::Add]);
    vec![
        route("correlations", "top", Get, SiteAdmin, top),
        route(
            "correlations",
            "overCorrelations",
            Get,
            SiteAdmin,
            over_correlations,
        ),
        route(
            "correlations",
            "generateTopCorrelations",
            GetPost,
            SiteAdmin,
            generate_top,
        ),
        route(
            "correlations",
            "generateOccurrences",
            Post,
            SiteAdmin,
            generate_occurrences,
        ),
        route(
            "servers",
            "removeOrphanedCorrelations",
            GetPost,
            SiteAdmin,
            remove_orphaned,
        ),
        route("attributes", "generateCorrelation", Post, SiteAdmin, generate),
        route("attributes", "toggleCorrelation", Post, ADD, toggle_attribute),
        route("events", "toggleCorrelation", Post, ADD, toggle_event),
    ]
}

fn listed(
    found: &[RankedValue],
    total: i64,
    model: &str,
    write: impl Fn(&mut ObjectWriter<'_>, &RankedValue),
) -> Response {
    let mut out = Buffer::new();
    write_list(&mut out, found, |out, value| {
        write_object(out, |o| o.object(model, |o| write(o, value)));
    });
    Response::raw_json(out).with_total(total)
}

async fn top(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.fields("Correlation")?;
    let (page, limit) = window(&request, &body, PAGE_ROWS);
    let (found, total) = correlations::top(&ctx, page, limit).await?;
    Ok(listed(&found, total, "Correlation", |o, value| {
        o.text("value", &value.ranked.value);
        o.number("count", value.ranked.events);
        o.flag("excluded", value.excluded);
    }))
}

async fn over_correlations(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.fields("OverCorrelatingValue")?;
    let (page, limit) = window(&request, &body, PAGE_ROWS);
    let scope = match named_or_field(&request, &body, "scope").as_deref() {
        None | Some("over_correlating") => Scope::Over,
        Some("not_over_correlating") => Scope::NotOver,
        Some("all") => Scope::All,
        Some(_) => {
            return Err(AppError::BadRequest(
                "Invalid value for `scope`: use all, over_correlating or not_over_correlating.".into(),
            ));
        }
    };
    let by = match named_or_field(&request, &body, "order").as_deref() {
        Some(order) if order.starts_with("value") => By::Value,
        _ => By::Attributes,
    };
    let (found, total) = correlations::over_correlations(&ctx, scope, by, page, limit).await?;
    Ok(listed(&found, total, "OverCorrelatingValue", |o, value| {
        o.number("id", value.ranked.id);
        o.text("value", &value.ranked.value);
        o.number("occurrence", value.ranked.attributes);
        o.flag("over_correlation", value.over);
        o.flag("excluded", value.excluded);
    }))
}

async fn generate_top(ctx: Ctx, _: Request) -> AppResult<Response> {
    let job = correlations::request_ranking(&ctx).await?;
    Ok(Response::json(&json!(job.0)))
}

async fn generate_occurrences(ctx: Ctx, _: Request) -> AppResult<Response> {
    correlations::request_ranking(&ctx).await?;
    Ok(Response::saved(
        "Job queued.",
        "/correlations/generateOccurrences",
        None,
    ))
}

/// No pair is stored, so none can be an orphan.
async fn remove_orphaned(_: Ctx, _: Request) -> AppResult<Response> {
    Ok(Response::json(
        &json!({"message": "0 orphaned correlation removed"}),
    ))
}

async fn generate(ctx: Ctx, _: Request) -> AppResult<Response> {
    let count = correlations::regenerated(&ctx).await?;
    Ok(Response::saved(
        &format!("All done. {count} attributes processed."),
        "/attributes/generateCorrelation",
        None,
    ))
}

fn toggled(disabled: bool, url: &str, id: i64) -> Response {
    let message = if disabled {
        "Correlation disabled."
    } else {
        "Correlation enabled."
    };
    Response::saved(message, &format!("{url}/{id}"), Some(&id.to_string()))
}

async fn toggle_attribute(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = named_by(&request, &["id", "uuid"], AttributeKey::parse)?;
    let (id, disabled) = correlations::toggle_attribute(&ctx, key).await?;
    Ok(toggled(disabled, "/attributes/toggleCorrelation", id.0))
}

async fn toggle_event(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = named_by(&request, &["id", "uuid"], EventKey::parse)?;
    let (id, disabled) = correlations::toggle_event(&ctx, key).await?;
    Ok(toggled(disabled, "/events/toggleCorrelation", id.0))
}
