//! News (spec 10 part H).

use crate::key::{named_by, window};
use crate::request::Request;
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use axum::http::Method;
use sightline_app::Ctx;
use sightline_app::news;
use sightline_core::ids::NewsId;
use sightline_core::limits::PAGE_ROWS_MAX;
use sightline_core::{AppError, AppResult};
use sightline_misp::json::{Buffer, write_list, write_object};
use sightline_misp::records::News;

pub(crate) fn routes() -> Vec<Route> {
    use Allow::{Everyone, SiteAdmin};
    use Methods::{GetPost, PostDelete};
    vec![
        route("news", "index", GetPost, Everyone, index),
        route("news", "admin_index", GetPost, SiteAdmin, index),
        route("news", "add", GetPost, SiteAdmin, add),
        route("news", "edit", GetPost, SiteAdmin, edit),
        route("news", "delete", PostDelete, SiteAdmin, delete),
    ]
}

fn key(request: &Request) -> AppResult<NewsId> {
    named_by(request, &["id"], |id| {
        id.parse()
            .map(NewsId)
            .map_err(|_| AppError::not_found("No valid news item found."))
    })
}

async fn index(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.fields("News")?;
    let (page, limit) = window(&request, &body, PAGE_ROWS_MAX);
    let (found, total) = news::index(&ctx, page, limit).await?;
    let mut out = Buffer::new();
    write_list(&mut out, &found, write);
    Ok(Response::raw_json(out).with_total(total))
}

fn write(out: &mut Buffer, item: &News) {
    write_object(out, |o| o.object("News", |o| item.write(o)));
}

fn answer(item: &News) -> Response {
    let mut out = Buffer::new();
    write(&mut out, item);
    Response::raw_json(out)
}

async fn add(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(crate::events::describe("/news/add", &["title", "message"]));
    }
    Ok(answer(&news::add(&ctx, request.decode("News")?).await?))
}

async fn edit(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = key(&request)?;
    if request.method == Method::GET {
        return Ok(answer(&news::view(&ctx, id).await?));
    }
    Ok(answer(&news::edit(&ctx, id, request.decode("News")?).await?))
}

async fn delete(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = key(&request)?;
    news::delete(&ctx, id).await?;
    Ok(Response::saved(
        "News item deleted.",
        &format!("/news/delete/{id}"),
        Some(&id.to_string()),
    ))
}
