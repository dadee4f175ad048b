//! Delegation of events (spec 06 B.9).

use crate::key::{named_by, window};
use crate::request::Request;
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use serde::Deserialize;
use sightline_app::Ctx;
use sightline_app::event_delegations::{self, Context, Detail, Taken, Wish, not_authorised};
use sightline_app::events::EventKey;
use sightline_core::ids::EventDelegationId;
use sightline_core::limits::ALL_ROWS;
use sightline_core::{AppResult, Permission};
use sightline_misp::input::Loose;
use sightline_misp::json::{Buffer, write_list, write_object};

pub(crate) fn routes() -> Vec<Route> {
    use Methods::{Get, Post, PostDelete};
    const ADD: Allow = Allow::All(&[Permission::Add]);
    const DELEGATE: Allow = Allow::All(&[Permission::Delegate]);
    vec![
        route("eventdelegations", "index", Get, Allow::Everyone, index),
        route("eventdelegations", "view", Get, Allow::Everyone, view),
        route("eventdelegations", "delegateEvent", Post, DELEGATE, delegate),
        route("eventdelegations", "acceptDelegation", Post, ADD, accept),
        route("eventdelegations", "deleteDelegation", PostDelete, ADD, delete),
    ]
}

/// The fields of a request and of its acceptance.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Body {
    org_id: Loose,
    message: Loose,
    distribution: Loose,
    sharing_group_id: Loose,
}

async fn index(ctx: Ctx, request: Request) -> AppResult<Response> {
    let context = match request.named("context") {
        Some("issued") => Context::Issued,
        _ => Context::Pending,
    };
    let (page, limit) = window(&request, &request.fields("EventDelegation")?, ALL_ROWS);
    let (limit, page) = (i64::from(limit), i64::from(page));
    let (found, total) = event_delegations::index(&ctx, context, limit, (page - 1) * limit).await?;
    let mut out = Buffer::new();
    write_list(&mut out, &found, write);
    Ok(Response::raw_json(out).with_total(total))
}

async fn view(ctx: Ctx, request: Request) -> AppResult<Response> {
    let detail = event_delegations::view(&ctx, id_of(&request)?).await?;
    let mut out = Buffer::new();
    write(&mut out, &detail);
    Ok(Response::raw_json(out))
}

fn write(out: &mut Buffer, detail: &Detail) {
    write_object(out, |o| {
        o.object("EventDelegation", |o| {
            detail
                .delegation
                .write_index(o, &detail.event, &detail.org, &detail.requester);
        });
    });
}

fn id_of(request: &Request) -> AppResult<EventDelegationId> {
    named_by(request, &["id"], |text| {
        text.parse().map(EventDelegationId).map_err(|_| not_authorised())
    })
}

async fn delegate(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = named_by(&request, &["event_id"], EventKey::parse)?;
    let body: Body = request.decode("EventDelegation")?;
    let wish = Wish {
        org: body.org_id,
        message: body.message.text().unwrap_or_default(),
        distribution: body.distribution,
        sharing_group: body.sharing_group_id,
    };
    let offer = event_delegations::request(&ctx, key, wish).await?;
    let mut out = Buffer::new();
    write_object(&mut out, |o| o.object("EventDelegation", |o| offer.write(o)));
    Ok(Response::raw_json(out))
}

async fn accept(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = id_of(&request)?;
    let body: Body = request.decode("EventDelegation")?;
    let taken = Taken {
        distribution: body.distribution,
        sharing_group: body.sharing_group_id,
    };
    event_delegations::accept(&ctx, id, taken).await?;
    Ok(done("Event ownership transferred.", "acceptDelegation", id))
}

async fn delete(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = id_of(&request)?;
    event_delegations::delete(&ctx, id).await?;
    Ok(done("Delegation request deleted.", "deleteDelegation", id))
}

fn done(message: &str, action: &str, id: EventDelegationId) -> Response {
    let id = id.to_string();
    Response::saved(message, &format!("/event_delegations/{action}/{id}"), Some(&id))
}
