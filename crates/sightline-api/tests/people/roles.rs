//! `/roles` and `/admin/roles`.

use crate::wire::{ADMIN, fields, on_each, text};
use serde_json::{Value, json};
use sightline_app::Settings;

const COLUMNS: &str = "created default_role enforce_rate_limit id max_execution_time memory_limit modified name \
     perm_add perm_admin perm_analyst_data perm_audit perm_auth perm_decaying perm_delegate perm_galaxy_editor \
     perm_modify perm_modify_org perm_object_template perm_publish perm_publish_kafka perm_publish_zmq \
     perm_regexp_access perm_sharing_group perm_sighting perm_site_admin perm_skip_otp perm_sync perm_tag_editor \
     perm_tagger perm_template perm_view_feed_correlations perm_warninglist permission permission_description \
     rate_limit_count restricted_to_site_admin";

#[test]
fn everybody_reads_the_six_roles_of_a_new_instance() {
    on_each(&Settings::default(), |instance| async move {
        let (_, key) = instance.user("one@admin.test", "1", "6").await;
        let list = instance.get(&key, "/roles/index").await;
        let found: Vec<(String, String, bool)> = list
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                let default = one.pointer("/Role/default").unwrap().as_bool().unwrap();
                (text(one, "/Role/name"), text(one, "/Role/permission"), default)
            })
            .collect();
        let expected = [
            ("admin", "3", false),
            ("Org Admin", "3", false),
            ("User", "2", true),
            ("Publisher", "3", false),
            ("Sync user", "3", false),
            ("Read Only", "0", false),
        ];
        assert_eq!(
            found,
            expected.map(|(name, level, default)| (name.to_owned(), level.to_owned(), default))
        );
        let one = instance.get(&key, "/roles/view/3").await;
        assert_eq!(fields(&one, "/Role"), COLUMNS);
        assert_eq!(text(&one, "/Role/permission_description"), "manage_org");
        let missing = instance.ask(&key, "GET", "/roles/view/99", Value::Null).await;
        assert_eq!(
            (missing.status.as_u16(), text(&missing.body, "/message")),
            (404, "Invalid Role.".into())
        );
    });
}

#[test]
fn a_role_is_added_edited_chosen_and_deleted() {
    on_each(&Settings::default(), |instance| async move {
        let added = instance
            .post(ADMIN, "/admin/roles/add", json!({"name": "desk", "perm_add": 1}))
            .await;
        assert_eq!(
            added.pointer("/Role/perm_add").unwrap(),
            false,
            "`permission` decides"
        );
        assert_eq!(text(&added, "/Role/memory_limit"), "");
        let id = text(&added, "/Role/id");
        let edit = format!("/admin/roles/edit/{id}");
        let edited = instance
            .post(ADMIN, &edit, json!({"permission": "3", "perm_sighting": true}))
            .await;
        for flag in [
            "perm_add",
            "perm_modify",
            "perm_modify_org",
            "perm_publish",
            "perm_sighting",
        ] {
            assert_eq!(edited.pointer(&format!("/Role/{flag}")).unwrap(), true, "{flag}");
        }
        let set = format!("/admin/roles/set_default/{id}");
        let chosen = instance.post(ADMIN, &set, Value::Null).await;
        assert_eq!(
            chosen,
            json!({"saved": true, "success": true, "name": "Default role set.", "message": "Default role set.",
                   "url": set, "id": id})
        );
        let delete = format!("/admin/roles/delete/{id}");
        let (status, _, errors) = instance.refused(ADMIN, &delete, json!({})).await;
        assert_eq!(
            (status, errors),
            (403, json!("This is the default role: choose another one first."))
        );
        instance
            .post(ADMIN, "/admin/roles/set_default/3", Value::Null)
            .await;
        let deleted = instance.post(ADMIN, &delete, Value::Null).await;
        let number: i64 = id.parse().unwrap();
        assert_eq!(
            deleted,
            json!({"saved": true, "success": true, "name": "Role deleted.", "message": "Role deleted.",
                   "url": format!("/roles/delete/{id}"), "id": number})
        );
    });
}

#[test]
fn no_edit_locks_everybody_out() {
    on_each(&Settings::default(), |instance| async move {
        let (status, _, errors) = instance
            .refused(
                ADMIN,
                "/admin/roles/edit/1",
                json!({"permission": 3, "perm_site_admin": 0}),
            )
            .await;
        assert_eq!(status, 403);
        assert_eq!(
            errors,
            json!("Without this role nobody could administer the site any more.")
        );
        let role = instance.get(ADMIN, "/roles/view/1").await;
        assert_eq!(role.pointer("/Role/perm_site_admin").unwrap(), true);
        let (status, _, errors) = instance.refused(ADMIN, "/admin/roles/delete/1", json!({})).await;
        let in_use = json!("It is not possible to delete role that is assigned to users.");
        assert_eq!((status, errors), (403, in_use));
        let (_, key) = instance.user("one@admin.test", "1", "2").await;
        let (status, _, _) = instance
            .refused(&key, "/admin/roles/edit/2", json!({"perm_sync": 1}))
            .await;
        assert_eq!(status, 403);
    });
}
