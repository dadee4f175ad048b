//! Which events, and what of their content.

use super::{NOW, UUID, event, has, ids, names, not, params, since, tag, terms, uuids};
use crate::filter::Filter::{self, All, Any, Is};
use crate::flag::Flag3;
use crate::keys::Keys;
use crate::predicate::{AttributePredicate as A, EventPredicate as E, TagSelector};
use crate::scope::Scope;
use crate::search::EventSearch;
use crate::time::{DateRange, TimeRange};
use jiff::civil::date;
use serde_json::json;
use sightline_core::AppError;

#[test]
fn one_list_of_an_event_search() {
    let info = |texts: &[&str], fold_case| {
        Is(E::Info {
            terms: terms(texts),
            fold_case,
        })
    };
    for (body, expected) in [
        (json!({"returnFormat": "json"}), Filter::everything()),
        (json!({"value": ""}), Filter::everything()),
        (json!({"eventid": "all"}), Filter::everything()),
        (
            json!({"eventid": [3, UUID]}),
            Is(E::Event(Keys {
                ids: vec![3],
                ..uuids(UUID)
            })),
        ),
        (json!({"eventid": "!3"}), not(Is(E::Event(ids(&[3]))))),
        (json!({"eventid": "no such"}), Filter::nothing()),
        (
            json!({"uuid": UUID}),
            Any(vec![
                Is(E::Event(uuids(UUID))),
                has(Is(A::Attribute(uuids(UUID)))),
            ]),
        ),
        (json!({"uuid": "not one"}), Filter::nothing()),
        (json!({"value": "x"}), has(Is(A::Value(terms(&["x"]))))),
        (json!({"value": "!x"}), not(has(Is(A::Value(terms(&["x"])))))),
        (
            json!({"value": ["a", "!b"]}),
            All(vec![
                has(Is(A::Value(terms(&["a"])))),
                not(has(Is(A::Value(terms(&["b"]))))),
            ]),
        ),
        (
            json!({"type": "email-src"}),
            has(Is(A::Type(terms(&["email-src", "email"])))),
        ),
        (
            json!({"category": "Other", "object_relation": "ip"}),
            All(vec![
                has(Is(A::Category(terms(&["Other"])))),
                has(Is(A::ObjectRelation(terms(&["ip"])))),
            ]),
        ),
        (
            json!({"org": ["ACME", 4]}),
            Is(E::Creator(Keys {
                ids: vec![4],
                ..names(&["ACME"])
            })),
        ),
        (json!({"org": "!ACME"}), not(Is(E::Creator(names(&["ACME"]))))),
        (
            json!({"org.sector": "bank", "org.local": 1, "org.nationality": "%land"}),
            All(vec![
                Is(E::CreatorSector(terms(&["bank"]))),
                Is(E::CreatorNationality(terms(&["%land"]))),
                Is(E::CreatorLocal(true)),
            ]),
        ),
        (json!({"eventinfo": "%x%"}), info(&["%x%"], false)),
        (
            json!({"threat_level_id": [1, "2"]}),
            Is(E::ThreatLevel(vec![1, 2])),
        ),
        (json!({"threat_level_id": "high"}), Filter::nothing()),
        (json!({"distribution": 3}), Is(E::Distribution(vec![3]))),
        (json!({"sharinggroup": "9"}), Is(E::SharingGroup(ids(&[9])))),
        (json!({"sharing_group_id": 9}), Is(E::SharingGroup(ids(&[9])))),
        (json!({"event_uuid": UUID}), Is(E::Event(uuids(UUID)))),
        (json!({"idList": [1, 2]}), Is(E::Event(ids(&[1, 2])))),
        (json!({"eventsExtendingUuid": UUID}), Is(E::Extends(uuids(UUID)))),
    ] {
        assert_eq!(event(&body).filter, expected, "{body}");
    }
}

#[test]
fn flags_and_times_of_an_event_search() {
    for (body, expected) in [
        (json!({"published": false}), Is(E::Published(false))),
        (json!({"published": [true, false]}), Filter::everything()),
        (json!({"protected": 1}), Is(E::Protected(true))),
        (json!({"to_ids": 1}), has(Is(A::ToIds(true)))),
        (json!({"to_ids": "exclude"}), has(Is(A::ToIds(false)))),
        (json!({"deleted": 1}), has(Is(A::Deleted(true)))),
        (json!({"deleted": [0, 1]}), Filter::everything()),
        (
            json!({"last": "1d"}),
            Is(E::PublishTimestamp(since(NOW - 86_400))),
        ),
        (
            json!({"publish_timestamp": [20, 10]}),
            Is(E::PublishTimestamp(TimeRange {
                from: Some(10),
                to: Some(20),
            })),
        ),
        (json!({"timestamp": 5}), Is(E::Timestamp(since(5)))),
        (json!({"timestamp": "ad"}), Filter::nothing()),
        (json!({"event_timestamp": 5}), Is(E::Timestamp(since(5)))),
        (
            json!({"from": "2024-01-01", "to": 1_706_659_200}),
            All(vec![
                Is(E::Date(DateRange {
                    from: Some(date(2024, 1, 1)),
                    to: None,
                })),
                Is(E::Date(DateRange {
                    from: None,
                    to: Some(date(2024, 1, 31)),
                })),
            ]),
        ),
        (
            json!({"date": ["2024-01-31", "2024-01-01"]}),
            Is(E::Date(DateRange {
                from: Some(date(2024, 1, 1)),
                to: Some(date(2024, 1, 31)),
            })),
        ),
    ] {
        assert_eq!(event(&body).filter, expected, "{body}");
    }
}

#[test]
fn tags_of_an_event_search() {
    let on = |selector: TagSelector| Any(vec![Is(E::Tag(selector.clone())), has(Is(A::Tag(selector)))]);
    let country = TagSelector::OfCluster {
        key: "country".into(),
        values: terms(&["x"]),
    };
    for (body, expected) in [
        (json!({"tags": "a"}), on(tag("a"))),
        (json!({"tag": "a"}), on(tag("a"))),
        (json!({"tags": "a", "tag": "b"}), on(tag("a"))),
        (json!({"tags": 7}), on(TagSelector::Named(ids(&[7])))),
        (
            json!({"tags": {"AND": ["a", "b"]}}),
            All(vec![on(tag("a")), on(tag("b"))]),
        ),
        (
            json!({"tags": ["a", "!b"]}),
            All(vec![on(tag("a")), not(Is(E::Tag(tag("b"))))]),
        ),
        (
            json!({"event_tags": ["a", "!b"]}),
            All(vec![Is(E::Tag(tag("a"))), not(Is(E::Tag(tag("b"))))]),
        ),
        (json!({"galaxy.country": "x"}), on(country)),
    ] {
        assert_eq!(event(&body).filter, expected, "{body}");
    }
}

#[test]
fn content_of_the_events_found() {
    for (body, expected) in [
        (json!({"value": "x"}), Filter::everything()),
        (json!({"to_ids": 0}), Is(A::ToIds(false))),
        (
            json!({"tags": "!b", "to_ids": 1}),
            All(vec![Is(A::ToIds(true)), not(Is(A::Tag(tag("b"))))]),
        ),
        (json!({"blockedAttributeTags": ["c"]}), not(Is(A::Tag(tag("c"))))),
        (json!({"event_tags": "!b"}), Filter::everything()),
    ] {
        assert_eq!(event(&body).content.attributes, expected, "{body}");
    }
    for (body, expected) in [
        (json!({"value": "x"}), Flag3::No),
        (json!({"deleted": false}), Flag3::No),
        (json!({"deleted": "only"}), Flag3::Yes),
        (json!({"deleted": [1, 0]}), Flag3::Both),
    ] {
        assert_eq!(event(&body).content.deleted, expected, "{body}");
    }
    let content = event(&json!({"distribution": [1, 2], "sharing_group_id": "4"})).content;
    assert_eq!(
        (content.distribution, content.sharing_group),
        (vec![1, 2], vec![4])
    );
}

#[test]
fn full_text_replaces_all_other_filters() {
    let expected = Any(vec![
        Is(E::Info {
            terms: terms(&["%x%"]),
            fold_case: true,
        }),
        Is(E::Tag(tag("%x%"))),
        Is(E::HasReport(terms(&["%x%"]))),
        has(Any(vec![
            Is(A::Value(terms(&["%x%"]))),
            Is(A::Comment(terms(&["%x%"]))),
            Is(A::Tag(tag("%x%"))),
        ])),
    ]);
    for body in [
        json!({"searchall": "%x%", "org": "ACME", "published": 1}),
        json!({"searchall": 1, "value": "%x%", "timestamp": "5d"}),
        json!({"searchall": true, "value": ["%x%"]}),
    ] {
        assert_eq!(event(&body).filter, expected, "{body}");
    }
    assert_eq!(
        event(&json!({"searchall": 0, "value": "x"})).filter,
        has(Is(A::Value(terms(&["x"]))))
    );
}

#[test]
fn dates_that_are_no_dates_are_refused_with_the_field() {
    for field in [
        "timestamp",
        "last",
        "from",
        "date",
        "publish_timestamp",
        "event_timestamp",
    ] {
        let error = EventSearch::parse(&params(Scope::Event, &json!({ field: [1, 2, 3] })), NOW)
            .expect_err("refused");
        assert!(
            matches!(error, AppError::BadRequest(text) if text.contains(&format!("`{field}`"))),
            "{field}"
        );
    }
}
