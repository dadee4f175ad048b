//! Logging in and out, and what ends a session.

use crate::fixture::{ADMIN_PASSWORD, USER, body, on_each, refusal};
use serde_json::json;
use sightline_app::login::{
    Before, accept_terms, change_password, end_sessions_of, history, log_in, log_out, log_out_elsewhere,
    log_out_one, session, sessions, terms,
};
use sightline_app::settings::AccessSettings;
use sightline_app::{Ctx, Settings, users};
use sightline_core::ids::OrgId;
use sightline_db::audit::RequestType;

const EMAIL: &str = "ada@example.org";
const IP: &str = "192.0.2.1";
const NEW_PASSWORD: &str = "Another-Secret-8";

#[test]
fn a_session_lasts_while_it_is_used() {
    on_each(&Settings::default(), |world| async move {
        let ada = world.user(EMAIL, OrgId(1), USER).await;
        let platform = &world.platform;
        let token = log_in(platform, "  Ada@Example.org ", ADMIN_PASSWORD, IP, "browser")
            .await
            .unwrap();
        let found = session(platform, &token).await.unwrap().expect("a session");
        assert_eq!(found.caller.user_id, ada.caller.user_id);
        assert!(!found.csrf.is_empty() && found.csrf != token && found.before.is_none());
        let idle = i64::from(platform.settings.current().security.session_idle);
        for _ in 0..3 {
            platform.clock.advance(idle - 1);
            assert!(session(platform, &token).await.unwrap().is_some());
        }
        platform.clock.advance(idle + 1);
        assert_eq!(session(platform, &token).await.unwrap(), None);
        assert_eq!(session(platform, "not a token").await.unwrap(), None);
        assert_eq!(world.audited("login", "User").await, 1);
    });
}

#[test]
fn logging_out_ends_this_session_or_the_others() {
    on_each(&Settings::default(), |world| async move {
        let ada = world.user(EMAIL, OrgId(1), USER).await;
        let platform = &world.platform;
        let mut tokens = Vec::new();
        for _ in 0..3 {
            tokens.push(log_in(platform, EMAIL, ADMIN_PASSWORD, IP, "").await.unwrap());
        }
        let alive = async |token: &str| session(platform, token).await.unwrap().is_some();
        log_out(&ada, &tokens[0]).await.unwrap();
        assert_eq!((alive(&tokens[0]).await, alive(&tokens[1]).await), (false, true));
        log_out_elsewhere(&ada, Some(&tokens[1])).await.unwrap();
        assert_eq!((alive(&tokens[1]).await, alive(&tokens[2]).await), (true, false));
        assert_eq!(world.audited("logout", "User").await, 2);
    });
}

#[test]
fn five_failures_from_one_address_pause_that_address_and_name_only() {
    on_each(&Settings::default(), |world| async move {
        world.user(EMAIL, OrgId(1), USER).await;
        let platform = &world.platform;
        for email in [EMAIL, "nobody@example.org"] {
            for _ in 0..5 {
                let outcome = log_in(platform, email, "wrong", IP, "").await;
                let expected = "Invalid username or password, try again".to_owned();
                assert_eq!(refusal(outcome), ("unauthenticated", expected));
            }
            let outcome = log_in(platform, email, ADMIN_PASSWORD, IP, "").await;
            let expected = "You have reached the maximum number of login attempts. Please wait 300 seconds and try again.";
            assert_eq!(refusal(outcome), ("rate limited", expected.to_owned()));
        }
        log_in(platform, EMAIL, ADMIN_PASSWORD, "192.0.2.2", "")
            .await
            .unwrap();
        log_in(platform, "admin@admin.test", ADMIN_PASSWORD, IP, "")
            .await
            .unwrap();
        platform.clock.advance(301);
        log_in(platform, EMAIL, ADMIN_PASSWORD, IP, "").await.unwrap();
        assert_eq!(world.audited("login_fail", "User").await, 10);
    });
}

#[test]
fn attempts_at_the_same_time_do_not_get_around_the_limit() {
    on_each(&Settings::default(), |world| async move {
        world.user(EMAIL, OrgId(1), USER).await;
        let attempts: Vec<_> = (0..20)
            .map(|_| {
                let platform = world.platform.clone();
                tokio::spawn(async move { log_in(&platform, EMAIL, "wrong", IP, "").await })
            })
            .collect();
        let mut tried = 0;
        for attempt in attempts {
            tried += usize::from(refusal(attempt.await.unwrap()).0 == "unauthenticated");
        }
        assert_eq!(tried, 5);
    });
}

#[test]
fn a_success_forgets_the_failures_before_it() {
    on_each(&Settings::default(), |world| async move {
        world.user(EMAIL, OrgId(1), USER).await;
        for _ in 0..3 {
            for _ in 0..4 {
                log_in(&world.platform, EMAIL, "wrong", IP, "").await.unwrap_err();
            }
            log_in(&world.platform, EMAIL, ADMIN_PASSWORD, IP, "")
                .await
                .unwrap();
        }
    });
}

#[test]
fn disabling_ends_the_session_and_closes_the_door() {
    on_each(&Settings::default(), |world| async move {
        let ada = world.user(EMAIL, OrgId(1), USER).await;
        let platform = &world.platform;
        let token = log_in(platform, EMAIL, ADMIN_PASSWORD, IP, "").await.unwrap();
        let admin = world.admin().await;
        users::edit(&admin, ada.caller.user_id, body(json!({"disabled": true})))
            .await
            .unwrap();
        assert_eq!(session(platform, &token).await.unwrap(), None);
        assert_eq!(
            refusal(log_in(platform, EMAIL, ADMIN_PASSWORD, IP, "").await).0,
            "unauthenticated"
        );
        users::edit(&admin, ada.caller.user_id, body(json!({"disabled": "0"})))
            .await
            .unwrap();
        log_in(platform, EMAIL, ADMIN_PASSWORD, IP, "").await.unwrap();
        users::edit(
            &admin,
            ada.caller.user_id,
            body(json!({"expiration": "2023-01-01"})),
        )
        .await
        .unwrap();
        assert_eq!(
            refusal(log_in(platform, EMAIL, ADMIN_PASSWORD, IP, "").await).0,
            "unauthenticated"
        );
    });
}

#[test]
fn changing_the_password_asks_for_the_old_one_and_ends_other_sessions() {
    on_each(&Settings::default(), |world| async move {
        let ada = Ctx {
            request_type: RequestType::Web,
            ..world.user(EMAIL, OrgId(1), USER).await
        };
        let platform = &world.platform;
        let kept = log_in(platform, EMAIL, ADMIN_PASSWORD, IP, "").await.unwrap();
        let other = log_in(platform, EMAIL, ADMIN_PASSWORD, IP, "").await.unwrap();
        let change = async |current: Option<&str>, new: &str| {
            change_password(&ada, current.map(Into::into), new.into(), Some(&kept)).await
        };
        for (current, new, expected) in [
            (
                None,
                NEW_PASSWORD,
                "Please enter your current password to continue.",
            ),
            (
                Some("wrong"),
                NEW_PASSWORD,
                "Invalid password. Please enter your current password to continue.",
            ),
            (
                Some(ADMIN_PASSWORD),
                "short",
                "The password could not be updated. Make sure you meet the minimum password length / complexity \
                 requirements.",
            ),
            (
                Some(ADMIN_PASSWORD),
                ADMIN_PASSWORD,
                "Submitted new password cannot be the same as the current one",
            ),
        ] {
            assert_eq!(
                refusal(change(current, new).await),
                ("refused", expected.to_owned())
            );
        }
        change(Some(ADMIN_PASSWORD), NEW_PASSWORD).await.unwrap();
        assert!(session(platform, &kept).await.unwrap().is_some());
        assert_eq!(session(platform, &other).await.unwrap(), None);
        log_in(platform, EMAIL, ADMIN_PASSWORD, IP, "").await.unwrap_err();
        log_in(platform, EMAIL, NEW_PASSWORD, IP, "").await.unwrap();
        assert_eq!(world.audited("change_pw", "User").await, 1);
    });
}

#[test]
fn a_password_set_by_an_administrator_must_be_changed_when_so_said() {
    on_each(&Settings::default(), |world| async move {
        let ada = world.user(EMAIL, OrgId(1), USER).await;
        let set = body(json!({"password": NEW_PASSWORD, "change_pw": true}));
        users::edit(&world.admin().await, ada.caller.user_id, set)
            .await
            .unwrap();
        let token = log_in(&world.platform, EMAIL, NEW_PASSWORD, IP, "")
            .await
            .unwrap();
        assert!(
            session(&world.platform, &token)
                .await
                .unwrap()
                .expect("a session")
                .before
                == Some(Before::Password)
        );
        let own = body(json!({"password": ADMIN_PASSWORD}));
        let view = users::edit_own(&ada, own).await.unwrap();
        assert!(!view.user.change_pw);
    });
}

#[test]
fn one_sees_and_ends_ones_own_sessions() {
    on_each(&Settings::default(), |world| async move {
        let ada = world.user(EMAIL, OrgId(1), USER).await;
        let bob = world.user("bob@example.org", OrgId(1), USER).await;
        let platform = &world.platform;
        let this = log_in(platform, EMAIL, ADMIN_PASSWORD, IP, "at work")
            .await
            .unwrap();
        platform.clock.advance(10);
        let other = log_in(platform, EMAIL, ADMIN_PASSWORD, "192.0.2.9", "at home")
            .await
            .unwrap();
        let found = sessions(&ada, &this).await.unwrap();
        let seen: Vec<_> = found
            .iter()
            .map(|one| (one.user_agent.as_str(), one.ip.as_str(), one.is_this))
            .collect();
        assert_eq!(seen, [("at home", "192.0.2.9", false), ("at work", IP, true)]);
        assert!(sessions(&bob, &this).await.unwrap().is_empty());
        for (ctx, id) in [(&bob, found[0].id.as_str()), (&ada, "00"), (&ada, "no session")] {
            assert_eq!(refusal(log_out_one(ctx, id).await).0, "not found");
        }
        log_out_one(&ada, &found[0].id).await.unwrap();
        assert_eq!(session(platform, &other).await.unwrap(), None);
        assert!(session(platform, &this).await.unwrap().is_some());
        assert_eq!(
            refusal(end_sessions_of(&bob, ada.caller.user_id).await).0,
            "forbidden"
        );
        let ended = end_sessions_of(&world.admin().await, ada.caller.user_id).await;
        assert_eq!(ended.unwrap(), 1);
        assert_eq!(session(platform, &this).await.unwrap(), None);
    });
}

#[test]
fn another_role_or_organisation_ends_the_sessions() {
    on_each(&Settings::default(), |world| async move {
        let ada = world.user(EMAIL, OrgId(1), USER).await;
        let elsewhere = world.org("Elsewhere").await;
        let admin = world.admin().await;
        for (change, ends) in [
            (json!({"autoalert": true}), false),
            (json!({"role_id": 2}), true),
            (json!({"org_id": elsewhere}), true),
        ] {
            let token = log_in(&world.platform, EMAIL, ADMIN_PASSWORD, IP, "")
                .await
                .unwrap();
            users::edit(&admin, ada.caller.user_id, body(change.clone()))
                .await
                .unwrap();
            let alive = session(&world.platform, &token).await.unwrap().is_some();
            assert_eq!(alive, !ends, "{change}");
        }
    });
}

#[test]
fn who_came_in_and_who_tried_to_is_for_the_user_and_its_administrators() {
    on_each(&Settings::default(), |world| async move {
        let ada = world.user(EMAIL, OrgId(1), USER).await;
        let bob = world.user("bob@example.org", OrgId(1), USER).await;
        log_in(&world.platform, EMAIL, "wrong", "192.0.2.66", "a guess")
            .await
            .unwrap_err();
        log_in(&world.platform, EMAIL, ADMIN_PASSWORD, IP, "a browser")
            .await
            .unwrap();
        let id = ada.caller.user_id;
        for reader in [&ada, &world.admin().await] {
            let found = history(reader, id, 1, 10).await.unwrap();
            let seen: Vec<_> = found
                .iter()
                .map(|row| (row.action.as_str(), row.ip.as_deref(), row.user_agent.as_deref()))
                .collect();
            assert_eq!(
                seen,
                [
                    ("login", Some(IP), Some("a browser")),
                    ("login_fail", Some("192.0.2.66"), Some("a guess"))
                ]
            );
        }
        assert_eq!(refusal(history(&bob, id, 1, 10).await).0, "not found");
    });
}

#[test]
fn the_terms_come_before_everything_and_once() {
    let settings = Settings {
        access: AccessSettings {
            terms: "Be kind.".into(),
            ..AccessSettings::default()
        },
        ..Settings::default()
    };
    on_each(&settings, |world| async move {
        let ada = world.user(EMAIL, OrgId(1), USER).await;
        let token = log_in(&world.platform, EMAIL, ADMIN_PASSWORD, IP, "")
            .await
            .unwrap();
        let before = async || session(&world.platform, &token).await.unwrap().unwrap().before;
        assert_eq!(before().await, Some(Before::Terms));
        assert_eq!(terms(&ada).await.unwrap(), Some(("Be kind.".into(), false)));
        accept_terms(&ada).await.unwrap();
        assert_eq!(before().await, None);
        assert_eq!(terms(&ada).await.unwrap(), Some(("Be kind.".into(), true)));
    });
}

#[test]
fn a_hash_from_another_platform_lets_in_and_is_replaced() {
    on_each(&Settings::default(), |world| async move {
        let ada = world.user(EMAIL, OrgId(1), USER).await;
        let (id, hash) = (ada.caller.user_id, bcrypt::hash("From-Elsewhere-1", 4).unwrap());
        let stored = async || {
            world
                .platform
                .db
                .read(move |tx| {
                    Ok::<_, sightline_core::AppError>(sightline_db::users::by_id(tx, id)?.unwrap().password)
                })
                .await
                .unwrap()
        };
        let own = stored().await;
        world
            .platform
            .db
            .write(move |tx| sightline_db::users::set_password_hash(tx, id, &own, &hash))
            .await
            .unwrap();
        log_in(&world.platform, EMAIL, "From-Elsewhere-2", IP, "")
            .await
            .unwrap_err();
        assert!(stored().await.starts_with("$2"));
        for _ in 0..2 {
            log_in(&world.platform, EMAIL, "From-Elsewhere-1", IP, "")
                .await
                .unwrap();
            assert!(stored().await.starts_with("$argon2id$"));
        }
    });
}
