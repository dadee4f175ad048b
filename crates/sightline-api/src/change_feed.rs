//! The change feed: a page of it, waiting for something to happen, and a stream (docs/operations/change-feed.md).

use crate::request::Request;
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use bytes::Bytes;
use futures_util::TryStreamExt;
use sightline_app::Ctx;
use sightline_app::change_feed::{self, Reader};
use sightline_core::limits::PAGE_ROWS_MAX;
use sightline_core::{AppError, AppResult};
use sightline_misp::json::{Buffer, write_object};
use std::time::Duration;

/// Longest wait of a request, in seconds: below what proxies allow.
const WAIT_MAX: u64 = 25;
/// Entries of a page, unless the client asks for another number.
const ROWS: u32 = 100;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("changes", "index", Methods::Get, Allow::Everyone, index),
        route("changes", "stream", Methods::Get, Allow::Everyone, stream),
    ]
}

async fn reader(ctx: &Ctx, request: &Request, after: Option<&str>) -> AppResult<Reader> {
    let filter = change_feed::filter(
        request.named("kind"),
        request.named("action"),
        request.named("event"),
        request.named("tag"),
    )?;
    Reader::open(ctx, after, filter).await
}

async fn index(ctx: Ctx, request: Request) -> AppResult<Response> {
    let limit = number(&request, "limit", ROWS, 1, PAGE_ROWS_MAX)?;
    let wait = number(&request, "wait", 0_u32, 0, WAIT_MAX)?;
    let mut reader = reader(&ctx, &request, request.named("after")).await?;
    let limit = usize::try_from(limit).map_err(AppError::internal)?;
    let changes = reader.next(limit, Duration::from_secs(wait)).await?;
    let ids = changes
        .iter()
        .map(|change| reader.id(change))
        .collect::<AppResult<Vec<_>>>()?;
    let next = reader.position()?;
    let mut out = Buffer::new();
    write_object(&mut out, |o| {
        o.list("changes", changes.iter().zip(&ids), |out, (change, id)| {
            write_object(out, |o| change.write(o, id));
        });
        o.text("next", &next);
    });
    Ok(Response::raw_json(out).with_header("cache-control", "no-store"))
}

async fn stream(ctx: Ctx, request: Request) -> AppResult<Response> {
    let after = request.header("last-event-id").or_else(|| request.named("after"));
    let reader = reader(&ctx, &request, after).await?;
    let chunks = change_feed::stream(reader).map_ok(Bytes::from);
    // Some proxies keep an answer until it is whole, unless they are told not to.
    Ok(Response::stream("text/event-stream", chunks)
        .with_header("cache-control", "no-store")
        .with_header("x-accel-buffering", "no"))
}

/// A whole number within limits.
fn number(
    request: &Request,
    name: &str,
    default: impl Into<u64>,
    least: u64,
    most: impl Into<u64>,
) -> AppResult<u64> {
    let most = most.into();
    match request.named(name).filter(|text| !text.is_empty()) {
        None => Ok(default.into()),
        Some(text) => text
            .parse()
            .ok()
            .filter(|number| (least..=most).contains(number))
            .ok_or_else(|| AppError::BadRequest(format!("{name}: a number from {least} to {most}."))),
    }
}
