//! Harvesting: from a request to the parameters that its scope accepts (spec 04 sections 1 and 2).

use crate::filter::Filter;
use crate::flag::Flag3;
use crate::scope::{PAGING, Scope};
use crate::terms::{Term, Terms, texts};
use crate::time::When;
use serde_json::{Map, Value};
use sightline_core::{AppError, AppResult, Timestamp};
use std::collections::BTreeMap;

/// What the reference says (405) to a body that is no JSON object.
pub const INVALID_JSON: &str = "Invalid JSON input. Make sure that the JSON input is a correctly formatted JSON string. This request has been blocked to avoid an unfiltered request.";
const EMPTY_BODY: &str =
    "Either specify the search terms in the url, or POST a json with the filter parameters.";
const EMPTY_URL: &str = "Restsearch queries using GET and no parameters are not allowed. If you have passed parameters via a JSON body, make sure you use POST requests.";

/// A search request as it came in; path segments are percent-decoded.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'a> {
    /// Whether the method is GET or HEAD: the body does not count then.
    pub get: bool,
    /// Whether the answer should be JSON (`Accept` or `.json`).
    pub accepts_json: bool,
    /// Path segments after the action.
    pub positional: &'a [String],
    /// `name:value` segments in order; `name[]` makes a list.
    pub named: &'a [(String, String)],
    /// The decoded body.
    pub body: Option<&'a Value>,
    /// The user setting `default_restsearch_parameters`.
    pub defaults: Option<&'a Map<String, Value>>,
}

/// The accepted parameters of one search; none is null.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Params {
    values: BTreeMap<String, Value>,
    accepts_json: bool,
}

impl Params {
    /// Keeps what `scope` accepts of a restSearch. Named segments override positional ones, these the body, and that
    /// the user's defaults. A request without any parameter is refused, so that a lost body is not a search for all.
    pub fn harvest(scope: Scope, request: Request<'_>) -> AppResult<Self> {
        let body = if request.get { None } else { filters(request.body)? };
        if body.is_none_or(Map::is_empty) && request.named.is_empty() && request.positional.is_empty() {
            return Err(AppError::BadRequest(
                if request.get { EMPTY_URL } else { EMPTY_BODY }.to_owned(),
            ));
        }
        let accepted = scope.accepted();
        let mut params = Self {
            accepts_json: request.accepts_json,
            ..Self::default()
        };
        for (name, value) in request.defaults.into_iter().chain(body).flatten() {
            if accepted
                .iter()
                .chain(&PAGING)
                .any(|pattern| accepts(pattern, name))
            {
                params.set(name, tidy(value));
            }
        }
        for (name, segment) in accepted.iter().zip(request.positional) {
            if !matches!(segment.to_ascii_lowercase().as_str(), "" | "null" | "0" | "false") {
                params.set(name, segment_value(segment));
            }
        }
        for (name, segment) in request.named {
            let bare = name.trim_end_matches("[]");
            if accepted
                .iter()
                .chain(&PAGING)
                .any(|pattern| accepts(pattern, bare))
            {
                params.set_named(name, bare, segment);
            }
        }
        Ok(params)
    }

    /// Keeps what an index accepts: names without regard to case, each also as `search<name>`.
    pub(crate) fn harvest_index(accepted: &[&str], request: Request<'_>) -> AppResult<Self> {
        let mut params = Self {
            accepts_json: request.accepts_json,
            ..Self::default()
        };
        let canonical = |name: &str| {
            let name = name.to_ascii_lowercase();
            let bare = name.strip_prefix("search").unwrap_or(&name);
            accepted
                .iter()
                .chain(&PAGING)
                .find(|known| **known == name || **known == bare)
                .copied()
        };
        for (name, value) in filters(request.body)?.into_iter().flatten() {
            if let Some(name) = canonical(name) {
                params.set(name, value.clone());
            }
        }
        for (name, segment) in request.named {
            if let Some(bare) = canonical(name.trim_end_matches("[]")) {
                params.set_named(name, bare, segment);
            }
        }
        Ok(params)
    }

    /// A null takes away what was set below it.
    fn set(&mut self, name: &str, value: Value) {
        if value.is_null() {
            self.values.remove(name);
        } else {
            self.values.insert(name.to_owned(), value);
        }
    }

    fn set_named(&mut self, name: &str, bare: &str, segment: &str) {
        match self.values.get_mut(bare) {
            Some(Value::Array(list)) if name.ends_with("[]") => list.push(segment_value(segment)),
            _ if name.ends_with("[]") => self.set(bare, Value::Array(vec![segment_value(segment)])),
            _ => self.set(bare, segment_value(segment)),
        }
    }

    /// Whether the answer should be JSON.
    pub(crate) const fn accepts_json(&self) -> bool {
        self.accepts_json
    }

    /// A parameter as it was given.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    /// The parameters whose name starts with `prefix`, with the rest of their names.
    pub(crate) fn with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.values
            .iter()
            .filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value)))
    }

    /// A list-like filter.
    pub(crate) fn terms(&self, name: &str) -> AppResult<Terms> {
        self.get(name)
            .map_or_else(|| Ok(Terms::default()), |value| Terms::parse(value, name))
    }

    /// A list-like filter in the syntax of the indexes.
    pub(crate) fn index_terms(&self, name: &str) -> AppResult<Terms> {
        self.get(name)
            .map_or_else(|| Ok(Terms::default()), |value| Terms::parse_index(value, name))
    }

    /// A list-like filter as a condition.
    pub(crate) fn filter<P>(&self, name: &str, leaf: impl Fn(&[Term]) -> Filter<P>) -> AppResult<Filter<P>> {
        Ok(self.terms(name)?.filter(leaf))
    }

    /// A time filter.
    pub(crate) fn when(&self, name: &str, now: Timestamp) -> AppResult<When> {
        self.get(name)
            .map_or(Ok(When::Any), |value| When::parse(value, now, name))
    }

    /// A filter by a boolean.
    pub(crate) fn flag(&self, name: &str) -> AppResult<Option<Flag3>> {
        self.get(name).map_or(Ok(None), |value| Flag3::parse(value, name))
    }

    /// A parameter as a plain list.
    pub(crate) fn texts(&self, name: &str) -> AppResult<Vec<String>> {
        self.get(name)
            .map_or_else(|| Ok(Vec::new()), |value| texts(value, name))
    }

    /// The first text of a parameter.
    pub(crate) fn text(&self, name: &str) -> AppResult<Option<String>> {
        Ok(self.texts(name)?.into_iter().next())
    }
}

/// The object that holds the filters: the body, or what it wraps in `request`. An empty list is PHP's empty object.
fn filters(body: Option<&Value>) -> AppResult<Option<&Map<String, Value>>> {
    match body {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(items)) if items.is_empty() => Ok(None),
        Some(Value::Object(map)) => map
            .get("request")
            .map_or(Ok(Some(map)), |inner| filters(Some(inner))),
        Some(_) => Err(AppError::NotAllowed(INVALID_JSON.to_owned())),
    }
}

fn accepts(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => name.strip_prefix(prefix).is_some_and(|rest| {
            !rest.is_empty()
                && rest
                    .chars()
                    .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' '))
        }),
        None => pattern == name,
    }
}

/// In a path `;` stands for `:`.
fn segment_value(segment: &str) -> Value {
    tidy(&Value::String(segment.replace(';', ":")))
}

/// A text is trimmed, and split where `||` stands, unless it begins so.
fn tidy(value: &Value) -> Value {
    match value {
        Value::String(text) => match text.trim() {
            text if text.find("||").is_some_and(|at| at > 0) => text.split("||").map(str::trim).collect(),
            text => Value::String(text.to_owned()),
        },
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests;
