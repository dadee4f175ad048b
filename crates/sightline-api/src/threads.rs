//! Discussions (spec 10 part H). The spec names the addresses and the body; the answers are in the usual shapes.

use crate::key::{named_by, window};
use crate::request::Request;
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use serde_json::{Map, Value};
use sightline_app::Ctx;
use sightline_app::events::EventKey;
use sightline_app::threads::{self, Place, Read, Said, invalid_post, invalid_thread};
use sightline_core::ids::{PostId, ThreadId};
use sightline_core::limits::PAGE_ROWS;
use sightline_core::{AppError, AppResult, Permission};
use sightline_misp::json::{Buffer, ObjectWriter, write_list, write_object};

pub(crate) fn routes() -> Vec<Route> {
    use Methods::{GetPost, Post, PostDelete};
    const WRITE: Allow = Allow::NotReadOnly(&[Permission::Add]);
    vec![
        route("threads", "index", GetPost, Allow::Everyone, index),
        route("threads", "view", GetPost, Allow::Everyone, view),
        route("threads", "viewEvent", GetPost, Allow::Everyone, view_event),
        route("posts", "add", Post, WRITE, add),
        route("posts", "edit", Post, WRITE, edit),
        route("posts", "delete", PostDelete, WRITE, delete),
    ]
}

fn number(text: &str, invalid: fn() -> AppError) -> AppResult<i64> {
    text.parse().map_err(|_| invalid())
}

async fn index(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.fields("Thread")?;
    let (page, limit) = window(&request, &body, PAGE_ROWS);
    let (found, total) = threads::index(&ctx, page, limit).await?;
    let mut out = Buffer::new();
    write_list(&mut out, &found, |out, thread| {
        write_object(out, |o| o.object("Thread", |o| thread.write(o)));
    });
    Ok(Response::raw_json(out).with_total(total))
}

async fn view(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = named_by(&request, &["id"], |text| {
        number(text, invalid_thread).map(ThreadId)
    })?;
    let body = request.fields("Thread")?;
    let (page, limit) = window(&request, &body, PAGE_ROWS);
    Ok(shown(&threads::view(&ctx, id, page, limit).await?))
}

async fn view_event(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = named_by(&request, &["id"], EventKey::parse)?;
    let body = request.fields("Thread")?;
    let (page, limit) = window(&request, &body, PAGE_ROWS);
    threads::of_event(&ctx, key, page, limit)
        .await?
        .map(|read| shown(&read))
        .ok_or_else(invalid_thread)
}

fn shown(read: &Read) -> Response {
    let mut out = Buffer::new();
    write_object(&mut out, |o| {
        o.object("Thread", |o| read.thread.write(o));
        o.list("Post", &read.posts, |out, said| {
            write_object(out, |o| write(o, said));
        });
    });
    Response::raw_json(out).with_total(read.thread.post_count)
}

fn write(o: &mut ObjectWriter<'_>, said: &Said) {
    said.post.write(o, said.org.as_ref());
    if let Some(email) = &said.email {
        o.text("user_email", email);
    }
}

fn answer(said: &Said) -> Response {
    let mut out = Buffer::new();
    write_object(&mut out, |o| o.object("Post", |o| write(o, said)));
    Response::raw_json(out)
}

fn message(fields: &Map<String, Value>) -> AppResult<String> {
    match fields.get("message") {
        Some(Value::String(text)) => Ok(text.clone()),
        None | Some(Value::Null) => Ok(String::new()),
        Some(_) => Err(AppError::field("message", "A text is expected.")),
    }
}

/// `/posts/add/{event|thread|post}/<id>`
async fn add(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = request.arg(1).unwrap_or_default();
    let place = match request.arg(0).unwrap_or_default() {
        "event" => Place::Event(EventKey::parse(id)?),
        "thread" => Place::Thread(ThreadId(number(id, invalid_thread)?)),
        "post" => Place::Post(PostId(number(id, invalid_post)?)),
        _ => {
            return Err(AppError::not_found(
                "Invalid target: event, thread or post is expected.",
            ));
        }
    };
    let fields = request.fields("Post")?;
    Ok(answer(&threads::add(&ctx, place, message(&fields)?).await?))
}

fn post_id(request: &Request) -> AppResult<PostId> {
    named_by(request, &["id"], |text| number(text, invalid_post).map(PostId))
}

async fn edit(ctx: Ctx, request: Request) -> AppResult<Response> {
    let fields = request.fields("Post")?;
    Ok(answer(
        &threads::edit(&ctx, post_id(&request)?, message(&fields)?).await?,
    ))
}

async fn delete(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = post_id(&request)?;
    threads::delete(&ctx, id).await?;
    let id = id.to_string();
    Ok(Response::saved(
        "Post deleted.",
        &format!("/posts/delete/{id}"),
        Some(&id),
    ))
}
