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
                json!({"setting": "homepage", "value": {"path": "/events/index"}, "user_id": "1"}),
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

#[test]
fn values_are_checked_setting_by_setting() {
    on_each(&Settings::default(), |instance| async move {
        for (setting, value) in [
            ("homepage", json!("/events/index")),
            ("default_restsearch_parameters", json!([1])),
            ("tag_numerical_value_override", json!({"tlp:red": "much"})),
            ("event_index_hide_columns", json!({"tags": true})),
            ("dashboard", json!([{"position": {}}])),
            ("dashboard_access", json!("often")),
        ] {
            let body = json!({"setting": setting, "value": value});
            let (status, _, errors) = instance.refused(ADMIN, "/user_settings/setSetting", body).await;
            assert_eq!(status, 403, "{setting}");
            assert!(errors.get("value").is_some(), "{setting}: {errors}");
        }
        assert_eq!(instance.get(ADMIN, "/user_settings").await, json!([]));
    });
}

#[test]
fn a_setting_is_viewed_by_id_a_column_is_hidden_and_the_list_has_pages() {
    on_each(&Settings::default(), |instance| async move {
        let (_, key) = instance.user("one@admin.test", "1", "3").await;
        let toggle = "/user_settings/eventIndexColumnToggle/tags";
        for (message, left) in [("Column hidden.", json!(["tags"])), ("Column shown.", json!([]))] {
            let answer = instance.post(&key, toggle, json!({})).await;
            assert_eq!(text(&answer, "/message"), message);
            let body = json!({"setting": "event_index_hide_columns"});
            let kept = instance.post(&key, "/user_settings/getSetting", body).await;
            assert_eq!(kept["value"], left);
        }
        let set = json!({"setting": "homepage", "value": {"path": "/attributes/index"}});
        let set = instance.post(&key, "/user_settings/setSetting", set).await;
        let id = text(&set, "/UserSetting/id");
        let view = format!("/user_settings/view/{id}");
        assert_eq!(instance.get(&key, &view).await, set);
        assert_eq!(instance.get(ADMIN, &view).await, set, "an administrator sees it");
        let (_, other) = instance.user("two@admin.test", "1", "3").await;
        for (caller, path) in [
            (other.as_str(), view.as_str()),
            (&key, "/user_settings/view/999"),
            (&key, "/user_settings/view/x"),
        ] {
            let answer = instance.ask(caller, "GET", path, Value::Null).await;
            let told = (answer.status.as_u16(), text(&answer.body, "/message"));
            assert_eq!(told, (404, "Invalid user setting.".into()), "{path}");
        }
        let second = instance
            .ask(&key, "GET", "/user_settings/index/limit:1/page:2", Value::Null)
            .await;
        assert_eq!(second.body, json!([set]));
        assert_eq!(
            instance
                .get(ADMIN, "/user_settings/index/context:all/setting:homepage")
                .await,
            json!([set])
        );
    });
}
