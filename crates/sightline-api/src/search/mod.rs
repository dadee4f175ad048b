//! `restSearch` and the indexes of events and attributes (spec 04).

mod answer;
mod legacy;

use crate::request::Request;
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
pub(crate) use answer::Started;
use answer::content_type;
use axum::http::Method;
pub(crate) use legacy::is_search;
use serde_json::Value;
use sightline_app::search::{self, AttributeIndexAnswer, EventIndexAnswer, Opened, Special};
use sightline_app::{Ctx, Tx};
use sightline_core::AppResult;
use sightline_query::{
    AttributeIndex, AttributeSearch, EventIndex, EventPredicate, EventSearch, Filter, ObjectSearch, Params,
    ReturnFormat, Scope,
};

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = vec![
        route("events", "restSearch", Methods::GetPost, Allow::Everyone, events),
        route(
            "attributes",
            "restSearch",
            Methods::GetPost,
            Allow::Everyone,
            attributes,
        ),
        route(
            "objects",
            "restSearch",
            Methods::GetPost,
            Allow::Everyone,
            objects,
        ),
        route("events", "index", Methods::GetPost, Allow::Everyone, event_index),
        route(
            "attributes",
            "index",
            Methods::GetPost,
            Allow::Everyone,
            attribute_index,
        ),
    ];
    routes.extend(legacy::routes());
    routes
}

async fn events(ctx: Ctx, request: Request) -> AppResult<Response> {
    let search = EventSearch::parse(&parameters(&ctx, &request, Scope::Event).await?, ctx.now())?;
    answer_events(ctx, search).await
}

async fn attributes(ctx: Ctx, request: Request) -> AppResult<Response> {
    let search = AttributeSearch::parse(&parameters(&ctx, &request, Scope::Attribute).await?, ctx.now())?;
    answer_attributes(ctx, search).await
}

async fn objects(ctx: Ctx, request: Request) -> AppResult<Response> {
    let search = ObjectSearch::parse(&parameters(&ctx, &request, Scope::Object).await?, ctx.now())?;
    let format = search.format;
    answer(ctx, format, Lane::Length, move |ctx, tx| {
        search::open_objects(ctx, tx, search)
    })
    .await
}

async fn answer_events(ctx: Ctx, search: EventSearch) -> AppResult<Response> {
    search::require_supported(search.format)?;
    let format = search.format;
    let file = format!(
        "misp.event.{}.{}",
        only_event(&search.filter),
        format.response_format()
    );
    let ctx = search::as_asked(&ctx, &search.includes);
    let lane = Lane::of(search.is_lookup());
    let response = answer(ctx, format, lane, move |ctx, tx| {
        search::open_events(ctx, tx, search)
    })
    .await?;
    Ok(response.with_header("content-disposition", &format!("attachment; filename=\"{file}\"")))
}

async fn answer_attributes(ctx: Ctx, search: AttributeSearch) -> AppResult<Response> {
    search::require_supported(search.format)?;
    let format = search.format;
    let ctx = search::as_asked(&ctx, &search.includes);
    let lane = Lane::of(search.is_lookup());
    answer(ctx, format, lane, move |ctx, tx| {
        search::open_attributes(ctx, tx, search)
    })
    .await
}

async fn answer_special(ctx: Ctx, search: AttributeSearch, special: Special) -> AppResult<Response> {
    let format = search.format;
    answer(ctx, format, Lane::Length, move |ctx, tx| {
        search::open_special(ctx, tx, search, special)
    })
    .await
}

/// Opens a search and starts its answer in one read.
async fn answer(
    ctx: Ctx,
    format: ReturnFormat,
    lane: Lane,
    open: impl FnOnce(&Ctx, &mut Tx<'_>) -> AppResult<Opened> + Send + 'static,
) -> AppResult<Response> {
    let (announced, started) = lane
        .read(&ctx, move |ctx, tx| {
            let opened = open(ctx, tx)?;
            Ok((opened.announced, Started::begin(ctx, tx, opened.answer)?))
        })
        .await?;
    Ok(started
        .gathered(ctx, content_type(format.body()))
        .await?
        .with_header("x-result-count", &announced.to_string())
        .with_header("x-export-module-used", format.name())
        .with_header("x-response-format", format.response_format())
        .with_header("x-skipped-elements-count", "0"))
}

async fn event_index(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = body(&request)?;
    let index = EventIndex::parse(query(&request, body.as_ref()), ctx.now())?;
    let (total, started) = ctx
        .read(move |ctx, tx| {
            let answer = EventIndexAnswer::open(ctx, tx, &index)?;
            Ok((answer.total(), Started::begin(ctx, tx, answer)?))
        })
        .await?;
    Ok(started
        .body(ctx)
        .with_header("x-result-count", &total.to_string())
        .with_total(total))
}

async fn attribute_index(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = body(&request)?;
    let index = AttributeIndex::parse(query(&request, body.as_ref()))?;
    let total = AttributeIndexAnswer::total(&ctx, &index).await?;
    let started = ctx
        .read(move |ctx, tx| {
            let answer = AttributeIndexAnswer::open(ctx, tx, &index)?;
            Started::begin(ctx, tx, answer)
        })
        .await?;
    Ok(started.body(ctx).with_total(total))
}

/// The parameters that the scope accepts, over the caller's defaults.
pub(crate) async fn parameters(ctx: &Ctx, request: &Request, scope: Scope) -> AppResult<Params> {
    let body = body(request)?;
    let defaults = ctx.read(search::defaults).await?;
    Params::harvest(
        scope,
        sightline_query::Request {
            defaults: defaults.as_ref(),
            ..query(request, body.as_ref())
        },
    )
}

fn body(request: &Request) -> AppResult<Option<Value>> {
    if request.method == Method::GET {
        Ok(None)
    } else {
        request.json().map(Some)
    }
}

fn query<'a>(request: &'a Request, body: Option<&'a Value>) -> sightline_query::Request<'a> {
    let accepts = request
        .header("accept")
        .is_some_and(|accept| accept.starts_with("application/json"));
    sightline_query::Request {
        get: request.method == Method::GET,
        accepts_json: accepts || request.url.contains(".json"),
        positional: &request.args,
        named: &request.named,
        body,
        defaults: None,
    }
}

/// What names the file of a search for one event; `list` of any other.
fn only_event(filter: &Filter<EventPredicate>) -> String {
    let list = || "list".to_owned();
    match filter {
        Filter::All(parts) => parts
            .iter()
            .map(only_event)
            .find(|name| name != "list")
            .unwrap_or_else(list),
        Filter::Is(EventPredicate::Event(keys)) => match (keys.ids.as_slice(), keys.uuids.as_slice()) {
            ([id], []) => id.to_string(),
            ([], [uuid]) => uuid.to_string(),
            _ => list(),
        },
        _ => list(),
    }
}

/// How a search is read: at once, or where it cannot keep look-ups waiting.
#[derive(Clone, Copy)]
enum Lane {
    Lookup,
    Length,
}

impl Lane {
    const fn of(is_lookup: bool) -> Self {
        if is_lookup { Self::Lookup } else { Self::Length }
    }

    async fn read<T, F>(self, ctx: &Ctx, work: F) -> AppResult<T>
    where
        F: FnOnce(&Ctx, &mut Tx<'_>) -> AppResult<T> + Send + 'static,
        T: Send + 'static,
    {
        match self {
            Self::Lookup => ctx.read(work).await,
            Self::Length => ctx.read_at_length(work).await,
        }
    }
}

#[cfg(test)]
mod tests;
