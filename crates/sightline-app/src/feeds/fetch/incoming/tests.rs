//! Wrappers, rules, sharing, tags.

use super::*;
use serde_json::{Value, json};
use sightline_misp::input::LooseList;

const UUID: &str = "5f1b2c3d-0000-4000-8000-00000000000a";

fn uuid() -> Uuid {
    Uuid::try_parse(UUID).unwrap()
}

fn plan(distribution: Distribution) -> Plan {
    Plan {
        rules: FeedRules::default(),
        settings: FeedSettings::default(),
        distribution,
        sharing_group: 0,
        tags: Vec::new(),
        to_ids: None,
    }
}

fn read(document: &Value) -> Result<Box<EventIn>, String> {
    read_event(document.to_string().as_bytes(), 0)
}

fn event(fields: &Value) -> Box<EventIn> {
    read(&json!({"Event": fields})).unwrap()
}

#[test]
fn every_wrapper_that_feeds_use_is_taken_off() {
    let bare = json!({"Event": {"info": "x"}});
    for document in [
        bare.clone(),
        json!([bare]),
        json!({"response": bare}),
        json!({"response": [bare]}),
        json!({"other": [1, {"Event": {}}], "response": [bare], "meta": null}),
    ] {
        assert_eq!(read(&document).unwrap().info, Loose::from("x"), "{document}");
        let large = read_event(document.to_string().as_bytes(), u64::MAX).unwrap();
        assert_eq!(large.info, Loose::from("x"), "streamed: {document}");
    }
}

#[test]
fn files_without_exactly_one_event_are_refused_with_a_reason() {
    let two = json!([{"Event": {}}, {"Event": {}}]);
    assert!(read(&two).unwrap_err().contains("more than one event"));
    assert_eq!(read(&json!([])).unwrap_err(), "there is no event in it");
    assert_eq!(
        read(&json!({"manifest": 1})).unwrap_err(),
        "there is no event in it"
    );
    assert!(
        read_event(b"<html>".as_slice(), 0)
            .unwrap_err()
            .contains("not readable as JSON")
    );
    assert!(
        read_event(b"{\"Event\": {\"info\": \"x\"".as_slice(), u64::MAX)
            .unwrap_err()
            .contains("not readable")
    );
}

#[test]
fn nul_characters_are_left_out_and_their_look_alikes_stay() {
    let text = br#"{"Event": {"info": "a\u0000b\\u0000c\n"}}"#;
    assert_eq!(
        read_event(text.as_slice(), 0).unwrap().info,
        Loose::from("ab\\u0000c\n")
    );
}

#[test]
fn a_file_must_hold_the_event_that_the_manifest_promised() {
    let mut other = event(&json!({"uuid": "5f1b2c3d-0000-4000-8000-00000000000b"}));
    assert!(plan(Distribution::Inherit).apply(&mut other, uuid()).is_err());
    let mut nameless = event(&json!({"info": "x", "extends_uuid": "12"}));
    plan(Distribution::Inherit).apply(&mut nameless, uuid()).unwrap();
    assert_eq!(nameless.uuid, Loose::from(UUID));
    assert_eq!(
        nameless.extends_uuid,
        Loose::Absent,
        "a number is an id of another instance"
    );
}

fn shared() -> Box<EventIn> {
    let group = json!({"uuid": "5f1b2c3d-0000-4000-8000-0000000000ff", "name": "g"});
    event(&json!({
        "uuid": UUID, "distribution": "3", "sharing_group_id": "7",
        "Attribute": [
            {"value": "a", "distribution": "1"},
            {"value": "b"},
            {"value": "c", "distribution": "4", "sharing_group_id": "7"},
            {"value": "d", "distribution": "4", "sharing_group_id": "7", "SharingGroup": group},
        ],
        "Object": [{"name": "file", "distribution": 2, "Attribute": [{"value": "e", "distribution": "0"}]}],
        "EventReport": [{"name": "r", "distribution": "5"}],
    }))
}

fn levels(event: &mut EventIn) -> Vec<i64> {
    attributes_of(event)
        .map(|attribute| attribute.distribution.int().unwrap())
        .collect()
}

#[test]
fn inheriting_keeps_what_the_feed_says_but_never_a_group_that_is_only_a_number() {
    let mut kept = shared();
    plan(Distribution::Inherit).apply(&mut kept, uuid()).unwrap();
    assert_eq!(kept.distribution.int(), Some(3));
    assert_eq!(levels(&mut kept), [1, 5, 0, 4, 0]);
    assert_eq!(kept.objects.0[0].distribution.int(), Some(2));
    assert!(attributes_of(&mut kept).all(|attribute| attribute.sharing_group_id == Loose::Absent));

    let mut silent = event(&json!({"uuid": UUID}));
    plan(Distribution::Inherit).apply(&mut silent, uuid()).unwrap();
    assert_eq!(
        silent.distribution.int(),
        Some(0),
        "what says nothing is shared with nobody"
    );
}

#[test]
fn a_level_of_the_feed_replaces_every_other() {
    let mut forced = shared();
    let with_group = Plan {
        sharing_group: 9,
        ..plan(Distribution::SharingGroup)
    };
    with_group.apply(&mut forced, uuid()).unwrap();
    assert_eq!(
        (forced.distribution.int(), forced.sharing_group_id.int()),
        (Some(4), Some(9))
    );
    assert!(forced.sharing_group.is_none());
    assert_eq!(levels(&mut forced), [5, 5, 5, 5, 5]);
    assert!(attributes_of(&mut forced).all(|attribute| attribute.sharing_group.is_none()));
    assert_eq!(forced.objects.0[0].distribution.int(), Some(5));
    assert_eq!(forced.reports.0[0].distribution.int(), Some(5));
}

#[test]
fn the_feeds_switches_reach_the_event() {
    let switched = Plan {
        settings: FeedSettings {
            unpublish_event: true,
            disable_correlation: true,
            ..FeedSettings::default()
        },
        to_ids: Some(false),
        tags: vec!["TLP:Clear".into()],
        ..plan(Distribution::Inherit)
    };
    let mut changed = shared();
    changed.published = Loose::Bool(true);
    switched.apply(&mut changed, uuid()).unwrap();
    assert_eq!(changed.published.flag(), Some(false));
    assert_eq!(changed.disable_correlation.flag(), Some(true));
    assert!(attributes_of(&mut changed).all(|attribute| attribute.to_ids == Loose::Bool(false)));
    assert_eq!(tags_of(&changed).collect::<Vec<_>>(), ["TLP:Clear"]);

    let mut tagged = shared();
    tagged.tags = LooseList(vec![TagIn {
        name: "tlp:clear".into(),
        ..TagIn::default()
    }]);
    switched.apply(&mut tagged, uuid()).unwrap();
    assert_eq!(tagged.tags.0.len(), 1, "it has the tag already, in another case");
}

#[test]
fn off_wins_over_on_for_the_ids_flag() {
    let forced = |override_ids, force_to_ids| {
        Plan::forced_to_ids(&Feed {
            override_ids,
            force_to_ids,
            ..Feed::default()
        })
    };
    assert_eq!(
        [forced(false, false), forced(false, true), forced(true, true)],
        [None, Some(true), Some(false)]
    );
}

#[test]
fn rules_look_at_tags_creator_and_time_of_the_file() {
    let rules = |rules: Value| Plan {
        rules: FeedRules::from_json(&rules).unwrap(),
        ..plan(Distribution::Inherit)
    };
    let subject = event(&json!({
        "timestamp": "1000", "Orgc": {"name": "Example CERT"}, "Tag": [{"name": "tlp:white"}],
        "EventTag": [{"Tag": {"name": "type:OSINT"}}],
    }));
    for (rule, allowed) in [
        (json!({}), true),
        (json!({"tags": {"OR": ["WHITE"]}}), true),
        (json!({"tags": {"OR": ["osint"]}}), true),
        (json!({"tags": {"NOT": ["tlp:"]}}), false),
        (json!({"orgs": {"OR": ["cert"]}}), true),
        (json!({"orgs": {"NOT": ["cert"]}}), false),
        (json!({"url_params": "{\"timestamp\": \"1001\"}"}), false),
        (json!({"url_params": "{\"timestamp\": \"1000\"}"}), true),
    ] {
        assert_eq!(rules(rule.clone()).allows(&subject, 2_000), allowed, "{rule}");
    }
}
