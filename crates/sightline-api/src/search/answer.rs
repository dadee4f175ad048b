//! A search's answer as HTTP: whole and with a validator when it is short, else a stream (docs/adr/0004).

use crate::response::{JSON, Response};
use bytes::Bytes;
use futures_util::stream;
use sightline_app::Ctx;
use sightline_app::events::document::CHUNK_BYTES;
use sightline_app::search::Answer;
use sightline_core::{AppError, AppResult};
use sightline_query::Body;

/// Answers up to this size are gathered before they are sent: a poller gets a validator, and an error on the way
/// still becomes an error answer.
const GATHERED_BYTES: usize = 4 * 1024 * 1024;

/// The media type of a format's body.
pub(super) const fn content_type(body: Body) -> &'static str {
    match body {
        Body::Json => JSON,
        Body::Xml => "application/xml; charset=UTF-8",
        Body::Csv => "text/csv; charset=UTF-8",
        Body::Text => "text/plain; charset=UTF-8",
        Body::Html => "text/html; charset=UTF-8",
    }
}

/// An answer whose first chunk is written: an error before it still becomes an error answer.
pub(crate) struct Started<A> {
    rest: Option<A>,
    first: Vec<u8>,
}

impl<A: Answer> Started<A> {
    pub(crate) fn begin(ctx: &Ctx, tx: &mut sightline_app::Tx<'_>, mut answer: A) -> AppResult<Self> {
        let mut first = Vec::with_capacity(CHUNK_BYTES);
        let more = answer.chunk(ctx, tx, &mut first)?;
        Ok(Self {
            rest: more.then_some(answer),
            first,
        })
    }

    /// Whole when it was short; else a stream that reads on as the client does.
    pub(crate) fn body(self, ctx: Ctx) -> Response {
        self.response(ctx, JSON)
    }

    /// The same, where more is gathered before it becomes a stream, and what is whole by then says by its validator
    /// whether it has changed.
    pub(super) async fn gathered(mut self, ctx: Ctx, content_type: &'static str) -> AppResult<Response> {
        while self.first.len() < GATHERED_BYTES
            && let Some(answer) = self.rest.take()
        {
            let (rest, chunk) = next(&ctx, answer).await?;
            self.rest = rest;
            self.first.extend_from_slice(&chunk);
        }
        let whole = self.rest.is_none();
        let response = self.response(ctx, content_type);
        Ok(if whole {
            response.with_validator()
        } else {
            response
        })
    }

    fn response(self, ctx: Ctx, content_type: &'static str) -> Response {
        let Some(rest) = self.rest else {
            return Response::bytes(content_type, self.first);
        };
        let first = stream::once(async move { Ok::<_, AppError>(Bytes::from(self.first)) });
        let others = stream::try_unfold(Some((ctx, rest)), |state| async move {
            let Some((ctx, answer)) = state else {
                return Ok(None);
            };
            let (rest, chunk) = next(&ctx, answer).await?;
            Ok(Some((chunk, rest.map(|rest| (ctx, rest)))))
        });
        Response::stream(content_type, futures_util::StreamExt::chain(first, others))
    }
}

/// The next chunk, which may be empty, and what is left.
async fn next<A: Answer>(ctx: &Ctx, mut answer: A) -> AppResult<(Option<A>, Bytes)> {
    ctx.read_at_length(move |ctx, tx| {
        let mut out = Vec::with_capacity(CHUNK_BYTES * 2);
        let more = answer.chunk(ctx, tx, &mut out)?;
        Ok((more.then_some(answer), Bytes::from(out)))
    })
    .await
}
