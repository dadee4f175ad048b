//! Roles.

use crate::fixture::{ADMIN, ORG_ADMIN, USER, body, on_each, refusal};
use serde_json::json;
use sightline_app::{Settings, roles, users};
use sightline_core::Permission;
use sightline_core::ids::RoleId;

#[test]
fn added_edited_and_deleted() {
    on_each(&Settings::default(), |world| async move {
        let admin = world.admin().await;
        let wanted = json!({"name": "Analyst", "permission": 3, "perm_sighting": true, "perm_tagger": 1});
        let role = roles::add(&admin, body(wanted)).await.unwrap();
        assert_eq!(roles::permission_level(role.permissions), (3, "publish"));
        let edited = json!({"id": 1, "perm_tagger": "0", "permission": "manage_own"});
        let edited = roles::edit(&admin, role.id, body(edited)).await.unwrap();
        assert_eq!((edited.id, edited.name.as_str()), (role.id, "Analyst"));
        assert_eq!(roles::permission_level(edited.permissions), (1, "manage_own"));
        assert!(edited.permissions.has(Permission::Sighting) && !edited.permissions.has(Permission::Tagger));
        assert_eq!(roles::view(&admin, role.id).await.unwrap(), edited);
        roles::delete(&admin, role.id).await.unwrap();
        let gone = roles::view(&admin, role.id).await;
        assert_eq!(refusal(gone), ("not found", "Invalid Role.".to_owned()));
        for action in ["add", "edit", "delete"] {
            assert_eq!(world.audited(action, "Role").await, 1, "{action}");
        }
    });
}

#[test]
fn a_role_in_use_stays_and_names_are_unique() {
    on_each(&Settings::default(), |world| async move {
        let admin = world.admin().await;
        let expected = "It is not possible to delete role that is assigned to users.".to_owned();
        assert_eq!(refusal(roles::delete(&admin, ADMIN).await), ("refused", expected));
        let weaker = roles::edit(
            &admin,
            ADMIN,
            body(json!({"permission": 3, "perm_site_admin": 0})),
        )
        .await;
        assert_eq!(refusal(weaker).0, "refused");
        assert!(world.admin().await.caller.is_site_admin());
        let twice = roles::add(&admin, body(json!({"name": "User"}))).await;
        let expected = "[name]: A role with this name already exists.".to_owned();
        assert_eq!(refusal(twice), ("invalid", expected));
        assert_eq!(
            refusal(roles::edit(&admin, RoleId(99), body(json!({}))).await).0,
            "not found"
        );
    });
}

#[test]
fn the_default_role_is_the_one_of_new_users() {
    on_each(&Settings::default(), |world| async move {
        let admin = world.admin().await;
        let role = roles::add(&admin, body(json!({"name": "Guest"})))
            .await
            .unwrap()
            .id;
        roles::set_default(&admin, role).await.unwrap();
        let defaults: Vec<_> = roles::all(&admin)
            .await
            .unwrap()
            .into_iter()
            .filter(|r| r.default_role)
            .collect();
        assert_eq!(defaults.iter().map(|r| r.id).collect::<Vec<_>>(), [role]);
        let added = users::add(&admin, body(json!({"email": "new@example.org"})))
            .await
            .unwrap();
        assert_eq!(added.view.role.id, role);
        assert_eq!(
            refusal(roles::set_default(&admin, RoleId(99)).await).0,
            "not found"
        );
        users::delete(&admin, added.view.user.id).await.unwrap();
        assert_eq!(refusal(roles::delete(&admin, role).await).0, "refused");
        roles::set_default(&admin, USER).await.unwrap();
        roles::delete(&admin, role).await.unwrap();
    });
}

#[test]
fn only_site_administrators_change_them() {
    on_each(&Settings::default(), |world| async move {
        let org = world.org("ACME").await;
        let boss = world.user("boss@example.org", org, ORG_ADMIN).await;
        assert_eq!(roles::all(&boss).await.unwrap().len(), 6);
        assert_eq!(
            refusal(roles::add(&boss, body(json!({"name": "x"}))).await).0,
            "forbidden"
        );
        let raise = json!({"permission": 3, "perm_site_admin": true});
        assert_eq!(
            refusal(roles::edit(&boss, ORG_ADMIN, body(raise)).await).0,
            "forbidden"
        );
        assert_eq!(refusal(roles::delete(&boss, USER).await).0, "forbidden");
        assert_eq!(refusal(roles::set_default(&boss, ADMIN).await).0, "forbidden");
    });
}
