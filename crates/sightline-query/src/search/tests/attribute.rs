//! Which attributes, and what goes with them.

use super::{NOW, UUID, event, has, ids, not, params, since, tag, terms, uuids};
use crate::filter::Filter::{self, All, Any, Is};
use crate::include::Include;
use crate::predicate::{AttributePredicate as A, EventPredicate as E};
use crate::scope::Scope;
use crate::search::AttributeSearch;
use crate::terms::Term;
use crate::time::TimeRange;
use serde_json::{Value, json};
use sightline_core::AppError;

fn attribute(body: &Value) -> AttributeSearch {
    AttributeSearch::parse(&params(Scope::Attribute, body), NOW).expect("accepted")
}

/// The conditions of an attribute search beside the one on deletion, which every search has.
fn live(body: &Value) -> Filter<A> {
    let live = Is(A::Deleted(false));
    match attribute(body).filter {
        All(parts) => {
            assert!(parts.contains(&live), "{body}");
            Filter::all(parts.into_iter().filter(|part| *part != live))
        }
        nothing if nothing.is_nothing() => nothing,
        only => {
            assert_eq!(only, live, "{body}");
            Filter::everything()
        }
    }
}

fn of(filter: Filter<E>) -> Filter<A> {
    Is(A::OfEvent(Box::new(filter)))
}

#[test]
fn values_are_compared_as_they_are_stored() {
    for (given, stored) in [
        ("2001:0DB8:0::1", "2001:db8::1"),
        ("2001:0db8::/32", "2001:db8::/32"),
        ("2001:db8::1/128", "2001:db8::1"),
        ("%2001:0db8::1", "%2001:0db8::1"),
        ("http://a", "http://a"),
    ] {
        assert_eq!(
            live(&json!({"value": given})),
            Is(A::Value(terms(&[stored]))),
            "{given}"
        );
        assert_eq!(
            live(&json!({"value1": given})),
            Is(A::Value1(terms(&[stored]))),
            "{given}"
        );
    }
}

#[test]
fn composite_values_are_found_whole() {
    let pair = |a: &str, b: &str| (Term::exact(a), Term::exact(b));
    assert_eq!(
        live(&json!({"value": ["a.exe|00ff", "2001:0db8::1|80", "x"]})),
        Any(vec![
            Is(A::Value(terms(&["a.exe|00ff", "2001:0db8::1|80", "x"]))),
            Is(A::Halves(vec![pair("a.exe", "00ff"), pair("2001:db8::1", "80")])),
        ])
    );
    for one in ["|a", "a|", "a|b|c"] {
        assert_eq!(live(&json!({"value": one})), Is(A::Value(terms(&[one]))), "{one}");
    }
}

#[test]
fn one_parameter_of_an_attribute_search() {
    const S: i64 = 1_000_000;
    let on = |name| Any(vec![Is(A::Tag(tag(name))), of(Is(E::Tag(tag(name))))]);
    for (body, expected) in [
        (json!({"returnFormat": "json"}), Filter::everything()),
        (
            json!({"type": ["md5", "!sha1"]}),
            All(vec![
                Is(A::Type(terms(&["md5"]))),
                not(Is(A::Type(terms(&["sha1"])))),
            ]),
        ),
        (json!({"value2": "x"}), Is(A::Value2(terms(&["x"])))),
        (
            json!({"uuid": UUID}),
            Any(vec![Is(A::Attribute(uuids(UUID))), of(Is(E::Event(uuids(UUID))))]),
        ),
        (json!({"tags": {"AND": ["a", "b"]}}), All(vec![on("a"), on("b")])),
        (json!({"tags": "!a"}), not(on("a"))),
        (
            json!({"sharinggroup": 3}),
            Any(vec![
                Is(A::SharingGroup(ids(&[3]))),
                of(Is(E::SharingGroup(ids(&[3])))),
            ]),
        ),
        (json!({"timestamp": 5}), Is(A::Timestamp(since(5)))),
        (json!({"attribute_timestamp": 5}), Is(A::Timestamp(since(5)))),
        (json!({"first_seen": 5}), Is(A::FirstSeen(since(5 * S)))),
        (
            json!({"last_seen": 5}),
            Is(A::LastSeen(TimeRange {
                from: None,
                to: Some(5 * S),
            })),
        ),
        (json!({"last_seen": "garbage"}), Filter::nothing()),
        (
            json!({"last_seen": [9, 5]}),
            Is(A::LastSeen(TimeRange {
                from: Some(5 * S),
                to: Some(9 * S),
            })),
        ),
        (json!({"to_ids": [0, 1]}), Filter::everything()),
        (
            json!({"eventid": 1, "org": 2, "published": 1, "event_timestamp": 3}),
            of(All(vec![
                Is(E::Event(ids(&[1]))),
                Is(E::Creator(ids(&[2]))),
                Is(E::Published(true)),
                Is(E::Timestamp(since(3))),
            ])),
        ),
        (json!({"event_ids": [1, 2]}), of(Is(E::Event(ids(&[1, 2]))))),
    ] {
        assert_eq!(live(&body), expected, "{body}");
    }
}

#[test]
fn deletion_of_attributes() {
    for (body, expected) in [
        (json!({"deleted": 0}), Is(A::Deleted(false))),
        (json!({"deleted": ""}), Is(A::Deleted(false))),
        (json!({"deleted": 1}), Is(A::Deleted(true))),
        (json!({"deleted": "only"}), Is(A::Deleted(true))),
        (json!({"deleted": [0, 1]}), Filter::everything()),
    ] {
        assert_eq!(attribute(&body).filter, expected, "{body}");
    }
}

#[test]
fn detection_formats_imply_to_ids_and_published() {
    let implied = All(vec![Is(A::ToIds(true)), of(Is(E::Published(true)))]);
    assert_eq!(live(&json!({"returnFormat": "suricata"})), implied);
    assert_eq!(live(&json!({"returnFormat": "netfilter"})), Filter::everything());
    assert_eq!(
        live(&json!({"returnFormat": "text", "to_ids": [0, 1], "published": [0, 1]})),
        Filter::everything()
    );
    let text = event(&json!({"returnFormat": "text"}));
    assert_eq!(
        text.filter,
        All(vec![Is(E::Published(true)), has(Is(A::ToIds(true)))])
    );
    assert_eq!(text.content.attributes, Is(A::ToIds(true)));
}

#[test]
fn switches_decay_and_options() {
    let search = attribute(
        &json!({"includeContext": 1, "includeEventUuid": 0, "includeAttributeUuid": "1",
        "includeSightings": "0", "excludeDecayed": true, "decayingModel": ["3", 4], "score": "40.5",
        "modelOverrides": {"threshold": 1}, "headerless": 1, "requested_attributes": ["uuid", "value"], "ttl": "1w"}),
    );
    for include in [Include::Context, Include::EventUuid, Include::DecayScore] {
        assert!(search.includes.has(include), "{include:?}");
    }
    assert_eq!(search.includes.get(Include::Sightings), Some(false));
    assert_eq!(search.includes.get(Include::Galaxy), None);
    assert_eq!(
        (search.decay.models, search.decay.threshold),
        (vec![3, 4], Some(40.5))
    );
    assert_eq!(search.decay.overrides, Some(json!({"threshold": 1})));
    assert_eq!(search.options.requested_attributes, ["uuid", "value"]);
    assert!(search.options.headerless);
    assert_eq!(search.options.zone.get("ttl").map(String::as_str), Some("1w"));
    let error = AttributeSearch::parse(&params(Scope::Attribute, &json!({"score": "high"})), NOW);
    assert!(matches!(error, Err(AppError::BadRequest(_))));
}
