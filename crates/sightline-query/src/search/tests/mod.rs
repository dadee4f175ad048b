//! What each scope makes of its parameters.

mod attribute;
mod complete;
mod event;
mod object;
mod sighting;

use super::EventSearch;
use crate::filter::Filter::{self, Is, Not};
use crate::keys::Keys;
use crate::params::{Params, Request};
use crate::predicate::{AttributePredicate as A, EventPredicate as E, TagSelector};
use crate::scope::Scope;
use crate::terms::Term;
use crate::time::TimeRange;
use serde_json::Value;

const NOW: i64 = 1_700_000_000;
const UUID: &str = "5c9d6f1e-3b7a-4d7e-9f5a-0a1b2c3d4e5f";

fn params(scope: Scope, body: &Value) -> Params {
    Params::harvest(
        scope,
        Request {
            body: Some(body),
            ..Request::default()
        },
    )
    .expect("accepted")
}

fn event(body: &Value) -> EventSearch {
    EventSearch::parse(&params(Scope::Event, body), NOW).expect("accepted")
}

fn terms(texts: &[&str]) -> Vec<Term> {
    texts.iter().map(|text| Term::parse(text)).collect()
}

fn not<P>(part: Filter<P>) -> Filter<P> {
    Not(Box::new(part))
}

fn ids(ids: &[i64]) -> Keys {
    Keys {
        ids: ids.to_vec(),
        ..Keys::default()
    }
}

fn uuids(uuid: &str) -> Keys {
    Keys {
        uuids: vec![uuid.parse().expect("a uuid")],
        ..Keys::default()
    }
}

fn names(texts: &[&str]) -> Keys {
    Keys {
        names: terms(texts),
        ..Keys::default()
    }
}

fn tag(text: &str) -> TagSelector {
    TagSelector::Named(names(&[text]))
}

fn has(filter: Filter<A>) -> Filter<E> {
    Is(E::HasAttribute(Box::new(filter)))
}

fn since(from: i64) -> TimeRange {
    TimeRange {
        from: Some(from),
        to: None,
    }
}
