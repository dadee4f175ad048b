//! Logging in and out, and what ends a session.

use crate::fixture::{ADMIN_PASSWORD, USER, body, on_each, refusal};
use serde_json::json;
use sightline_app::login::{change_password, log_in, log_out, log_out_elsewhere, session};
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
        assert!(!found.csrf.is_empty() && found.csrf != token && !found.change_pw);
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
        // On PostgreSQL attempts in different transactions may count at the same moment.
        assert!((5..=12).contains(&tried), "{tried} passwords were tried");
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
                .change_pw
        );
        let own = body(json!({"password": ADMIN_PASSWORD}));
        let view = users::edit_own(&ada, own).await.unwrap();
        assert!(!view.user.change_pw);
    });
}
