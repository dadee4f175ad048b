//! Deleting many attributes at once, against real databases.

use super::super::*;
use crate::Settings;
use crate::events::EventKey;
use crate::tags::tests::world::{World, on_each};
use serde_json::{Value, json};
use sightline_core::ids::EventId;
use sightline_core::limits::CHUNK_ROWS;
use sightline_db::params;

/// An event with more attributes than one batch holds, three of them in an object that refers to the first outside.
async fn large(world: &World) -> (EventId, Vec<Attribute>) {
    let uuid = "5f1b2c3d-0000-4000-8000-00000000000a";
    let mut list: Vec<Value> = (0..CHUNK_ROWS)
        .map(|n| json!({"type": "text", "value": format!("value {n}")}))
        .collect();
    list.push(json!({"type": "text", "value": "referred to", "uuid": uuid}));
    let inside: Vec<Value> = (0..3)
        .map(|n| json!({"type": "text", "object_relation": "text", "value": format!("inside {n}")}))
        .collect();
    let object = json!({"uuid": "5f1b2c3d-0000-4000-8000-0000000000bb", "name": "note", "meta-category": "misc", "description": "d", "template_version": "1",
        "template_uuid": "5f1b2c3d-0000-4000-8000-0000000000aa", "Attribute": inside,
        "ObjectReference": [{"referenced_uuid": uuid, "relationship_type": "related-to"}]});
    let body = json!({"info": "large", "distribution": 1, "Attribute": list, "Object": [object]});
    let (event, attributes) = world.event(&world.owner(), body).await;
    world.publish_quietly(event.id).await;
    (event.id, attributes)
}

async fn count(world: &World, sql: &'static str, id: EventId) -> i64 {
    let count = move |_: &Ctx, tx: &mut Tx<'_>| Ok(tx.int(sql, params![id])?);
    world.admin().read(count).await.unwrap()
}

const LIVE: &str = "SELECT COUNT(*) FROM attributes WHERE event_id = $1 AND NOT deleted";
const ROWS: &str = "SELECT COUNT(*) FROM attributes WHERE event_id = $1";
const REFERENCES: &str = "SELECT COUNT(*) FROM object_references WHERE event_id = $1 AND NOT deleted";
const AUDITED: &str = "SELECT COUNT(*) FROM audit_logs WHERE event_id = $1 AND model = 'Attribute' AND \
     action IN ('soft_delete', 'delete')";

#[test]
fn all_attributes_of_an_event_go_in_batches_those_in_objects_as_well() {
    on_each(&Settings::default(), |world| async move {
        let (id, attributes) = large(&world).await;
        let all = attributes.len();
        assert!(all > CHUNK_ROWS, "more than one batch");
        assert_eq!(count(&world, REFERENCES, id).await, 1);
        let key = EventKey::Id(id);
        assert_eq!(delete_many(&world.owner(), key, None, false).await.unwrap(), all);
        assert_eq!(count(&world, LIVE, id).await, 0);
        assert_eq!(count(&world, REFERENCES, id).await, 0);
        assert_eq!(count(&world, AUDITED, id).await, i64::try_from(all).unwrap());
        let event = world.reload(id).await;
        assert_eq!(
            (event.attribute_count, event.published, event.timestamp),
            (0, false, world.owner().now())
        );
        assert!(matches!(
            delete_many(&world.owner(), key, None, false).await,
            Err(AppError::NotFound(_))
        ));
        // For good: those that are marked are named.
        let ids: Vec<i64> = attributes.iter().map(|one| one.id.0).collect();
        assert_eq!(
            delete_many(&world.owner(), key, Some(ids), true).await.unwrap(),
            all
        );
        assert_eq!(count(&world, ROWS, id).await, 0);
        assert_eq!(world.reload(id).await.attribute_count, 0);
    });
}

#[test]
fn only_attributes_of_the_event_that_was_authorised_go() {
    on_each(&Settings::default(), |world| async move {
        let (owner, other) = (world.owner(), world.other());
        let one = |value: &str| json!({"info": "x", "distribution": 1, "Attribute": [{"type": "text", "value": value}]});
        let (mine, _) = world.event(&other, one("mine")).await;
        let (theirs, foreign) = world.event(&owner, one("theirs")).await;
        let ids = vec![foreign[0].id.0, 987_654];
        assert!(matches!(
            delete_many(&other, EventKey::Id(mine.id), Some(ids.clone()), true).await,
            Err(AppError::NotFound(_))
        ));
        for ids in [Some(ids), None] {
            assert!(matches!(
                delete_many(&other, EventKey::Id(theirs.id), ids, false).await,
                Err(AppError::Forbidden(_))
            ));
        }
        assert_eq!(count(&world, LIVE, theirs.id).await, 1);
        assert_eq!(world.reload(theirs.id).await.attribute_count, 1);
    });
}
