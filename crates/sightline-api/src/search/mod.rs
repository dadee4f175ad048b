//! `restSearch` and the indexes of events and attributes (spec 04).

use crate::request::Request;
use crate::response::{JSON, Response};
use crate::router::{Allow, Methods, Route, route};
use axum::http::Method;
use bytes::Bytes;
use futures_util::stream;
use serde_json::Value;
use sightline_app::Ctx;
use sightline_app::events::document::CHUNK_BYTES;
use sightline_app::search::{
    self, Answer, AttributeAnswer, AttributeIndexAnswer, EventAnswer, EventIndexAnswer, ObjectAnswer,
};
use sightline_core::{AppError, AppResult};
use sightline_query::{
    AttributeIndex, AttributeSearch, EventIndex, EventPredicate, EventSearch, Filter, ObjectSearch, Params,
    ReturnFormat, Scope,
};

pub(crate) fn routes() -> Vec<Route> {
    vec![
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
    ]
}

async fn events(ctx: Ctx, request: Request) -> AppResult<Response> {
    let search = EventSearch::parse(&parameters(&ctx, &request, Scope::Event).await?, ctx.now())?;
    search::require_supported(search.format)?;
    let format = search.format;
    let file = format!(
        "misp.event.{}.{}",
        only_event(&search.filter),
        format.response_format()
    );
    let ctx = search::as_asked(&ctx, &search.includes);
    let lane = Lane::of(search.is_lookup());
    let (total, started) = lane
        .read(&ctx, move |ctx, tx| {
            let answer = EventAnswer::open(ctx, tx, &search)?;
            Ok((answer.total(), Started::begin(ctx, tx, answer)?))
        })
        .await?;
    Ok(found(started.body(ctx), format, total, total)
        .with_header("content-disposition", &format!("attachment; filename=\"{file}\"")))
}

async fn attributes(ctx: Ctx, request: Request) -> AppResult<Response> {
    let search = AttributeSearch::parse(&parameters(&ctx, &request, Scope::Attribute).await?, ctx.now())?;
    search::require_supported(search.format)?;
    let format = search.format;
    let ctx = search::as_asked(&ctx, &search.includes);
    let lane = Lane::of(search.is_lookup());
    let (announced, total, started) = lane
        .read(&ctx, move |ctx, tx| {
            let answer = AttributeAnswer::open(ctx, tx, search)?;
            Ok((
                answer.announced(),
                answer.total(),
                Started::begin(ctx, tx, answer)?,
            ))
        })
        .await?;
    Ok(found(started.body(ctx), format, announced, total))
}

async fn objects(ctx: Ctx, request: Request) -> AppResult<Response> {
    let search = ObjectSearch::parse(&parameters(&ctx, &request, Scope::Object).await?, ctx.now())?;
    search::require_supported(search.format)?;
    let format = search.format;
    let (total, started) = ctx
        .read_at_length(move |ctx, tx| {
            let answer = ObjectAnswer::open(ctx, tx, search)?;
            Ok((answer.total(), Started::begin(ctx, tx, answer)?))
        })
        .await?;
    Ok(found(started.body(ctx), format, total, total))
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
async fn parameters(ctx: &Ctx, request: &Request, scope: Scope) -> AppResult<Params> {
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

/// The headers of a search's answer; the format `count` is the number alone.
fn found(response: Response, format: ReturnFormat, announced: i64, total: i64) -> Response {
    let response = match format {
        ReturnFormat::Count => Response::bytes("text/plain; charset=UTF-8", total.to_string().into_bytes()),
        _ => response,
    };
    response
        .with_header("x-result-count", &announced.to_string())
        .with_header("x-export-module-used", format.name())
        .with_header("x-response-format", format.response_format())
        .with_header("x-skipped-elements-count", "0")
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
        F: FnOnce(&Ctx, &mut sightline_app::Tx<'_>) -> AppResult<T> + Send + 'static,
        T: Send + 'static,
    {
        match self {
            Self::Lookup => ctx.read(work).await,
            Self::Length => ctx.read_at_length(work).await,
        }
    }
}

/// An answer whose first chunk is written: an error before it still becomes an error answer.
struct Started<A> {
    rest: Option<A>,
    first: Vec<u8>,
}

impl<A: Answer> Started<A> {
    fn begin(ctx: &Ctx, tx: &mut sightline_app::Tx<'_>, mut answer: A) -> AppResult<Self> {
        let mut first = Vec::with_capacity(CHUNK_BYTES);
        let more = answer.chunk(ctx, tx, &mut first)?;
        Ok(Self {
            rest: more.then_some(answer),
            first,
        })
    }

    /// Whole when it was short; else a stream that reads on as the client does.
    fn body(self, ctx: Ctx) -> Response {
        let Some(rest) = self.rest else {
            return Response::raw_json(self.first);
        };
        let first = stream::once(async move { Ok::<_, AppError>(Bytes::from(self.first)) });
        let others = stream::try_unfold(Some((ctx, rest)), |state| async move {
            let Some((ctx, mut answer)) = state else {
                return Ok(None);
            };
            let (answer, more, chunk) = ctx
                .read_at_length(move |ctx, tx| {
                    let mut out = Vec::with_capacity(CHUNK_BYTES * 2);
                    let more = answer.chunk(ctx, tx, &mut out)?;
                    Ok((answer, more, out))
                })
                .await?;
            Ok(Some((Bytes::from(chunk), more.then_some((ctx, answer)))))
        });
        Response::stream(JSON, futures_util::StreamExt::chain(first, others))
    }
}

#[cfg(test)]
mod tests;
