//! Object searches.

use super::{EVENT_UUID, OBJECT_UUID, TEMPLATE_UUID, World, covered, found_objects, on_world};
use serde_json::json;
use sightline_db::params;

#[test]
fn every_parameter_finds_what_it_should() {
    on_world(|tx, world| {
        let cases = [
            (json!({"category": "Payload delivery"}), 1),
            (json!({"category": "Other"}), 0),
            (json!({"from": "2026-01-01"}), 1),
            (json!({"from": "2026-01-02"}), 0),
            (json!({"to": "2025-12-31"}), 0),
            (json!({"last": "1d"}), 0),
            (json!({"publish_timestamp": [0, 10]}), 1),
            (json!({"publish_timestamp": 1}), 0),
            (json!({"to_ids": 1}), 1),
            (json!({"to_ids": 0}), 0),
            (json!({"event_timestamp": 4_000}), 1),
            (json!({"event_timestamp": 6_000}), 0),
            (json!({"threat_level_id": 1}), 1),
            (json!({"threat_level_id": 2}), 0),
            (json!({"object_relation": "filename"}), 1),
            (json!({"object_relation": "md5"}), 0),
            (json!({"cidr": "192.0.2.0/24"}), 0),
            (json!({"object_name": "file"}), 1),
            (json!({"object_name": "url"}), 0),
            (json!({"object_template_uuid": TEMPLATE_UUID}), 1),
            (json!({"object_template_version": 23}), 0),
            (json!({"object_template_version": "24"}), 1),
            (json!({"uuid": OBJECT_UUID}), 1),
            (json!({"uuid": EVENT_UUID}), 0),
            (json!({"value": "invoice_2026.exe"}), 1),
            (json!({"value": "evil.example"}), 0),
            (json!({"type": "filename"}), 1),
            // The hash stands in the same event, not in the object.
            (json!({"type": "md5"}), 0),
            (json!({"type": {"NOT": ["filename"]}}), 0),
            (json!({"eventid": world.b.0}), 1),
            (json!({"org": "Alpha"}), 0),
            (json!({"published": 0}), 1),
            (json!({"timestamp": 4_000}), 1),
            (json!({"timestamp": 6_000}), 0),
            (json!({"first_seen": 5}), 1),
            (json!({"last_seen": 5}), 0),
            (json!({"tags": "tlp:green"}), 0),
            (json!({"tags": {"NOT": ["tlp:green"]}}), 1),
            (json!({"deleted": 1}), 0),
            (json!({"limit": 1, "page": 2}), 0),
        ];
        covered(
            cases.iter().map(|(body, _)| body),
            "value type category org tags first_seen last_seen from to last eventid uuid publish_timestamp published \
             timestamp to_ids deleted event_timestamp threat_level_id object_relation object_name object_template_uuid \
             object_template_version limit page cidr",
        );
        for (body, expected) in cases {
            assert_eq!(
                found_objects(tx, world, World::everybody(), &body),
                expected,
                "{body}"
            );
        }
    });
}

#[test]
fn hidden_and_deleted_objects_are_not_found() {
    on_world(|tx, world| {
        let all = json!({"returnFormat": "json"});
        let deleted = json!({"deleted": 1});
        tx.exec("UPDATE objects SET distribution = 0", params![]).unwrap();
        assert_eq!(found_objects(tx, world, World::member(world.alpha), &all), 0);
        assert_eq!(found_objects(tx, world, World::member(world.beta), &all), 1);
        tx.exec("UPDATE objects SET distribution = 5, deleted = TRUE", params![])
            .unwrap();
        assert_eq!(found_objects(tx, world, World::everybody(), &all), 0);
        assert_eq!(found_objects(tx, world, World::everybody(), &deleted), 1);
        assert_eq!(found_objects(tx, world, World::member(world.alpha), &deleted), 0);
        assert_eq!(found_objects(tx, world, World::member(world.beta), &deleted), 1);
    });
}
