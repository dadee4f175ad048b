//! How a page handler is mounted. A form handler cannot be mounted without the anti-forgery check.

use super::{Answer, Form, Visit, finish};
use axum::extract::{Path, RawQuery};
use axum::http::HeaderMap;
use axum::routing::{MethodRouter, get, post};
use axum::{Extension, extract};
use bytes::Bytes;
use sightline_core::{AppError, AppResult};
use std::future::Future;

/// What a handler is told beside the visit.
#[derive(Clone, Debug, Default)]
pub(crate) struct Input {
    args: Vec<String>,
    /// The query string.
    pub(crate) query: Form,
    /// The submitted form; empty for a page that is only looked at.
    pub(crate) form: Form,
}

impl Input {
    /// The n-th parameter of the path.
    pub(crate) fn arg(&self, n: usize) -> &str {
        self.args.get(n).map_or("", String::as_str)
    }

    /// The n-th parameter of the path as a row's id.
    pub(crate) fn id(&self, n: usize) -> AppResult<i64> {
        self.arg(n)
            .parse()
            .map_err(|_| AppError::not_found("There is no such record."))
    }

    /// The page that the query asks for, from 1.
    pub(crate) fn page(&self) -> u32 {
        self.query.get("page").parse().unwrap_or(1).max(1)
    }
}

/// Path parameters in order, whatever they are called.
type Args = Option<Path<Vec<(String, String)>>>;

fn input(args: Args, query: Option<&str>, form: Form) -> Input {
    Input {
        args: args
            .map(|Path(list)| list.into_iter().map(|(_, value)| value).collect())
            .unwrap_or_default(),
        query: Form::query(query.unwrap_or_default()),
        form,
    }
}

/// A page to look at.
pub(crate) fn show<H, F>(handler: H) -> MethodRouter
where
    H: Fn(Visit, Input) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Answer> + Send + 'static,
{
    get(
        move |Extension(visit): Extension<Visit>, args: Args, RawQuery(query): RawQuery| async move {
            let answer = handler(visit.clone(), input(args, query.as_deref(), Form::default())).await;
            finish(&visit, answer)
        },
    )
}

/// A form to act on.
pub(crate) fn act<H, F>(handler: H) -> MethodRouter
where
    H: Fn(Visit, Input) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Answer> + Send + 'static,
{
    post(
        move |Extension(visit): Extension<Visit>,
              args: Args,
              RawQuery(query): RawQuery,
              headers: HeaderMap,
              body: Result<Bytes, extract::rejection::BytesRejection>| async move {
            let answer = match body {
                Ok(body) => match Form::of(&visit, &headers, &body) {
                    Ok(form) => handler(visit.clone(), input(args, query.as_deref(), form)).await,
                    Err(error) => Err(error),
                },
                Err(_) => Err(AppError::TooLarge("The form is too large.".into())),
            };
            finish(&visit, answer)
        },
    )
}
