//! One-time passwords: setting them up, saying them, never twice, and losing the device.

use crate::fixture::{ADMIN_PASSWORD, ORG_ADMIN, USER, World, body, on_each, refusal};
use serde_json::json;
use sightline_app::login::{Before, confirm, log_in, session};
use sightline_app::settings::SecuritySettings;
use sightline_app::{Ctx, Settings, auth_keys, otp, roles, users};
use sightline_core::ids::OrgId;
use sightline_db::audit::RequestType;
use totp_rs::{Algorithm, Builder, Secret};

const EMAIL: &str = "ada@example.org";
const IP: &str = "192.0.2.1";
const WRONG: &str = "Invalid one-time password, try again";

/// What the app on the telephone shows.
fn code(secret: &str, now: i64) -> String {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_step_duration(30)
        .with_secret(Secret::try_from_base32(secret).unwrap())
        .build_noncompliant()
        .generate(u64::try_from(now).unwrap())
        .to_string()
}

/// A code that is not the one of now.
fn wrong(secret: &str, now: i64) -> String {
    let right: u32 = code(secret, now).parse().unwrap();
    format!("{:06}", (right + 500_000) % 1_000_000)
}

fn in_browser(ctx: Ctx) -> Ctx {
    Ctx {
        request_type: RequestType::Web,
        ip: Some(IP.into()),
        ..ctx
    }
}

/// A user with one-time passwords, and the secret of the app.
async fn enrolled(world: &World) -> (Ctx, String) {
    let ada = in_browser(world.user(EMAIL, OrgId(1), USER).await);
    let token = log_in(&world.platform, EMAIL, ADMIN_PASSWORD, IP, "")
        .await
        .unwrap();
    let secret = otp::set_up(&ada, &token).await.unwrap().secret;
    let now = world.platform.clock.now();
    otp::turn_on(&ada, &token, &code(&secret, now)).await.unwrap();
    world.platform.clock.advance(30);
    (ada, secret)
}

async fn before(world: &World, token: &str) -> Option<Before> {
    session(&world.platform, token)
        .await
        .unwrap()
        .expect("a session")
        .before
}

#[test]
fn setting_up_needs_the_right_code_and_ends_other_sessions() {
    on_each(&Settings::default(), |world| async move {
        let ada = in_browser(world.user(EMAIL, OrgId(1), USER).await);
        let now = world.platform.clock.now();
        let token = log_in(&world.platform, EMAIL, ADMIN_PASSWORD, IP, "")
            .await
            .unwrap();
        let other = log_in(&world.platform, EMAIL, ADMIN_PASSWORD, IP, "")
            .await
            .unwrap();
        let set_up = otp::set_up(&ada, &token).await.unwrap();
        assert_eq!(
            otp::set_up(&ada, &token).await.unwrap().secret,
            set_up.secret,
            "the picture stays"
        );
        let outcome = otp::turn_on(&ada, &token, &wrong(&set_up.secret, now)).await;
        assert_eq!(refusal(outcome).0, "invalid");
        // A secret belongs to the session that was shown it.
        assert_eq!(
            refusal(otp::turn_on(&ada, &other, &code(&set_up.secret, now)).await).0,
            "invalid"
        );
        otp::turn_on(&ada, &token, &code(&set_up.secret, now))
            .await
            .unwrap();
        assert_eq!(before(&world, &token).await, None);
        assert_eq!(session(&world.platform, &other).await.unwrap(), None);
        for again in [
            otp::set_up(&ada, &token).await.map(|_| ()),
            otp::turn_on(&ada, &token, "1").await,
        ] {
            assert_eq!(refusal(again).0, "refused");
        }
        // Nothing that is kept for people to read holds the secret.
        let secret = set_up.secret;
        let leaks = "SELECT COUNT(*) FROM audit_logs WHERE change LIKE '%' || $1 || '%'";
        let leaked = world
            .platform
            .db
            .read(move |tx| tx.int(leaks, sightline_db::params![secret.as_str()]))
            .await
            .unwrap();
        assert_eq!(leaked, 0);
    });
}

#[test]
fn a_log_in_is_worth_nothing_before_the_code_and_no_code_works_twice() {
    on_each(&Settings::default(), |world| async move {
        let (ada, secret) = enrolled(&world).await;
        let now = world.platform.clock.now();
        let token = log_in(&world.platform, EMAIL, ADMIN_PASSWORD, IP, "")
            .await
            .unwrap();
        assert_eq!(before(&world, &token).await, Some(Before::Otp));
        let outcome = confirm(&ada, &token, &wrong(&secret, now)).await;
        assert_eq!(refusal(outcome), ("unauthenticated", WRONG.to_owned()));
        let shown = code(&secret, now);
        let (first, last) = shown.split_at(3);
        let spaced = format!("{first} {last}");
        let full = confirm(&ada, &token, &spaced).await.unwrap();
        assert_eq!(before(&world, &full).await, None);
        assert_eq!(
            session(&world.platform, &token).await.unwrap(),
            None,
            "the half session is over"
        );
        let token = log_in(&world.platform, EMAIL, ADMIN_PASSWORD, IP, "")
            .await
            .unwrap();
        assert_eq!(refusal(confirm(&ada, &token, &shown).await).1, WRONG);
        world.platform.clock.advance(30);
        confirm(&ada, &token, &code(&secret, now + 30)).await.unwrap();
        // The key of a script is not asked.
        let key = auth_keys::add(&ada, ada.caller.user_id, body(json!({})))
            .await
            .unwrap();
        auth_keys::authenticate(&world.platform, &key.raw, None)
            .await
            .unwrap();
    });
}

#[test]
fn codes_on_paper_work_in_order_and_once() {
    on_each(&Settings::default(), |world| async move {
        let (ada, _) = enrolled(&world).await;
        let paper = otp::paper_codes(&ada).await.unwrap();
        assert_eq!(paper.len(), 50);
        let enter = async |code: &str| {
            let token = log_in(&world.platform, EMAIL, ADMIN_PASSWORD, IP, "")
                .await
                .unwrap();
            confirm(&ada, &token, code).await
        };
        enter(&paper[0].code).await.unwrap();
        assert_eq!(refusal(enter(&paper[0].code).await).1, WRONG);
        enter(&paper[1].code).await.unwrap();
        assert_eq!(otp::paper_codes(&ada).await.unwrap()[0], paper[2]);
        let with_key = Ctx {
            request_type: RequestType::Api,
            ..ada
        };
        assert_eq!(refusal(otp::paper_codes(&with_key).await).0, "forbidden");
    });
}

#[test]
fn one_code_entered_twice_at_once_lets_one_in() {
    on_each(&Settings::default(), |world| async move {
        let (ada, secret) = enrolled(&world).await;
        let shown = code(&secret, world.platform.clock.now());
        let mut entering = Vec::new();
        for _ in 0..4 {
            let token = log_in(&world.platform, EMAIL, ADMIN_PASSWORD, IP, "")
                .await
                .unwrap();
            let (ada, shown) = (ada.clone(), shown.clone());
            entering.push(tokio::spawn(async move {
                confirm(&ada, &token, &shown).await.is_ok()
            }));
        }
        let mut entered = 0;
        for one in entering {
            entered += u32::from(one.await.unwrap());
        }
        assert_eq!(entered, 1);
    });
}

#[test]
fn guessing_codes_is_paused_also_from_other_addresses_and_the_password_does_not_help() {
    on_each(&Settings::default(), |world| async move {
        let (ada, secret) = enrolled(&world).await;
        let now = world.platform.clock.now();
        let guess = async |ip: &str| {
            let token = log_in(&world.platform, EMAIL, ADMIN_PASSWORD, ip, "").await?;
            let from = Ctx {
                ip: Some(ip.into()),
                ..ada.clone()
            };
            confirm(&from, &token, &wrong(&secret, now)).await
        };
        for n in 0..5 {
            let outcome = guess(&format!("192.0.2.{n}")).await;
            assert_eq!(refusal(outcome).0, "unauthenticated", "{n}");
        }
        assert_eq!(refusal(guess("198.51.100.1").await).0, "rate limited");
        world.platform.clock.advance(301);
        for n in 0..5 {
            assert_eq!(refusal(guess(IP).await).0, "unauthenticated", "{n}");
        }
        // The same address may not even try the password any more.
        let outcome = log_in(&world.platform, EMAIL, ADMIN_PASSWORD, IP, "").await;
        assert_eq!(refusal(outcome).0, "rate limited");
    });
}

#[test]
fn who_has_lost_the_device_is_helped_by_an_administrator_of_the_organisation() {
    on_each(&Settings::default(), |world| async move {
        let (ada, _) = enrolled(&world).await;
        let ours = world.user("boss@example.org", OrgId(1), ORG_ADMIN).await;
        let elsewhere = world.org("Elsewhere").await;
        let theirs = world.user("boss@elsewhere.org", elsewhere, ORG_ADMIN).await;
        let id = ada.caller.user_id;
        assert_eq!(refusal(otp::remove(&ada, id).await).0, "forbidden");
        assert_eq!(refusal(otp::remove(&theirs, id).await).0, "not found");
        otp::remove(&ours, id).await.unwrap();
        let token = log_in(&world.platform, EMAIL, ADMIN_PASSWORD, IP, "")
            .await
            .unwrap();
        assert_eq!(before(&world, &token).await, None);
        assert!(!users::view(&ada, id).await.unwrap().user.totp_is_set);
    });
}

#[test]
fn an_instance_may_ask_everybody_or_nobody() {
    let security = |otp_required, otp_disabled| Settings {
        security: SecuritySettings {
            otp_required,
            otp_disabled,
            ..SecuritySettings::default()
        },
        ..Settings::default()
    };
    on_each(&security(true, false), |world| async move {
        world.user(EMAIL, OrgId(1), USER).await;
        let token = log_in(&world.platform, EMAIL, ADMIN_PASSWORD, IP, "")
            .await
            .unwrap();
        assert_eq!(before(&world, &token).await, Some(Before::OtpSetUp));
    });
    on_each(&security(true, true), |world| async move {
        let ada = in_browser(world.user(EMAIL, OrgId(1), USER).await);
        let token = log_in(&world.platform, EMAIL, ADMIN_PASSWORD, IP, "")
            .await
            .unwrap();
        assert_eq!(before(&world, &token).await, None);
        let expected = ("forbidden", "OTP has been disabled on this instance.".to_owned());
        assert_eq!(refusal(otp::set_up(&ada, &token).await.map(|_| ())), expected);
        assert_eq!(
            refusal(otp::remove(&world.admin().await, ada.caller.user_id).await),
            expected
        );
    });
}

#[test]
fn a_role_may_be_spared_where_everybody_else_is_asked() {
    let mut settings = Settings::default();
    settings.security.otp_required = true;
    on_each(&settings, |world| async move {
        let admin = world.admin().await;
        for (spared, expected) in [(true, None), (false, Some(Before::OtpSetUp))] {
            let role = json!({"name": format!("robot {spared}"), "permission": 0, "perm_skip_otp": spared});
            let role = roles::add(&admin, body(role)).await.unwrap();
            let email = format!("{spared}@example.org");
            world.user(&email, OrgId(1), role.id).await;
            let token = log_in(&world.platform, &email, ADMIN_PASSWORD, IP, "")
                .await
                .unwrap();
            assert_eq!(before(&world, &token).await, expected, "perm_skip_otp {spared}");
        }
    });
}
