//! Searches over the wire: headers, shapes, refusals.

use crate::test_client::{Client, on_each};
use axum::http::HeaderMap;
use serde_json::{Value, json};

async fn post(api: &Client, path: &str, body: Value) -> (HeaderMap, Value) {
    let (status, headers, text) = api.raw("POST", path, &body.to_string()).await;
    assert_eq!(status, 200, "{path} {body}: {text}");
    (headers, serde_json::from_str(&text).unwrap())
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

/// Two events; the first holds `count` domains.
async fn fill(api: &Client, count: usize) {
    let domains: Vec<Value> = (0..count)
        .map(|n| json!({"type": "domain", "value": format!("host{n}.example"), "category": "Network activity"}))
        .collect();
    post(
        api,
        "/events/add",
        json!({"Event": {"info": "one", "distribution": 3, "Attribute": domains}}),
    )
    .await;
    post(
        api,
        "/events/add",
        json!({"Event": {"info": "two", "distribution": 3}}),
    )
    .await;
}

#[test]
fn headers_say_what_the_answer_is() {
    on_each(|api| async move {
        fill(&api, 3).await;
        let (headers, answer) = post(&api, "/events/restSearch", json!({"eventid": "1"})).await;
        assert_eq!(answer["response"][0]["Event"]["info"], "one");
        for (name, expected) in [
            ("content-type", "application/json; charset=UTF-8"),
            ("x-result-count", "1"),
            ("x-export-module-used", "json"),
            ("x-response-format", "json"),
            ("x-skipped-elements-count", "0"),
            (
                "content-disposition",
                "attachment; filename=\"misp.event.1.json\"",
            ),
        ] {
            assert_eq!(header(&headers, name), expected, "{name}");
        }
        let (headers, _) = post(&api, "/events/restSearch", json!({"eventinfo": "%o%"})).await;
        assert_eq!(
            header(&headers, "content-disposition"),
            "attachment; filename=\"misp.event.list.json\""
        );
        let (headers, answer) = post(&api, "/attributes/restSearch", json!({"limit": 2})).await;
        assert_eq!(header(&headers, "x-result-count"), "3");
        assert_eq!(answer["response"]["Attribute"].as_array().unwrap().len(), 2);
        let (_, headers, text) = api
            .raw(
                "POST",
                "/attributes/restSearch",
                r#"{"returnFormat": "count", "eventid": 1}"#,
            )
            .await;
        assert_eq!(
            (header(&headers, "content-type"), text.as_str()),
            ("text/plain; charset=UTF-8", "3")
        );
    });
}

#[test]
fn nothing_found_is_an_empty_list() {
    on_each(|api| async move {
        for (path, expected) in [
            ("/events/restSearch", "{\"response\": []}\n"),
            ("/attributes/restSearch", "{\"response\": {\"Attribute\": []}}\n"),
            ("/objects/restSearch", "{\"response\": []}\n"),
            ("/events/index", "[]"),
        ] {
            let (status, headers, text) = api.raw("POST", path, r#"{"timestamp": ["10d", "1h"]}"#).await;
            assert_eq!(
                (status, header(&headers, "x-result-count"), text.as_str()),
                (200, "0", expected),
                "{path}"
            );
        }
        let (status, _, text) = api.raw("GET", "/attributes/index", "").await;
        assert_eq!((status, text.as_str()), (200, "[]"));
    });
}

#[test]
fn long_answers_are_whole_though_they_come_in_pieces() {
    on_each(|api| async move {
        fill(&api, 2_500).await;
        let (headers, answer) = post(&api, "/attributes/restSearch", json!({"type": "domain"})).await;
        let rows = answer["response"]["Attribute"].as_array().unwrap();
        assert_eq!((rows.len(), header(&headers, "x-result-count")), (2_500, "2500"));
        assert_eq!(rows[2_499]["value"], "host2499.example");
        let (_, answer) = post(&api, "/events/restSearch", json!({"type": "domain"})).await;
        assert_eq!(
            answer["response"][0]["Event"]["Attribute"]
                .as_array()
                .unwrap()
                .len(),
            2_500
        );
    });
}

#[test]
fn parameters_may_stand_in_the_path() {
    on_each(|api| async move {
        fill(&api, 2).await;
        for path in [
            "/attributes/restSearch/value:host1.example",
            "/attributes/restSearch/json/host1.example",
            "/attributes/restSearch/json/null/null/null/domain/eventid:1/value:host1.example",
        ] {
            let (status, _, text) = api.raw("GET", path, "").await;
            let answer: Value = serde_json::from_str(&text).unwrap();
            let values: Vec<&Value> = answer["response"]["Attribute"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| &row["value"])
                .collect();
            assert_eq!((status, values), (200, vec![&json!("host1.example")]), "{path}");
        }
        let (_, headers, text) = api
            .raw("GET", "/events/index/limit:1/sort:info/direction:desc", "")
            .await;
        let answer: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            (answer[0]["info"].as_str(), header(&headers, "x-result-count")),
            (Some("two"), "2")
        );
    });
}

#[test]
fn refusals_are_the_references() {
    on_each(|api| async move {
        for (method, path, body, status, name) in [
            (
                "POST",
                "/events/restSearch",
                "",
                400,
                "Either specify the search terms in the url",
            ),
            (
                "POST",
                "/events/restSearch",
                "{}",
                400,
                "Either specify the search terms in the url",
            ),
            (
                "GET",
                "/events/restSearch.json",
                "",
                400,
                "Restsearch queries using GET and no parameters",
            ),
            (
                "POST",
                "/events/restSearch",
                "{nonsense",
                405,
                "Invalid JSON input.",
            ),
            (
                "POST",
                "/events/restSearch",
                r#"{"returnFormat": "bro"}"#,
                404,
                "Invalid output format.",
            ),
            (
                "POST",
                "/objects/restSearch",
                r#"{"returnFormat": "csv"}"#,
                404,
                "Invalid output format.",
            ),
            (
                "POST",
                "/attributes/restSearch",
                r#"{"timestamp": [1, 2, 3]}"#,
                400,
                "Invalid date specification",
            ),
            (
                "POST",
                "/eventReports/restSearch",
                r#"{"eventid": 1}"#,
                404,
                "RestSearch is not implemented",
            ),
        ] {
            let (answered, _, text) = api.raw(method, path, body).await;
            let answer: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(answered, status, "{path} {body}");
            assert!(
                answer["name"].as_str().unwrap().starts_with(name),
                "{path} {body}: {text}"
            );
        }
    });
}
