//! API keys: what they prove, and who may make, see and end them.

use crate::fixture::{ADMIN_KEY, ADMIN_PASSWORD, ORG_ADMIN, USER, World, body, on_each, refusal};
use serde_json::{Value, json};
use sightline_app::auth_keys::{self, NewKey, Wanted, authenticate};
use sightline_app::{Ctx, Settings, login, roles, users};
use sightline_core::ids::{OrgId, RoleId, UserId};
use sightline_core::{Permission, Permissions};

const IP: Option<&str> = Some("192.0.2.1");

async fn key(ctx: &Ctx, of: UserId, wanted: Value) -> NewKey {
    auth_keys::add(ctx, of, body(wanted)).await.unwrap()
}

async fn works(world: &World, raw: &str) -> bool {
    authenticate(&world.platform, raw, IP).await.is_ok()
}

#[test]
fn a_key_is_shown_once_and_kept_as_a_hash() {
    on_each(&Settings::default(), |world| async move {
        let ada = world.user("ada@example.org", OrgId(1), USER).await;
        let id = ada.caller.user_id;
        let new = key(&ada, id, json!({"comment": " laptop ", "authkey": ADMIN_KEY})).await;
        assert_eq!(new.raw.len(), 40);
        assert_ne!(new.raw, ADMIN_KEY);
        assert_eq!(
            (new.raw.split_at(4).0, new.raw.split_at(36).1),
            (&*new.key.authkey_start, &*new.key.authkey_end)
        );
        assert_eq!(new.key.comment, "laptop");
        let kept = auth_keys::find(&ada, &new.key.id.to_string()).await.unwrap();
        assert_eq!(
            (kept.key.uuid, kept.email.as_str()),
            (new.key.uuid, "ada@example.org")
        );
        assert_eq!(
            authenticate(&world.platform, &new.raw, IP)
                .await
                .unwrap()
                .caller
                .user_id,
            id
        );
        let used = auth_keys::find(&ada, &new.key.uuid.to_string())
            .await
            .unwrap()
            .key;
        assert_eq!(
            (used.last_used, used.unique_ips),
            (1_700_000_000, vec!["192.0.2.1".to_owned()])
        );
        assert_eq!(
            users::view(&ada, id).await.unwrap().user.last_api_access,
            1_700_000_000
        );
    });
}

#[test]
fn what_takes_a_keys_power_away_works_at_once() {
    on_each(&Settings::default(), |world| async move {
        let admin = world.admin().await;
        let ada = world.user("ada@example.org", OrgId(1), USER).await;
        let id = ada.caller.user_id;
        let expiring = key(&ada, id, json!({"expiration": 1_700_000_010})).await;
        assert!(works(&world, &expiring.raw).await);
        world.platform.clock.advance(10);
        assert_eq!(
            refusal(authenticate(&world.platform, &expiring.raw, IP).await).0,
            "unauthenticated"
        );

        let deleted = key(&ada, id, json!({})).await;
        auth_keys::delete(&ada, &deleted.key.id.to_string())
            .await
            .unwrap();
        assert!(!works(&world, &deleted.raw).await);

        let lasting = key(&ada, id, json!({})).await;
        users::edit(&admin, id, body(json!({"disabled": 1})))
            .await
            .unwrap();
        let expected = "Authentication failed. Your user account has been disabled.".to_owned();
        let outcome = authenticate(&world.platform, &lasting.raw, IP).await;
        assert_eq!(refusal(outcome), ("forbidden", expected));
        users::edit(&admin, id, body(json!({"disabled": 0})))
            .await
            .unwrap();
        assert!(works(&world, &lasting.raw).await);

        let voiceless = roles::add(&admin, body(json!({"name": "no api"}))).await.unwrap();
        users::edit(&admin, id, body(json!({"role_id": voiceless.id})))
            .await
            .unwrap();
        assert!(!works(&world, &lasting.raw).await);
        assert_eq!(
            refusal(authenticate(&world.platform, "x", IP).await).0,
            "unauthenticated"
        );
    });
}

#[test]
fn allowed_addresses_bind_a_key() {
    on_each(&Settings::default(), |world| async move {
        let ada = world.user("ada@example.org", OrgId(1), USER).await;
        let bound = key(
            &ada,
            ada.caller.user_id,
            json!({"allowed_ips": ["192.0.2.0/28", "2001:db8::1"]}),
        )
        .await;
        let elsewhere = "It is not possible to use this Auth key from your IP address";
        for (ip, expected) in [
            (Some("192.0.2.15"), None),
            (Some("::ffff:192.0.2.1"), None),
            (Some("2001:db8::1"), None),
            (Some("192.0.2.16"), Some(elsewhere)),
            (Some("2001:db8::2"), Some(elsewhere)),
            (
                None,
                Some("Auth key is limited to IP address, but IP address not found"),
            ),
        ] {
            let outcome = authenticate(&world.platform, &bound.raw, ip).await;
            match expected {
                None => assert!(outcome.is_ok(), "{ip:?}"),
                Some(message) => assert_eq!(refusal(outcome), ("forbidden", message.to_owned()), "{ip:?}"),
            }
        }
    });
}

#[test]
fn a_read_only_key_reads() {
    on_each(&Settings::default(), |world| async move {
        let admin = world.admin().await;
        let reader = key(&admin, admin.caller.user_id, json!({"read_only": 1})).await;
        let caller = authenticate(&world.platform, &reader.raw, IP)
            .await
            .unwrap()
            .caller;
        assert_eq!(
            caller.permissions,
            Permissions::of(&[Permission::Auth, Permission::Audit])
        );
        let reading = admin.acting_as(caller);
        let id = reading.caller.user_id;
        assert_eq!(
            refusal(auth_keys::add(&reading, id, body(json!({}))).await).0,
            "not allowed"
        );
        assert_eq!(refusal(auth_keys::reset(&reading, id).await).0, "not allowed");
        let own = reader.key.id.to_string();
        let lift = auth_keys::edit(&reading, &own, body(json!({"read_only": 0}))).await;
        assert_eq!(refusal(lift).0, "not allowed");
        let password = login::change_password(&reading, None, "A-New-Secret-99".into(), None).await;
        assert_eq!(refusal(password).0, "forbidden");
        assert_eq!(
            refusal(users::edit_own(&reading, body(json!({"autoalert": 1}))).await).0,
            "forbidden"
        );
        assert!(auth_keys::find(&reading, &own).await.is_ok());
    });
}

#[test]
fn who_may_manage_whose_keys() {
    on_each(&Settings::default(), |world| async move {
        let (ours, theirs) = (world.org("Ours").await, world.org("Theirs").await);
        let boss = world.user("boss@example.org", ours, ORG_ADMIN).await;
        let vice = world.user("vice@example.org", ours, ORG_ADMIN).await;
        let ada = world.user("ada@example.org", ours, USER).await;
        let eve = world.user("eve@example.net", theirs, USER).await;
        let root = world.admin().await;
        for (who, whose, may) in [
            (&root, &boss, true),
            (&boss, &boss, true),
            (&boss, &ada, true),
            (&boss, &vice, false),
            (&boss, &eve, false),
            (&boss, &root, false),
            (&ada, &ada, true),
            (&ada, &boss, false),
            (&ada, &eve, false),
        ] {
            let (by, of) = (&who.caller.email, &whose.caller.email);
            let id = whose.caller.user_id;
            let made = auth_keys::add(who, id, body(json!({}))).await;
            assert_eq!(made.is_ok(), may, "{by} adds for {of}");
            assert_eq!(
                auth_keys::manages(who, id).await.unwrap(),
                may,
                "{by} manages {of}"
            );
            if !may {
                let expected =
                    "Invalid user or insufficient privileges to interact with an authkey for the given user.";
                assert_eq!(refusal(made), ("not allowed", expected.to_owned()));
            }
            let theirs = key(whose, id, json!({})).await;
            let outcome = auth_keys::delete(who, &theirs.key.id.to_string()).await;
            assert_eq!(outcome.is_ok(), may, "{by} deletes of {of}");
        }
        let unknown = auth_keys::add(&root, UserId(9_999), body(json!({}))).await;
        assert_eq!(
            refusal(unknown),
            ("invalid", "[user_id]: User doesn't exists".to_owned())
        );
        let hidden = auth_keys::add(&ada, UserId(9_999), body(json!({}))).await;
        assert_eq!(refusal(hidden).0, "not allowed");
    });
}

#[test]
fn lists_show_what_the_caller_may_see() {
    on_each(&Settings::default(), |world| async move {
        let (ours, theirs) = (world.org("Ours").await, world.org("Theirs").await);
        let boss = world.user("boss@example.org", ours, ORG_ADMIN).await;
        let ada = world.user("ada@example.org", ours, USER).await;
        let eve = world.user("eve@example.net", theirs, USER).await;
        let seen = async |ctx: &Ctx, wanted: Wanted| {
            let (listed, total) = auth_keys::index(ctx, wanted, None, 0).await.unwrap();
            assert_eq!(usize::try_from(total).unwrap(), listed.len());
            listed.into_iter().map(|listed| listed.email).collect::<Vec<_>>()
        };
        let of = |ctx: &Ctx| Wanted {
            user: Some(ctx.caller.user_id),
            ..Wanted::default()
        };
        // Each user has the key that it was made with.
        let all = seen(&world.admin().await, Wanted::default()).await;
        assert_eq!(
            all,
            [
                "admin@admin.test",
                "boss@example.org",
                "ada@example.org",
                "eve@example.net"
            ]
        );
        assert_eq!(
            seen(&boss, Wanted::default()).await,
            ["boss@example.org", "ada@example.org"]
        );
        assert_eq!(seen(&boss, of(&eve)).await, [""; 0]);
        assert_eq!(seen(&ada, Wanted::default()).await, ["ada@example.org"]);
        assert_eq!(seen(&ada, of(&boss)).await, [""; 0]);
        let listed = auth_keys::of_user(&ada, ada.caller.user_id)
            .await
            .unwrap()
            .remove(0);
        let by_ends = Wanted {
            start: Some(listed.authkey_start),
            end: Some(listed.authkey_end),
            ..Wanted::default()
        };
        assert_eq!(seen(&world.admin().await, by_ends).await, ["ada@example.org"]);
        let foreign = auth_keys::find(&eve, &listed.id.to_string()).await;
        assert_eq!(refusal(foreign), ("not found", "Invalid AuthKey.".to_owned()));
        assert_eq!(refusal(auth_keys::find(&eve, "").await).0, "not found");
    });
}

#[test]
fn a_reset_ends_all_keys_or_only_the_one_in_use() {
    on_each(&Settings::default(), |world| async move {
        let ada = world.user("ada@example.org", OrgId(1), USER).await;
        let id = ada.caller.user_id;
        let (first, second) = (key(&ada, id, json!({})).await, key(&ada, id, json!({})).await);
        let with_first = ada.acting_as(
            authenticate(&world.platform, &first.raw, IP)
                .await
                .unwrap()
                .caller,
        );
        let third = auth_keys::reset(&with_first, id).await.unwrap();
        assert!(!works(&world, &first.raw).await);
        assert!(works(&world, &second.raw).await && works(&world, &third.raw).await);
        let fourth = auth_keys::reset(&world.admin().await, id).await.unwrap();
        assert!(!works(&world, &second.raw).await && !works(&world, &third.raw).await);
        assert!(works(&world, &fourth.raw).await);
        let outcome = auth_keys::reset(&ada, UserId(1)).await;
        assert_eq!(refusal(outcome), ("not allowed", "Invalid user.".to_owned()));
    });
}

#[test]
fn validity_is_limited_where_the_administrator_says_so() {
    let mut settings = Settings::default();
    settings.security.authkey_days = 365;
    on_each(&settings, |world| async move {
        let admin = world.admin().await;
        let id = admin.caller.user_id;
        let new = key(&admin, id, json!({})).await.key;
        assert_eq!(new.expiration, 1_700_000_000 + 365 * 86_400);
        let late = auth_keys::add(&admin, id, body(json!({"expiration": 1_800_000_000}))).await;
        let expected = "[expiration]: Maximal key validity is 365 days.".to_owned();
        assert_eq!(refusal(late), ("invalid", expected));
        let again = auth_keys::add(&admin, id, body(json!({"uuid": new.uuid}))).await;
        assert_eq!(
            refusal(again),
            ("invalid", "[uuid]: The UUID provided is not unique".to_owned())
        );
    });
}

#[test]
fn a_role_without_the_api_gets_no_key() {
    on_each(&Settings::default(), |world| async move {
        let admin = world.admin().await;
        let role: RoleId = roles::add(&admin, body(json!({"name": "no api"})))
            .await
            .unwrap()
            .id;
        let wanted = json!({"email": "mute@example.org", "role_id": role, "password": ADMIN_PASSWORD});
        let added = users::add(&admin, body(wanted)).await.unwrap();
        assert_eq!(added.key, None);
        let mute = world.acting(added.view.user.id).await;
        let outcome = auth_keys::add(&mute, mute.caller.user_id, body(json!({}))).await;
        assert_eq!(refusal(outcome).0, "not allowed");
    });
}
