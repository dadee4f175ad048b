//! Object searches.

use super::{EVENT_UUID, OBJECT_UUID, TEMPLATE_UUID, World, found_objects, on_world};
use serde_json::json;
use sightline_db::params;

#[test]
fn every_parameter_finds_what_it_should() {
    on_world(|tx, world| {
        for (body, expected) in [
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
        ] {
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
