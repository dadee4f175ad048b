//! Which sightings.

use super::{NOW, UUID, ids, not, params, since, terms, uuids};
use crate::filter::Filter::{self, All, Is};
use crate::predicate::{AttributePredicate as A, EventPredicate as E, SightingPredicate as S};
use crate::scope::Scope;
use crate::search::SightingSearch;
use crate::time::TimeRange;
use serde_json::{Value, json};
use sightline_core::{AppError, AppResult};

fn sighting(body: &Value) -> AppResult<SightingSearch> {
    SightingSearch::parse(&params(Scope::Sighting, body), NOW)
}

#[test]
fn one_parameter_of_a_sighting_search() {
    let month = Is(S::Date(since(NOW - 30 * 86_400)));
    for (body, expected) in [
        (json!({"returnFormat": "json"}), month.clone()),
        (json!({"last": "1d"}), Is(S::Date(since(NOW - 86_400)))),
        (json!({"last": 0}), Filter::everything()),
        (
            json!({"from": 5, "to": 9, "last": "1d"}),
            All(vec![
                Is(S::Date(since(5))),
                Is(S::Date(TimeRange {
                    from: None,
                    to: Some(9),
                })),
            ]),
        ),
        (json!({"from": 5}), Is(S::Date(since(5)))),
        (json!({"last": 0, "id": 3}), Is(S::Sighting(ids(&[3])))),
        (
            json!({"last": 0, "context": "event", "id": [3, "4"]}),
            Is(S::OfEvent(Box::new(Is(E::Event(ids(&[3, 4])))))),
        ),
        (
            json!({"last": 0, "context": "attribute", "uuid": UUID}),
            Is(S::OfAttribute(Box::new(Is(A::Attribute(uuids(UUID)))))),
        ),
        (
            json!({"last": 0, "context": "attribute", "id": UUID}),
            Is(S::OfAttribute(Box::new(Is(A::Attribute(uuids(UUID)))))),
        ),
        (json!({"last": 0, "type": [0, "1"]}), Is(S::Kind(vec![0, 1]))),
        (json!({"last": 0, "type": 0}), Is(S::Kind(vec![0]))),
        (json!({"last": 0, "org_id": 5}), Is(S::Org(ids(&[5])))),
        (
            json!({"last": 0, "org_id": format!("!{UUID}")}),
            not(Is(S::Org(uuids(UUID)))),
        ),
        (
            json!({"last": 0, "source": "honeypot"}),
            Is(S::Source(terms(&["honeypot"]))),
        ),
    ] {
        assert_eq!(sighting(&body).expect("accepted").filter, expected, "{body}");
    }
}

#[test]
fn sighting_searches_that_are_refused() {
    for (body, message) in [
        (json!({"context": "object", "id": 1}), "Invalid context object."),
        (
            json!({"context": "event"}),
            "An ID or UUID must be provided if the context is set.",
        ),
        (
            json!({"context": "event", "id": "x1"}),
            "Invalid ID `x1` provided.",
        ),
        (json!({"id": [1, "two"]}), "Invalid ID `two` provided."),
    ] {
        let error = sighting(&body).expect_err("refused");
        assert!(
            matches!(&error, AppError::BadRequest(text) if text == message),
            "{body}: {error}"
        );
    }
}
