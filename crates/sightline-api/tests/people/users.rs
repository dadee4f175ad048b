//! `/users` and `/admin/users`.

use crate::wire::{ADMIN, NOW, fields, on_each, text};
use serde_json::{Value, json};
use sightline_app::Settings;

const NO_PERMISSION: &str = "You do not have permission to use this functionality.";

#[test]
fn an_added_user_comes_with_a_key_and_without_a_password() {
    on_each(&Settings::default(), |instance| async move {
        let acme = instance.org("Acme").await;
        let added = instance
            .post(
                ADMIN,
                "/admin/users/add",
                json!({"email": "One@Acme.test", "org_id": acme}),
            )
            .await;
        let key = text(&added, "/User/authkey");
        assert_eq!(key.len(), 40);
        let id = text(&added, "/User/id");
        let now = NOW.to_string();
        let sid = text(&added, "/User/nids_sid");
        assert_eq!(
            added,
            json!({"User": {
                "id": id, "password": "******", "org_id": acme, "server_id": "0", "email": "one@acme.test",
                "autoalert": false, "authkey": key, "invited_by": "1", "gpgkey": "", "certif_public": "",
                "nids_sid": sid, "termsaccepted": false, "newsread": "0", "role_id": "3", "change_pw": true,
                "contactalert": false, "disabled": false, "expiration": null, "current_login": "0",
                "last_login": "0", "force_logout": false, "date_created": now, "date_modified": now, "sub": null,
                "external_auth_required": false, "external_auth_key": "", "last_api_access": "0",
                "notification_daily": false, "notification_weekly": false, "notification_monthly": false,
                "totp": null, "hotp_counter": null, "last_pw_change": now, "totp_is_set": "0",
            }})
        );
        let me = instance.get(&key, "/users/view/me.json").await;
        assert_eq!(fields(&me, ""), "Organisation Role User UserSetting");
        assert_eq!(
            fields(&me, "/User"),
            "autoalert certif_public change_pw contactalert current_login date_created date_modified disabled email \
             expiration external_auth_key external_auth_required force_logout gpgkey hotp_counter id invited_by \
             last_api_access last_login last_pw_change newsread nids_sid notification_daily notification_monthly \
             notification_weekly org_id password role_id sub termsaccepted totp totp_is_set"
        );
        assert_eq!(text(&me, "/User/password"), "*****");
        assert_eq!(text(&me, "/Role/name"), "User");
        assert_eq!(me["UserSetting"], json!([]));
        assert_eq!(text(&me, "/Organisation/name"), "Acme");
        instance
            .post(
                &key,
                "/userSettings/setSetting",
                json!({"setting": "homepage", "value": {"path": "/a"}}),
            )
            .await;
        let me = instance.get(&key, "/users/view/me").await;
        assert_eq!(me["UserSetting"], json!({"homepage": {"path": "/a"}}));
    });
}

#[test]
fn what_cannot_be_added_says_why() {
    on_each(&Settings::default(), |instance| async move {
        let add = "/admin/users/add";
        for (body, errors) in [
            (json!({}), json!({"email": "Mandatory field not set."})),
            (
                json!({"email": "bad"}),
                json!({"email": ["Please enter a valid email address."]}),
            ),
            (
                json!({"email": "ADMIN@admin.test"}),
                json!({"email": ["An account with this email address already exists."]}),
            ),
            (
                json!({"email": "a@b.test", "password": "short"}),
                json!({"password": ["Password length requirement not met."]}),
            ),
            (
                json!({"email": "a@b.test", "password": "onlysmalllet"}),
                json!({"password": ["Password complexity requirement not met."]}),
            ),
        ] {
            let refused = instance.refused(ADMIN, add, body.clone()).await;
            assert_eq!(refused, (403, "Could not add User".into(), errors), "{body}");
        }
        let (status, message, _) = instance
            .refused(ADMIN, add, json!({"email": "a@b.test", "role_id": 99}))
            .await;
        assert_eq!((status, message.as_str()), (405, "Invalid role"));
        let (_, key) = instance.user("one@admin.test", "1", "3").await;
        let (status, message, _) = instance.refused(&key, add, json!({"email": "a@b.test"})).await;
        assert_eq!((status, message.as_str()), (403, NO_PERMISSION));
    });
}

#[test]
fn the_list_knows_the_references_filters() {
    on_each(&Settings::default(), |instance| async move {
        let acme = instance.org("Acme").await;
        instance.user("one@acme.test", &acme, "3").await;
        instance.user("two@acme.test", &acme, "2").await;
        let emails = |list: Value| -> Vec<String> {
            list.as_array()
                .unwrap()
                .iter()
                .map(|one| text(one, "/User/email"))
                .collect()
        };
        for (path, expected) in [
            (
                "/admin/users".to_owned(),
                vec!["admin@admin.test", "one@acme.test", "two@acme.test"],
            ),
            (
                "/admin/users/index/value:admin@admin.test".into(),
                vec!["admin@admin.test"],
            ),
            (
                format!("/admin/users/index/value:acme.test/searchorg:{acme}"),
                vec!["one@acme.test", "two@acme.test"],
            ),
            (
                format!("/admin/users/index/value:admin/searchorg:{acme}"),
                vec!["two@acme.test"],
            ),
            ("/admin/users/index/searchrole:2".into(), vec!["two@acme.test"]),
            ("/admin/users/index/searchemail:ONE".into(), vec!["one@acme.test"]),
            ("/admin/users/index/searchorg:nonsense".into(), vec![]),
        ] {
            assert_eq!(emails(instance.get(ADMIN, &path).await), expected, "{path}");
        }
        let list = instance.get(ADMIN, "/admin/users/index").await;
        assert_eq!(
            fields(&list, "/0/User"),
            "autoalert certif_public change_pw contactalert current_login date_created date_modified disabled email \
             expiration force_logout gpgkey id invited_by last_api_access last_login last_pw_change newsread nids_sid \
             org_id role_id server_id termsaccepted"
        );
        assert_eq!(
            list.pointer("/0/Role").unwrap(),
            &json!({"id": "1", "name": "admin", "perm_auth": true, "perm_site_admin": true, "perm_admin": true})
        );
        assert_eq!(
            list.pointer("/0/Organisation").unwrap(),
            &json!({"id": "1", "name": "ORGNAME"})
        );
    });
}

#[test]
fn an_organisations_administrator_stays_inside_it() {
    on_each(&Settings::default(), |instance| async move {
        let acme = instance.org("Acme").await;
        let (_, head) = instance.user("head@acme.test", &acme, "2").await;
        let (boss, _) = instance.user("boss@acme.test", &acme, "1").await;
        let (one, _) = instance.user("one@acme.test", &acme, "3").await;
        // Asked for another organisation: the own one is meant.
        let added = instance
            .post(
                &head,
                "/admin/users/add",
                json!({"email": "two@acme.test", "org_id": 1}),
            )
            .await;
        assert_eq!(text(&added, "/User/org_id"), acme);
        for role in ["1", "5"] {
            let wanted = json!({"email": "three@acme.test", "role_id": role});
            let (status, message, _) = instance.refused(&head, "/admin/users/add", wanted).await;
            let text = "You are not authorised to assign that role to a user.";
            assert_eq!((status, message.as_str()), (403, text), "role {role}");
        }
        let edit = format!("/admin/users/edit/{one}");
        let edited = instance
            .post(&head, &edit, json!({"org_id": 1, "id": 1, "autoalert": true}))
            .await;
        assert_eq!(
            (text(&edited, "/User/org_id"), text(&edited, "/User/id")),
            (acme.clone(), one.clone())
        );
        for foreign in ["1", boss.as_str(), "999"] {
            for action in ["edit", "delete"] {
                let path = format!("/admin/users/{action}/{foreign}");
                let (status, message, _) = instance.refused(&head, &path, json!({"disabled": 1})).await;
                assert_eq!((status, message.as_str()), (404, "Invalid user"), "{path}");
            }
        }
        let seen = instance.get(&head, "/admin/users/index").await;
        assert_eq!(seen.as_array().unwrap().len(), 4);
        let view = instance.get(&head, &format!("/admin/users/view/{one}")).await;
        assert_eq!(fields(&view, "/User/orgAdmins").split(' ').count(), 1);
        let other = instance
            .ask(&head, "GET", "/admin/users/view/1", Value::Null)
            .await;
        assert_eq!(other.status, 404);
        let other = instance.ask(&head, "GET", "/users/view/1", Value::Null).await;
        assert_eq!(text(&other.body, "/message"), "Invalid user or not authorised.");
    });
}

#[test]
fn users_change_of_themselves_only_what_is_theirs() {
    on_each(&Settings::default(), |instance| async move {
        let acme = instance.org("Acme").await;
        let (id, key) = instance.user("one@acme.test", &acme, "3").await;
        let body = json!({"id": "1", "email": "new@acme.test", "role_id": 1, "org_id": 1, "disabled": true,
            "termsaccepted": true, "change_pw": 0, "autoalert": true, "password": "*****", "invited_by": 9});
        let me = instance.post(&key, "/users/edit/1", body).await;
        assert_eq!(text(&me, "/User/id"), id);
        assert_eq!(text(&me, "/User/email"), "new@acme.test");
        for (field, expected) in [
            ("role_id", json!("3")),
            ("org_id", json!(acme)),
            ("disabled", json!(false)),
            ("termsaccepted", json!(false)),
            ("change_pw", json!(true)),
            ("autoalert", json!(true)),
            ("invited_by", json!("1")),
        ] {
            assert_eq!(me["User"][field], expected, "{field}");
        }
        assert_eq!(
            text(&instance.get(ADMIN, "/users/view/1").await, "/User/email"),
            "admin@admin.test"
        );
    });
}

#[test]
fn passwords_change_with_the_references_words() {
    on_each(&Settings::default(), |instance| async move {
        let (_, key) = instance.user("one@admin.test", "1", "3").await;
        let path = "/users/change_pw";
        let changed = instance
            .post(&key, path, json!({"password": "Password1234"}))
            .await;
        assert_eq!(
            changed,
            json!({"saved": true, "success": true, "name": "Password Changed.", "message": "Password Changed.",
                   "url": path})
        );
        assert_eq!(
            instance.get(&key, "/users/view/me").await["User"]["change_pw"],
            json!(false)
        );
        for (body, reason) in [
            (
                json!({"password": "Password1234"}),
                "Submitted new password cannot be the same as the current one",
            ),
            (
                json!({"password": "x"}),
                "The password could not be updated. Make sure you meet the minimum password length / complexity \
                 requirements.",
            ),
            (
                json!({"password": "Password5678", "current_password": "wrong"}),
                "Invalid password. Please enter your current password to continue.",
            ),
        ] {
            let (status, _, errors) = instance.refused(&key, path, body.clone()).await;
            assert_eq!((status, errors), (403, json!(reason)), "{body}");
        }
    });
}

#[test]
fn disabling_stops_a_user_at_once_and_the_last_administrator_cannot_be_lost() {
    on_each(&Settings::default(), |instance| async move {
        let (id, key) = instance.user("one@admin.test", "1", "3").await;
        instance.get(&key, "/users/view/me").await;
        instance
            .post(
                ADMIN,
                &format!("/admin/users/edit/{id}"),
                json!({"disabled": true}),
            )
            .await;
        let stopped = instance.ask(&key, "GET", "/users/view/me", Value::Null).await;
        let message = "Authentication failed. Your user account has been disabled.";
        assert_eq!(
            (stopped.status.as_u16(), text(&stopped.body, "/message")),
            (403, message.into())
        );

        for body in [json!({"disabled": true}), json!({"role_id": 3})] {
            let (status, _, errors) = instance.refused(ADMIN, "/admin/users/edit/1", body.clone()).await;
            assert_eq!(
                (status, errors),
                (403, json!("This is the last active site administrator.")),
                "{body}"
            );
        }
        let (status, _, errors) = instance.refused(ADMIN, "/admin/users/delete/1", json!({})).await;
        assert_eq!(
            (status, errors),
            (403, json!("You cannot delete your own account."))
        );

        let path = format!("/admin/users/delete/{id}");
        let deleted = instance.post(ADMIN, &path, Value::Null).await;
        assert_eq!(
            deleted,
            json!({"saved": true, "success": true, "name": "User deleted.", "message": "User deleted.", "url": path,
                   "id": id})
        );
        let (status, message, _) = instance.refused(ADMIN, &path, json!({})).await;
        assert_eq!((status, message.as_str()), (404, "Invalid user"));
    });
}

#[test]
fn a_key_works_before_the_password_is_changed_and_the_terms_are_accepted() {
    let mut settings = Settings::default();
    settings.access.terms = "Be kind.".into();
    settings.security.otp_required = true;
    on_each(&settings, |instance| async move {
        let added = instance
            .post(ADMIN, "/admin/users/add", json!({"email": "one@admin.test"}))
            .await;
        let key = text(&added, "/User/authkey");
        let me = instance.get(&key, "/users/view/me").await;
        assert_eq!(
            (&me["User"]["change_pw"], &me["User"]["termsaccepted"]),
            (&json!(true), &json!(false))
        );
        assert_eq!(
            (text(&me, "/User/totp"), text(&me, "/User/totp_is_set")),
            ("*****".into(), "0".into())
        );
        instance.get(&key, "/events/index").await;
    });
}

#[test]
fn a_change_of_ones_own_may_ask_for_the_password_again() {
    let mut settings = Settings::default();
    settings.security.confirm_password = true;
    on_each(&settings, |instance| async move {
        let new = "Another-Secret-8";
        for (path, body, reason) in [
            (
                "/users/change_pw",
                json!({"password": new}),
                "Please enter your current password to continue.",
            ),
            (
                "/users/edit",
                json!({"autoalert": true}),
                "Please enter your current password to continue.",
            ),
            (
                "/users/edit",
                json!({"autoalert": true, "current_password": "wrong"}),
                "Invalid password. Please enter your current password to continue.",
            ),
        ] {
            let answer = instance.ask(ADMIN, "POST", path, body).await;
            assert_eq!(
                (answer.status.as_u16(), &answer.body["errors"]),
                (403, &json!(reason)),
                "{path}"
            );
        }
        let current = "Correct-Horse-7";
        instance
            .post(
                ADMIN,
                "/users/edit",
                json!({"autoalert": true, "current_password": current}),
            )
            .await;
        instance
            .post(
                ADMIN,
                "/users/change_pw",
                json!({"password": new, "current_password": current}),
            )
            .await;
    });
}
