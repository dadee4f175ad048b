//! Attribute searches.

use super::{ATTRIBUTE_UUID, EVENT_UUID, GROUP_UUID, World, covered, found_attributes, on_world};
use serde_json::{Value, json};
use sightline_db::params;

#[test]
fn every_parameter_finds_what_it_should() {
    on_world(|tx, world| {
        let a = world.a.0;
        let cases: Vec<(Value, &[usize])> = vec![
            (json!({"returnFormat": "json"}), &[0, 1, 3, 4, 5]),
            (json!({"value": "2001:db8:0:0::7"}), &[0, 5]),
            (json!({"value": "!2001:db8::7"}), &[1, 3, 4]),
            (json!({"value": "evil.example|192.0.2.1"}), &[1]),
            (json!({"value1": "evil.example"}), &[1]),
            (json!({"value2": "evil.example"}), &[]),
            (json!({"value2": "192.0.2.1"}), &[1]),
            (json!({"value": "%invoice%"}), &[4]),
            (json!({"value": "Invoice%"}), &[4]),
            (json!({"value": {"AND": ["%example", "evil%"]}}), &[1]),
            (json!({"type": ["md5", "IP-DST"]}), &[0, 3]),
            (json!({"type": {"NOT": ["ip-%"]}}), &[1, 3, 4]),
            (json!({"category": "Network activity"}), &[0, 1, 5]),
            (json!({"object_relation": "filename"}), &[4]),
            (json!({"object_relation": {"NOT": ["filename"]}}), &[0, 1, 3, 5]),
            (json!({"tags": "c2"}), &[1]),
            (json!({"tags": "tlp:green"}), &[0, 1]),
            (json!({"tags": {"AND": ["tlp:green", "c2"]}}), &[1]),
            (json!({"tags": {"NOT": ["c2", "tlp:red"]}}), &[0, 3, 4]),
            (json!({"tags": "unknown"}), &[]),
            (json!({"uuid": ATTRIBUTE_UUID}), &[0]),
            (json!({"uuid": EVENT_UUID}), &[0, 1]),
            (json!({"uuid": {"NOT": [EVENT_UUID]}}), &[3, 4, 5]),
            (json!({"eventid": a}), &[0, 1]),
            (json!({"event_ids": [a]}), &[0, 1]),
            (json!({"timestamp": 2_000}), &[0]),
            (json!({"attribute_timestamp": [0, 2_000]}), &[1, 3, 4, 5]),
            (json!({"event_timestamp": 4_000}), &[3, 4]),
            (json!({"publish_timestamp": 1_500}), &[0, 1, 5]),
            (json!({"last": [1_500, 3_000]}), &[0, 1, 5]),
            (json!({"last": "1d"}), &[]),
            (json!({"cidr": "192.0.2.0/24"}), &[1]),
            (json!({"cidr": "!192.0.2.0/24"}), &[0, 3, 4, 5]),
            (json!({"from": "2026-01-05"}), &[0, 1]),
            (json!({"to": "2026-01-05"}), &[3, 4, 5]),
            (json!({"first_seen": 5}), &[0]),
            (json!({"first_seen": 11}), &[]),
            (json!({"last_seen": 30}), &[0]),
            (json!({"last_seen": [5, 15]}), &[]),
            (json!({"org": "Alpha"}), &[0, 1]),
            (json!({"eventinfo": "Phish%"}), &[0, 1]),
            (json!({"threat_level_id": 1}), &[3, 4]),
            (json!({"published": 1}), &[0, 1, 5]),
            (json!({"sharinggroup": GROUP_UUID}), &[]),
            (json!({"to_ids": "exclude"}), &[3]),
            (json!({"deleted": 1}), &[2]),
            (json!({"deleted": [0, 1]}), &[0, 1, 2, 3, 4, 5]),
            (json!({"order": "type"}), &[1, 4, 0, 5, 3]),
            (
                json!({"order": ["event_id desc", "Attribute.value"]}),
                &[5, 3, 4, 0, 1],
            ),
            (json!({"limit": 2}), &[0, 1]),
            (json!({"limit": 2, "page": 3}), &[5]),
            (json!({"limit": 2, "page": 4}), &[]),
        ];
        covered(
            cases.iter().map(|(body, _)| body),
            "value value1 value2 type category org tags from to last eventid uuid publish_timestamp published timestamp \
             to_ids deleted event_timestamp threat_level_id object_relation attribute_timestamp first_seen last_seen \
             eventinfo sharinggroup event_ids order limit page cidr",
        );
        for (body, expected) in cases {
            let (found, total) = found_attributes(tx, world, World::everybody(), &body);
            assert_eq!(found, expected, "{body}");
            assert_eq!(total, i64::try_from(expected.len()).unwrap(), "{body}");
        }
    });
}

#[test]
fn visibility_and_ownership_limit_every_search() {
    on_world(|tx, world| {
        let (alpha, beta) = (World::member(world.alpha), World::member(world.beta));
        tx.exec(
            "UPDATE attributes SET distribution = 0 WHERE id = $1",
            params![world.attributes[1]],
        )
        .unwrap();
        for (body, by_alpha, by_beta) in [
            (
                json!({"returnFormat": "json"}),
                vec![0, 1, 3, 4],
                vec![0, 3, 4, 5],
            ),
            (json!({"value": "2001:db8::7"}), vec![0], vec![0, 5]),
            (json!({"value": "evil.example"}), vec![1], vec![]),
            (json!({"deleted": [0, 1]}), vec![0, 1, 2, 3, 4], vec![0, 3, 4, 5]),
        ] {
            assert_eq!(
                found_attributes(tx, world, alpha, &body).0,
                by_alpha,
                "alpha {body}"
            );
            assert_eq!(found_attributes(tx, world, beta, &body).0, by_beta, "beta {body}");
        }
    });
}

#[test]
fn a_deleted_object_takes_its_attributes_along() {
    on_world(|tx, world| {
        tx.exec(
            "UPDATE objects SET deleted = TRUE WHERE id = $1",
            params![world.object],
        )
        .unwrap();
        let (found, _) = found_attributes(tx, world, World::everybody(), &json!({"type": "filename"}));
        assert_eq!(found, Vec::<usize>::new());
    });
}
