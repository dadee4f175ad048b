//! Tag collections against real databases: who sees and changes them, and what attaching one does.

use super::*;
use crate::Settings;
use crate::tags::tests::world::{OTHER, OWNER, USER, World, on_each};
use crate::tags::{Outcome, TagKey, TargetKey, Via, Wish};
use serde_json::{Value, json};
use sightline_misp::input::TagIn;

fn body(value: Value) -> TagCollectionIn {
    serde_json::from_value(value).unwrap()
}

fn editor(world: &World, org: OrgId) -> Ctx {
    let rights: Vec<Permission> = USER.iter().copied().chain([Permission::TagEditor]).collect();
    world.member(org, &rights)
}

async fn tag(ctx: &Ctx, value: Value) -> TagKey {
    let input: TagIn = serde_json::from_value(value).unwrap();
    TagKey::Id(tags::add(ctx, input).await.unwrap().id)
}

fn names(whole: &Whole) -> Vec<&str> {
    whole.tags.iter().map(|row| row.tag.name.as_str()).collect()
}

async fn all(ctx: &Ctx) -> Vec<String> {
    let (found, total) = index(ctx, Filter::default(), 1, 100).await.unwrap();
    assert_eq!(usize::try_from(total).unwrap(), found.len());
    found.into_iter().map(|whole| whole.collection.name).collect()
}

#[test]
fn a_bundle_belongs_to_an_organisation_and_may_be_for_all() {
    on_each(&Settings::default(), |world| async move {
        let owner = editor(&world, OWNER);
        let other = editor(&world, OTHER);
        let smuggled = json!({"name": "triage", "org_id": 3, "user_id": 3, "id": 77, "all_orgs": false});
        let made = add(&owner, body(smuggled)).await.unwrap().collection;
        assert_eq!((made.org_id, made.user_id.0), (OWNER, OWNER.0));
        assert_eq!(all(&owner).await, ["triage"]);
        assert_eq!(all(&world.admin()).await, ["triage"]);
        assert!(all(&other).await.is_empty());
        assert!(matches!(view(&other, made.id).await, Err(AppError::NotFound(_))));
        assert!(matches!(
            edit(&other, made.id, body(json!({"name": "x"}))).await,
            Err(AppError::NotFound(_))
        ));
        edit(&owner, made.id, body(json!({"all_orgs": "1"})))
            .await
            .unwrap();
        assert_eq!(all(&other).await, ["triage"]);
        // Seen, but not theirs.
        let tag = tag(&other, json!({"name": "theirs"})).await;
        for outcome in [
            edit(&other, made.id, body(json!({"name": "x"}))).await.map(drop),
            delete(&other, made.id).await,
            add_tags(&other, made.id, vec![tag]).await.map(drop),
        ] {
            assert!(matches!(outcome, Err(AppError::Forbidden(_))), "{outcome:?}");
        }
        // Without the right nobody makes one, their own organisation's included.
        assert!(matches!(
            add(&world.owner(), body(json!({"name": "x"}))).await,
            Err(AppError::Forbidden(_))
        ));
        for (wrong, field) in [
            (json!({}), "name"),
            (json!({"name": "x".repeat(256)}), "name"),
            (json!({"name": "x", "uuid": "no"}), "uuid"),
            (json!({"name": "x", "uuid": made.uuid}), "uuid"),
            (json!({"name": "x", "all_orgs": "perhaps"}), "all_orgs"),
        ] {
            match add(&owner, body(wrong.clone())).await {
                Err(AppError::Invalid(errors)) => assert!(errors.0.contains_key(field), "{wrong}: {errors}"),
                other => panic!("{wrong}: {other:?}"),
            }
        }
        delete(&owner, made.id).await.unwrap();
        assert!(all(&world.admin()).await.is_empty());
    });
}

#[test]
fn attaching_a_bundle_attaches_its_tags() {
    on_each(&Settings::default(), |world| async move {
        let owner = editor(&world, OWNER);
        let made = add(&owner, body(json!({"name": "triage", "all_orgs": true})))
            .await
            .unwrap()
            .collection;
        let (a, b) = (
            tag(&owner, json!({"name": "a"})).await,
            tag(&owner, json!({"name": "b"})).await,
        );
        assert_eq!(
            add_tags(&owner, made.id, vec![a.clone(), b.clone(), a.clone()])
                .await
                .unwrap(),
            2
        );
        assert_eq!(add_tags(&owner, made.id, vec![a.clone()]).await.unwrap(), 0);
        let (event, attributes) = world
            .event(
                &owner,
                json!({"info": "x", "distribution": 1, "Attribute": [{"type": "text", "value": "v"}]}),
            )
            .await;
        let wish = |via| Wish {
            tags: vec![TagKey::Name(format!("collection_{}", made.id))],
            local: false,
            relationship_type: None,
            via,
        };
        for (key, via) in [
            (
                TargetKey::Event(crate::events::EventKey::Id(event.id)),
                Via::AddTag,
            ),
            (TargetKey::Uuid(attributes[0].uuid), Via::TagObject),
        ] {
            let done = tags::attach(&owner, key, wish(via)).await.unwrap();
            let attached = done
                .outcomes
                .iter()
                .filter(|one| matches!(one, Outcome::Attached(_)));
            assert_eq!(attached.count(), 2, "{:?}", done.outcomes);
        }
        // A bundle that the caller does not see is no bundle.
        edit(&owner, made.id, body(json!({"all_orgs": false})))
            .await
            .unwrap();
        let other = editor(&world, OTHER);
        let (theirs, _) = world.event(&other, json!({"info": "y"})).await;
        let key = TargetKey::Event(crate::events::EventKey::Id(theirs.id));
        let done = tags::attach(&other, key, wish(Via::AddTag)).await.unwrap();
        assert_eq!(done.outcomes, [Outcome::Refused("Invalid Tag Collection.")]);
        // A deleted tag leaves its bundles.
        let TagKey::Id(id) = a else { unreachable!() };
        tags::delete(&world.admin(), id).await.unwrap();
        assert_eq!(names(&view(&owner, made.id).await.unwrap()), ["b"]);
        let TagKey::Id(id) = b else { unreachable!() };
        remove_tag(&owner, made.id, id).await.unwrap();
        assert!(matches!(
            remove_tag(&owner, made.id, id).await,
            Err(AppError::NotFound(_))
        ));
    });
}

#[test]
fn a_list_of_names_replaces_the_tags_that_the_editor_sees() {
    on_each(&Settings::default(), |world| async move {
        let owner = editor(&world, OWNER);
        for name in ["a", "b", "c"] {
            tag(&owner, json!({"name": name})).await;
        }
        let theirs = tag(&world.admin(), json!({"name": "secret", "org_id": OTHER})).await;
        let named = |names: &[&str]| TagCollectionIn {
            names: Some(names.iter().map(|name| (*name).to_owned()).collect()),
            ..body(json!({"name": "triage"}))
        };
        let made = add(&owner, named(&["a", "B"])).await.unwrap();
        assert_eq!(names(&made), ["a", "b"]);
        let id = made.collection.id;
        add_tags(&world.admin(), id, vec![theirs]).await.unwrap();
        assert_eq!(
            names(&edit(&owner, id, named(&["c", "a"])).await.unwrap()),
            ["a", "c"]
        );
        assert_eq!(
            names(&view(&world.admin(), id).await.unwrap()),
            ["a", "secret", "c"]
        );
        for unknown in ["nope", "secret"] {
            match edit(&owner, id, named(&[unknown])).await {
                Err(AppError::Invalid(errors)) => {
                    assert_eq!(errors.to_string(), format!("[tags]: There is no tag {unknown}."));
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(
            names(&view(&owner, id).await.unwrap()),
            ["a", "c"],
            "nothing was changed"
        );
    });
}

#[test]
fn a_tag_that_is_for_others_is_neither_put_in_nor_shown() {
    on_each(&Settings::default(), |world| async move {
        let owner = editor(&world, OWNER);
        let made = add(&owner, body(json!({"name": "triage", "all_orgs": true})))
            .await
            .unwrap()
            .collection;
        let theirs = tag(&world.admin(), json!({"name": "secret", "org_id": OTHER})).await;
        assert!(matches!(
            add_tags(&owner, made.id, vec![theirs.clone()]).await,
            Err(AppError::NotAllowed(_))
        ));
        add_tags(&world.admin(), made.id, vec![theirs]).await.unwrap();
        assert!(names(&view(&owner, made.id).await.unwrap()).is_empty());
        assert_eq!(
            names(&view(&editor(&world, OTHER), made.id).await.unwrap()),
            ["secret"]
        );
    });
}

#[test]
fn what_one_instance_lists_another_imports_once() {
    on_each(&Settings::default(), |world| async move {
        let owner = editor(&world, OWNER);
        let list = json!([
            {"uuid": "11111111-2222-4333-8444-555555555555", "name": "one", "org_id": "9",
             "TagCollectionTag": [{"tag_id": "4", "Tag": {"name": "tlp:green", "colour": "#00ff00"}}]},
            {"name": ""}
        ]);
        let list: Vec<TagCollectionIn> = serde_json::from_value(list).unwrap();
        let first = import(&owner, list.clone()).await.unwrap();
        assert_eq!(first, Imported { added: 1, skipped: 1 });
        assert_eq!(
            import(&owner, list).await.unwrap(),
            Imported { added: 0, skipped: 2 }
        );
        let (found, _) = index(&owner, Filter::default(), 1, 10).await.unwrap();
        assert_eq!(
            (names(&found[0]), found[0].collection.org_id),
            (vec!["tlp:green"], OWNER)
        );
    });
}
