//! Rules against manifests and events, and rules that are refused.

use super::*;
use crate::feed_manifest::ManifestTag;
use proptest::prelude::*;
use serde_json::json;

const NOW: Timestamp = 1_795_000_000;
const ORG: &str = "55f6ea5e-2c60-40e5-964f-47a8950d210f";

fn rules(value: &Value) -> FeedRules {
    FeedRules::from_json(value).unwrap()
}

fn entry() -> ManifestEntry {
    ManifestEntry {
        orgc_name: "Harbour CERT".into(),
        orgc_uuid: ORG.into(),
        tags: vec![ManifestTag {
            name: "tlp:clear".into(),
            colour: "#ffffff".into(),
        }],
        timestamp: NOW - 5 * 86_400,
        publish_timestamp: None,
        ..ManifestEntry::default()
    }
}

fn allows_event(rules: &FeedRules, tag: &str, published: Option<Timestamp>) -> bool {
    let tags = [tag.to_owned()];
    let facts = EventFacts {
        tags: &tags,
        orgc_name: "Harbour CERT",
        orgc_uuid: ORG,
        timestamp: NOW - 5 * 86_400,
        publish_timestamp: published,
    };
    rules.allows_event(facts, NOW)
}

#[test]
fn nothing_restricts_nothing() {
    for empty in [
        json!(null),
        json!(""),
        json!([]),
        json!("[]"),
        json!({"tags": {"OR": [], "NOT": []}, "url_params": ""}),
    ] {
        assert_eq!(rules(&empty), FeedRules::default(), "{empty}");
    }
    assert!(FeedRules::default().allows_manifest(&entry(), NOW));
    assert!(allows_event(&FeedRules::default(), "x", None));
}

#[test]
fn the_manifest_is_compared_exactly() {
    let allowed = |value: Value| rules(&value).allows_manifest(&entry(), NOW);
    assert!(allowed(json!({"tags": {"OR": ["tlp:clear", "x"]}})));
    assert!(!allowed(json!({"tags": {"OR": ["tlp"]}})));
    assert!(!allowed(json!({"tags": {"NOT": ["tlp:clear"]}})));
    assert!(allowed(json!({"orgs": {"OR": ["Harbour CERT"]}})));
    assert!(allowed(json!({"orgs": {"OR": [ORG.to_uppercase()]}})));
    assert!(!allowed(json!({"orgs": {"OR": ["harbour"]}})));
    assert!(!allowed(json!({"orgs": {"NOT": [ORG]}})));
    assert!(allowed(
        json!({"url_params": "{\"timestamp\":\"30d\",\"publish_timestamp\":\"1d\"}"})
    ));
    assert!(!allowed(json!({"url_params": {"timestamp": "3d"}})));
    assert!(!allowed(json!({"url_params": {"timestamp": ["30d", "10d"]}})));
    let mut published = entry();
    published.publish_timestamp = Some(NOW - 2 * 86_400);
    assert!(!rules(&json!({"url_params": {"publish_timestamp": "1d"}})).allows_manifest(&published, NOW));
}

#[test]
fn an_event_is_compared_by_parts_whatever_the_case() {
    let stored = Value::String(json!({"tags": {"OR": ["TLP"]}, "orgs": {"OR": ["harbour"]}}).to_string());
    assert!(allows_event(&rules(&stored), "tlp:green", None));
    assert!(!allows_event(&rules(&stored), "type:OSINT", None));
    assert!(!allows_event(
        &rules(&json!({"tags": {"NOT": ["osint"]}})),
        "type:OSINT",
        None
    ));
    let recent = rules(&json!({"url_params": {"publish_timestamp": "3d"}}));
    assert!(allows_event(&recent, "x", Some(NOW)) && !allows_event(&recent, "x", Some(NOW - 4 * 86_400)));
}

#[test]
fn refusals_say_why() {
    let message = |value: Value| FeedRules::from_json(&value).unwrap_err().to_string();
    assert!(message(json!("{")).contains("not a JSON object"));
    assert!(message(json!([1])).contains("not a JSON object"));
    assert!(message(json!({"tags": {"OR": "x"}})).contains("for tags"));
    assert!(message(json!({"orgs": {"NOT": [1]}})).contains("for orgs"));
    assert!(message(json!({"url_params": {"timestamp": "soon"}})).contains("timestamp"));
}

proptest! {
    #[test]
    fn never_panics(text in ".{0,60}") {
        let _ = FeedRules::from_json(&Value::String(text));
    }
}
