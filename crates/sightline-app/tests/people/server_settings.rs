//! Settings of the instance, changed while it runs.

use crate::fixture::{ADMIN_KEY, ORG_ADMIN, USER, on_each, refusal};
use serde_json::json;
use sightline_app::settings::{self, Source};
use sightline_app::{Settings, auth_keys, events};
use sightline_core::AppError;

#[test]
fn a_change_is_stored_recorded_and_in_force() {
    on_each(&Settings::default(), |world| async move {
        let admin = world.admin().await;
        settings::set(&admin, "SecureAuth.amount", json!("7"))
            .await
            .unwrap();
        assert_eq!(admin.settings().security.login_attempts, 7);
        let known = settings::one(&admin, "SecureAuth.amount").await.unwrap();
        assert_eq!((known.value, known.source), (json!(7), Source::Database));
        assert_eq!(world.audited("serverSettingsEdit", "Server").await, 1);
        settings::set(&admin, "SecureAuth.amount", json!(null))
            .await
            .unwrap();
        let known = settings::one(&admin, "SecureAuth.amount").await.unwrap();
        assert_eq!((known.value, known.source), (json!(5), Source::Default));
    });
}

#[test]
fn what_another_server_stored_is_followed() {
    on_each(&Settings::default(), |world| async move {
        let store = |tx: &mut sightline_app::Tx<'_>| {
            sightline_db::settings::set(tx, "SecureAuth.amount", &json!(3), 0)
        };
        world.platform.db.write(store).await.unwrap();
        assert_eq!(world.platform.settings.current().security.login_attempts, 5);
        settings::refresh(&world.platform).await.unwrap();
        assert_eq!(world.platform.settings.current().security.login_attempts, 3);
    });
}

#[test]
fn only_site_administrators_look_and_change_and_facts_stay() {
    on_each(&Settings::default(), |world| async move {
        let org = world.org("ACME").await;
        for role in [ORG_ADMIN, USER] {
            let other = world.user(&format!("{role}@example.org"), org, role).await;
            assert_eq!(refusal(settings::all(&other).await).0, "forbidden");
            assert_eq!(refusal(settings::one(&other, "MISP.live").await).0, "forbidden");
            assert_eq!(
                refusal(settings::set(&other, "MISP.live", json!(false)).await).0,
                "forbidden"
            );
        }
        let admin = world.admin().await;
        for (name, kind) in [
            ("MISP.baseurl", "not allowed"),
            ("MISP.nosuch", "not found"),
            ("SecureAuth.amount", "refused"),
        ] {
            assert_eq!(
                refusal(settings::set(&admin, name, json!("x")).await).0,
                kind,
                "{name}"
            );
        }
        assert_eq!(world.audited("serverSettingsEdit", "Server").await, 0);
    });
}

#[test]
fn a_read_only_key_of_an_administrator_changes_nothing() {
    on_each(&Settings::default(), |world| async move {
        let admin = world.admin().await;
        let mut reading = auth_keys::authenticate(&world.platform, ADMIN_KEY, None)
            .await
            .unwrap()
            .caller;
        reading.read_only = true;
        let reading = admin.acting_as(reading);
        let outcome = settings::set(&reading, "MISP.live", json!(false)).await;
        assert_eq!(refusal(outcome).0, "forbidden");
        assert!(admin.settings().access.live);
    });
}

#[test]
fn during_maintenance_only_site_administrators_get_in() {
    let mut wanted = Settings::default();
    wanted.access.live = false;
    wanted.access.maintenance_message = "At noon.".into();
    on_each(&wanted, |world| async move {
        let org = world.org("ACME").await;
        let ada = world.user("ada@example.org", org, ORG_ADMIN).await;
        let Err(AppError::Unavailable(message)) = ada.require_live() else {
            panic!("let in");
        };
        assert_eq!(message, "At noon.");
        assert!(world.admin().await.require_live().is_ok());
    });
}

#[test]
fn four_eyes_publish() {
    let mut wanted = Settings::default();
    wanted.events.four_eyes = true;
    on_each(&wanted, |world| async move {
        let org = world.org("ACME").await;
        let author = world.user("author@example.org", org, ORG_ADMIN).await;
        let colleague = world.user("colleague@example.org", org, ORG_ADMIN).await;
        let event = serde_json::from_value(json!({"info": "x", "distribution": 1})).unwrap();
        let added = events::add(&author, event).await.unwrap();
        let key = || events::EventKey::Id(added.event.id);
        assert_eq!(refusal(events::publish(&author, key()).await).0, "not allowed");
        assert_eq!(events::publish(&colleague, key()).await.unwrap(), added.event.id);
    });
}
