//! Tags against real databases: rights, capture, what a change touches, what stays hidden.

mod capture;
pub(crate) mod world;

use super::*;
use crate::Settings;
use crate::attributes::AttributeKey;
use crate::events::EventKey;
use serde_json::json;
use sightline_core::ids::UserId;
use sightline_core::{AppError, Permission};
use sightline_misp::input::TagIn;
use world::{HOST, OTHER, OWNER, USER, World, on_each};

fn body(value: serde_json::Value) -> TagIn {
    serde_json::from_value(value).unwrap()
}

fn wish(tags: &[&str], local: bool, via: Via) -> Wish {
    Wish {
        tags: tags.iter().filter_map(|tag| TagKey::parse(tag)).collect(),
        local,
        relationship_type: None,
        via,
    }
}

/// What became of each tag: its name, `=` and its name when it was there, or the reason.
async fn outcomes(ctx: &Ctx, key: TargetKey, wish: Wish) -> Vec<String> {
    let done = attach(ctx, key, wish).await.unwrap();
    done.outcomes
        .into_iter()
        .map(|outcome| match outcome {
            Outcome::Attached(tag) => tag.name,
            Outcome::Already(tag) => format!("={}", tag.name),
            Outcome::Refused(reason) => reason.into(),
        })
        .collect()
}

async fn tags_of(world: &World, key: TargetKey) -> Vec<(String, bool)> {
    let read = move |ctx: &Ctx, tx: &mut Tx<'_>| {
        Ok(Target::find_to_change(ctx, tx, &key)?
            .tags(tx)?
            .into_iter()
            .map(|t| (t.tag.name, t.local))
            .collect())
    };
    world.admin().write(read).await.unwrap()
}

#[test]
fn a_name_that_is_there_is_returned_and_a_new_one_needs_the_right() {
    on_each(&Settings::default(), |world| async move {
        let editor = world.member(OTHER, &[Permission::TagEditor]);
        let tag = add(&editor, body(json!({"name": " my_tag ", "exportable": "0"})))
            .await
            .unwrap();
        assert_eq!(
            (tag.name.as_str(), tag.colour.as_str(), tag.exportable),
            ("my_tag", "#450a5e", false)
        );
        let again = add(&editor, body(json!({"name": "MY_TAG", "colour": "#111111"})))
            .await
            .unwrap();
        assert_eq!(again, tag);
        assert!(matches!(
            add(&world.other(), body(json!({"name": "x"}))).await,
            Err(AppError::Forbidden(_))
        ));
        for (input, field) in [
            (json!({"name": ""}), "name"),
            (json!({}), "name"),
            (json!({"name": "x".repeat(256)}), "name"),
            (json!({"name": "c", "colour": "zzz"}), "colour"),
        ] {
            match add(&editor, body(input.clone())).await {
                Err(AppError::Invalid(fields)) => assert!(fields.0.contains_key(field), "{input}: {fields}"),
                other => panic!("{input}: {other:?}"),
            }
        }
    });
}

#[test]
fn editing_and_deleting_are_for_administrators_and_names_stay_unique() {
    on_each(&Settings::default(), |world| async move {
        let admin = world.admin();
        let one = add(&admin, body(json!({"name": "one", "numerical_value": "5"})))
            .await
            .unwrap();
        let two = add(&admin, body(json!({"name": "two"}))).await.unwrap();
        let renamed = edit(&admin, one.id, body(json!({"name": "One", "hide_tag": true})))
            .await
            .unwrap();
        assert_eq!(
            (renamed.name.as_str(), renamed.hide_tag, renamed.numerical_value),
            ("One", true, Some(5))
        );
        assert_eq!(renamed.colour, one.colour, "what is not given stays");
        match edit(&admin, one.id, body(json!({"name": "TWO"}))).await {
            Err(AppError::Invalid(fields)) => {
                assert_eq!(fields.to_string(), "[name]: A similar name already exists.");
            }
            other => panic!("{other:?}"),
        }
        let editor = world.member(OTHER, &[Permission::TagEditor]);
        assert!(matches!(
            edit(&editor, two.id, body(json!({"name": "x"}))).await,
            Err(AppError::Forbidden(_))
        ));
        assert!(matches!(
            delete(&editor, two.id).await,
            Err(AppError::Forbidden(_))
        ));
        delete(&admin, two.id).await.unwrap();
        assert!(matches!(delete(&admin, two.id).await, Err(AppError::NotFound(_))));
        assert!(matches!(view(&admin, two.id).await, Err(AppError::NotAllowed(_))));
    });
}

#[test]
fn lists_count_only_what_the_caller_sees() {
    on_each(&Settings::default(), |world| async move {
        let owner = world.owner();
        let admin = world.admin();
        for distribution in [0, 3] {
            let attribute = json!({"type": "text", "value": "x", "Tag": [{"name": "a_tag"}]});
            let event = json!({"info": "x", "distribution": distribution, "Tag": [{"name": "a_tag"}], "Attribute": [attribute]});
            add(&admin, body(json!({"name": "a_tag"}))).await.unwrap();
            world.event(&owner, event).await;
        }
        let id = add(&admin, body(json!({"name": "a_tag"}))).await.unwrap().id;
        add(&admin, body(json!({"name": "axtag", "org_id": OTHER})))
            .await
            .unwrap();
        for (ctx, count) in [(&owner, 2), (&world.other(), 1), (&admin, 2)] {
            let seen = view(ctx, id).await.unwrap();
            assert_eq!((seen.events, seen.attributes), (count, count));
            assert_eq!(
                statistics(ctx, true).await.unwrap().0,
                [("a_tag".to_owned(), count)]
            );
        }
        let names = async |ctx: &Ctx, filter: IndexFilter| -> Vec<String> {
            index(ctx, filter, 1, TAG_ROWS)
                .await
                .unwrap()
                .0
                .into_iter()
                .map(|counted| counted.tag.name)
                .collect()
        };
        let contains = |text: &str| IndexFilter {
            contains: Some(text.into()),
            ..IndexFilter::default()
        };
        assert_eq!(
            names(&world.other(), IndexFilter::default()).await,
            ["a_tag", "axtag"]
        );
        assert_eq!(
            names(&owner, IndexFilter::default()).await,
            ["a_tag"],
            "restricted to others"
        );
        assert_eq!(
            names(&admin, contains("A_T")).await,
            ["a_tag"],
            "an underscore is an underscore"
        );
        let exact = IndexFilter {
            name: Some("AXTAG".into()),
            without_counts: true,
            ..IndexFilter::default()
        };
        assert_eq!(names(&admin, exact).await, ["axtag"]);
        let found = search(&admin, vec!["a%".into(), "\\".into()]).await.unwrap();
        assert_eq!(found.len(), 2);
        assert!(
            search(&admin, vec!["a".into(), String::new()])
                .await
                .unwrap()
                .is_empty()
        );
    });
}

#[test]
fn lists_have_pages_and_favourites_are_ones_own() {
    on_each(&Settings::default(), |world| async move {
        let (admin, other) = (world.admin(), world.other());
        let mut ids = Vec::new();
        for name in ["Beta", "alpha", "gamma"] {
            ids.push(add(&admin, body(json!({"name": name}))).await.unwrap().id);
        }
        let secret = body(json!({"name": "secret", "org_id": OWNER}));
        let secret = add(&admin, secret).await.unwrap().id;
        let page = async |ctx: &Ctx, filter: IndexFilter, page: u32, limit: u32| {
            let (found, total) = index(ctx, filter, page, limit).await.unwrap();
            let names: Vec<String> = found.into_iter().map(|one| one.tag.name).collect();
            (names, total)
        };
        let all = IndexFilter::default();
        assert_eq!(
            page(&other, all.clone(), 1, 2).await,
            (vec!["alpha".into(), "Beta".into()], 3)
        );
        assert_eq!(page(&other, all.clone(), 2, 2).await, (vec!["gamma".into()], 3));
        assert_eq!(page(&other, all.clone(), 3, 2).await, (vec![], 3));
        assert_eq!(page(&admin, all, 1, TAG_ROWS).await.1, 4);
        let liked = || IndexFilter {
            favourites: true,
            ..IndexFilter::default()
        };
        assert!(toggle_favourite(&other, ids[0]).await.unwrap());
        assert_eq!(page(&other, liked(), 1, 10).await, (vec!["Beta".into()], 1));
        assert_eq!(page(&admin, liked(), 1, 10).await, (vec![], 0));
        let (found, _) = index(&other, IndexFilter::default(), 1, 10).await.unwrap();
        assert_eq!(
            found.iter().map(|one| one.favourite).collect::<Vec<_>>(),
            [false, true, false]
        );
        assert!(matches!(
            toggle_favourite(&other, secret).await,
            Err(AppError::NotFound(_))
        ));
        let mut read_only = other.clone();
        read_only.caller.read_only = true;
        assert!(matches!(
            toggle_favourite(&read_only, ids[0]).await,
            Err(AppError::Forbidden(_))
        ));
        assert!(!toggle_favourite(&other, ids[0]).await.unwrap());
        assert_eq!(page(&other, liked(), 1, 10).await.1, 0);
    });
}

#[test]
fn a_global_tag_touches_what_it_is_on_and_a_local_one_does_not() {
    on_each(&Settings::default(), |world| async move {
        let (event, attributes) = world
            .event(
                &world.owner(),
                json!({"info": "x", "distribution": 3, "Attribute": [{"type": "text", "value": "v"}]}),
            )
            .await;
        let on_event = TargetKey::Event(EventKey::Id(event.id));
        let on_attribute = TargetKey::Uuid(attributes[0].uuid);
        let host_user = world.member(HOST, &[Permission::Tagger, Permission::TagEditor]);

        world.publish_quietly(event.id).await;
        assert_eq!(
            outcomes(&host_user, on_attribute, wish(&["quiet"], true, Via::TagObject)).await,
            ["quiet"]
        );
        let after = world.reload(event.id).await;
        assert_eq!((after.published, after.timestamp), (true, 1));

        assert_eq!(
            outcomes(
                &world.admin(),
                on_attribute,
                wish(&["loud", "loud", "quiet"], false, Via::TagObject)
            )
            .await,
            ["loud", "=loud", "=quiet"]
        );
        let after = world.reload(event.id).await;
        assert_eq!((after.published, after.timestamp), (false, world::NOW));
        assert_eq!(
            tags_of(&world, on_attribute).await,
            [("quiet".into(), true), ("loud".into(), false)]
        );

        world.publish_quietly(event.id).await;
        assert_eq!(
            outcomes(
                &world.admin(),
                on_attribute,
                wish(&["loud"], false, Via::TagObject)
            )
            .await,
            ["=loud"]
        );
        assert!(world.reload(event.id).await.published, "nothing changed");
        assert_eq!(
            outcomes(&world.owner(), on_event, wish(&["loud"], false, Via::AddTag)).await,
            ["loud"]
        );
        assert!(!world.reload(event.id).await.published);

        world.publish_quietly(event.id).await;
        let gone = detach(&host_user, on_attribute, TagKey::Name("QUIET".into()))
            .await
            .unwrap();
        assert!(matches!(gone, Detached::Removed { local: true, .. }));
        assert!(world.reload(event.id).await.published);
        let gone = detach(&world.owner(), on_attribute, TagKey::Name("loud".into()))
            .await
            .unwrap();
        assert!(matches!(gone, Detached::Removed { local: false, .. }));
        assert!(!world.reload(event.id).await.published);
        assert!(matches!(
            detach(&world.owner(), on_attribute, TagKey::Name("loud".into())).await,
            Ok(Detached::NotAttached(_))
        ));
        assert!(matches!(
            detach(&world.owner(), on_attribute, TagKey::Name("nope".into())).await,
            Ok(Detached::UnknownTag)
        ));
        assert_eq!(
            (
                world.audited("tag").await,
                world.audited("tag_local").await,
                world.audited("remove_tag").await,
                world.audited("remove_local_tag").await
            ),
            (2, 1, 1, 1)
        );
    });
}

#[test]
fn who_may_attach_what() {
    on_each(&Settings::default(), |world| async move {
        let admin = world.admin();
        let (event, _) = world
            .event(&world.owner(), json!({"info": "x", "distribution": 3}))
            .await;
        let key = TargetKey::Uuid(event.uuid);
        for input in [
            json!({"name": "plain"}),
            json!({"name": "for other", "org_id": OTHER}),
            json!({"name": "for user 9", "user_id": 9}),
            json!({"name": "local only", "local_only": true}),
        ] {
            add(&admin, body(input)).await.unwrap();
        }
        let owner = world.owner();
        let host_user = world.member(HOST, &[Permission::Tagger]);
        for (ctx, tag, local, via, expected) in [
            (
                &owner,
                "unknown",
                false,
                Via::TagObject,
                "Tag not found and insufficient privileges to create it.",
            ),
            (&owner, "unknown", false, Via::AddTag, "Invalid Tag."),
            (&owner, "9999", false, Via::TagObject, "Invalid Tag."),
            (&owner, "9999", false, Via::AddTag, "Tag not found."),
            (
                &owner,
                "for other",
                false,
                Via::TagObject,
                "Invalid Tag. This tag can only be set by a fixed organisation.",
            ),
            (
                &owner,
                "for user 9",
                false,
                Via::TagObject,
                "Invalid Tag. This tag can only be set by a fixed user.",
            ),
            (
                &owner,
                "local only",
                false,
                Via::TagObject,
                "Invalid Tag. This tag can only be set as a local tag.",
            ),
            (
                &owner,
                "plain",
                true,
                Via::TagObject,
                "Local tags can only be added by users of the host organisation.",
            ),
            (&owner, "local only", true, Via::AddTag, "local only"),
            (&host_user, "plain", true, Via::TagObject, "plain"),
            (&admin, "for other", false, Via::TagObject, "for other"),
        ] {
            assert_eq!(
                outcomes(ctx, key, wish(&[tag], local, via)).await,
                [expected],
                "{tag} {local} {via:?}"
            );
        }
        for (ctx, local, via) in [
            (&world.other(), false, Via::TagObject),
            (&world.other(), true, Via::AddTag),
            (&host_user, false, Via::AddTag),
        ] {
            let refused = attach(ctx, key, wish(&["plain"], local, via)).await;
            assert!(matches!(refused, Err(AppError::Forbidden(_))), "{local} {via:?}");
        }
        let refused = detach(&world.other(), key, TagKey::Name("for other".into())).await;
        assert!(matches!(refused, Err(AppError::Forbidden(_))));
        let no_tagger = world.member(OWNER, &[Permission::ModifyOrg]);
        assert!(matches!(
            attach(&no_tagger, key, wish(&["plain"], false, Via::AddTag)).await,
            Err(AppError::Forbidden(_))
        ));
    });
}

#[test]
fn what_is_invisible_cannot_be_tagged() {
    on_each(&Settings::default(), |world| async move {
        let (event, attributes) = world
            .event(
                &world.owner(),
                json!({"info": "x", "distribution": 0, "Attribute": [{"type": "text", "value": "v"}]}),
            )
            .await;
        let editor = world.member(
            OTHER,
            &[Permission::Tagger, Permission::TagEditor, Permission::ModifyOrg],
        );
        for key in [
            TargetKey::Uuid(event.uuid),
            TargetKey::Uuid(attributes[0].uuid),
            TargetKey::Event(EventKey::Id(event.id)),
            TargetKey::Attribute(AttributeKey::Id(attributes[0].id)),
        ] {
            assert!(matches!(
                attach(&editor, key, wish(&["new"], false, Via::TagObject)).await,
                Err(AppError::NotFound(_))
            ));
            assert!(matches!(
                detach(&editor, key, TagKey::Name("new".into())).await,
                Err(AppError::NotFound(_))
            ));
        }
        assert!(
            index(&world.admin(), IndexFilter::default(), 1, TAG_ROWS)
                .await
                .unwrap()
                .0
                .is_empty(),
            "no tag was left behind"
        );

        let on_event = TargetKey::Uuid(event.uuid);
        outcomes(&world.admin(), on_event, wish(&["t"], false, Via::TagObject)).await;
        let same = |error: AppError| error.to_string();
        let hidden = set_relationship(&editor, AttachmentId::Event(1), Some("x".into()))
            .await
            .map_err(same)
            .err();
        let missing = set_relationship(&editor, AttachmentId::Event(99), Some("x".into()))
            .await
            .map_err(same)
            .err();
        assert_eq!(hidden.as_deref(), Some("Tag not found."));
        assert_eq!(hidden, missing);
        let owner = world.owner();
        assert_eq!(
            set_relationship(&owner, AttachmentId::Event(1), Some("x".into()))
                .await
                .unwrap()
                .model(),
            "Event"
        );
        let attached = owner
            .read(move |_, tx| Ok(tags::event_attachment(tx, 1)?))
            .await
            .unwrap()
            .unwrap()
            .1;
        assert_eq!(attached.relationship_type.as_deref(), Some("x"));
    });
}

#[test]
fn keys_are_ids_or_names() {
    assert_eq!(TagKey::parse(" 7 "), Some(TagKey::Id(TagId(7))));
    assert_eq!(TagKey::parse("tlp:red"), Some(TagKey::Name("tlp:red".into())));
    assert_eq!(TagKey::parse("  "), None);
}

#[test]
fn restrictions_are_by_organisation_user_and_place() {
    on_each(&Settings::default(), |world| async move {
        let other = world.member(OTHER, USER);
        let tag = |org_id, user_id, local_only| Tag {
            org_id,
            user_id,
            local_only,
            ..Tag::default()
        };
        assert_eq!(
            restriction(&other, &tag(OTHER, UserId(OTHER.0), false), false),
            None
        );
        assert!(restriction(&other, &tag(OWNER, UserId(0), false), false).is_some());
        assert!(restriction(&other, &tag(OrgId(0), UserId(9), false), true).is_some());
        assert!(restriction(&world.admin(), &tag(OWNER, UserId(9), false), false).is_none());
        assert!(restriction(&world.admin(), &tag(OrgId(0), UserId(0), true), false).is_some());
        assert!(restriction(&world.admin(), &tag(OrgId(0), UserId(0), true), true).is_none());
    });
}
