//! Conditions on attributes, shared by the scopes: on the attribute itself, or on one that an event or object holds.

use crate::filter::Filter;
use crate::format::ReturnFormat;
use crate::keys::Keys;
use crate::params::Params;
use crate::predicate::{AttributePredicate as A, EventPredicate as E, TagSelector};
use crate::search::detection_flag;
use crate::terms::{Term, Terms};
use sightline_core::{AppError, AppResult};
use sightline_misp::networks::Network;
use sightline_misp::types::{AttributeType, normalise};
use std::net::Ipv6Addr;

/// Networks in one search: each is a range of its own in the index.
const NETWORKS: usize = 500;

/// What one parameter asks of attributes.
pub(super) struct Clause {
    wanted: Filter<A>,
    unwanted: Filter<A>,
}

impl Clause {
    fn new(terms: &Terms, leaf: impl Fn(&[Term]) -> Filter<A>) -> Self {
        Self {
            wanted: terms.wanted(&leaf),
            unwanted: terms.unwanted(&leaf),
        }
    }

    /// The condition on the attribute itself.
    pub(super) fn on_itself(self) -> Filter<A> {
        Filter::all([self.wanted, Filter::negate(self.unwanted)])
    }

    /// The condition on the holder: it has a wanted attribute and no unwanted one.
    pub(super) fn on_holder<P>(self, wrap: impl Fn(Box<Filter<A>>) -> P) -> Filter<P> {
        let wanted = if self.wanted.is_everything() {
            Filter::everything()
        } else {
            self.wanted.through(&wrap)
        };
        Filter::all([wanted, Filter::negate(self.unwanted.through(wrap))])
    }
}

/// The parameters that describe an attribute, one clause each: two of them may be met by two attributes of a holder.
pub(super) fn clauses(params: &Params, format: ReturnFormat) -> AppResult<Vec<Clause>> {
    let list = |wrap: fn(Vec<Term>) -> A| move |terms: &[Term]| Filter::Is(wrap(terms.to_vec()));
    Ok(vec![
        Clause::new(&params.terms("value")?, value),
        Clause::new(&params.terms("value1")?.map(canonical), list(A::Value1)),
        Clause::new(&params.terms("value2")?.map(canonical), list(A::Value2)),
        networks(params)?,
        Clause::new(&types(params)?, list(A::Type)),
        Clause::new(&params.terms("category")?, list(A::Category)),
        Clause::new(&params.terms("object_relation")?, list(A::ObjectRelation)),
        Clause {
            wanted: detection_flag(params, "to_ids", format)?.filter(A::ToIds),
            unwanted: Filter::nothing(),
        },
    ])
}

/// Addresses and networks, both ways: what lies inside a network, and which networks hold an address or network.
fn networks(params: &Params) -> AppResult<Clause> {
    let terms = params.terms("cidr")?;
    let parse = |term: &Term| {
        Network::parse(&term.text).ok_or_else(|| {
            AppError::BadRequest(format!(
                "Invalid value for `cidr`, `{}` is no IP address or network.",
                term.text
            ))
        })
    };
    if let Some(wrong) = [&terms.or, &terms.and, &terms.not]
        .into_iter()
        .flatten()
        .find_map(|term| parse(term).err())
    {
        return Err(wrong);
    }
    if terms.or.len() + terms.and.len() + terms.not.len() > NETWORKS {
        return Err(AppError::BadRequest(format!(
            "Invalid value for `cidr`, at most {NETWORKS} networks can be looked for at once."
        )));
    }
    let inside = |terms: &[Term]| {
        let list = terms
            .iter()
            .filter_map(|term| Network::parse(&term.text))
            .collect();
        Filter::Is(A::Network(list))
    };
    Ok(Clause {
        wanted: terms.wanted_each(inside),
        unwanted: terms.unwanted(inside),
    })
}

/// The types; the two older e-mail types bring the newer one with them.
fn types(params: &Params) -> AppResult<Terms> {
    let mut types = params.terms("type")?;
    let has = |name: &str| types.or.iter().any(|term| term.text == name);
    if (has("email-src") || has("email-dst")) && !has("email") {
        types.or.push(Term::exact("email"));
    }
    Ok(types)
}

/// Either half of the value matches, or a composite `a|b` does half by half.
pub(crate) fn value(terms: &[Term]) -> Filter<A> {
    let terms: Vec<Term> = terms.iter().cloned().map(canonical).collect();
    let halves: Vec<(Term, Term)> = terms.iter().filter_map(halves).collect();
    let composite = if halves.is_empty() {
        Filter::nothing()
    } else {
        Filter::Is(A::Halves(halves))
    };
    Filter::any([Filter::Is(A::Value(terms)), composite])
}

fn halves(term: &Term) -> Option<(Term, Term)> {
    let (first, second) = term.text.split_once('|')?;
    let half = |text: &str| {
        canonical(Term {
            text: text.to_owned(),
            wildcard: term.wildcard,
        })
    };
    (!first.is_empty() && !second.is_empty() && !second.contains('|')).then(|| (half(first), half(second)))
}

/// IPv6 addresses and networks in the form in which values are stored.
fn canonical(term: Term) -> Term {
    let address = term.text.split('/').next().unwrap_or_default();
    if term.wildcard || address.parse::<Ipv6Addr>().is_err() {
        return term;
    }
    Term::exact(normalise(AttributeType::IpSrc, &term.text))
}

/// These tags, by id or name.
pub(crate) fn tags(terms: &[Term]) -> TagSelector {
    TagSelector::Named(Keys::tags(terms))
}

/// The attribute or its event carries such a tag.
pub(super) fn tagged(selector: &TagSelector) -> Filter<A> {
    Filter::any([
        Filter::Is(A::Tag(selector.clone())),
        Filter::Is(E::Tag(selector.clone())).through(A::OfEvent),
    ])
}

/// Full text: the event's info, value or comment of its attributes, or a tag on either.
pub(crate) fn holds_text(terms: &[Term]) -> Filter<E> {
    let in_attribute = Filter::any([
        Filter::Is(A::Value(terms.to_vec())),
        Filter::Is(A::Comment(terms.to_vec())),
        Filter::Is(A::Tag(tags(terms))),
    ]);
    Filter::any([
        Filter::Is(E::Info {
            terms: terms.to_vec(),
            fold_case: true,
        }),
        Filter::Is(E::Tag(tags(terms))),
        Filter::Is(E::HasReport(terms.to_vec())),
        in_attribute.through(E::HasAttribute),
    ])
}
