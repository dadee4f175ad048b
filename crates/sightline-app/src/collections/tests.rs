//! Collections against real databases: who sees, changes and fills them; what they do not give away.

use super::*;
use crate::Settings;
use crate::tags::tests::world::{OTHER, OWNER, USER, World, on_each};
use serde_json::{Value, json};

fn body(value: Value) -> CollectionIn {
    serde_json::from_value(value).unwrap()
}

fn element(value: Value) -> ElementIn {
    serde_json::from_value(value).unwrap()
}

async fn made(ctx: &Ctx, distribution: i64) -> Collection {
    let new = json!({"name": "Op", "type": "campaign", "distribution": distribution});
    add(ctx, body(new)).await.unwrap().collection
}

async fn uuids(ctx: &Ctx, id: CollectionId) -> Vec<Uuid> {
    let whole = view(ctx, CollectionKey::Id(id)).await.unwrap();
    whole
        .elements
        .iter()
        .map(|element| element.element_uuid)
        .collect()
}

async fn event(world: &World, ctx: &Ctx, distribution: i64) -> Uuid {
    world
        .event(ctx, json!({"info": "x", "distribution": distribution}))
        .await
        .0
        .uuid
}

#[test]
fn a_collection_is_seen_as_far_as_it_is_shared_and_changed_by_its_creators() {
    on_each(&Settings::default(), |world| async move {
        let (owner, other) = (world.owner(), world.other());
        let private = made(&owner, 0).await;
        let open = made(&owner, 1).await;
        assert_eq!(
            (open.org_id, open.orgc_id, open.user_id.0),
            (OWNER, OWNER, OWNER.0)
        );
        let seen = |ctx: Ctx| async move {
            let (found, total) = index(&ctx, Filter::default(), 1, 10).await.unwrap();
            assert_eq!(i64::try_from(found.len()).unwrap(), total);
            found.iter().map(|one| one.collection.id).collect::<Vec<_>>()
        };
        assert_eq!(seen(owner.clone()).await, [private.id, open.id]);
        assert_eq!(seen(other.clone()).await, [open.id]);
        assert_eq!(seen(world.admin()).await.len(), 2);
        let unseen = CollectionKey::Uuid(private.uuid);
        assert!(matches!(view(&other, unseen).await, Err(AppError::NotAllowed(_))));
        let reader = world.member(OWNER, &[Permission::Audit]);
        for (ctx, key) in [
            (&other, CollectionKey::Id(open.id)),
            (&other, unseen),
            (&reader, CollectionKey::Id(open.id)),
        ] {
            assert!(edit(ctx, key, body(json!({"name": "x"}))).await.is_err());
            assert!(delete(ctx, key).await.is_err());
            let some = json!({"element_uuid": open.uuid, "element_type": "Event"});
            assert!(add_element(ctx, key, element(some)).await.is_err());
        }
        assert!(
            add(&reader, body(json!({"name": "x", "type": "other"})))
                .await
                .is_err()
        );
        let smuggled = json!({"name": "Op 2", "id": 99, "org_id": 3, "orgc_id": 3, "user_id": 3,
                              "uuid": "11111111-2222-4333-8444-555555555555"});
        let edited = edit(&owner, CollectionKey::Id(open.id), body(smuggled))
            .await
            .unwrap()
            .collection;
        assert_eq!(
            (
                edited.id,
                edited.uuid,
                edited.org_id,
                edited.orgc_id,
                edited.name.as_str()
            ),
            (open.id, open.uuid, OWNER, OWNER, "Op 2")
        );
        delete(&owner, CollectionKey::Id(open.id)).await.unwrap();
        assert!(seen(other).await.is_empty());
    });
}

#[test]
fn an_element_names_an_event_only_to_those_who_see_it() {
    on_each(&Settings::default(), |world| async move {
        let (owner, other) = (world.owner(), world.other());
        let open = made(&owner, 1).await;
        let key = CollectionKey::Id(open.id);
        let (hidden, shown) = (event(&world, &owner, 0).await, event(&world, &owner, 1).await);
        let unknown: Uuid = "11111111-2222-4333-8444-555555555555".parse().unwrap();
        for (uuid, kind) in [
            (hidden, json!(null)),
            (shown, json!(null)),
            (unknown, json!("GalaxyCluster")),
        ] {
            let added = json!({"element_uuid": uuid, "element_type": kind, "description": "why"});
            add_element(&owner, key, element(added)).await.unwrap();
        }
        assert_eq!(uuids(&owner, open.id).await, [hidden, shown, unknown]);
        assert_eq!(uuids(&other, open.id).await, [shown, unknown]);
        let (listed, _) = index(&other, Filter::default(), 1, 10).await.unwrap();
        assert_eq!(listed[0].elements, 2);
        let holding = |uuid| Filter {
            element: Some(uuid),
            ..Filter::default()
        };
        assert_eq!(index(&other, holding(hidden), 1, 10).await.unwrap().1, 0);
        assert_eq!(index(&owner, holding(hidden), 1, 10).await.unwrap().1, 1);
        // Without a type, the uuid of an event that one does not see is a uuid like any other.
        let theirs = made(&other, 1).await;
        for uuid in [hidden, unknown] {
            match add_element(
                &other,
                CollectionKey::Id(theirs.id),
                element(json!({"element_uuid": uuid})),
            )
            .await
            {
                Err(AppError::Invalid(errors)) => {
                    assert_eq!(errors.to_string(), "[element_type]: Invalid object type.");
                }
                answer => panic!("{answer:?}"),
            }
        }
        for wrong in [
            json!({"element_uuid": "no", "element_type": "Event"}),
            json!({"element_uuid": shown, "element_type": "Attribute"}),
            json!({"element_uuid": shown}),
        ] {
            let outcome = add_element(&owner, key, element(wrong.clone())).await;
            assert!(
                matches!(outcome, Err(AppError::Invalid(_))),
                "{wrong}: {outcome:?}"
            );
        }
    });
}

#[test]
fn an_element_is_taken_out_only_by_those_who_may_change_its_collection() {
    on_each(&Settings::default(), |world| async move {
        let (owner, other) = (world.owner(), world.other());
        let (open, theirs) = (made(&owner, 1).await, made(&other, 1).await);
        let shown = event(&world, &owner, 1).await;
        let some = || element(json!({"element_uuid": shown, "collection_id": 1}));
        let own = add_element(&other, CollectionKey::Id(theirs.id), some())
            .await
            .unwrap();
        assert_eq!(
            own.collection_id, theirs.id,
            "the collection addressed, not one that the body names"
        );
        let foreign = add_element(&owner, CollectionKey::Id(open.id), some())
            .await
            .unwrap();
        assert!(matches!(
            delete_element(&other, foreign.id).await,
            Err(AppError::NotAllowed(_))
        ));
        // Elements of another collection in an edit's list stay where they are.
        let list = json!({"CollectionElement": [{"id": foreign.id, "collection_id": open.id, "element_uuid": shown,
                                                 "description": "ours"}]});
        edit(&other, CollectionKey::Id(theirs.id), body(list))
            .await
            .unwrap();
        let whole = view(&owner, CollectionKey::Id(open.id)).await.unwrap();
        assert_eq!(
            (whole.elements[0].id, whole.elements[0].description.as_str()),
            (foreign.id, "")
        );
        let whole = view(&other, CollectionKey::Id(theirs.id)).await.unwrap();
        assert_eq!(
            (whole.elements[0].id, whole.elements[0].description.as_str()),
            (own.id, "ours")
        );
        delete_element(&other, own.id).await.unwrap();
        assert!(uuids(&other, theirs.id).await.is_empty());
    });
}

#[test]
fn a_list_of_elements_replaces_what_the_editor_sees_and_older_edits_are_refused() {
    on_each(&Settings::default(), |world| async move {
        let (owner, admin) = (world.owner(), world.admin());
        let [a, b, c] = [
            event(&world, &owner, 1).await,
            event(&world, &owner, 1).await,
            event(&world, &world.other(), 0).await,
        ];
        let new = json!({"name": "Op", "type": "campaign", "distribution": 1,
                         "CollectionElement": [{"element_uuid": a}, {"element_uuid": a}]});
        let made = add(&owner, body(new)).await.unwrap();
        assert_eq!(made.elements.len(), 1);
        let key = CollectionKey::Id(made.collection.id);
        add_element(&admin, key, element(json!({"element_uuid": c})))
            .await
            .unwrap();
        edit(
            &owner,
            key,
            body(json!({"CollectionElement": [{"element_uuid": b}]})),
        )
        .await
        .unwrap();
        assert_eq!(
            uuids(&owner, made.collection.id).await,
            [b],
            "what a site administrator put in is the owner's too"
        );
        let private = json!({"CollectionElement": [{"element_uuid": b}, {"element_uuid": c}]});
        edit(&admin, key, body(private)).await.unwrap();
        assert_eq!(uuids(&owner, made.collection.id).await, [b, c]);
        edit(
            &owner,
            key,
            body(json!({"CollectionElement": [{"element_uuid": b}]})),
        )
        .await
        .unwrap();
        edit(&owner, key, body(json!({"name": "Op 2"}))).await.unwrap();
        assert_eq!(uuids(&owner, made.collection.id).await, [b], "no list, no change");
        let older = json!({"name": "old", "modified": "2023-11-14 22:13:20"});
        match edit(&owner, key, body(older)).await {
            Err(AppError::Forbidden(reason)) => {
                assert_eq!(reason, "Collection received older or same as local version.");
            }
            other => panic!("{other:?}"),
        }
        edit(
            &owner,
            key,
            body(json!({"name": "new", "modified": "2023-11-14 22:13:21"})),
        )
        .await
        .unwrap();
    });
}

#[test]
fn a_collection_does_not_tell_a_hidden_event_from_one_that_is_not_here() {
    on_each(&Settings::default(), |world| async move {
        let (owner, other) = (world.owner(), world.other());
        let hidden = event(&world, &owner, 0).await;
        let unknown: Uuid = "11111111-2222-4333-8444-555555555555".parse().unwrap();
        let named = json!([{"element_uuid": hidden, "element_type": "Event", "description": "for our eyes"},
                           {"element_uuid": unknown, "element_type": "Event"}]);
        let new = json!({"name": "Op", "type": "other", "distribution": 1, "CollectionElement": named});
        // To who guesses: both are shown, counted, found, and refused a second time.
        let guessed = add(&other, body(new.clone())).await.unwrap().collection.id;
        assert_eq!(uuids(&other, guessed).await, [hidden, unknown]);
        for uuid in [hidden, unknown] {
            let holding = Filter {
                element: Some(uuid),
                ..Filter::default()
            };
            assert_eq!(index(&other, holding, 1, 10).await.unwrap().1, 1);
            let again = element(json!({"element_uuid": uuid, "element_type": "Event"}));
            assert!(
                add_element(&other, CollectionKey::Id(guessed), again)
                    .await
                    .is_err()
            );
        }
        // To who reads: neither.
        let dossier = add(&owner, body(new)).await.unwrap().collection.id;
        assert_eq!(uuids(&owner, dossier).await, [hidden, unknown]);
        assert!(uuids(&other, dossier).await.is_empty());
        // Deleting the event changes nothing of this.
        crate::events::delete(&owner, crate::events::EventKey::Uuid(hidden))
            .await
            .unwrap();
        assert_eq!(uuids(&other, guessed).await, [hidden, unknown]);
        assert!(uuids(&other, dossier).await.is_empty());
        assert_eq!(uuids(&owner, dossier).await, [hidden, unknown]);
    });
}

#[test]
fn a_collection_holds_so_many_elements_and_no_more() {
    on_each(&Settings::default(), |world| async move {
        let owner = world.owner();
        let open = made(&owner, 1).await;
        let key = CollectionKey::Id(open.id);
        let list = |first: u128, count: u128| {
            let elements: Vec<Value> = (first..first + count)
                .map(|n| json!({"element_uuid": Uuid::from_u128(n), "element_type": "Event"}))
                .collect();
            body(json!({"CollectionElement": elements}))
        };
        edit(&owner, key, list(1, 5_000)).await.unwrap();
        let more = element(json!({"element_uuid": Uuid::from_u128(7_000), "element_type": "Event"}));
        assert!(matches!(
            add_element(&owner, key, more).await,
            Err(AppError::TooLarge(_))
        ));
        edit(&owner, key, list(2_501, 5_000)).await.unwrap();
        assert_eq!(uuids(&owner, open.id).await.len(), 5_000);
    });
}

#[test]
fn wrong_fields_are_named() {
    on_each(&Settings::default(), |world| async move {
        let rights: Vec<Permission> = USER.to_vec();
        let other = world.member(OTHER, &rights);
        for (wrong, field) in [
            (json!({"type": "other"}), "name"),
            (json!({"name": "x"}), "type"),
            (
                json!({"name": "x", "type": "other", "distribution": 5}),
                "distribution",
            ),
            (
                json!({"name": "x", "type": "other", "distribution": 4}),
                "sharing_group_id",
            ),
            (json!({"name": "x", "type": "other", "uuid": "no"}), "uuid"),
            (
                json!({"name": "x", "type": "other", "modified": "no"}),
                "modified",
            ),
        ] {
            match add(&other, body(wrong.clone())).await {
                Err(AppError::Invalid(errors)) => assert!(errors.0.contains_key(field), "{wrong}: {errors}"),
                answer => panic!("{wrong}: {answer:?}"),
            }
        }
        let group = json!({"name": "x", "type": "other", "distribution": 4, "sharing_group_id": 12});
        assert!(matches!(
            add(&other, body(group)).await,
            Err(AppError::Forbidden(_))
        ));
    });
}
