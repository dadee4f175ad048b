//! What users set for themselves.

use crate::fixture::{ORG_ADMIN, USER, body, on_each, refusal};
use serde_json::json;
use sightline_app::user_settings::{self, Whose};
use sightline_app::{Ctx, Settings, users};
use sightline_core::ids::UserId;

const FILTER: &str = "publish_alert_filter";

#[test]
fn set_read_replaced_and_deleted() {
    on_each(&Settings::default(), |world| async move {
        let ada = world.user("ada@example.org", world.org("ACME").await, USER).await;
        let id = ada.caller.user_id;
        let first = user_settings::set(&ada, id, FILTER, json!({"Tag.name": "x"}))
            .await
            .unwrap();
        world.platform.clock.advance(5);
        let second = user_settings::set(&ada, id, FILTER, json!("{\"Tag.name\": \"y\"}"))
            .await
            .unwrap();
        assert_eq!((second.id, second.timestamp), (first.id, first.timestamp + 5));
        assert_eq!(second.value, json!({"Tag.name": "y"}));
        assert_eq!(user_settings::get(&ada, id, FILTER).await.unwrap(), second);
        assert_eq!(
            users::view(&ada, id).await.unwrap().settings,
            std::slice::from_ref(&second)
        );
        assert_eq!(user_settings::delete(&ada, id, FILTER).await.unwrap(), second.id);
        let gone = user_settings::get(&ada, id, FILTER).await;
        assert_eq!(refusal(gone), ("not found", "Invalid setting.".to_owned()));
        let gone = user_settings::delete(&ada, id, FILTER).await;
        assert_eq!(refusal(gone), ("not found", "Invalid user setting.".to_owned()));
        for action in ["add", "edit", "delete"] {
            assert_eq!(world.audited(action, "UserSetting").await, 1, "{action}");
        }
    });
}

#[test]
fn names_are_known_and_some_are_restricted() {
    on_each(&Settings::default(), |world| async move {
        let ada = world.user("ada@example.org", world.org("ACME").await, USER).await;
        let id = ada.caller.user_id;
        for name in ["nosuch", "oidc", ""] {
            let outcome = user_settings::set(&ada, id, name, json!(1)).await;
            assert_eq!(
                refusal(outcome),
                ("not allowed", "Invalid setting.".to_owned()),
                "{name}"
            );
        }
        let restricted = user_settings::set(&ada, id, "dashboard_access", json!(1)).await;
        let expected = "This setting is restricted and requires the following permission(s): perm_site_admin";
        assert_eq!(refusal(restricted), ("not allowed", expected.to_owned()));
        let admin = world.admin().await;
        user_settings::set(&admin, admin.caller.user_id, "dashboard_access", json!(1))
            .await
            .unwrap();
        let home = user_settings::set_home_page(&ada, "/events/index").await.unwrap();
        assert_eq!(home.value, json!({"path": "/events/index"}));
        for path in ["//evil.example", "https://evil.example", "", "/\\evil.example"] {
            assert_eq!(
                refusal(user_settings::set_home_page(&ada, path).await).0,
                "invalid",
                "{path}"
            );
        }
    });
}

#[test]
fn whose_settings_are_whose_business() {
    on_each(&Settings::default(), |world| async move {
        let acme = world.org("ACME").await;
        let boss = world.user("boss@example.org", acme, ORG_ADMIN).await;
        let ada = world.user("ada@example.org", acme, USER).await;
        let eve = world
            .user("eve@example.net", world.org("Theirs").await, USER)
            .await;
        let root = world.admin().await;
        for ctx in [&boss, &ada, &eve, &root] {
            user_settings::set(ctx, ctx.caller.user_id, FILTER, json!({"Tag.name": "1"}))
                .await
                .unwrap();
        }
        let id = |ctx: &Ctx| ctx.caller.user_id;
        let owners = async |ctx: &Ctx, whose| {
            let found = user_settings::index(ctx, whose, Some(FILTER.into()), 1, 10)
                .await
                .unwrap()
                .0;
            found
                .into_iter()
                .map(|setting| setting.user_id)
                .collect::<Vec<UserId>>()
        };
        assert_eq!(owners(&ada, Whose::All).await, [id(&ada)]);
        assert_eq!(owners(&ada, Whose::User(id(&boss))).await, []);
        assert_eq!(owners(&boss, Whose::Own).await, [id(&boss)]);
        assert_eq!(owners(&boss, Whose::Org).await, [id(&boss), id(&ada)]);
        assert_eq!(owners(&boss, Whose::User(id(&ada))).await, [id(&ada)]);
        assert_eq!(owners(&boss, Whose::User(id(&eve))).await, []);
        assert_eq!(
            owners(&root, Whose::All).await,
            [id(&boss), id(&ada), id(&eve), id(&root)]
        );
        for (who, whose, may) in [
            (&boss, &ada, true),
            (&boss, &eve, false),
            (&ada, &boss, false),
            (&boss, &root, false),
        ] {
            let (by, of) = (&who.caller.email, &whose.caller.email);
            let outcome = user_settings::set(who, id(whose), FILTER, json!({"Tag.name": "2"})).await;
            assert_eq!(outcome.is_ok(), may, "{by} sets for {of}");
            let outcome = user_settings::get(who, id(whose), FILTER).await;
            assert_eq!(outcome.is_ok(), may, "{by} reads of {of}");
            let outcome = user_settings::delete(who, id(whose), FILTER).await;
            assert_eq!(outcome.is_ok(), may, "{by} deletes of {of}");
        }
        users::edit(&root, id(&ada), body(json!({"disabled": 1})))
            .await
            .unwrap();
        let mut reading = boss.clone();
        reading.caller.read_only = true;
        let outcome = user_settings::set(&reading, id(&boss), FILTER, json!({"Tag.name": "3"})).await;
        assert_eq!(refusal(outcome).0, "forbidden");
    });
}
