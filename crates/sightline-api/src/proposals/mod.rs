//! Proposals, `shadow_attributes` on the wire (spec 03 section 9).

#[cfg(test)]
mod tests;

use crate::key::named_by;
use crate::request::{Request, decode_value, unwrap};
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use axum::http::Method;
use futures_util::stream;
use serde_json::{Value, json};
use sightline_app::Ctx;
use sightline_app::attributes::AttributeKey;
use sightline_app::events::EventKey;
use sightline_app::proposals::{self, Accepted, Captured, Detail, Search};
use sightline_core::ids::ProposalId;
use sightline_core::{AppError, AppResult, Permission};
use sightline_misp::input::{AttributeIn, ProposalIn};
use sightline_misp::json::{Buffer, write_object};
use sightline_misp::records::{Event, Proposal};
use sightline_query::ProposalIndex;

const ADD: Allow = Allow::All(&[Permission::Add]);

pub(crate) fn routes() -> Vec<Route> {
    use Methods::{GetPost, Post, PostDelete};
    vec![
        route("shadowattributes", "index", GetPost, Allow::Everyone, index),
        route("shadowattributes", "view", GetPost, Allow::Everyone, view),
        route("shadowattributes", "add", GetPost, ADD, add),
        route("shadowattributes", "edit", GetPost, ADD, propose_change),
        route("shadowattributes", "delete", PostDelete, ADD, propose_deletion),
        route("shadowattributes", "accept", Post, ADD, accept),
        route("shadowattributes", "discard", Post, ADD, discard),
        route(
            "events",
            "pushProposals",
            Post,
            Allow::All(&[Permission::Sync, Permission::Add]),
            push,
        ),
    ]
}

async fn index(ctx: Ctx, request: Request) -> AppResult<Response> {
    let get = request.method == Method::GET;
    let body = if get { Value::Null } else { request.json()? };
    let index = ProposalIndex::parse(
        sightline_query::Request {
            get,
            named: &request.named,
            body: Some(&body),
            ..sightline_query::Request::default()
        },
        ctx.now(),
    )?;
    let event = request.arg(0).map(EventKey::parse).transpose()?;
    let total = proposals::count(&ctx, event, index.clone()).await?;
    let search = Search::open(&ctx, event, index).await?;
    let chunks = stream::try_unfold(search, move |mut search| {
        let ctx = ctx.clone();
        async move { Ok(search.next(&ctx).await?.map(|found| (found, search))) }
    });
    Ok(Response::json_list(chunks, |out, detail: &Detail| {
        write_object(out, |o| {
            o.object("ShadowAttribute", |o| {
                detail
                    .proposal
                    .write_index(o, detail.event.uuid, detail.org.as_ref());
            });
        });
    })
    .with_total(total))
}

fn id_of(request: &Request, unknown: impl Fn() -> AppError) -> AppResult<ProposalId> {
    named_by(request, &["id"], |named| {
        proposals::parse_id(named).ok_or_else(&unknown)
    })
}

async fn view(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = id_of(&request, || AppError::not_found("Invalid proposal."))?;
    let detail = proposals::view(&ctx, id).await?;
    let mut out = Buffer::new();
    write_object(&mut out, |o| {
        o.object("ShadowAttribute", |o| detail.proposal.write_view(o));
    });
    Ok(Response::raw_json(out))
}

/// The body, out of whichever wrapper a client chose.
fn input(request: &Request) -> AppResult<AttributeIn> {
    let wrapped = request.fields("ShadowAttribute")?;
    let fields = ["Attribute", "Proposal"]
        .into_iter()
        .fold(wrapped, |fields, model| unwrap(Value::Object(fields), model));
    decode_value(Value::Object(fields))
}

fn saved(ctx: &Ctx, proposal: &Proposal, event: &Event) -> Response {
    let mut out = Buffer::new();
    write_object(&mut out, |o| {
        o.object("ShadowAttribute", |o| {
            proposal.write_saved(o, event.org_id, &ctx.caller.email);
        });
    });
    Response::raw_json(out)
}

/// The reference names the fields in one sentence.
fn not_saved(error: AppError) -> AppError {
    match error {
        AppError::Invalid(fields) => {
            let lines: String = fields
                .0
                .iter()
                .map(|(field, messages)| format!("[{field}]: {}\n", messages.join(" ")))
                .collect();
            AppError::not_found(format!("Could not save the proposal. Errors: {lines}"))
        }
        other => other,
    }
}

async fn add(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(crate::events::describe(
            "/shadow_attributes/add",
            &["value", "type"],
        ));
    }
    let key = named_by(&request, &["event_id"], EventKey::parse)
        .map_err(|_| AppError::not_found("Invalid Event"))?;
    let (proposal, event) = proposals::add(&ctx, key, input(&request)?)
        .await
        .map_err(not_saved)?;
    Ok(saved(&ctx, &proposal, &event))
}

async fn propose_change(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(crate::events::describe("/shadow_attributes/edit", &[]));
    }
    let key = attribute_of(&request)?;
    let (proposal, event) = proposals::propose_change(&ctx, key, input(&request)?)
        .await
        .map_err(not_saved)?;
    Ok(saved(&ctx, &proposal, &event))
}

fn attribute_of(request: &Request) -> AppResult<AttributeKey> {
    AttributeKey::parse(request.arg(0).unwrap_or_default())
        .map_err(|_| AppError::not_found("Invalid Attribute."))
}

/// The reference answers 200 also when there is nothing to delete.
async fn propose_deletion(ctx: Ctx, request: Request) -> AppResult<Response> {
    let outcome = match attribute_of(&request) {
        Ok(key) => proposals::propose_deletion(&ctx, key).await,
        Err(error) => Err(error),
    };
    match outcome {
        Ok(()) => Ok(Response::json(&json!({
            "saved": true, "success": "The proposal to delete the attribute has been saved"
        }))),
        Err(AppError::NotFound(message)) => Ok(Response::json(&json!({"false": true, "errors": message}))),
        Err(error) => Err(error),
    }
}

async fn accept(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = id_of(&request, || {
        AppError::NotAllowed("Proposal not found or you are not authorised to accept it.".into())
    })?;
    let message = match proposals::accept(&ctx, id).await? {
        Accepted::New => "Proposal accepted.",
        Accepted::Change => "Proposed change accepted.",
    };
    Ok(decided(&ctx, message, "accept", id))
}

async fn discard(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = id_of(&request, || {
        AppError::NotAllowed("Could not discard proposal.".into())
    })?;
    proposals::discard(&ctx, id).await?;
    Ok(decided(&ctx, "Proposal discarded.", "discard", id))
}

/// Here the reference's `url` is a whole one.
fn decided(ctx: &Ctx, message: &str, action: &str, id: ProposalId) -> Response {
    let base = ctx.platform.base_url.trim_end_matches('/');
    Response::message(message, &format!("{base}/shadow_attributes/{action}/{id}"))
}

async fn push(ctx: Ctx, request: Request) -> AppResult<Response> {
    let Value::Array(list) = request.json()? else {
        return Err(AppError::NotAllowed(
            "The body has to be a list of proposals.".into(),
        ));
    };
    let list = list
        .into_iter()
        .map(|one| decode_value(Value::Object(unwrap(one, "ShadowAttribute"))))
        .collect::<AppResult<Vec<ProposalIn>>>()?;
    let captured = match EventKey::parse(request.arg(0).unwrap_or_default()) {
        Ok(key) => proposals::capture(&ctx, key, list).await?,
        Err(_) => Captured::NoEvent,
    };
    let (changed, message) = match captured {
        Captured::NoEvent => (0, "Event not found.".to_owned()),
        Captured::Changed(0) => (0, "Nothing to update.".to_owned()),
        Captured::Changed(n) => (n, format!("{n} Proposal(s) added.")),
    };
    Ok(Response::json(
        &json!({"success": changed > 0, "message": message, "counter": changed}),
    ))
}
