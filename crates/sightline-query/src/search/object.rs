//! `/objects/restSearch`: whole objects, by themselves, their attributes or their event (spec 04 section 5).

use crate::filter::Filter;
use crate::flag::Flag3;
use crate::format::ReturnFormat;
use crate::include::Includes;
use crate::keys::{Keys, numbers};
use crate::order::Paging;
use crate::params::Params;
use crate::predicate::{AttributePredicate as A, EventPredicate as E, ObjectPredicate as O};
use crate::scope::Scope;
use crate::search::{content, deletion, host};
use crate::terms::Term;
use sightline_core::{AppResult, Timestamp};

/// A search for objects.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectSearch {
    /// The format of the answer.
    pub format: ReturnFormat,
    /// Which objects.
    pub filter: Filter<O>,
    /// Which of their attributes by their deletion; `Yes` and `Both` hold only where the caller may see deleted items.
    pub deleted: Flag3,
    /// Switches.
    pub includes: Includes,
    /// Which part of the answer.
    pub paging: Paging,
}

impl ObjectSearch {
    /// Gives the parameters of the object scope their meaning at the time `now`.
    pub fn parse(params: &Params, now: Timestamp) -> AppResult<Self> {
        let format = ReturnFormat::parse(params, Scope::Object)?;
        let deleted = deletion(params)?;
        Ok(Self {
            format,
            filter: conditions(params, now, format, deleted)?,
            // The whole object is returned: a deleted one with all that it had.
            deleted: if deleted == Flag3::No {
                Flag3::No
            } else {
                Flag3::Both
            },
            includes: Includes::parse(params),
            paging: Paging::parse(params)?,
        })
    }
}

fn conditions(params: &Params, now: Timestamp, format: ReturnFormat, deleted: Flag3) -> AppResult<Filter<O>> {
    let tags = params.terms("tags")?;
    let event = Filter::all([
        host::conditions(params, now, format)?,
        params.when("timestamp", now)?.since(E::Timestamp),
    ]);
    let template = |terms: &[Term]| match Keys::uuids(terms).uuids {
        uuids if uuids.is_empty() => Filter::nothing(),
        uuids => Filter::Is(O::TemplateUuid(uuids)),
    };
    let mut parts = vec![
        params.filter("uuid", |terms| {
            let keys = Keys::uuids(terms);
            Filter::any([
                keys.clone().filter(O::Object),
                keys.clone().filter(A::Attribute).through(O::HasAttribute),
                keys.filter(E::Event).through(O::OfEvent),
            ])
        })?,
        params.filter("object_name", |terms| Filter::Is(O::Name(terms.to_vec())))?,
        params.filter("object_template_uuid", template)?,
        params.filter("object_template_version", |terms| {
            numbers(terms, O::TemplateVersion)
        })?,
        tags.wanted_each(tagged),
        Filter::negate(tags.unwanted(tagged)),
        params.when("first_seen", now)?.since_micros(O::FirstSeen),
        params.when("last_seen", now)?.until_micros(O::LastSeen),
        deleted.filter(O::Deleted),
    ];
    parts.extend(
        content::clauses(params, format)?
            .into_iter()
            .map(|clause| clause.on_holder(O::HasAttribute)),
    );
    if !event.is_everything() {
        parts.push(event.through(O::OfEvent));
    }
    Ok(Filter::all(parts))
}

/// An attribute of the object or its event carries such a tag.
fn tagged(terms: &[Term]) -> Filter<O> {
    Filter::any([
        Filter::Is(A::Tag(content::tags(terms))).through(O::HasAttribute),
        Filter::Is(E::Tag(content::tags(terms))).through(O::OfEvent),
    ])
}
