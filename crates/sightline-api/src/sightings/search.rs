//! `sightings/restSearch` (spec 04 section 6), as a stream.

use crate::request::Request;
use crate::response::{JSON, Response};
use axum::http::Method;
use bytes::Bytes;
use futures_util::stream;
use serde_json::Value;
use sightline_app::Ctx;
use sightline_app::sightings::{Detail, Found, Search};
use sightline_core::{AppError, AppResult};
use sightline_misp::json::{Buffer, write_object};
use sightline_query::{Include, Includes, Params, ReturnFormat, Scope, SightingSearch};

pub(super) async fn search(ctx: Ctx, request: Request) -> AppResult<Response> {
    let get = request.method == Method::GET;
    let body = if get { Value::Null } else { request.json()? };
    let params = Params::harvest(
        Scope::Sighting,
        sightline_query::Request {
            get,
            accepts_json: true,
            positional: &request.args,
            named: &request.named,
            body: Some(&body).filter(|body| !body.is_null()),
            defaults: None,
        },
    )?;
    let wanted = SightingSearch::parse(&params, ctx.now())?;
    if wanted.format != ReturnFormat::Json {
        return Err(AppError::not_found("Invalid output format."));
    }
    let search = Search::open(&ctx, &wanted).await?;
    let total = search.total();
    Ok(Response::stream(JSON, chunks(ctx, search, wanted.includes))
        .with_header("x-result-count", &total.to_string())
        .with_header("x-export-module-used", "json")
        .with_header("x-response-format", "json")
        .with_header("x-skipped-elements-count", "0"))
}

/// Where the stream is.
enum State {
    /// Nothing is written yet.
    Opening(Search),
    /// Something is, and perhaps sightings.
    Listing {
        search: Search,
        empty: bool,
    },
    Closed,
}

fn chunks(
    ctx: Ctx,
    search: Search,
    includes: Includes,
) -> impl stream::Stream<Item = Result<Bytes, AppError>> {
    stream::try_unfold(State::Opening(search), move |state| {
        let (ctx, includes) = (ctx.clone(), includes.clone());
        async move {
            let (mut search, mut empty, mut out) = match state {
                State::Opening(search) => (search, true, b"{\"response\": [".to_vec()),
                State::Listing { search, empty } => (search, empty, Buffer::new()),
                State::Closed => return Ok(None),
            };
            let Some(found) = search.next(&ctx).await? else {
                out.extend_from_slice(b"]}\n");
                return Ok(Some((Bytes::from(out), State::Closed)));
            };
            for detail in &found.details {
                if !empty {
                    out.push(b',');
                }
                empty = false;
                write(&mut out, detail, &found, &includes);
            }
            Ok(Some((Bytes::from(out), State::Listing { search, empty })))
        }
    })
}

fn write(out: &mut Buffer, detail: &Detail, found: &Found, includes: &Includes) {
    let Detail {
        sighting,
        org,
        attribute,
        event,
    } = detail;
    write_object(out, |o| {
        o.object("Sighting", |o| {
            sighting.write(o);
            o.text("value", &attribute.value());
            if includes.has(Include::SightingUuids) {
                o.uuid("attribute_uuid", attribute.uuid);
                o.uuid("event_uuid", event.uuid);
            }
            if includes.has(Include::SightingAttribute) {
                o.object("Attribute", |o| {
                    o.number("id", attribute.id);
                    o.uuid("uuid", attribute.uuid);
                    o.text("type", attribute.kind.name());
                    o.text("category", attribute.category.name());
                    o.flag("to_ids", attribute.to_ids);
                    o.text("value", &attribute.value());
                });
            }
            if includes.has(Include::SightingEvent) {
                o.object("Event", |o| {
                    o.number("id", event.id);
                    o.uuid("uuid", event.uuid);
                    o.number("orgc_id", event.orgc_id);
                    o.number("org_id", event.org_id);
                    o.text("info", &event.info);
                    let name = found.creators.get(&event.orgc_id).map_or("", String::as_str);
                    o.object("Orgc", |o| o.text("name", name));
                });
            }
            if let Some(org) = org {
                o.object("Organisation", |o| {
                    o.number("id", org.id);
                    o.uuid("uuid", org.uuid);
                    o.text("name", &org.name);
                });
            }
        });
    });
}
