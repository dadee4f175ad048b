//! The sample feed that ships with the product is a correct feed: its index, its events, its checksums, its sample.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::path::PathBuf;

use base64::Engine;
use serde_json::Value;
use sightline_formats::feed_hashes::push_hash_lines;
use sightline_formats::feed_manifest::read_manifest;
use sightline_formats::{hashes, malware_sample};
use sightline_misp::types::{AttributeType, Category, normalise, valid_pair, validate};

/// 2026-11-20, the day after the last event.
const END: i64 = 1_795_132_800;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../packaging/sample-feed")
}

fn attributes(event: &Value) -> Vec<&Value> {
    let inside = event["Object"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|object| object["Attribute"].as_array().unwrap());
    event["Attribute"]
        .as_array()
        .unwrap()
        .iter()
        .chain(inside)
        .collect()
}

/// The events in the order of the manifest; every entry agrees with its event.
fn events() -> Vec<Value> {
    let mut events = Vec::new();
    read_manifest(File::open(folder().join("manifest.json")).unwrap(), |entry| {
        let entry = entry.unwrap();
        let text = fs::read_to_string(folder().join(format!("{}.json", entry.uuid))).unwrap();
        let event = serde_json::from_str::<Value>(&text).unwrap()["Event"].take();
        assert_eq!(event["uuid"], *entry.uuid);
        assert_eq!(event["timestamp"], *entry.timestamp.to_string());
        assert_eq!(event["Orgc"]["uuid"], *entry.orgc_uuid);
        assert_eq!(event["Tag"].as_array().unwrap().len(), entry.tags.len());
        assert!(entry.publish_timestamp.unwrap() < END);
        events.push(event);
    })
    .unwrap();
    events
}

#[test]
fn every_value_is_valid_and_already_in_its_normal_form() {
    let events = events();
    assert!(events.len() >= 36, "{}", events.len());
    let mut kinds = HashSet::new();
    for attribute in events.iter().flat_map(attributes) {
        let (name, value) = (
            attribute["type"].as_str().unwrap(),
            attribute["value"].as_str().unwrap(),
        );
        let kind = AttributeType::parse(name).unwrap();
        let category = Category::parse(attribute["category"].as_str().unwrap()).unwrap();
        assert!(valid_pair(category, kind), "{attribute}");
        assert_eq!(normalise(kind, value), value, "{name}");
        assert_eq!(validate(kind, value), Ok(()), "{name} {value}");
        kinds.insert(name);
    }
    assert!(kinds.len() >= 190, "{}", kinds.len());
}

#[test]
fn references_extensions_and_uuids_hold_together() {
    let events = events();
    let known: HashSet<&str> = events
        .iter()
        .map(|event| event["uuid"].as_str().unwrap())
        .collect();
    let mut uuids = HashSet::new();
    let mut holders: HashMap<String, HashSet<&str>> = HashMap::new();
    let mut references = 0;
    for event in &events {
        let extends = event["extends_uuid"].as_str().unwrap();
        assert!(extends.is_empty() || known.contains(extends));
        for attribute in attributes(event) {
            assert!(uuids.insert(attribute["uuid"].as_str().unwrap()));
            let value = attribute["value"].as_str().unwrap().to_lowercase();
            holders
                .entry(value)
                .or_default()
                .insert(event["uuid"].as_str().unwrap());
        }
        let objects = event["Object"].as_array().unwrap();
        uuids.extend(objects.iter().map(|object| object["uuid"].as_str().unwrap()));
        for reference in objects
            .iter()
            .flat_map(|object| object["ObjectReference"].as_array().unwrap())
        {
            assert!(
                uuids.contains(reference["referenced_uuid"].as_str().unwrap()),
                "{reference}"
            );
            references += 1;
        }
    }
    assert!(references >= 30, "{references}");
    assert!(
        events
            .iter()
            .any(|event| !event["extends_uuid"].as_str().unwrap().is_empty())
    );
    assert!(events.iter().any(|event| attributes(event).len() >= 290));
    assert!(
        holders.values().filter(|events| events.len() > 1).count() >= 30,
        "values that correlate"
    );
}

#[test]
fn the_checksums_are_those_of_the_values() {
    let mut expected = String::new();
    for event in events() {
        for attribute in attributes(&event) {
            let text = |field: &str| attribute[field].as_str().unwrap();
            push_hash_lines(
                event["uuid"].as_str().unwrap(),
                text("type"),
                text("value"),
                &mut expected,
            );
        }
    }
    assert_eq!(fs::read_to_string(folder().join("hashes.csv")).unwrap(), expected);
}

#[test]
fn samples_open_with_the_usual_password() {
    let mut samples = 0;
    for event in events() {
        for attribute in attributes(&event)
            .into_iter()
            .filter(|attribute| attribute["type"] == "malware-sample")
        {
            let zip = base64::engine::general_purpose::STANDARD
                .decode(attribute["data"].as_str().unwrap())
                .unwrap();
            let sample = malware_sample::open(&zip, 1 << 20).unwrap();
            let value = format!("{}|{}", sample.filename, hashes::md5_hex(&sample.bytes));
            assert_eq!(attribute["value"], *value);
            samples += 1;
        }
    }
    assert!(samples >= 2);
}
