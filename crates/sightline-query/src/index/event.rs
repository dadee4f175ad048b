//! `/events/index`: the list of events that pages and clients show.

use crate::filter::Filter;
use crate::flag::Flag3;
use crate::include::truthy;
use crate::keys::{Keys, numbers};
use crate::order::{EventColumn, Order, Paging, event_index};
use crate::params::{Params, Request};
use crate::predicate::{AttributePredicate as A, EventPredicate as E, TagSelector};
use crate::search::{holds_text, value};
use crate::terms::{Term, Terms};
use serde_json::Value;
use sightline_core::{AppResult, Timestamp};

#[rustfmt::skip]
const ACCEPTED: &[&str] = &[
    "all", "attribute", "value", "published", "hasproposal", "eventid", "datefrom", "dateuntil", "timestamp",
    "publish_timestamp", "publishtimestamp", "org", "sharinggroup", "eventinfo", "tag", "tags", "email",
    "distribution", "analysis", "threatlevel", "minimal", "sort", "direction",
];

/// A list of events without their content.
#[derive(Clone, Debug, PartialEq)]
pub struct EventIndex {
    /// Which events.
    pub filter: Filter<E>,
    /// Only the few fields that synchronisation needs.
    pub minimal: bool,
    /// Which part of the answer; the whole list unless asked.
    pub paging: Paging,
    /// How it is sorted; in any stable order when empty.
    pub order: Vec<Order<EventColumn>>,
}

impl EventIndex {
    /// Parses a request for the index at the time `now`. A filter by creator e-mail is in the tree; whether the caller
    /// may use it is decided elsewhere.
    pub fn parse(request: Request<'_>, now: Timestamp) -> AppResult<Self> {
        let params = Params::harvest_index(ACCEPTED, request)?;
        let minimal = params.get("minimal").is_some_and(truthy);
        let mut parts = conditions(&params, now)?;
        if minimal {
            parts.push(Filter::Is(E::HasContent));
        }
        Ok(Self {
            filter: Filter::all(parts),
            minimal,
            paging: Paging::parse(&params)?,
            order: event_index(&params)?,
        })
    }
}

fn conditions(params: &Params, now: Timestamp) -> AppResult<Vec<Filter<E>>> {
    let list = |name, leaf: &dyn Fn(&[Term]) -> Filter<E>| Ok(params.index_terms(name)?.filter(leaf));
    let substring = |name, leaf: &dyn Fn(&[Term]) -> Filter<E>| {
        let terms = params.index_terms(name)?;
        Ok(terms.map(|term| Term::containing(&term.text)).filter(leaf))
    };
    let flag = |name, wrap: fn(bool) -> E| -> AppResult<_> {
        Ok(params.flag(name)?.unwrap_or(Flag3::Both).filter(wrap))
    };
    Ok(vec![
        list("all", &anywhere)?,
        substring("attribute", &|terms| {
            Filter::Is(A::Value(terms.to_vec())).through(E::HasAttribute)
        })?,
        list("value", &|terms| value(terms).through(E::HasAttribute))?,
        flag("published", E::Published)?,
        flag("hasproposal", E::HasProposal)?,
        list("eventid", &|terms| Keys::nameless(terms).filter(E::Event))?,
        params.when("datefrom", now)?.since_day(E::Date),
        params.when("dateuntil", now)?.until_day(E::Date),
        params.when("timestamp", now)?.since(E::Timestamp),
        params.when("publish_timestamp", now)?.since(E::PublishTimestamp),
        params.when("publishtimestamp", now)?.since(E::PublishTimestamp),
        list("org", &|terms| Keys::parse(terms).filter(E::Creator))?,
        list("sharinggroup", &|terms| {
            Keys::nameless(terms).filter(E::SharingGroup)
        })?,
        substring("eventinfo", &|terms| {
            Filter::Is(E::Info {
                terms: terms.to_vec(),
                fold_case: true,
            })
        })?,
        tags(params, "tag")?,
        tags(params, "tags")?,
        substring("email", &|terms| Filter::Is(E::CreatorEmail(terms.to_vec())))?,
        list("distribution", &|terms| numbers(terms, E::Distribution))?,
        list("analysis", &|terms| numbers(terms, E::Analysis))?,
        list("threatlevel", &|terms| numbers(terms, E::ThreatLevel))?,
    ])
}

/// Tags on the event itself: alternatives, or all of a single text with `&`.
fn tags(params: &Params, name: &str) -> AppResult<Filter<E>> {
    let leaf = |terms: &[Term]| Filter::Is(E::Tag(TagSelector::Named(Keys::tags(terms))));
    let terms = match params.get(name) {
        Some(Value::String(text)) if text.contains('&') && !text.contains('|') => {
            let Terms { or, not, .. } = Terms::parse(&Value::String(text.replace('&', "&&")), name)?;
            Terms {
                or: Vec::new(),
                and: or,
                not,
            }
        }
        _ => params.index_terms(name)?,
    };
    Ok(Filter::all([
        terms.wanted_each(leaf),
        Filter::negate(terms.unwanted(leaf)),
    ]))
}

/// The text stands anywhere in or on the event, or is its uuid.
fn anywhere(terms: &[Term]) -> Filter<E> {
    let inside: Vec<Term> = terms.iter().map(|term| Term::containing(&term.text)).collect();
    let creator = Keys {
        names: inside.clone(),
        ..Keys::default()
    };
    Filter::any([
        holds_text(&inside),
        Filter::Is(E::Creator(creator)),
        Keys::uuids(terms).filter(E::Event),
    ])
}
