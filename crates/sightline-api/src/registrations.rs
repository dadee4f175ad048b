//! Registrations (spec 10 part H).

use crate::key::{text, window};
use crate::request::Request;
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use sha2::{Digest, Sha256};
use sightline_app::Ctx;
use sightline_app::registrations::{self, Registration};
use sightline_core::AppResult;
use sightline_core::limits::PAGE_ROWS;
use sightline_misp::json::{Buffer, ObjectWriter, write_list, write_object};

pub(crate) fn routes() -> Vec<Route> {
    use Allow::{Public, SiteAdmin};
    use Methods::{GetPost, Post};
    vec![
        route("users", "register", Post, Public, register),
        route("users", "registrations", GetPost, SiteAdmin, index),
        route("users", "acceptRegistrations", Post, SiteAdmin, accept),
        route("users", "discardRegistrations", Post, SiteAdmin, discard),
    ]
}

async fn register(ctx: Ctx, request: Request) -> AppResult<Response> {
    registrations::ask(&ctx, request.decode("User")?).await?;
    Ok(Response::saved(
        "Request sent. The administrators of this community have been notified.",
        "/users/register",
        None,
    ))
}

fn write(o: &mut ObjectWriter<'_>, registration: &Registration) {
    o.number("id", registration.id);
    o.text("uuid", &registration.uuid.to_string());
    o.text("title", &registration.title);
    o.text("type", &registration.kind);
    o.text("ip", &registration.ip);
    o.text("user_agent", &registration.user_agent);
    let agent = Sha256::digest(registration.user_agent.as_bytes());
    o.text("user_agent_sha256", &hex::encode(agent));
    o.text("comment", &registration.comment);
    o.flag("deleted", false);
    o.number("timestamp", registration.timestamp);
    o.flag("store_as_file", false);
    o.value("data", &registration.data);
}

async fn index(ctx: Ctx, request: Request) -> AppResult<Response> {
    let (page, limit) = window(&request, &request.fields("Inbox")?, PAGE_ROWS);
    let (found, total) = registrations::index(&ctx, page, limit).await?;
    let mut out = Buffer::new();
    write_list(&mut out, &found, |out, registration| {
        write_object(out, |o| o.object("Inbox", |o| write(o, registration)));
    });
    Ok(Response::raw_json(out).with_total(total))
}

/// The registration that a request names.
fn key(request: &Request) -> AppResult<String> {
    Ok(match request.arg(0) {
        Some(key) => key.to_owned(),
        None => request
            .fields("User")?
            .get("id")
            .and_then(text)
            .unwrap_or_default(),
    })
}

async fn accept(ctx: Ctx, request: Request) -> AppResult<Response> {
    registrations::accept(&ctx, &key(&request)?, request.decode("User")?).await?;
    Ok(Response::saved(
        "Added 1 user(s).",
        "/users/acceptRegistrations",
        None,
    ))
}

async fn discard(ctx: Ctx, request: Request) -> AppResult<Response> {
    registrations::discard(&ctx, &key(&request)?).await?;
    Ok(Response::saved(
        "1 registration(s) discarded.",
        "/users/discardRegistrations",
        None,
    ))
}
