//! `/attributes/restSearch`: single attributes, inside objects or not (spec 04 section 4).

use crate::filter::Filter;
use crate::format::{FormatOptions, ReturnFormat};
use crate::include::{Include, Includes, truthy};
use crate::keys::Keys;
use crate::order::{AttributeColumn, Order, Paging, attribute_search};
use crate::params::Params;
use crate::predicate::{AttributePredicate as A, EventPredicate as E};
use crate::scope::Scope;
use crate::search::{content, deletion, host};
use serde_json::Value;
use sightline_core::{AppError, AppResult, Timestamp};

/// A search for attributes.
#[derive(Clone, Debug, PartialEq)]
pub struct AttributeSearch {
    /// The format of the answer.
    pub format: ReturnFormat,
    /// Which attributes. Deleted ones that it asks for are for those who may see them.
    pub filter: Filter<A>,
    /// Switches.
    pub includes: Includes,
    /// How scores of decay are taken.
    pub decay: Decay,
    /// Parameters of single formats.
    pub options: FormatOptions,
    /// Which part of the answer.
    pub paging: Paging,
    /// How it is sorted; by id when empty.
    pub order: Vec<Order<AttributeColumn>>,
}

/// How scores of decay are taken.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decay {
    /// Attributes that every model calls decayed are left out.
    pub exclude_decayed: bool,
    /// The models by id; empty for all enabled ones.
    pub models: Vec<i64>,
    /// The score below which an attribute is decayed, instead of the model's own.
    pub threshold: Option<f64>,
    /// Parameters of the models replaced for this search, as given.
    pub overrides: Option<Value>,
}

impl AttributeSearch {
    /// Gives the parameters of the attribute scope their meaning at the time `now`.
    pub fn parse(params: &Params, now: Timestamp) -> AppResult<Self> {
        let format = ReturnFormat::parse(params, Scope::Attribute)?;
        let decay = Decay::parse(params)?;
        let mut includes = Includes::parse(params);
        if decay.exclude_decayed {
            includes.set(Include::DecayScore);
        }
        Ok(Self {
            format,
            filter: conditions(params, now, format)?,
            includes,
            decay,
            options: FormatOptions::parse(params)?,
            paging: Paging::parse(params)?,
            order: attribute_search(params),
        })
    }
}

impl Decay {
    fn parse(params: &Params) -> AppResult<Self> {
        let threshold = match params.text("score")? {
            None => None,
            Some(text) => Some(
                text.parse::<f64>()
                    .ok()
                    .filter(|score| score.is_finite())
                    .ok_or_else(|| {
                        AppError::BadRequest("Invalid value for `score`, must be a number.".to_owned())
                    })?,
            ),
        };
        Ok(Self {
            exclude_decayed: params.get("excludeDecayed").is_some_and(truthy),
            models: Keys::parse(&params.terms("decayingModel")?.or).ids,
            threshold,
            overrides: params
                .get("modelOverrides")
                .filter(|value| truthy(value))
                .cloned(),
        })
    }
}

fn conditions(params: &Params, now: Timestamp, format: ReturnFormat) -> AppResult<Filter<A>> {
    let tags = params.terms("tags")?;
    let event = Filter::all([
        host::conditions(params, now, format)?,
        params.filter("event_ids", |terms| Keys::nameless(terms).filter(E::Event))?,
    ]);
    let mut parts = vec![
        params.filter("uuid", |terms| {
            let keys = Keys::uuids(terms);
            Filter::any([
                keys.clone().filter(A::Attribute),
                keys.filter(E::Event).through(A::OfEvent),
            ])
        })?,
        tags.wanted_each(|terms| content::tagged(&content::tags(terms))),
        Filter::negate(tags.unwanted(|terms| content::tagged(&content::tags(terms)))),
        params.filter("sharinggroup", |terms| {
            let keys = Keys::nameless(terms);
            Filter::any([
                keys.clone().filter(A::SharingGroup),
                keys.filter(E::SharingGroup).through(A::OfEvent),
            ])
        })?,
        params.when("timestamp", now)?.since(A::Timestamp),
        params.when("attribute_timestamp", now)?.since(A::Timestamp),
        params.when("first_seen", now)?.since_micros(A::FirstSeen),
        params.when("last_seen", now)?.until_micros(A::LastSeen),
        deletion(params)?.filter(A::Deleted),
    ];
    parts.extend(
        content::clauses(params, format)?
            .into_iter()
            .map(content::Clause::on_itself),
    );
    if !event.is_everything() {
        parts.push(event.through(A::OfEvent));
    }
    Ok(Filter::all(parts))
}
