//! Blocklists against real databases: what is refused, what is counted, who may know.

use super::*;
use crate::Settings;
use crate::events::{self, EventKey};
use crate::tags::tests::world::{HOST, OTHER, OWNER, USER, World, on_each};
use serde_json::{Value, json};
use sightline_db::organisations as rows;

const PAGE: u32 = 100;

fn body(value: Value) -> BlocklistIn {
    serde_json::from_value(value).unwrap()
}

async fn entries(ctx: &Ctx, list: Blocklist, filter: Filter) -> Vec<BlocklistEntry> {
    index(ctx, list, filter, 1, PAGE).await.unwrap().0
}

async fn refusal(ctx: &Ctx, event: Value) -> String {
    match events::add(ctx, serde_json::from_value(event).unwrap()).await {
        Err(AppError::Forbidden(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

async fn org_uuid(world: &World, org: OrgId) -> Uuid {
    let read = move |_: &Ctx, tx: &mut Tx<'_>| Ok(rows::by_id(tx, org)?.unwrap().uuid);
    world.admin().read(read).await.unwrap()
}

#[test]
fn a_deleted_event_does_not_come_back_until_its_entry_is_removed() {
    on_each(&Settings::default(), |world| async move {
        let body_of =
            json!({"info": "gone", "uuid": "d5593f95-c6b8-46b2-9fbb-f98ad47f8b09", "distribution": 1});
        let (event, _) = world.event(&world.owner(), body_of.clone()).await;
        events::delete(&world.owner(), EventKey::Id(event.id))
            .await
            .unwrap();
        assert_eq!(refusal(&world.owner(), body_of.clone()).await, EVENT_BLOCKED);
        let listed = entries(&world.admin(), Blocklist::Events, Filter::default()).await;
        let [entry] = listed.as_slice() else {
            panic!("{listed:?}")
        };
        assert_eq!(
            (
                entry.uuid,
                entry.name.as_str(),
                entry.comment.as_str(),
                entry.creator.as_str()
            ),
            (event.uuid, "gone", BY_DELETION, "Owner")
        );
        delete(&world.admin(), Blocklist::Events, EntryKey::Uuid(event.uuid))
            .await
            .unwrap();
        assert!(matches!(
            delete(&world.admin(), Blocklist::Events, EntryKey::Id(entry.id)).await,
            Err(AppError::NotFound(_))
        ));
        world.event(&world.owner(), body_of).await;
    });
}

#[test]
fn deletion_writes_no_entry_where_the_administrator_does_not_want_it() {
    let mut settings = Settings::default();
    settings.events.blocklist_deleted = false;
    on_each(&settings, |world| async move {
        let (event, _) = world.event(&world.owner(), json!({"info": "gone"})).await;
        events::delete(&world.owner(), EventKey::Id(event.id))
            .await
            .unwrap();
        assert!(
            entries(&world.admin(), Blocklist::Events, Filter::default())
                .await
                .is_empty()
        );
    });
}

#[test]
fn events_of_a_blocked_organisation_are_refused_and_counted() {
    on_each(&Settings::default(), |world| async move {
        let admin = world.admin();
        let own = org_uuid(&world, OWNER).await;
        let stranger = "11111111-2222-4333-8444-555555555555";
        let added = add(
            &admin,
            Blocklist::Organisations,
            body(json!({"uuids": [own, stranger], "comment": "noise"})),
        )
        .await
        .unwrap();
        assert_eq!(added.successes.len(), 2);
        assert_eq!(
            refusal(&world.owner(), json!({"info": "mine"})).await,
            ORG_BLOCKED
        );
        let sync = world.member(OTHER, &[Permission::Add, Permission::Modify, Permission::Sync]);
        let foreign = json!({"info": "theirs", "Orgc": {"uuid": stranger, "name": "Stranger"}});
        assert_eq!(refusal(&sync, foreign.clone()).await, ORG_BLOCKED);
        assert_eq!(refusal(&sync, foreign).await, ORG_BLOCKED);
        let listed = entries(&admin, Blocklist::Organisations, Filter::default()).await;
        let counts: Vec<(&str, i64, bool)> = listed
            .iter()
            .map(|entry| {
                (
                    entry.name.as_str(),
                    entry.refused,
                    entry.last_refused == admin.now(),
                )
            })
            .collect();
        assert_eq!(counts, [("Owner", 1, true), ("", 2, true)]);
        // A refused event leaves nothing behind, not even its creator.
        let known = |_: &Ctx, tx: &mut Tx<'_>| Ok(rows::by_name(tx, "Stranger")?.is_some());
        assert!(!admin.read(known).await.unwrap());
        // Whoever may not keep a foreign creator is judged by its own organisation.
        let claimed = json!({"info": "mine", "Orgc": {"uuid": stranger, "name": "Stranger"}});
        world.event(&world.other(), claimed).await;
    });
}

#[test]
fn only_those_who_may_manage_a_list_read_and_change_it() {
    on_each(&Settings::default(), |world| async move {
        let analyst = world.member(HOST, USER);
        let reader = world.member(HOST, &[Permission::Audit]);
        let uuids = json!({"uuids": ["11111111-2222-4333-8444-555555555555"]});
        for (ctx, list) in [
            (world.owner(), Blocklist::Events),
            (world.other(), Blocklist::Organisations),
            (reader, Blocklist::Events),
            (analyst.clone(), Blocklist::Organisations),
        ] {
            let key = EntryKey::Id(1.into());
            assert!(
                index(&ctx, list, Filter::default(), 1, PAGE).await.is_err(),
                "{list:?}"
            );
            assert!(add(&ctx, list, body(uuids.clone())).await.is_err(), "{list:?}");
            assert!(edit(&ctx, list, key, body(json!({}))).await.is_err(), "{list:?}");
            assert!(delete(&ctx, list, key).await.is_err(), "{list:?}");
            assert!(delete_many(&ctx, list, vec![key]).await.is_err(), "{list:?}");
        }
        add(&analyst, Blocklist::Events, body(uuids)).await.unwrap();
        assert_eq!(
            entries(&analyst, Blocklist::Events, Filter::default())
                .await
                .len(),
            1
        );
    });
}

#[test]
fn the_title_of_an_event_that_was_not_for_everybody_stays_with_its_owner() {
    on_each(&Settings::default(), |world| async move {
        let (event, _) = world
            .event(&world.owner(), json!({"info": "merger talks", "distribution": 0}))
            .await;
        events::delete(&world.owner(), EventKey::Id(event.id))
            .await
            .unwrap();
        let analyst = world.member(HOST, USER);
        let listed = entries(&analyst, Blocklist::Events, Filter::default()).await;
        let seen = (
            listed[0].uuid,
            listed[0].name.as_str(),
            listed[0].creator.as_str(),
        );
        assert_eq!(seen, (event.uuid, "", ""));
        for filter in [
            Filter {
                name: Some("merger".into()),
                ..Filter::default()
            },
            Filter {
                creator: Some("Owner".into()),
                ..Filter::default()
            },
            Filter {
                any: Some("merger".into()),
                ..Filter::default()
            },
        ] {
            assert!(
                entries(&analyst, Blocklist::Events, filter.clone())
                    .await
                    .is_empty(),
                "{filter:?}"
            );
            assert_eq!(entries(&world.admin(), Blocklist::Events, filter).await.len(), 1);
        }
        let key = EntryKey::Uuid(event.uuid);
        let edited = edit(
            &analyst,
            Blocklist::Events,
            key,
            body(json!({"comment": "x", "event_info": ""})),
        )
        .await
        .unwrap();
        assert_eq!((edited.name.as_str(), edited.comment.as_str()), ("", "x"));
        assert_eq!(view(&analyst, Blocklist::Events, key).await.unwrap().name, "");
        assert_eq!(
            view(&world.admin(), Blocklist::Events, key).await.unwrap().name,
            "merger talks"
        );
    });
}

#[test]
fn listing_takes_many_uuids_once_and_says_what_became_of_each() {
    on_each(&Settings::default(), |world| async move {
        let admin = world.admin();
        let one = "11111111-2222-4333-8444-555555555555";
        let lines = format!("{one}\nbad\n{one}\n66666666-7777-4888-8999-aaaaaaaaaaaa");
        let added = add(
            &admin,
            Blocklist::Events,
            body(json!({"uuids": lines, "event_info": "foo"})),
        )
        .await
        .unwrap();
        assert_eq!(added.successes, [one, "66666666-7777-4888-8999-aaaaaaaaaaaa"]);
        assert_eq!(added.fails, ["bad", one]);
        // What identifies an entry stays, whatever a body says.
        let smuggled = json!({"id": 99, "event_uuid": "bbbbbbbb-7777-4888-8999-aaaaaaaaaaaa", "created": "2001-01-01",
                              "owner_id": 1, "comment": "why"});
        let key = EntryKey::Uuid(one.parse().unwrap());
        let edited = edit(&admin, Blocklist::Events, key, body(smuggled))
            .await
            .unwrap();
        assert_eq!(
            (
                edited.uuid.to_string(),
                edited.created,
                edited.name,
                edited.comment
            ),
            (one.to_owned(), admin.now(), "foo".into(), "why".into())
        );
        for wrong in [json!({}), json!({"uuids": []}), json!({"uuids": " \n"})] {
            assert!(matches!(
                add(&admin, Blocklist::Events, body(wrong)).await,
                Err(AppError::Invalid(_))
            ));
        }
        let (page, total) = index(&admin, Blocklist::Events, Filter::default(), 2, 1)
            .await
            .unwrap();
        assert_eq!(
            (page[0].uuid.to_string(), total),
            ("66666666-7777-4888-8999-aaaaaaaaaaaa".into(), 2)
        );
        let keys = vec![key, EntryKey::Id(12345.into()), EntryKey::Uuid(page[0].uuid)];
        assert_eq!(delete_many(&admin, Blocklist::Events, keys).await.unwrap(), 2);
        assert_eq!(world.audited("add").await, 2);
    });
}
