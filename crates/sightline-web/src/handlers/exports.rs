//! Exports: the form, and the file that it leads to.

use super::attribute_forms::{categories, types};
use super::attribute_list::with_any;
use crate::http::{Answer, Input, Visit, page, show};
use crate::layout::Nav;
use crate::pages::exports::ExportPage;
use crate::pages::wording::Choice;
use axum::Router;
use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use bytes::Bytes;
use futures_util::stream;
use sightline_app::search::{self, Answer as _, Opened};
use sightline_core::{AppError, AppResult};
use sightline_query::{AttributeSearch, EventSearch, Params, Request, ReturnFormat, Scope};

/// What is handed on to the search, by the search's names.
const FILTERS: [&str; 12] = [
    "value",
    "type",
    "category",
    "tags",
    "eventid",
    "eventinfo",
    "org",
    "from",
    "to",
    "to_ids",
    "published",
    "ignore",
];

pub(super) fn routes() -> Router {
    Router::new()
        .route("/exports", show(form))
        .route("/exports/download", show(download))
}

async fn form(visit: Visit, input: Input) -> Answer {
    page(&filled(&visit, &input, None))
}

/// The file; or the form again, with what is wrong with it.
async fn download(visit: Visit, input: Input) -> Answer {
    match file(&visit, &input).await {
        Err(error @ (AppError::BadRequest(_) | AppError::NotFound(_) | AppError::Invalid(_))) => {
            let mut response = page(&filled(&visit, &input, Some(error.to_string())))?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        answer => answer,
    }
}

async fn file(visit: &Visit, input: &Input) -> Answer {
    let scope = scope(input);
    let mut named = vec![("returnFormat".to_owned(), input.query.get("format").to_owned())];
    let given = FILTERS.iter().map(|name| (*name, input.query.get(name)));
    named.extend(
        given
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    let request = Request {
        get: true,
        named: &named,
        ..Request::default()
    };
    let params = Params::harvest(scope, request)?;
    let ctx = &visit.ctx;
    let (format, opened) = if scope == Scope::Event {
        let wanted = EventSearch::parse(&params, ctx.now())?;
        search::require_supported(wanted.format)?;
        let format = wanted.format;
        let open = ctx.read_at_length(move |ctx, tx| search::open_events(ctx, tx, wanted));
        (format, open.await?)
    } else {
        let wanted = AttributeSearch::parse(&params, ctx.now())?;
        search::require_supported(wanted.format)?;
        let format = wanted.format;
        let open = ctx.read_at_length(move |ctx, tx| search::open_attributes(ctx, tx, wanted));
        (format, open.await?)
    };
    streamed(visit, input, format, opened).await
}

/// The first chunk is read before anything is sent: what fails there is an answer of its own.
async fn streamed(visit: &Visit, input: &Input, format: ReturnFormat, opened: Opened) -> Answer {
    let (rest, first) = next(&visit.ctx, opened.answer).await?;
    let ctx = visit.ctx.clone();
    let others = stream::try_unfold(rest.map(|rest| (ctx, rest)), |state| async move {
        let Some((ctx, answer)) = state else {
            return Ok::<_, AppError>(None);
        };
        let (rest, chunk) = next(&ctx, answer).await?;
        Ok(Some((chunk, rest.map(|rest| (ctx, rest)))))
    });
    let chunks = futures_util::StreamExt::chain(stream::once(async move { Ok(first) }), others);
    let of = if scope(input) == Scope::Event {
        "events"
    } else {
        "attributes"
    };
    let name = format!(
        "attachment; filename=\"{of}.{}.{}\"",
        format.name(),
        format.body().extension()
    );
    let about = [
        (
            header::CONTENT_TYPE,
            format!("{}; charset=UTF-8", format.body().content_type()),
        ),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((about, Body::from_stream(chunks)).into_response())
}

/// An answer that goes on, if it does.
type Rest = Option<Box<dyn search::Answer>>;

async fn next(ctx: &sightline_app::Ctx, mut answer: Box<dyn search::Answer>) -> AppResult<(Rest, Bytes)> {
    ctx.read_at_length(move |ctx, tx| {
        let mut out = Vec::new();
        let more = answer.chunk(ctx, tx, &mut out)?;
        Ok((more.then_some(answer), Bytes::from(out)))
    })
    .await
}

fn scope(input: &Input) -> Scope {
    if input.query.get("of") == "events" {
        Scope::Event
    } else {
        Scope::Attribute
    }
}

fn filled(visit: &Visit, input: &Input, problem: Option<String>) -> ExportPage {
    let given = |name: &str| input.query.get(name).to_owned();
    let mut formats: Vec<(&str, &str)> = ReturnFormat::ALL
        .iter()
        .filter(|format| search::require_supported(**format).is_ok())
        .map(|format| (format.name(), label(*format)))
        .collect();
    formats.sort_by_key(|(_, label)| label.to_lowercase());
    let format = given("format");
    let chosen = if format.is_empty() {
        ReturnFormat::Csv.name()
    } else {
        &format
    };
    let either = |yes: &'static str, no: &'static str, name: &str| {
        Choice::list([("", "Any"), ("1", yes), ("0", no)], &given(name))
    };
    ExportPage {
        frame: visit.frame("Export", Nav::Exports),
        problem,
        formats: Choice::list(formats, chosen),
        scopes: Choice::list(
            [("attributes", "Single attributes"), ("events", "Whole events")],
            &given("of"),
        ),
        value: given("value"),
        types: with_any(types(&given("type"))),
        categories: with_any(categories(&given("category")).into_iter().skip(1).collect()),
        tags: given("tags"),
        event: given("eventid"),
        org: given("org"),
        info: given("eventinfo"),
        from: given("from"),
        to: given("to"),
        to_ids: either("IDS only", "Not IDS", "to_ids"),
        published: either("Published", "Not published", "published"),
        everything: !given("ignore").is_empty(),
    }
}

/// What a format is called, and what it is for.
const fn label(format: ReturnFormat) -> &'static str {
    match format {
        ReturnFormat::Json => "MISP JSON",
        ReturnFormat::Xml => "MISP XML",
        ReturnFormat::Csv => "CSV table",
        ReturnFormat::Text => "Values, one a line",
        ReturnFormat::Hashes => "Checksums, one a line",
        ReturnFormat::Hosts => "Hosts file",
        ReturnFormat::Netfilter => "Netfilter (iptables)",
        ReturnFormat::Rpz => "Response policy zone (DNS)",
        ReturnFormat::Snort => "Snort rules",
        ReturnFormat::Suricata => "Suricata rules",
        ReturnFormat::OpenIoc => "OpenIOC",
        ReturnFormat::Kunai => "Kunai",
        ReturnFormat::Cache => "Checksums of values (cache)",
        ReturnFormat::Count => "Count",
        ReturnFormat::Yara => "YARA rules",
        ReturnFormat::YaraJson => "YARA rules as JSON",
        ReturnFormat::AttackSightings => "ATT&CK sightings",
        ReturnFormat::Context => "Summary as a page",
        ReturnFormat::ContextMarkdown => "Summary as Markdown",
        other => other.name(),
    }
}
