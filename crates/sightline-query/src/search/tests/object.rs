//! Which objects.

use super::{NOW, UUID, ids, not, params, since, tag, terms, uuids};
use crate::filter::Filter::{self, All, Any, Is};
use crate::flag::Flag3;
use crate::format::ReturnFormat;
use crate::predicate::{AttributePredicate as A, EventPredicate as E, ObjectPredicate as O};
use crate::scope::Scope;
use crate::search::ObjectSearch;
use serde_json::{Value, json};

fn object(body: &Value) -> ObjectSearch {
    ObjectSearch::parse(&params(Scope::Object, body), NOW).expect("accepted")
}

#[test]
fn one_parameter_of_an_object_search() {
    let held = |filter| Is(O::HasAttribute(Box::new(filter)));
    let of = |filter| Is(O::OfEvent(Box::new(filter)));
    let tagged = Any(vec![held(Is(A::Tag(tag("a")))), of(Is(E::Tag(tag("a"))))]);
    let uuid: uuid::Uuid = UUID.parse().expect("a uuid");
    for (body, expected) in [
        (json!({"value": "x"}), held(Is(A::Value(terms(&["x"]))))),
        (
            json!({"type": {"OR": ["ip-dst"], "NOT": ["md5"]}}),
            All(vec![
                held(Is(A::Type(terms(&["ip-dst"])))),
                not(held(Is(A::Type(terms(&["md5"]))))),
            ]),
        ),
        (json!({"tags": "a"}), tagged.clone()),
        (json!({"tags": {"NOT": ["a"]}}), not(tagged)),
        (
            json!({"uuid": UUID}),
            Any(vec![
                Is(O::Object(uuids(UUID))),
                held(Is(A::Attribute(uuids(UUID)))),
                of(Is(E::Event(uuids(UUID)))),
            ]),
        ),
        (json!({"object_name": "fi%"}), Is(O::Name(terms(&["fi%"])))),
        (
            json!({"object_template_uuid": UUID}),
            Is(O::TemplateUuid(vec![uuid])),
        ),
        (
            json!({"object_template_version": "7"}),
            Is(O::TemplateVersion(vec![7])),
        ),
        (json!({"first_seen": 1}), Is(O::FirstSeen(since(1_000_000)))),
        (json!({"timestamp": 5}), of(Is(E::Timestamp(since(5))))),
        (json!({"eventid": 1}), of(Is(E::Event(ids(&[1]))))),
    ] {
        let expected = Filter::all([expected, Is(O::Deleted(false))]);
        let sorted = |filter: &Filter<O>| match filter {
            All(parts) => {
                let mut parts: Vec<_> = parts.iter().map(|part| format!("{part:?}")).collect();
                parts.sort();
                parts
            }
            only => vec![format!("{only:?}")],
        };
        assert_eq!(sorted(&object(&body).filter), sorted(&expected), "{body}");
    }
    let all = object(&json!({"deleted": [0, 1]}));
    assert_eq!(
        (all.filter, all.deleted, all.format),
        (Filter::everything(), Flag3::Both, ReturnFormat::Json)
    );
    let only = object(&json!({"deleted": 1}));
    assert_eq!((only.filter, only.deleted), (Is(O::Deleted(true)), Flag3::Both));
}
