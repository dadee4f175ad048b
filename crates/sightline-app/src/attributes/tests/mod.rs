//! What adding and editing promise when several requests come at once, or one fails half-way.

mod many;

use super::*;
use crate::Settings;
use crate::events::EventKey;
use crate::tags::tests::world::{World, on_each};
use crate::tags::{self, TagKey};
use serde_json::{Value, json};
use sightline_core::FieldErrors;
use sightline_misp::input::AttributeIn;

/// Requests that come at once.
const CROWD: usize = 8;

fn input(body: Value) -> AttributeIn {
    serde_json::from_value(body).unwrap()
}

async fn attachment(world: &World) -> Attribute {
    let body = json!({"info": "With a file", "Attribute": [
        {"type": "attachment", "category": "External analysis", "value": "report.txt", "data": "YmVmb3Jl"},
        {"type": "domain", "category": "Network activity", "value": "taken.example"},
    ]});
    let (_, attributes) = world.event(&world.owner(), body).await;
    attributes.into_iter().find(|a| a.kind.is_attachment()).unwrap()
}

fn content(world: &World, attribute: &Attribute) -> Option<Vec<u8>> {
    world
        .platform
        .files
        .load(attribute.event_id, attribute.id)
        .unwrap()
}

#[test]
fn of_equal_attributes_that_come_at_once_one_is_stored() {
    on_each(&Settings::default(), |world| async move {
        let owner = world.owner();
        let (event, _) = world.event(&owner, json!({"info": "A crowd"})).await;
        let tasks: Vec<_> = (0..CROWD)
            .map(|_| {
                let (owner, key) = (owner.clone(), EventKey::Id(event.id));
                let twin = input(json!({"type": "domain", "value": "same.example"}));
                tokio::spawn(async move { add(&owner, key, vec![twin], true).await.unwrap().1 })
            })
            .collect();
        let mut stored = 0;
        let mut refused: Vec<FieldErrors> = Vec::new();
        for task in tasks {
            let outcome = task.await.unwrap();
            stored += outcome.stored.len();
            refused.extend(outcome.errors.into_values());
        }
        assert_eq!((stored, refused.len()), (1, CROWD - 1));
        assert_eq!(world.reload(event.id).await.attribute_count, 1);
    });
}

#[test]
fn edits_of_two_attributes_of_an_event_at_once_all_end() {
    on_each(&Settings::default(), |world| async move {
        let owner = world.owner();
        let body = json!({"info": "Two", "Attribute": [
            {"type": "domain", "value": "one.example"}, {"type": "domain", "value": "two.example"},
        ]});
        let (event, attributes) = world.event(&owner, body).await;
        let tasks: Vec<_> = (0..CROWD)
            .map(|n| {
                let (owner, event) = (owner.clone(), EventKey::Id(event.id));
                let key = AttributeKey::Id(attributes[n % 2].id);
                let again = input(json!({"type": "domain", "value": if n % 3 == 0 { "one.example" } else { "two.example" }}));
                tokio::spawn(async move {
                    edit(&owner, key, input(json!({"comment": format!("edit {n}")}))).await.unwrap();
                    let wish = tags::Wish {
                        tags: vec![TagKey::Name("shared".into())],
                        local: false,
                        relationship_type: None,
                        via: tags::Via::TagObject,
                    };
                    tags::attach(&owner, tags::TargetKey::Attribute(key), wish).await.unwrap();
                    add(&owner, event, vec![again], false).await.unwrap()
                })
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await.unwrap().1.stored.len(), 1);
        }
        assert_eq!(world.reload(event.id).await.attribute_count, 2);
    });
}

#[test]
fn a_file_changes_with_its_attribute_and_only_then() {
    on_each(&Settings::default(), |world| async move {
        let owner = world.owner();
        let attribute = attachment(&world).await;
        let key = AttributeKey::Id(attribute.id);
        assert_eq!(content(&world, &attribute).unwrap(), b"before");

        let rolled_back = world
            .owner()
            .write(move |ctx, tx| {
                let (before, event) = find_to_change(ctx, tx, &key)?;
                apply_edit(ctx, tx, &event, &before, &input(json!({"data": "YWZ0ZXI="})))?;
                ctx.platform.files.remove(tx, event.id, before.id);
                Err::<(), _>(AppError::BadRequest("on second thoughts".into()))
            })
            .await;
        assert!(rolled_back.is_err());
        assert_eq!(content(&world, &attribute).unwrap(), b"before");
        let folder = world.platform.files.directory(attribute.event_id);
        assert_eq!(
            std::fs::read_dir(folder).unwrap().count(),
            1,
            "nothing is left over"
        );

        edit(&owner, key, input(json!({"data": "YWZ0ZXI="})))
            .await
            .unwrap();
        assert_eq!(content(&world, &attribute).unwrap(), b"after");
        delete(&owner, key, true).await.unwrap();
        assert_eq!(content(&world, &attribute), None);
    });
}
