//! `/sightings/restSearch`, of one event or attribute or of all (spec 04 section 6).

use crate::filter::Filter;
use crate::format::{FormatOptions, ReturnFormat};
use crate::include::Includes;
use crate::keys::{Keys, numbers};
use crate::order::Paging;
use crate::params::Params;
use crate::predicate::{AttributePredicate as A, EventPredicate as E, SightingPredicate as S};
use crate::scope::Scope;
use crate::terms::Term;
use crate::time::{TimeRange, When};
use sightline_core::{AppError, AppResult, Timestamp};

/// Without any time only sightings of the last 30 days are found, in seconds.
const DEFAULT_SECONDS: i64 = 30 * 86_400;

/// A search for sightings.
#[derive(Clone, Debug, PartialEq)]
pub struct SightingSearch {
    /// The format of the answer.
    pub format: ReturnFormat,
    /// Which sightings.
    pub filter: Filter<S>,
    /// Switches.
    pub includes: Includes,
    /// Parameters of single formats.
    pub options: FormatOptions,
    /// Which part of the answer.
    pub paging: Paging,
}

impl SightingSearch {
    /// Gives the parameters of the sighting scope their meaning at the time `now`.
    pub fn parse(params: &Params, now: Timestamp) -> AppResult<Self> {
        Ok(Self {
            format: ReturnFormat::parse(params, Scope::Sighting)?,
            filter: Filter::all([
                subject(params)?,
                time(params, now)?,
                params.filter("type", |terms| numbers(terms, S::Kind))?,
                params.filter("org_id", |terms| Keys::parse(terms).filter(S::Org))?,
                params.filter("source", |terms| Filter::Is(S::Source(terms.to_vec())))?,
            ]),
            includes: Includes::parse(params),
            options: FormatOptions::parse(params)?,
            paging: Paging::parse(params)?,
        })
    }
}

/// What was seen: by `id` and `uuid` of what `context` names, or of the sightings themselves.
fn subject(params: &Params) -> AppResult<Filter<S>> {
    let context = params.text("context")?;
    let wrap: fn(Keys) -> Filter<S> = match context.as_deref() {
        None => |keys| keys.filter(S::Sighting),
        Some("event") => |keys| keys.filter(E::Event).through(S::OfEvent),
        Some("attribute") => |keys| keys.filter(A::Attribute).through(S::OfAttribute),
        Some(other) => return Err(AppError::BadRequest(format!("Invalid context {other}."))),
    };
    let (ids, uuids) = (params.terms("id")?, params.terms("uuid")?);
    if context.is_some() && ids.is_empty() && uuids.is_empty() {
        let message = "An ID or UUID must be provided if the context is set.";
        return Err(AppError::BadRequest(message.to_owned()));
    }
    for term in ids.or.iter().chain(&ids.and).chain(&ids.not) {
        if Keys::nameless(std::slice::from_ref(term)).is_empty() {
            return Err(AppError::BadRequest(format!(
                "Invalid ID `{}` provided.",
                term.text
            )));
        }
    }
    let nameless = |terms: &[Term]| wrap(Keys::nameless(terms));
    Ok(Filter::all([ids.filter(nameless), uuids.filter(nameless)]))
}

/// `from` and `to`, else `last`, else the last 30 days.
fn time(params: &Params, now: Timestamp) -> AppResult<Filter<S>> {
    let (from, to) = (params.when("from", now)?, params.when("to", now)?);
    if from != When::Any || to != When::Any {
        return Ok(Filter::all([from.since(S::Date), to.until(S::Date)]));
    }
    if params.get("last").is_some() {
        return Ok(params.when("last", now)?.since(S::Date));
    }
    let from = now.saturating_sub(DEFAULT_SECONDS);
    Ok(Filter::Is(S::Date(TimeRange {
        from: Some(from),
        to: None,
    })))
}
