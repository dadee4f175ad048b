//! Events are what they claim to be, and always the same.

use super::*;
use serde_json::Value;
use std::collections::HashSet;

fn attributes(event: &Value) -> usize {
    let alone = event["Attribute"].as_array().unwrap().len();
    let objects = event["Object"].as_array().unwrap();
    alone
        + objects
            .iter()
            .map(|o| o["Attribute"].as_array().unwrap().len())
            .sum::<usize>()
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_exactly_the_wanted_attributes() {
    let all: Vec<Generated> = events(1, 5_000).collect();
    let again: Vec<Generated> = events(1, 5_000).collect();
    assert!(
        all.iter()
            .zip(&again)
            .all(|(a, b)| a.bytes == b.bytes && a.uuid == b.uuid)
    );
    assert_ne!(all[0].bytes, events(2, 5_000).next().unwrap().bytes);
    let mut counted = 0;
    for one in &all {
        let parsed: Value = serde_json::from_slice(&one.bytes).unwrap();
        assert_eq!(attributes(&parsed["Event"]), one.attributes);
        assert_eq!(parsed["Event"]["uuid"], one.uuid.to_string());
        counted += one.attributes;
    }
    assert_eq!(counted, 5_000);
}

#[test]
fn the_mix_is_that_of_real_feeds() {
    let one = event(3, 1, 20_000);
    let parsed: Value = serde_json::from_slice(&one.bytes).unwrap();
    let list = parsed["Event"]["Attribute"].as_array().unwrap();
    let share = |kind: &str| list.iter().filter(|a| a["type"] == kind).count() * 100 / list.len();
    assert!((52..=58).contains(&share("domain")), "{}", share("domain"));
    assert!((28..=34).contains(&share("url")), "{}", share("url"));
    let tagged = list.iter().filter(|a| a.get("Tag").is_some()).count() * 100 / list.len();
    assert!((38..=44).contains(&tagged), "{tagged}");
    assert!(!parsed["Event"]["Object"].as_array().unwrap().is_empty());
}

#[test]
fn values_recur_in_other_events() {
    let values = |number: u64| -> HashSet<String> {
        let parsed: Value = serde_json::from_slice(&event(4, number, 2_000).bytes).unwrap();
        let list = parsed["Event"]["Attribute"].as_array().unwrap();
        list.iter()
            .map(|a| a["value"].as_str().unwrap().to_owned())
            .collect()
    };
    assert!(values(1).intersection(&values(2)).count() > 5);
}
