//! `/auth_keys`, `/users/resetauthkey`, and what a key may do.

use crate::wire::{ADMIN, NOW, on_each, text};
use serde_json::{Value, json};
use sightline_app::Settings;

#[test]
fn a_key_is_made_listed_used_and_deleted() {
    on_each(&Settings::default(), |instance| async move {
        let (id, first) = instance.user("one@admin.test", "1", "3").await;
        let wanted = json!({"comment": "import", "allowed_ips": "192.0.2.0/24", "expiration": "2024-01-01"});
        let made = instance.post(&first, "/auth_keys/add/me", wanted).await;
        let (key_id, raw) = (text(&made, "/AuthKey/id"), text(&made, "/AuthKey/authkey_raw"));
        let (start, end) = (raw.get(..4).unwrap(), raw.get(36..).unwrap());
        let shown = json!({
            "id": key_id, "uuid": text(&made, "/AuthKey/uuid"), "authkey_start": start, "authkey_end": end,
            "created": NOW.to_string(), "expiration": "1704067200", "read_only": false, "user_id": id,
            "comment": "import", "allowed_ips": ["192.0.2.0/24"], "unique_ips": [],
        });
        let mut with_raw = shown.clone();
        with_raw["authkey_raw"] = raw.clone().into();
        assert_eq!(made, json!({"AuthKey": with_raw}));

        let used = instance.ask(&raw, "GET", "/users/view/me", Value::Null).await;
        assert_eq!(used.status, 200);
        assert_eq!(used.headers["x-auth-key-expiration"], "2024-01-01T00:00:00+00:00");
        let mut after = shown;
        after["unique_ips"] = json!(["192.0.2.7"]);
        let expected = json!({"AuthKey": after, "User": {"id": id, "email": "one@admin.test"}});
        assert_eq!(
            instance.get(&first, &format!("/authKeys/view/{key_id}")).await,
            expected
        );
        let found = instance
            .post(
                ADMIN,
                "/auth_keys",
                json!({"authkey_start": start, "authkey_end": end, "User.id": id}),
            )
            .await;
        assert_eq!(found, json!([expected]));

        let edited = instance
            .post(
                &first,
                &format!("/auth_keys/edit/{key_id}"),
                json!({"expiration": 0}),
            )
            .await;
        assert_eq!(text(&edited, "/AuthKey/expiration"), "0");
        let deleted = instance
            .post(&first, &format!("/auth_keys/delete/{key_id}"), json!({}))
            .await;
        assert_eq!(deleted["id"], json!(key_id.parse::<i64>().unwrap()));
        assert_eq!(text(&deleted, "/url"), format!("/auth_keys/delete/{key_id}"));
        let gone = instance.ask(&raw, "GET", "/users/view/me", Value::Null).await;
        assert_eq!(gone.status, 403);
        let (status, message, _) = instance
            .refused(&first, "/auth_keys/delete/9999", json!({}))
            .await;
        assert_eq!((status, message.as_str()), (404, "Invalid AuthKey."));
    });
}

#[test]
fn keys_of_others_are_out_of_reach() {
    on_each(&Settings::default(), |instance| async move {
        let (id, key) = instance.user("one@admin.test", "1", "3").await;
        let list = instance.get(&key, "/auth_keys/index").await;
        let owners: Vec<String> = list
            .as_array()
            .unwrap()
            .iter()
            .map(|one| text(one, "/User/id"))
            .collect();
        assert_eq!(owners, [id]);
        assert_eq!(instance.get(&key, "/auth_keys/index/1").await, json!([]));
        let seen = instance.ask(&key, "GET", "/auth_keys/view/1", Value::Null).await;
        assert_eq!(
            (seen.status.as_u16(), text(&seen.body, "/message")),
            (404, "Invalid AuthKey.".into())
        );
        let (status, message, _) = instance.refused(&key, "/auth_keys/add/1", json!({})).await;
        let insufficient =
            "Invalid user or insufficient privileges to interact with an authkey for the given user.";
        assert_eq!((status, message.as_str()), (405, insufficient));
        let refused = instance.refused(ADMIN, "/auth_keys/add/9999", json!({})).await;
        let errors = json!({"user_id": ["User doesn't exists"]});
        assert_eq!(refused, (403, "Could not add auth_key".into(), errors));
    });
}

#[test]
fn validity_has_a_limit_where_the_administrator_sets_one() {
    let mut settings = Settings::default();
    settings.security.authkey_days = 365;
    on_each(&settings, |instance| async move {
        let day = 86_400;
        let made = instance.post(ADMIN, "/auth_keys/add/me", json!({})).await;
        assert_eq!(text(&made, "/AuthKey/expiration"), (NOW + 365 * day).to_string());
        let (status, _, errors) = instance
            .refused(ADMIN, "/auth_keys/add/1", json!({"expiration": NOW + 366 * day}))
            .await;
        assert_eq!(
            (status, errors),
            (403, json!({"expiration": ["Maximal key validity is 365 days."]}))
        );
    });
}

#[test]
fn a_read_only_key_changes_nothing() {
    on_each(&Settings::default(), |instance| async move {
        let made = instance
            .post(ADMIN, "/auth_keys/add/me", json!({"read_only": 1}))
            .await;
        let reader = text(&made, "/AuthKey/authkey_raw");
        let id = text(&made, "/AuthKey/id");
        instance.get(&reader, "/users/view/me").await;
        instance.get(&reader, "/auth_keys/index").await;
        for (path, body) in [
            ("/auth_keys/add/me", json!({})),
            (&format!("/auth_keys/edit/{id}"), json!({"read_only": 0})),
            (&format!("/auth_keys/delete/{id}"), json!({})),
            ("/users/change_pw", json!({"password": "Another-Horse-8"})),
            ("/users/edit", json!({"email": "other@admin.test"})),
            ("/users/resetauthkey/me", json!({})),
            (
                "/user_settings/setSetting",
                json!({"setting": "homepage", "value": "x"}),
            ),
            ("/admin/users/edit/1", json!({"autoalert": 1})),
            ("/admin/users/delete/1", json!({})),
            ("/admin/organisations/add", json!({"name": "x"})),
            ("/admin/roles/add", json!({"name": "x"})),
        ] {
            let (status, message, _) = instance.refused(&reader, path, body).await;
            assert_eq!(
                (status, message.as_str()),
                (403, "You do not have permission to use this functionality."),
                "{path}"
            );
        }
    });
}

#[test]
fn a_reset_ends_the_key_in_use_and_an_administrators_reset_all() {
    on_each(&Settings::default(), |instance| async move {
        let (id, first) = instance.user("one@admin.test", "1", "3").await;
        let made = instance.post(&first, "/auth_keys/add/me", json!({})).await;
        let second = text(&made, "/AuthKey/authkey_raw");
        let reset = instance.post(&first, "/users/resetauthkey/me", json!({})).await;
        assert_eq!(text(&reset, "/url"), format!("/users/resetauthkey/{id}"));
        let third = text(&reset, "/message")
            .strip_prefix("Authkey updated: ")
            .unwrap()
            .to_owned();
        let works = async |key: &str| {
            instance
                .ask(key, "GET", "/users/view/me", Value::Null)
                .await
                .status
                == 200
        };
        assert!(!works(&first).await);
        assert!(works(&second).await && works(&third).await);
        instance
            .post(ADMIN, &format!("/users/resetauthkey/{id}"), json!({}))
            .await;
        assert!(!works(&second).await && !works(&third).await);
        let (_, other) = instance.user("two@admin.test", "1", "3").await;
        let (status, message, _) = instance.refused(&other, "/users/resetauthkey/1", json!({})).await;
        assert_eq!((status, message.as_str()), (405, "Invalid user."));
    });
}

#[test]
fn an_instance_may_ask_every_key_from_where_it_works() {
    let mut settings = Settings::default();
    settings.security.authkey_allowlist = true;
    settings.audit.user_ips = true;
    on_each(&settings, |instance| async move {
        let refused = instance.ask(ADMIN, "POST", "/auth_keys/add/me", json!({})).await;
        assert_eq!(refused.status, 403);
        assert_eq!(
            refused.body["errors"],
            json!({"allowed_ips": ["Setting an ip allowlist is mandatory on this instance."]})
        );
        let added = instance
            .post(ADMIN, "/admin/users/add", json!({"email": "one@admin.test"}))
            .await;
        assert_eq!(added["User"].get("authkey"), None);
        let path = format!("/auth_keys/add/{}", text(&added, "/User/id"));
        let made = instance
            .post(ADMIN, &path, json!({"allowed_ips": "192.0.2.0/24"}))
            .await;
        let key = text(&made, "/AuthKey/authkey_raw");
        instance.get(&key, "/users/view/me").await;
        // And it is kept who was seen where.
        let seen = instance
            .post(ADMIN, "/servers/ipUser", json!({"ip": "192.0.2.7"}))
            .await;
        let emails: Vec<_> = seen
            .as_array()
            .unwrap()
            .iter()
            .map(|one| text(one, "/User/email"))
            .collect();
        assert!(emails.contains(&"one@admin.test".to_owned()), "{seen}");
        let refused = instance
            .ask(&key, "POST", "/servers/ipUser", json!({"ip": "192.0.2.7"}))
            .await;
        assert_eq!(refused.status, 403);
        let refused = instance
            .ask(ADMIN, "POST", "/servers/ipUser", json!({"ip": "x"}))
            .await;
        assert_eq!(refused.body["errors"], json!({"ip": ["This is not an address."]}));
    });
}
