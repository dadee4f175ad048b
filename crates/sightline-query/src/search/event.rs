//! `/events/restSearch`: first which events, then what of their content (spec 04 section 3).

use crate::filter::Filter;
use crate::flag::Flag3;
use crate::format::{FormatOptions, ReturnFormat};
use crate::include::{Includes, truthy};
use crate::keys::{Keys, numbers};
use crate::order::{EventColumn, Order, Paging, event_search};
use crate::params::Params;
use crate::predicate::{AttributePredicate as A, EventPredicate as E, TagSelector};
use crate::scope::Scope;
use crate::search::{content, deletion, detection_flag, host, nameless, tag_terms};
use crate::terms::Terms;
use sightline_core::{AppResult, Timestamp};

/// A search for whole events.
#[derive(Clone, Debug, PartialEq)]
pub struct EventSearch {
    /// The format of the answer.
    pub format: ReturnFormat,
    /// Which events.
    pub filter: Filter<E>,
    /// What of their content.
    pub content: Content,
    /// Switches.
    pub includes: Includes,
    /// Parameters of single formats.
    pub options: FormatOptions,
    /// Which part of the answer.
    pub paging: Paging,
    /// How it is sorted; by id when empty.
    pub order: Vec<Order<EventColumn>>,
}

/// What of an event's content goes into the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Content {
    /// Which attributes, inside objects or not.
    pub attributes: Filter<A>,
    /// Which attributes, objects and reports by their deletion. `Yes` and `Both` hold only where the caller may see
    /// deleted items.
    pub deleted: Flag3,
    /// Attributes, objects and reports of these distributions; empty for all.
    pub distribution: Vec<i64>,
    /// Attributes, objects and reports of these sharing groups; empty for all.
    pub sharing_group: Vec<i64>,
}

impl EventSearch {
    /// Gives the parameters of the event scope their meaning at the time `now`.
    pub fn parse(params: &Params, now: Timestamp) -> AppResult<Self> {
        let format = ReturnFormat::parse(params, Scope::Event)?;
        // Full text replaces all other conditions on events.
        let filter = match full_text(params)? {
            Some(terms) => terms.filter(content::holds_text),
            None => conditions(params, now, format)?,
        };
        Ok(Self {
            format,
            filter,
            content: Content::parse(params, format)?,
            includes: Includes::parse(params),
            options: FormatOptions::parse(params)?,
            paging: Paging::parse(params)?,
            order: event_search(params),
        })
    }
}

impl Content {
    fn parse(params: &Params, format: ReturnFormat) -> AppResult<Self> {
        let mut blocked = Terms {
            not: tag_terms(params)?.not,
            ..Terms::default()
        };
        blocked.not.extend(params.terms("blockedAttributeTags")?.or);
        Ok(Self {
            attributes: Filter::all([
                detection_flag(params, "to_ids", format)?.filter(A::ToIds),
                blocked.filter(|list| Filter::Is(A::Tag(content::tags(list)))),
            ]),
            deleted: deletion(params)?,
            distribution: Keys::parse(&params.terms("distribution")?.or).ids,
            sharing_group: Keys::parse(&params.terms("sharing_group_id")?.or).ids,
        })
    }
}

/// The texts of a full-text search: `searchall` itself, or `value` when that is given beside it.
fn full_text(params: &Params) -> AppResult<Option<Terms>> {
    if !params.get("searchall").is_some_and(truthy) {
        return Ok(None);
    }
    let value = params.terms("value")?;
    if value.is_empty() {
        params.terms("searchall")
    } else {
        Ok(value)
    }
    .map(Some)
}

fn conditions(params: &Params, now: Timestamp, format: ReturnFormat) -> AppResult<Filter<E>> {
    let mut parts = vec![
        host::conditions(params, now, format)?,
        params.filter("uuid", |terms| {
            let keys = Keys::uuids(terms);
            let attribute = keys.clone().filter(A::Attribute).through(E::HasAttribute);
            Filter::any([keys.filter(E::Event), attribute])
        })?,
        tags(params)?,
        params.when("timestamp", now)?.since(E::Timestamp),
        params.when("date", now)?.since_day(E::Date),
        params.filter("sharinggroup", |terms| {
            Keys::nameless(terms).filter(E::SharingGroup)
        })?,
        params.filter("sharing_group_id", |terms| {
            Keys::nameless(terms).filter(E::SharingGroup)
        })?,
        params.filter("distribution", |terms| numbers(terms, E::Distribution))?,
        params.filter("event_uuid", |terms| Keys::uuids(terms).filter(E::Event))?,
        nameless(&params.terms("idList")?, E::Event),
        params.filter("eventsExtendingUuid", |terms| {
            Keys::nameless(terms).filter(E::Extends)
        })?,
        params
            .flag("protected")?
            .map_or_else(Filter::everything, |flag| flag.filter(E::Protected)),
    ];
    if deletion(params)? == Flag3::Yes {
        parts.push(Filter::Is(A::Deleted(true)).through(E::HasAttribute));
    }
    parts.extend(
        content::clauses(params, format)?
            .into_iter()
            .map(|clause| clause.on_holder(E::HasAttribute)),
    );
    Ok(Filter::all(parts))
}

/// `tags` are on the event or one of its attributes, `event_tags` on the event; an excluded tag bars the event only
/// when it is on the event itself (attributes that carry it are left out of the content).
fn tags(params: &Params) -> AppResult<Filter<E>> {
    let on_event = |terms: &[_]| Filter::Is(E::Tag(content::tags(terms)));
    let tags = tag_terms(params)?;
    let event_tags = params.terms("event_tags")?;
    let mut parts = vec![
        tags.wanted_each(|terms| anywhere(&content::tags(terms))),
        event_tags.wanted_each(on_event),
        Filter::negate(tags.unwanted(on_event)),
        Filter::negate(event_tags.unwanted(on_event)),
    ];
    for (key, value) in params.with_prefix("galaxy.") {
        let of_cluster = |terms: &[_]| {
            anywhere(&TagSelector::OfCluster {
                key: key.to_owned(),
                values: terms.to_vec(),
            })
        };
        parts.push(Terms::parse(value, key)?.filter(of_cluster));
    }
    Ok(Filter::all(parts))
}

/// The event or one of its attributes carries such a tag.
fn anywhere(selector: &TagSelector) -> Filter<E> {
    Filter::any([
        Filter::Is(E::Tag(selector.clone())),
        Filter::Is(A::Tag(selector.clone())).through(E::HasAttribute),
    ])
}
