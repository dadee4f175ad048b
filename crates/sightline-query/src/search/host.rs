//! Conditions on the event that holds what is looked for, shared by all scopes.

use crate::filter::Filter;
use crate::format::ReturnFormat;
use crate::keys::{Keys, numbers};
use crate::params::Params;
use crate::predicate::EventPredicate as E;
use crate::search::{detection_flag, nameless};
use sightline_core::{AppResult, Timestamp};

/// The conditions that every scope puts on the event.
pub(super) fn conditions(params: &Params, now: Timestamp, format: ReturnFormat) -> AppResult<Filter<E>> {
    Ok(Filter::all([
        nameless(&params.terms("eventid")?, E::Event),
        creator(params)?,
        params.filter("eventinfo", |terms| {
            Filter::Is(E::Info {
                terms: terms.to_vec(),
                fold_case: false,
            })
        })?,
        params.filter("threat_level_id", |terms| numbers(terms, E::ThreatLevel))?,
        detection_flag(params, "published", format)?.filter(E::Published),
        params.when("from", now)?.since_day(E::Date),
        params.when("to", now)?.until_day(E::Date),
        params.when("last", now)?.since(E::PublishTimestamp),
        params.when("publish_timestamp", now)?.since(E::PublishTimestamp),
        params.when("event_timestamp", now)?.since(E::Timestamp),
    ]))
}

/// The organisation that made the event, by name or by what is known of it.
fn creator(params: &Params) -> AppResult<Filter<E>> {
    Ok(Filter::all([
        params.filter("org", |terms| Keys::parse(terms).filter(E::Creator))?,
        params.filter("org.sector", |terms| Filter::Is(E::CreatorSector(terms.to_vec())))?,
        params.filter("org.nationality", |terms| {
            Filter::Is(E::CreatorNationality(terms.to_vec()))
        })?,
        params
            .flag("org.local")?
            .map_or_else(Filter::everything, |flag| flag.filter(E::CreatorLocal)),
    ]))
}
