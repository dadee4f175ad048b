//! Arbitrary requests: they are answered or refused, never a panic, and every tree is normalised.

use crate::filter::Filter;
use crate::params::{Params, Request};
use crate::predicate::{AttributePredicate, EventPredicate, ObjectPredicate, SightingPredicate};
use crate::scope::{PAGING, Scope};
use crate::search::{AttributeSearch, EventSearch, GalaxyClusterSearch, ObjectSearch, SightingSearch};
use crate::{AttributeIndex, EventIndex};
use proptest::prelude::*;
use serde_json::{Map, Value};
use sightline_core::AppError;

const SCOPES: [Scope; 5] = [
    Scope::Event,
    Scope::Attribute,
    Scope::Object,
    Scope::Sighting,
    Scope::GalaxyCluster,
];

/// The trees inside a predicate.
trait Nested: Sized {
    fn nested_are_normalised(&self) -> bool;
}

impl Nested for EventPredicate {
    fn nested_are_normalised(&self) -> bool {
        if let Self::HasAttribute(inner) = self {
            normalised(inner)
        } else {
            true
        }
    }
}

impl Nested for AttributePredicate {
    fn nested_are_normalised(&self) -> bool {
        if let Self::OfEvent(inner) = self {
            normalised(inner)
        } else {
            true
        }
    }
}

impl Nested for ObjectPredicate {
    fn nested_are_normalised(&self) -> bool {
        match self {
            Self::HasAttribute(inner) => normalised(inner),
            Self::OfEvent(inner) => normalised(inner),
            _ => true,
        }
    }
}

impl Nested for SightingPredicate {
    fn nested_are_normalised(&self) -> bool {
        match self {
            Self::OfAttribute(inner) => normalised(inner),
            Self::OfEvent(inner) => normalised(inner),
            _ => true,
        }
    }
}

/// No empty or single conjunction or disjunction, nor one directly in its like, nor a double negation.
fn normalised<P: Nested>(filter: &Filter<P>) -> bool {
    match filter {
        Filter::All(parts) => {
            parts.len() > 1
                && parts
                    .iter()
                    .all(|part| !matches!(part, Filter::All(_)) && normalised(part))
        }
        Filter::Any(parts) => {
            parts.len() > 1
                && parts
                    .iter()
                    .all(|part| !matches!(part, Filter::Any(_)) && normalised(part))
        }
        Filter::Not(part) => !matches!(**part, Filter::Not(_)) && normalised(part),
        Filter::Is(predicate) => predicate.nested_are_normalised(),
    }
}

fn check<P: Nested + std::fmt::Debug>(filter: &Filter<P>) {
    assert!(
        filter.is_everything() || filter.is_nothing() || normalised(filter),
        "{filter:?}"
    );
}

/// A caller's mistake is the caller's: never an internal error.
fn refused(error: &AppError) {
    let expected = matches!(
        error,
        AppError::BadRequest(_) | AppError::NotFound(_) | AppError::NotAllowed(_)
    );
    assert!(expected, "{error:?}");
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[!%|&a-z0-9:;./\\\\ -]{0,12}",
        "-?[0-9]{1,20}[dhms]?",
        "(only|exclude|all|json|stix|null|yesterday|2024-0[1-9]-[0-3][0-9]|2001:0db8::1)",
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    let key = prop_oneof!["(OR|AND|NOT|0|1|or)", any::<String>()];
    leaf.prop_recursive(3, 16, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(key.clone(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn name() -> impl Strategy<Value = String> {
    let known: Vec<String> = SCOPES
        .iter()
        .flat_map(|scope| scope.accepted())
        .chain(&PAGING)
        .map(|name| name.replace('*', "country"))
        .chain(
            [
                "all",
                "attribute",
                "minimal",
                "sort",
                "datefrom",
                "searchtag",
                "request",
            ]
            .map(str::to_owned),
        )
        .collect();
    prop_oneof![9 => prop::sample::select(known), 1 => any::<String>()]
}

fn body() -> impl Strategy<Value = Value> {
    let map = prop::collection::btree_map(name(), value(), 0..5)
        .prop_map(|map| Value::Object(map.into_iter().collect::<Map<_, _>>()));
    prop_oneof![9 => map, 1 => value()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_request_is_answered_or_refused(
        body in body(),
        positional in prop::collection::vec(text(), 0..4),
        named in prop::collection::vec((name(), text()), 0..4),
        get in any::<bool>(),
        now in prop_oneof![Just(1_700_000_000_i64), any::<i64>()],
    ) {
        let request =
            Request { get, body: Some(&body), positional: &positional, named: &named, ..Request::default() };
        for scope in SCOPES {
            let params = match Params::harvest(scope, request) {
                Ok(params) => params,
                Err(error) => {
                    refused(&error);
                    continue;
                }
            };
            let done = match scope {
                Scope::Event => EventSearch::parse(&params, now).map(|search| {
                    check(&search.filter);
                    check(&search.content.attributes);
                }),
                Scope::Attribute => AttributeSearch::parse(&params, now).map(|search| check(&search.filter)),
                Scope::Object => ObjectSearch::parse(&params, now).map(|search| check(&search.filter)),
                Scope::Sighting => SightingSearch::parse(&params, now).map(|search| check(&search.filter)),
                Scope::GalaxyCluster => GalaxyClusterSearch::parse(&params).map(drop),
            };
            done.unwrap_or_else(|error| refused(&error));
        }
        EventIndex::parse(request, now).map_or_else(|error| refused(&error), |index| check(&index.filter));
        AttributeIndex::parse(request).map_or_else(|error| refused(&error), |index| check(&index.filter));
    }
}
