//! Users.

use crate::fixture::{ADMIN, ADMIN_PASSWORD, ORG_ADMIN, SYNC, USER, body, on_each, refusal};
use serde_json::{Value, json};
use sightline_app::login::{log_in, session};
use sightline_app::users::{self, Filter};
use sightline_app::{Ctx, Settings, organisations, roles};
use sightline_core::ids::{OrgId, RoleId, UserId};

#[test]
fn a_new_user_gets_defaults_and_secrets_that_work() {
    on_each(&Settings::default(), |world| async move {
        let admin = world.admin().await;
        let added = users::add(&admin, body(json!({"email": " Ada@Example.org "})))
            .await
            .unwrap();
        let user = &added.view.user;
        assert_eq!(
            (user.email.as_str(), user.role_id, user.org_id),
            ("ada@example.org", USER, OrgId(1))
        );
        assert_eq!(
            (user.change_pw, user.termsaccepted, user.invited_by),
            (true, false, UserId(1))
        );
        assert!((1_000_000..10_000_000).contains(&user.nids_sid));
        let password = added.password.expect("a generated password");
        log_in(&world.platform, "ada@example.org", &password, "192.0.2.1", "")
            .await
            .unwrap();
        let key = added.key.expect("a key");
        let used = sightline_app::auth_keys::authenticate(&world.platform, &key, None)
            .await
            .unwrap();
        assert_eq!(used.caller.user_id, user.id);
        assert_eq!(world.audited("add", "User").await, 2);
    });
}

#[test]
fn what_a_new_user_may_not_look_like() {
    on_each(&Settings::default(), |world| async move {
        let admin = world.admin().await;
        let restricted = json!({"name": "ACME", "restricted_to_domain": ["example.org"]});
        let org = organisations::add(&admin, body(restricted)).await.unwrap().id;
        for (wanted, expected) in [
            (json!({}), ("rejected", r#"{"email":"Mandatory field not set."}"#)),
            (
                json!({"email": "bad"}),
                ("invalid", "[email]: Please enter a valid email address."),
            ),
            (
                json!({"email": "ADMIN@admin.test"}),
                (
                    "invalid",
                    "[email]: An account with this email address already exists.",
                ),
            ),
            (
                json!({"email": "a@b.example", "role_id": 99}),
                ("not allowed", "Invalid role"),
            ),
            (
                json!({"email": "a@b.example", "org_id": 99}),
                ("invalid", "[org_id]: Invalid organisation"),
            ),
            (
                json!({"email": "a@b.example", "password": "short"}),
                ("invalid", "[password]: Password length requirement not met."),
            ),
            (
                json!({"email": "a@b.example", "password": "alllowercase"}),
                ("invalid", "[password]: Password complexity requirement not met."),
            ),
            (
                json!({"email": "a@b.example", "org_id": org}),
                (
                    "invalid",
                    "[email]: The organisation takes only addresses of example.org.",
                ),
            ),
        ] {
            let outcome = users::add(&admin, body(wanted)).await;
            assert_eq!(refusal(outcome), (expected.0, expected.1.to_owned()));
        }
        users::add(&admin, body(json!({"email": "a@Example.org", "org_id": org})))
            .await
            .unwrap();
    });
}

#[test]
fn an_organisations_administrator_stays_within_it() {
    on_each(&Settings::default(), |world| async move {
        let (ours, theirs) = (world.org("Ours").await, world.org("Theirs").await);
        let boss = world.user("boss@example.org", ours, ORG_ADMIN).await;
        let ada = world.user("ada@example.org", ours, USER).await.caller.user_id;
        let eve = world.user("eve@example.net", theirs, USER).await.caller.user_id;
        let root = world.user("root@example.org", ours, ADMIN).await.caller.user_id;

        let wanted = json!({"email": "new@example.org", "org_id": theirs, "id": 77, "role_id": USER});
        let added = users::add(&boss, body(wanted)).await.unwrap().view.user;
        assert_eq!(added.org_id, ours);
        assert_ne!(added.id, UserId(77));

        let restricted = json!({"name": "Special", "permission": 0, "restricted_to_site_admin": true});
        let restricted = roles::add(&world.admin().await, body(restricted))
            .await
            .unwrap()
            .id;
        let unassignable = "You are not authorised to assign that role to a user.".to_owned();
        for role in [ADMIN, SYNC, restricted] {
            let adding = users::add(&boss, body(json!({"email": "x@example.org", "role_id": role}))).await;
            assert_eq!(refusal(adding), ("forbidden", unassignable.clone()), "{role}");
            let editing = users::edit(&boss, ada, body(json!({"role_id": role}))).await;
            assert_eq!(refusal(editing), ("forbidden", unassignable.clone()), "{role}");
        }
        let offered: Vec<_> = users::assignable_roles(&boss)
            .await
            .unwrap()
            .into_iter()
            .map(|role| role.id)
            .collect();
        assert_eq!(offered, [ORG_ADMIN, USER, RoleId(4), RoleId(6)]);

        for id in [eve, root, UserId(99)] {
            let editing = users::edit(&boss, id, body(json!({"disabled": true}))).await;
            assert_eq!(refusal(editing), ("not found", "Invalid user".to_owned()));
            assert_eq!(refusal(users::delete(&boss, id).await).0, "not found");
        }
        let moved = users::edit(&boss, ada, body(json!({"org_id": theirs, "autoalert": true})))
            .await
            .unwrap();
        assert_eq!((moved.user.org_id, moved.user.autoalert), (ours, true));
        assert_eq!(refusal(users::administered(&boss, eve).await).0, "not found");
        users::administered(&boss, root).await.unwrap();
        users::delete(&boss, ada).await.unwrap();
    });
}

#[test]
fn a_role_that_a_user_has_already_may_stay() {
    on_each(&Settings::default(), |world| async move {
        let org = world.org("ACME").await;
        let boss = world.user("boss@example.org", org, ORG_ADMIN).await;
        let syncer = world.user("sync@example.org", org, SYNC).await.caller.user_id;
        let same = json!({"role_id": SYNC, "contactalert": 1});
        assert!(
            users::edit(&boss, syncer, body(same))
                .await
                .unwrap()
                .user
                .contactalert
        );
    });
}

#[test]
fn users_edit_themselves_within_limits() {
    on_each(&Settings::default(), |world| async move {
        let ada = world.user("ada@example.org", OrgId(1), USER).await;
        let wanted = json!({"id": 1, "email": "ada.l@example.org", "org_id": 9, "role_id": 1, "disabled": 1,
            "change_pw": 1, "termsaccepted": true, "autoalert": true, "nids_sid": "5"});
        let view = users::edit_own(&ada, body(wanted)).await.unwrap();
        let user = &view.user;
        assert_eq!(
            (user.id, user.org_id, user.role_id),
            (ada.caller.user_id, OrgId(1), USER)
        );
        assert_eq!(
            (user.disabled, user.change_pw, user.termsaccepted),
            (false, false, false)
        );
        assert_eq!((user.email.as_str(), user.nids_sid), ("ada.l@example.org", 5));
        assert!(user.autoalert);
        let taken = users::edit_own(&ada, body(json!({"email": "admin@admin.test"}))).await;
        assert_eq!(refusal(taken).0, "invalid");
        let no_key = users::edit_own(&ada, body(json!({"gpgkey": "key"}))).await;
        assert_eq!(refusal(no_key).0, "invalid");
        let other = users::view(&ada, UserId(1)).await;
        assert_eq!(
            refusal(other),
            ("not found", "Invalid user or not authorised.".to_owned())
        );
        for outcome in [
            refusal(users::add(&ada, body(json!({"email": "x@example.org"}))).await),
            refusal(users::edit(&ada, ada.caller.user_id, body(json!({"role_id": 1}))).await),
            refusal(users::index(&ada, Filter::default(), None, 0).await),
            refusal(users::administered(&ada, ada.caller.user_id).await),
        ] {
            assert_eq!(outcome.0, "forbidden");
        }
    });
}

#[test]
fn the_last_site_administrator_stays() {
    on_each(&Settings::default(), |world| async move {
        let admin = world.admin().await;
        let id = admin.caller.user_id;
        let expected = (
            "refused",
            "This is the last active site administrator.".to_owned(),
        );
        let platform = Ctx::platform(world.platform.clone());
        assert_eq!(refusal(users::delete(&platform, id).await), expected);
        for change in [json!({"disabled": true}), json!({"role_id": USER})] {
            assert_eq!(refusal(users::edit(&admin, id, body(change)).await), expected);
        }
        users::edit(&admin, id, body(json!({"role_id": ADMIN, "autoalert": 1})))
            .await
            .unwrap();
        let second = world.user("root@example.org", OrgId(1), ADMIN).await;
        users::delete(&second, id).await.unwrap();
        assert_eq!(refusal(users::administered(&second, id).await).0, "not found");
        let own = ("refused", "You cannot delete your own account.".to_owned());
        assert_eq!(refusal(users::delete(&second, second.caller.user_id).await), own);
    });
}

#[test]
fn what_ends_sessions() {
    on_each(&Settings::default(), |world| async move {
        let ada = world.user("ada@example.org", OrgId(1), USER).await.caller.user_id;
        let admin = world.admin().await;
        for (change, ends) in [
            (json!({"autoalert": true}), false),
            (json!({"force_logout": true}), true),
            (json!({"password": ADMIN_PASSWORD}), true),
            (json!({"password": "*****"}), false),
        ] {
            let token = log_in(
                &world.platform,
                "ada@example.org",
                ADMIN_PASSWORD,
                "192.0.2.1",
                "",
            )
            .await
            .unwrap();
            users::edit(&admin, ada, body(change.clone())).await.unwrap();
            assert_eq!(
                session(&world.platform, &token).await.unwrap().is_none(),
                ends,
                "{change}"
            );
        }
    });
}

#[test]
fn lists_filter_and_page() {
    on_each(&Settings::default(), |world| async move {
        let acme = world.org("ACME").await;
        let boss = world.user("boss@example.org", acme, ORG_ADMIN).await;
        world.user("ada@example.org", acme, USER).await;
        let admin = world.admin().await;
        let emails = async |ctx: &Ctx, filter: Filter| {
            let (found, total) = users::index(ctx, filter, None, 0).await.unwrap();
            assert_eq!(usize::try_from(total).unwrap(), found.len());
            found
                .into_iter()
                .map(|listed| listed.user.email)
                .collect::<Vec<_>>()
        };
        let any = |text: &str| Filter {
            any: Some(text.into()),
            ..Filter::default()
        };
        let (root, boss_email, ada) = ("admin@admin.test", "boss@example.org", "ada@example.org");
        assert_eq!(emails(&admin, Filter::default()).await, [root, boss_email, ada]);
        assert_eq!(emails(&boss, Filter::default()).await, [boss_email, ada]);
        assert_eq!(emails(&admin, any("acm")).await, [boss_email, ada]);
        assert_eq!(emails(&admin, any("ADMIN.TEST")).await, [root]);
        assert_eq!(emails(&admin, any("Org Admin")).await, [boss_email]);
        assert_eq!(emails(&admin, any("_")).await, [""; 0]);
        let of_role = Filter {
            role: Some(USER),
            ..Filter::default()
        };
        assert_eq!(emails(&admin, of_role).await, [ada]);
        let foreign = Filter {
            org: Some(OrgId(1)),
            ..Filter::default()
        };
        assert_eq!(emails(&boss, foreign).await, [""; 0]);
        let (page, total) = users::index(&admin, Filter::default(), Some(1), 1).await.unwrap();
        assert_eq!(
            (page[0].user.email.as_str(), page[0].org.name.as_str(), total),
            (boss_email, "ACME", 3)
        );
        assert_eq!(
            users::org_admins(&admin, acme).await.unwrap(),
            [(boss.caller.user_id, boss_email.to_owned())]
        );
        let found = users::find(&admin, "Ada@example.org").await.unwrap();
        assert_eq!(users::view(&admin, found).await.unwrap().user.email, ada);
        assert_eq!(users::find(&boss, "me").await.unwrap(), boss.caller.user_id);
    });
}

#[test]
fn secrets_are_not_in_the_audit_log() {
    on_each(&Settings::default(), |world| async move {
        let ada = world.user("ada@example.org", OrgId(1), USER).await.caller.user_id;
        let change = json!({"password": "Another-Secret-8"});
        users::edit(&world.admin().await, ada, body(change))
            .await
            .unwrap();
        let rows: Vec<String> = world
            .platform
            .db
            .read(|tx| tx.all("SELECT change FROM audit_logs", &[], |row| row.text(0)))
            .await
            .unwrap();
        assert!(rows.len() > 3);
        for row in rows {
            let fields: Value = serde_json::from_str(&row).unwrap();
            assert!(
                fields.get("password").is_none() && fields.get("key_hash").is_none(),
                "{row}"
            );
            assert!(!row.contains("argon2") && !row.contains("Secret"), "{row}");
        }
    });
}
