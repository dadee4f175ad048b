//! Ids in URLs and bodies: digits or a uuid (spec 03 section 1.1).

use crate::request::Request;
use serde_json::{Map, Value};
use sightline_core::AppResult;
use sightline_core::limits::PAGE_ROWS_MAX;

/// The id a request names: the first positional parameter, or a field of the body.
pub(crate) fn named_by<T>(
    request: &Request,
    fields: &[&str],
    parse: impl Fn(&str) -> AppResult<T>,
) -> AppResult<T> {
    if let Some(arg) = request.arg(0) {
        return parse(arg);
    }
    let body = request.json()?;
    let found = fields.iter().find_map(|field| body.get(field).and_then(text));
    parse(&found.unwrap_or_default())
}

/// A scalar as text.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(if *flag { "1".into() } else { "0".into() }),
        _ => None,
    }
}

/// A flag of the URL or the body: `hard`, `metadata`, …
pub(crate) fn flag(request: &Request, body: &Map<String, Value>, name: &str) -> bool {
    request.named_flag(name).unwrap_or_else(|| {
        body.get(name)
            .and_then(text)
            .is_some_and(|value| !matches!(value.to_ascii_lowercase().as_str(), "" | "0" | "false"))
    })
}

/// A parameter of the URL, or a field of the body; empty ones count as not given.
pub(crate) fn named_or_field(request: &Request, body: &Map<String, Value>, name: &str) -> Option<String> {
    request
        .named(name)
        .map(str::to_owned)
        .or_else(|| body.get(name).and_then(text))
        .filter(|value| !value.is_empty())
}

/// `page`, from 1, and `limit` of the URL or the body; `rows` when no limit is given.
pub(crate) fn window(request: &Request, body: &Map<String, Value>, rows: u32) -> (u32, u32) {
    let given = |name: &str| named_or_field(request, body, name).and_then(|value| value.parse::<u32>().ok());
    (
        given("page").unwrap_or(1).max(1),
        given("limit").unwrap_or(rows).clamp(1, PAGE_ROWS_MAX.max(rows)),
    )
}
