//! Which parameters get through, from where, and what is refused.

use super::{EMPTY_BODY, EMPTY_URL, INVALID_JSON, Params, Request};
use crate::scope::Scope;
use serde_json::{Value, json};
use sightline_core::{AppError, AppResult};

fn post(scope: Scope, body: &Value) -> AppResult<Params> {
    Params::harvest(
        scope,
        Request {
            body: Some(body),
            ..Request::default()
        },
    )
}

fn url(scope: Scope, positional: &[&str], named: &[(&str, &str)]) -> AppResult<Params> {
    let positional: Vec<String> = positional.iter().map(ToString::to_string).collect();
    let named: Vec<_> = named
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect();
    let request = Request {
        get: true,
        positional: &positional,
        named: &named,
        ..Request::default()
    };
    Params::harvest(scope, request)
}

fn values(params: AppResult<Params>) -> Value {
    Value::Object(params.expect("accepted").values.into_iter().collect())
}

#[test]
fn a_body_is_the_filters_or_wraps_them() {
    for body in [
        json!({"value": "x", "nonsense": 1}),
        json!({"request": {"value": "x", "comment": "y"}}),
    ] {
        assert_eq!(values(post(Scope::Event, &body)), json!({"value": "x"}), "{body}");
    }
}

#[test]
fn scopes_accept_different_parameters() {
    let body = json!({"searchall": "a", "first_seen": 1, "object_name": "b", "source": "c", "limit": 1, "page": 2,
        "quickFilter": "d", "org.sector": "e"});
    for (scope, expected) in [
        (
            Scope::Event,
            json!({"searchall": "a", "limit": 1, "page": 2, "org.sector": "e"}),
        ),
        (Scope::Attribute, json!({"first_seen": 1, "limit": 1, "page": 2})),
        (
            Scope::Object,
            json!({"first_seen": 1, "object_name": "b", "limit": 1, "page": 2}),
        ),
        (Scope::Sighting, json!({"source": "c", "limit": 1, "page": 2})),
    ] {
        assert_eq!(values(post(scope, &body)), expected);
    }
}

#[test]
fn names_with_a_free_end() {
    let body = json!({"galaxy.country": "x", "galaxy.cfr-type of_incident.2": "y", "galaxy.": "z", "galaxy.a/b": "w",
        "galaxy": "v"});
    let expected = json!({"galaxy.country": "x", "galaxy.cfr-type of_incident.2": "y"});
    assert_eq!(values(post(Scope::Event, &body)), expected);
}

#[test]
fn texts_are_trimmed_and_split() {
    for (given, kept) in [
        (json!("  x "), json!("x")),
        (json!("a||b|| c"), json!(["a", "b", "c"])),
        (json!("||a||b"), json!("||a||b")),
        (json!("a|b"), json!("a|b")),
        (json!(["a||b"]), json!(["a||b"])),
        (json!(5), json!(5)),
    ] {
        assert_eq!(
            values(post(Scope::Event, &json!({"value": given}))),
            json!({"value": kept}),
            "{given}"
        );
    }
}

#[test]
fn segments_are_positional_or_named() {
    assert_eq!(
        values(url(
            Scope::Event,
            &["json", "null", "ip-dst", "FALSE", "0", "", "a;b"],
            &[]
        )),
        json!({"returnFormat": "json", "type": "ip-dst", "searchall": "a:b"})
    );
    assert_eq!(
        values(url(
            Scope::Attribute,
            &[],
            &[
                ("returnFormat", "json"),
                ("last", "5d"),
                ("to_ids", "0"),
                ("x", "y")
            ]
        )),
        json!({"returnFormat": "json", "last": "5d", "to_ids": "0"})
    );
    assert_eq!(
        values(url(
            Scope::Attribute,
            &[],
            &[("deleted[]", "0"), ("deleted[]", "1")]
        )),
        json!({"deleted": ["0", "1"]})
    );
    let many = vec!["x"; 200];
    assert_eq!(
        values(url(Scope::Sighting, &many, &[]))
            .as_object()
            .map(serde_json::Map::len),
        Some(Scope::Sighting.accepted().len())
    );
}

#[test]
fn named_over_positional_over_body_over_defaults() {
    let body = json!({"returnFormat": "c", "value": "c", "type": "c", "org": null});
    let defaults =
        json!({"returnFormat": "d", "value": "d", "type": "d", "category": "d", "org": "d", "bad": "d"});
    let request = Request {
        positional: &["b".to_owned(), "b".to_owned()],
        named: &[("returnFormat".to_owned(), "a".to_owned())],
        body: Some(&body),
        defaults: defaults.as_object(),
        ..Request::default()
    };
    assert_eq!(
        values(Params::harvest(Scope::Event, request)),
        json!({"returnFormat": "a", "value": "b", "type": "c", "category": "d"})
    );
}

#[test]
fn a_request_without_parameters_is_refused() {
    let bad = |result: AppResult<Params>, text| matches!(result, Err(AppError::BadRequest(t)) if t == text);
    for body in [json!({}), json!([]), json!(null), json!({"request": {}})] {
        assert!(bad(post(Scope::Event, &body), EMPTY_BODY), "{body}");
    }
    assert!(bad(Params::harvest(Scope::Event, Request::default()), EMPTY_BODY));
    assert!(bad(url(Scope::Event, &[], &[]), EMPTY_URL));
    let body = json!({"value": "x"});
    let request = Request {
        get: true,
        body: Some(&body),
        ..Request::default()
    };
    assert!(
        bad(Params::harvest(Scope::Event, request), EMPTY_URL),
        "the body of a GET does not count"
    );
}

#[test]
fn a_body_that_is_no_object_is_refused() {
    for body in [json!("value"), json!([1]), json!(3), json!({"request": "x"})] {
        let result = post(Scope::Attribute, &body);
        assert!(
            matches!(result, Err(AppError::NotAllowed(text)) if text == INVALID_JSON),
            "{body}"
        );
    }
}

#[test]
fn controllers() {
    assert_eq!(Scope::of_controller("objects").expect("known"), Scope::Object);
    for name in ["Events", "eventReports", "tags"] {
        let error = Scope::of_controller(name).expect_err("unknown");
        assert!(matches!(error, AppError::NotFound(_)), "{name}");
        assert_eq!(
            error.to_string(),
            "RestSearch is not implemented (yet) for this scope."
        );
    }
}

#[test]
fn index_names_have_any_case_and_a_prefix() {
    let body = json!({"searchInfo": 1, "SearchEventInfo": "a", "ORG": "b", "junk": 1, "all": null});
    let named = [
        ("searchtag".to_owned(), "c;d".to_owned()),
        ("limit".to_owned(), "5".to_owned()),
    ];
    let request = Request {
        body: Some(&body),
        named: &named,
        ..Request::default()
    };
    assert_eq!(
        values(Params::harvest_index(
            &["eventinfo", "org", "tag", "all"],
            request
        )),
        json!({"eventinfo": "a", "org": "b", "tag": "c:d", "limit": "5"})
    );
}
