//! Bookmarks (spec 07 section 9).

use crate::key::{named_by, named_or_field, window};
use crate::request::Request;
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use axum::http::Method;
use sightline_app::Ctx;
use sightline_app::bookmarks::{self, Scope};
use sightline_core::ids::BookmarkId;
use sightline_core::limits::PAGE_ROWS_MAX;
use sightline_core::{AppError, AppResult};
use sightline_misp::json::{Buffer, write_list, write_object};
use sightline_misp::records::Bookmark;

pub(crate) fn routes() -> Vec<Route> {
    use Allow::Everyone;
    use Methods::{GetPost, PostDelete};
    const WRITER: Allow = Allow::NotReadOnly(&[]);
    vec![
        route("bookmarks", "index", GetPost, Everyone, index),
        route("bookmarks", "view", GetPost, Everyone, view),
        route("bookmarks", "add", GetPost, WRITER, add),
        route("bookmarks", "edit", GetPost, WRITER, edit),
        route("bookmarks", "delete", PostDelete, WRITER, delete),
    ]
}

fn key(request: &Request) -> AppResult<BookmarkId> {
    named_by(request, &["id"], |id| {
        id.parse()
            .map(BookmarkId)
            .map_err(|_| AppError::not_found("Invalid bookmark."))
    })
}

async fn index(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.fields("Bookmark")?;
    let scope = match named_or_field(&request, &body, "scope").as_deref() {
        Some("mine") => Scope::Mine,
        Some("org") => Scope::Org,
        _ => Scope::All,
    };
    let (page, limit) = window(&request, &body, PAGE_ROWS_MAX);
    let text = ["searchall", "quickFilter", "value"]
        .iter()
        .find_map(|name| named_or_field(&request, &body, name));
    let (found, total) = bookmarks::index(&ctx, scope, text, page, limit).await?;
    let mut out = Buffer::new();
    write_list(&mut out, &found, write);
    Ok(Response::raw_json(out).with_total(total))
}

fn write(out: &mut Buffer, bookmark: &Bookmark) {
    write_object(out, |o| o.object("Bookmark", |o| bookmark.write(o)));
}

fn answer(bookmark: &Bookmark) -> Response {
    let mut out = Buffer::new();
    write(&mut out, bookmark);
    Response::raw_json(out)
}

async fn view(ctx: Ctx, request: Request) -> AppResult<Response> {
    Ok(answer(&bookmarks::view(&ctx, key(&request)?).await?))
}

async fn add(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(crate::events::describe("/bookmarks/add", &["name", "url"]));
    }
    Ok(answer(&bookmarks::add(&ctx, request.decode("Bookmark")?).await?))
}

async fn edit(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(crate::events::describe("/bookmarks/edit", &[]));
    }
    let id = key(&request)?;
    Ok(answer(
        &bookmarks::edit(&ctx, id, request.decode("Bookmark")?).await?,
    ))
}

async fn delete(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = key(&request)?;
    bookmarks::delete(&ctx, id).await?;
    Ok(Response::saved(
        "Bookmark deleted.",
        &format!("/bookmarks/delete/{id}"),
        Some(&id.to_string()),
    ))
}
