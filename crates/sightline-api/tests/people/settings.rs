//! `/user_settings` in both spellings.

use crate::wire::{ADMIN, NOW, on_each, text};
use serde_json::{Value, json};
use sightline_app::Settings;

#[test]
fn a_setting_is_set_read_listed_and_deleted() {
    on_each(&Settings::default(), |instance| async move {
        let wanted = json!({"setting": "publish_alert_filter", "value": "{\"Tag.name\": \"x\"}"});
        let set = instance.post(ADMIN, "/userSettings/setSetting", wanted).await;
        let id = text(&set, "/UserSetting/id");
        let setting = json!({"id": id, "setting": "publish_alert_filter", "value": {"Tag.name": "x"}, "user_id": "1",
                             "timestamp": NOW.to_string()});
        assert_eq!(set, json!({"UserSetting": setting}));
        let body = json!({"setting": "publish_alert_filter"});
        assert_eq!(
            instance
                .post(ADMIN, "/userSettings/getSetting", body.clone())
                .await,
            setting
        );
        assert_eq!(
            instance
                .get(ADMIN, "/user_settings/getSetting/1/publish_alert_filter")
                .await,
            setting
        );
        assert_eq!(
            instance.get(ADMIN, "/userSettings/index").await,
            json!([{"UserSetting": setting}])
        );
        let deleted = instance.post(ADMIN, "/userSettings/delete", body).await;
        assert_eq!(
            deleted,
            json!({"saved": true, "success": true, "name": "Setting deleted.", "message": "Setting deleted.",
                   "url": format!("/user_settings/delete/{id}"), "id": id})
        );
        assert_eq!(instance.get(ADMIN, "/user_settings").await, json!([]));
    });
}

#[test]
fn names_permissions_and_owners_are_checked() {
    on_each(&Settings::default(), |instance| async move {
        let (id, key) = instance.user("one@admin.test", "1", "3").await;
        let set = "/user_settings/setSetting";
        for (caller, path, body, status, message) in [
            (
                ADMIN,
                "/user_settings/setSetting/1/nosuch",
                json!({"value": 1}),
                405,
                "Invalid setting.",
            ),
            (
                ADMIN,
                set,
                json!({"setting": "oidc", "value": 1}),
                405,
                "Invalid setting.",
            ),
            (
                &key,
                set,
                json!({"setting": "dashboard_access", "value": 1}),
                405,
                "This setting is restricted and requires the following permission(s): perm_site_admin",
            ),
            (
                &key,
                set,
                json!({"setting": "homepage", "value": 1, "user_id": "1"}),
                405,
                "Invalid setting.",
            ),
            (
                ADMIN,
                "/user_settings/getSetting/1/nosuch",
                json!({}),
                400,
                "No setting name provided.",
            ),
            (
                ADMIN,
                "/user_settings/getSetting",
                json!({"setting": "homepage"}),
                404,
                "Invalid setting.",
            ),
            (
                ADMIN,
                "/user_settings/delete",
                json!({}),
                400,
                "No setting name to delete provided.",
            ),
            (
                &key,
                "/user_settings/delete",
                json!({"setting": "homepage", "user_id": "1"}),
                404,
                "Invalid user setting.",
            ),
        ] {
            let (found, text, _) = instance.refused(caller, path, body.clone()).await;
            assert_eq!((found, text.as_str()), (status, message), "{path} {body}");
        }
        // An administrator sets it for others.
        let body = json!({"setting": "homepage", "value": "", "user_id": id});
        let given = instance.post(ADMIN, set, body).await;
        assert_eq!(
            (
                text(&given, "/UserSetting/user_id"),
                &given["UserSetting"]["value"]
            ),
            (id, &json!([]))
        );
        let mine = instance.get(&key, "/user_settings/index").await;
        assert_eq!(mine.as_array().unwrap().len(), 1);
        assert_eq!(instance.get(ADMIN, "/user_settings/index").await, json!([]));
        assert_eq!(
            instance.get(ADMIN, "/user_settings/index/user_id:all").await,
            mine
        );
    });
}

#[test]
fn a_home_page_is_a_path_of_this_site() {
    on_each(&Settings::default(), |instance| async move {
        let path = "/user_settings/setHomePage";
        instance.post(ADMIN, path, json!({"path": "/events/index"})).await;
        let set = instance.get(ADMIN, "/user_settings/getSetting/me/homepage").await;
        assert_eq!(set["value"], json!({"path": "/events/index"}));
        for elsewhere in ["//example.org", "https://example.org", "", "/\\example.org"] {
            let (status, _, _) = instance.refused(ADMIN, path, json!({"path": elsewhere})).await;
            assert_eq!(status, 403, "{elsewhere}");
        }
        let kept = instance.get(ADMIN, "/user_settings/getSetting/me/homepage").await;
        assert_eq!(kept["value"], Value::clone(&set["value"]));
    });
}
