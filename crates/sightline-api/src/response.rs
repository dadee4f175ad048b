//! What a handler answers, before it becomes HTTP.

use axum::http::{HeaderName, HeaderValue, StatusCode};
use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use serde_json::{Map, Value, json};
use sightline_app::Ctx;
use sightline_core::AppError;
use sightline_misp::json::Buffer;
use std::future::ready;

/// An answer.
pub struct Response {
    /// Normally 200.
    pub status: StatusCode,
    /// `application/json` unless said otherwise.
    pub content_type: &'static str,
    /// Further headers.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The body.
    pub body: Body,
    /// Whether the answer says by a validator what it is, even when nobody asked with one.
    pub validator: bool,
}

/// A body that is there, or comes in chunks.
pub enum Body {
    /// Whole.
    Whole(Bytes),
    /// A stream of bounded chunks; an error breaks the connection, so that nobody takes a part for the whole.
    Stream(BoxStream<'static, Result<Bytes, AppError>>),
}

/// The type of nearly every answer.
pub const JSON: &str = "application/json; charset=UTF-8";

impl Response {
    /// A JSON value.
    pub fn json(value: &Value) -> Self {
        Self::bytes(JSON, value.to_string().into_bytes())
    }

    /// Bytes that are already JSON.
    pub fn raw_json(bytes: Vec<u8>) -> Self {
        Self::bytes(JSON, bytes)
    }

    /// Bytes of some type.
    pub fn bytes(content_type: &'static str, bytes: impl Into<Bytes>) -> Self {
        Self {
            status: StatusCode::OK,
            content_type,
            headers: Vec::new(),
            body: Body::Whole(bytes.into()),
            validator: false,
        }
    }

    /// A stream of some type.
    pub fn stream(
        content_type: &'static str,
        chunks: impl Stream<Item = Result<Bytes, AppError>> + Send + 'static,
    ) -> Self {
        Self {
            status: StatusCode::OK,
            content_type,
            headers: Vec::new(),
            body: Body::Stream(Box::pin(chunks)),
            validator: false,
        }
    }

    /// A JSON list that comes in chunks of records.
    pub fn json_list<T: Send + 'static>(
        chunks: impl Stream<Item = Result<Vec<T>, AppError>> + Send + 'static,
        write: impl Fn(&mut Buffer, &T) + Send + 'static,
    ) -> Self {
        let mut empty = true;
        let rows = chunks.map_ok(move |records| {
            let mut out = Buffer::new();
            for record in &records {
                if !empty {
                    out.push(b',');
                }
                empty = false;
                write(&mut out, record);
            }
            Bytes::from(out)
        });
        let edge = |text: &'static [u8]| stream::once(ready(Ok(Bytes::from_static(text))));
        Self::stream(JSON, edge(b"[").chain(rows).chain(edge(b"]")))
    }

    /// The success object (spec 03 section 1.2). `url` is `/controller/action[/id]`.
    pub fn saved(message: &str, url: &str, id: Option<&str>) -> Self {
        Self::saved_with(message, url, id, Map::new())
    }

    /// The success object with further keys, such as `data`.
    pub fn saved_with(message: &str, url: &str, id: Option<&str>, more: Map<String, Value>) -> Self {
        let mut body = Map::new();
        body.insert("saved".into(), true.into());
        body.insert("success".into(), true.into());
        body.insert("name".into(), message.into());
        body.insert("message".into(), message.into());
        body.insert("url".into(), url.into());
        body.extend(more);
        if let Some(id) = id {
            body.insert("id".into(), id.into());
        }
        Self::json(&Value::Object(body))
    }

    /// Leads on to a path of this instance, as some actions of the reference do even for API clients.
    pub fn found(ctx: &Ctx, path: &str) -> Self {
        Self::bytes(JSON, Bytes::new())
            .with_status(StatusCode::FOUND)
            .with_header("location", &format!("{}{path}", ctx.platform.base_url))
    }

    /// `{"name": M, "message": M, "url": U}`: what some actions answer instead of the success object.
    pub fn message(message: &str, url: &str) -> Self {
        Self::json(&json!({"name": message, "message": message, "url": url}))
    }

    /// Says how many records all pages of a list have together, in a header of our own; `X-Result-Count` stays what the
    /// reference makes of it (docs/api-compat.md).
    #[must_use]
    pub fn with_total(self, total: i64) -> Self {
        self.with_header("x-total-count", &total.to_string())
    }

    /// Adds a header; values that HTTP cannot carry are left out.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((HeaderName::from_static(name), value));
        }
        self
    }

    /// Says by an `ETag` what the body is, for clients that ask again and again. Only whole bodies have one.
    #[must_use]
    pub fn with_validator(mut self) -> Self {
        self.validator = true;
        self
    }

    /// The same with another status.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }
}
