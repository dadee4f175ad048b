//! Who reads which rows of the audit log, and what retention leaves.

use crate::fixture::{ADMIN_KEY, ORG_ADMIN, USER, World, on_each};
use serde_json::json;
use sightline_app::events::{self, EventKey};
use sightline_app::logs::{self, Entry, Search, Text};
use sightline_app::{Ctx, Settings, auth_keys, sightings};
use sightline_core::ids::EventId;
use sightline_misp::input::Loose;

const DAY: i64 = 24 * 3_600;

async fn new_event(ctx: &Ctx, info: &str, distribution: u8) -> EventId {
    let event = serde_json::from_value(json!({"info": info, "distribution": distribution})).unwrap();
    events::add(ctx, event).await.unwrap().event.id
}

async fn found(ctx: &Ctx, model: &str) -> Vec<Entry> {
    let search = Search {
        texts: vec![(Text::Model, vec![model.into()])],
        page: 1,
        limit: 100,
        ..Search::default()
    };
    assert_eq!(
        logs::count(ctx, search.clone()).await.unwrap(),
        i64::try_from(logs::index(ctx, search.clone()).await.unwrap().len()).unwrap()
    );
    logs::index(ctx, search).await.unwrap()
}

fn titles(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.model_title.as_str()).collect()
}

#[test]
fn everybody_reads_what_is_theirs() {
    on_each(&Settings::default(), |world| async move {
        let (ours, theirs) = (world.org("Ours").await, world.org("Theirs").await);
        let boss = world.user("boss@ours.example", ours, ORG_ADMIN).await;
        let user = world.user("user@ours.example", ours, USER).await;
        let other = world.user("other@theirs.example", theirs, USER).await;
        new_event(&boss, "of the boss", 1).await;
        new_event(&user, "of the user", 1).await;
        new_event(&other, "of the other", 1).await;
        assert_eq!(
            titles(&found(&boss, "Event").await),
            ["of the boss", "of the user"]
        );
        assert_eq!(titles(&found(&user, "Event").await), ["of the user"]);
        assert_eq!(titles(&found(&other, "Event").await), ["of the other"]);
        let all = found(&world.admin().await, "Event").await;
        assert_eq!(titles(&all), ["of the boss", "of the user", "of the other"]);
        let row = all.first().unwrap();
        assert_eq!(
            (row.email.as_str(), row.ip.as_deref()),
            ("boss@ours.example", Some("192.0.2.7"))
        );
        assert!(logs::view(&user, row.id).await.is_err());
        assert!(logs::view(&boss, row.id).await.is_ok());
        assert_eq!(logs::days(&user, None).await.unwrap(), [(1_699_920_000, 1)]);
        assert_eq!(logs::days(&user, Some(theirs)).await.unwrap(), []);
    });
}

#[test]
fn the_user_is_named_after_it_is_gone_and_addresses_are_kept_only_when_wanted() {
    let mut wanted = Settings::default();
    wanted.audit.client_ip = false;
    on_each(&wanted, |world| async move {
        let org = world.org("Ours").await;
        let user = world.user("user@ours.example", org, USER).await;
        new_event(&user, "kept", 1).await;
        let admin = world.admin().await;
        sightline_app::users::delete(&admin, user.caller.user_id)
            .await
            .unwrap();
        let rows = found(&admin, "Event").await;
        assert_eq!(
            rows.first().map(|row| (row.email.as_str(), row.ip.clone())),
            Some(("user@ours.example", None))
        );
    });
}

#[test]
fn an_attribute_that_an_event_edit_changes_has_its_own_row_with_old_and_new() {
    on_each(&Settings::default(), |world| async move {
        let user = world
            .user("user@ours.example", world.org("Ours").await, USER)
            .await;
        let attribute = |uuid: &str, value: &str| json!({"uuid": uuid, "type": "domain", "value": value});
        let (one, two) = (
            "d5593f95-c6b8-46b2-9fbb-f98ad47f8b09",
            "04ddc58c-e262-42c4-a35c-5e737c5d37f5",
        );
        let body = |first: &str| json!({"info": "x", "Attribute": [attribute(one, first), attribute(two, "same.example")]});
        let event = serde_json::from_value(body("old.example")).unwrap();
        let event = events::add(&user, event).await.unwrap().event;
        world.platform.clock.advance(10);
        let edited = serde_json::from_value(body("new.example")).unwrap();
        events::edit(&user, EventKey::Id(event.id), edited).await.unwrap();
        let rows = found(&user, "Attribute").await;
        assert_eq!(rows.len(), 1, "the other one is the same as before");
        let row = rows.first().unwrap();
        assert_eq!(row.change, json!({"value": ["old.example", "new.example"]}));
        assert_eq!((row.action.as_str(), row.event_id), ("edit", Some(event.id)));
        assert_eq!(row.email, "user@ours.example");
    });
}

#[test]
fn anonymous_sightings_stay_anonymous_in_the_owners_history() {
    for (anonymise, seen) in [(false, 2), (true, 1)] {
        let mut wanted = Settings::default();
        wanted.sightings.anonymise = anonymise;
        on_each(&wanted, |world| async move {
            let owner = world
                .user("owner@ours.example", world.org("Ours").await, USER)
                .await;
            let other = world
                .user("other@theirs.example", world.org("Theirs").await, USER)
                .await;
            let body = json!({"info": "x", "distribution": 1, "Attribute": [{"type": "domain", "value": "x.example"}]});
            let event = serde_json::from_value(body).unwrap();
            let event = events::add(&owner, event).await.unwrap().event.id;
            for ctx in [&owner, &other] {
                let seen = sightings::Add {
                    subject: sightings::Subject::Values(vec!["x.example".into()]),
                    kind: Loose::Absent,
                    source: String::new(),
                    at: Loose::Absent,
                };
                sightings::add(ctx, seen).await.unwrap();
            }
            let (history, _) = logs::history(&owner, EventKey::Id(event), None, 1, 10)
                .await
                .unwrap();
            let rows: Vec<_> = history.iter().filter(|row| row.model == "Sighting").collect();
            assert_eq!(rows.len(), seen);
            assert!(
                rows.iter()
                    .all(|row| row.email.is_empty() || row.org_id == owner.caller.org_id)
            );
        });
    }
}

#[test]
fn keys_that_name_nobody_are_noted_once_an_hour_per_address() {
    on_each(&Settings::default(), |world| async move {
        let guess = |key: &'static str, ip: &'static str| {
            let platform = &world.platform;
            async move {
                let known = auth_keys::authenticate(platform, key, Some(ip)).await.is_ok();
                if !known {
                    auth_keys::note_failure(platform, key, Some(ip)).await;
                }
                known
            }
        };
        for _ in 0..3 {
            assert!(!guess("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "192.0.2.1").await);
        }
        assert!(!guess("bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "192.0.2.2").await);
        assert_eq!(world.audited("auth_fail", "User").await, 2);
        world.platform.clock.advance(3_601);
        assert!(!guess("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "192.0.2.1").await);
        assert!(guess(ADMIN_KEY, "192.0.2.1").await);
        assert_eq!(world.audited("auth_fail", "User").await, 3);
        let rows = found(&world.admin().await, "User").await;
        let row = rows.iter().find(|row| row.action == "auth_fail").unwrap();
        assert_eq!(
            (row.model_title.as_str(), row.ip.as_deref()),
            ("aaaa…", Some("192.0.2.1"))
        );
    });
}

async fn prune(world: &World) -> (u64, u64) {
    let (admin, mut all) = (world.admin().await, (0, 0));
    let mut after = 0;
    while let Some(some) = logs::prune(&admin, after).await.unwrap() {
        assert!(some.last > after, "a batch begins after the one before");
        after = some.last;
        all = (all.0 + some.gone, all.1 + some.reduced);
    }
    all
}

#[test]
fn retention_prunes_old_rows_but_the_history_of_living_events_stays() {
    let mut wanted = Settings::default();
    wanted.audit.retention_days = 30;
    on_each(&wanted, |world| async move {
        let org = world.org("Ours").await;
        let user = world.user("user@ours.example", org, USER).await;
        let (living, gone) = (
            new_event(&user, "living", 1).await,
            new_event(&user, "gone", 1).await,
        );
        events::delete(&user, EventKey::Id(gone)).await.unwrap();
        assert_eq!(prune(&world).await, (0, 0), "nothing is old");
        world.platform.clock.advance(31 * DAY);
        let user = world.acting(user.caller.user_id).await;
        new_event(&user, "new", 1).await;
        let (pruned, reduced) = prune(&world).await;
        assert!(pruned >= 4, "{pruned}");
        assert_eq!(reduced, 1, "the row of the living event");
        let admin = world.admin().await;
        assert_eq!(titles(&found(&admin, "Event").await), ["living", "new"]);
        assert_eq!(found(&admin, "User").await, []);
        let (history, _) = logs::history(&user, EventKey::Id(living), None, 1, 10)
            .await
            .unwrap();
        assert_eq!(titles(&history), ["living"]);
        assert_eq!(history.first().unwrap().ip, None);
        assert_eq!(prune(&world).await, (0, 0), "once is enough");
    });
}
