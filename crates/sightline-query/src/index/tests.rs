//! What the indexes make of their parameters.

use super::{AttributeIndex, EventIndex};
use crate::filter::Filter::{self, All, Any, Is, Not};
use crate::keys::Keys;
use crate::order::{AttributeColumn, EventColumn, Order};
use crate::params::Request;
use crate::predicate::{AttributePredicate as A, EventPredicate as E, TagSelector};
use crate::terms::Term;
use crate::time::{DateRange, TimeRange};
use jiff::civil::date;
use serde_json::{Value, json};

const UUID: &str = "5c9d6f1e-3b7a-4d7e-9f5a-0a1b2c3d4e5f";

fn index(body: &Value) -> EventIndex {
    EventIndex::parse(
        Request {
            body: Some(body),
            ..Request::default()
        },
        1_700_000_000,
    )
    .expect("accepted")
}

fn terms(texts: &[&str]) -> Vec<Term> {
    texts.iter().map(|text| Term::parse(text)).collect()
}

fn ids(ids: &[i64]) -> Keys {
    Keys {
        ids: ids.to_vec(),
        ..Keys::default()
    }
}

fn names(texts: &[&str]) -> Keys {
    Keys {
        names: terms(texts),
        ..Keys::default()
    }
}

fn has(filter: Filter<A>) -> Filter<E> {
    Is(E::HasAttribute(Box::new(filter)))
}

fn not<P>(part: Filter<P>) -> Filter<P> {
    Not(Box::new(part))
}

#[test]
fn one_filter_of_the_event_index() {
    let tag = |texts: &[&str]| Is(E::Tag(TagSelector::Named(names(texts))));
    let info = |texts: &[&str]| {
        Is(E::Info {
            terms: terms(texts),
            fold_case: true,
        })
    };
    let since = |from| TimeRange {
        from: Some(from),
        to: None,
    };
    for (body, expected) in [
        (json!({}), Filter::everything()),
        (json!({"request": {"searchpublished": 1}}), Is(E::Published(true))),
        (json!({"published": 2}), Filter::everything()),
        (json!({"published": [0, 1]}), Filter::everything()),
        (json!({"hasproposal": "0"}), Is(E::HasProposal(false))),
        (
            json!({"attribute": "a|!b"}),
            All(vec![
                has(Is(A::Value(terms(&["%a%"])))),
                not(has(Is(A::Value(terms(&["%b%"]))))),
            ]),
        ),
        (json!({"value": "a"}), has(Is(A::Value(terms(&["a"]))))),
        (json!({"eventid": "1|2"}), Is(E::Event(ids(&[1, 2])))),
        (json!({"eventid": "!1"}), not(Is(E::Event(ids(&[1]))))),
        (json!({"eventinfo": "a|b"}), info(&["%a%", "%b%"])),
        (
            json!({"eventinfo": r"C:\\Windows\\a"}),
            info(&[r"%C:\\Windows\\a%"]),
        ),
        (
            json!({"org": ["ACME", 3]}),
            Is(E::Creator(Keys {
                ids: vec![3],
                ..names(&["ACME"])
            })),
        ),
        (json!({"tag": "a|b"}), tag(&["a", "b"])),
        (
            json!({"tags": ["a", "!b"]}),
            All(vec![tag(&["a"]), not(tag(&["b"]))]),
        ),
        (
            json!({"tag": "a&b&!c"}),
            All(vec![tag(&["a"]), tag(&["b"]), not(tag(&["c"]))]),
        ),
        (json!({"email": "a@b"}), Is(E::CreatorEmail(terms(&["%a@b%"])))),
        (json!({"sharinggroup": "1|2"}), Is(E::SharingGroup(ids(&[1, 2])))),
        (json!({"distribution": [0, 1]}), Is(E::Distribution(vec![0, 1]))),
        (json!({"analysis": "0|1"}), Is(E::Analysis(vec![0, 1]))),
        (json!({"threatlevel": "!4"}), not(Is(E::ThreatLevel(vec![4])))),
        (
            json!({"timestamp": 1_795_497_459.0}),
            Is(E::Timestamp(since(1_795_497_459))),
        ),
        (
            json!({"publishtimestamp": [1, 2]}),
            Is(E::PublishTimestamp(TimeRange {
                from: Some(1),
                to: Some(2),
            })),
        ),
        (
            json!({"datefrom": "2024-01-31", "dateuntil": 1_706_659_200}),
            All(vec![
                Is(E::Date(DateRange {
                    from: Some(date(2024, 1, 31)),
                    to: None,
                })),
                Is(E::Date(DateRange {
                    from: None,
                    to: Some(date(2024, 1, 31)),
                })),
            ]),
        ),
        (json!({"minimal": 1}), Is(E::HasContent)),
    ] {
        assert_eq!(index(&body).filter, expected, "{body}");
    }
}

#[test]
fn all_looks_everywhere() {
    let inside = terms(&[&format!("%{UUID}%")]);
    let keys = Keys {
        names: inside.clone(),
        ..Keys::default()
    };
    let tag = TagSelector::Named(keys.clone());
    let expected = Any(vec![
        Is(E::Info {
            terms: inside.clone(),
            fold_case: true,
        }),
        Is(E::Tag(tag.clone())),
        Is(E::HasReport(inside.clone())),
        has(Any(vec![
            Is(A::Value(inside.clone())),
            Is(A::Comment(inside)),
            Is(A::Tag(tag)),
        ])),
        Is(E::Creator(keys)),
        Is(E::Event(Keys {
            uuids: vec![UUID.parse().expect("a uuid")],
            ..Keys::default()
        })),
    ]);
    assert_eq!(index(&json!({ "all": UUID })).filter, expected);
}

#[test]
fn paging_and_order_of_the_event_index() {
    let named = [
        ("sort", "date"),
        ("direction", "DESC"),
        ("limit", "1"),
        ("page", "2"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let index = EventIndex::parse(
        Request {
            get: true,
            named: &named,
            ..Request::default()
        },
        0,
    )
    .expect("accepted");
    assert_eq!(
        index.order,
        [Order {
            column: EventColumn::Date,
            descending: true
        }]
    );
    assert_eq!(
        (index.paging.limit, index.paging.page, index.minimal),
        (Some(1), 2, false)
    );
    let whole = self::index(&json!({"sort": "password", "direction": "asc"}));
    assert_eq!((whole.order, whole.paging.limit), (vec![], None));
}

#[test]
fn the_attribute_index_is_always_paged() {
    let parse = |body: Value| {
        AttributeIndex::parse(Request {
            body: Some(&body),
            ..Request::default()
        })
        .expect("accepted")
    };
    let plain = parse(json!({}));
    assert_eq!(
        (plain.paging.limit, plain.filter),
        (Some(60), Is(A::Deleted(false)))
    );
    assert_eq!(
        plain.order,
        [Order {
            column: AttributeColumn::Event,
            descending: true
        }]
    );
    let other = parse(json!({"limit": 100_000, "page": 3, "sort": "type", "searchvalue": "x"}));
    assert_eq!((other.paging.limit, other.paging.page), (Some(9_999), 3));
    assert_eq!(
        other.order,
        [Order {
            column: AttributeColumn::Type,
            descending: false
        }]
    );
    assert_eq!(
        other.filter,
        All(vec![Is(A::Deleted(false)), Is(A::Value(terms(&["x"])))])
    );
}
