//! The first start.

use crate::fixture::{ADMIN, ADMIN_KEY, ADMIN_PASSWORD, on_each};
use sightline_app::setup::{FirstStart, first_start};
use sightline_app::{Settings, auth_keys, roles, users};
use sightline_core::ids::UserId;
use sightline_core::{Clock, Permission};
use sightline_testkit::databases;

#[test]
fn it_makes_six_roles_one_organisation_and_one_administrator() {
    on_each(&Settings::default(), |world| async move {
        let admin = world.admin().await;
        assert!(admin.caller.is_site_admin() && admin.is_host_org());
        let found = roles::all(&admin).await.unwrap();
        let names: Vec<_> = found.iter().map(|role| role.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "admin",
                "Org Admin",
                "User",
                "Publisher",
                "Sync user",
                "Read Only"
            ]
        );
        let levels: Vec<_> = found
            .iter()
            .map(|role| roles::permission_level(role.permissions).0)
            .collect();
        assert_eq!(levels, [3, 3, 2, 3, 3, 0]);
        let defaults: Vec<_> = found
            .iter()
            .filter(|role| role.default_role)
            .map(|role| role.id.0)
            .collect();
        assert_eq!(defaults, [3]);
        let admin_role = roles::view(&admin, ADMIN).await.unwrap();
        let missing: Vec<_> = Permission::ALL
            .iter()
            .filter(|permission| !admin_role.permissions.has(**permission))
            .collect();
        assert_eq!(missing, [&Permission::SkipOtp]);
        let view = users::view(&admin, UserId(1)).await.unwrap();
        assert_eq!(
            (view.user.email.as_str(), view.user.change_pw),
            ("admin@admin.test", false)
        );
        assert!(!view.user.password.contains(ADMIN_PASSWORD));
        let used = auth_keys::authenticate(&world.platform, ADMIN_KEY, None)
            .await
            .unwrap();
        assert_eq!(used.caller.user_id, UserId(1));
    });
}

#[test]
fn a_second_start_changes_nothing_and_a_generated_password_must_be_changed() {
    for database in databases() {
        let clock = Clock::fixed(1_700_000_000);
        let first = first_start(&database.db, &clock, &FirstStart::default()).unwrap();
        let created = first.created.expect("an administrator");
        assert!(created.password.is_some_and(|password| password.len() >= 16));
        let wish = FirstStart {
            email: Some("other@example.org".into()),
            ..FirstStart::default()
        };
        let second = first_start(&database.db, &clock, &wish).unwrap();
        assert_eq!(
            (second.uuid, second.host_org, second.created),
            (first.uuid, first.host_org, None)
        );
        let users: Vec<(String, bool)> = database
            .db
            .run_blocking(sightline_db::Access::Read, |tx| {
                tx.all("SELECT email, change_pw FROM users", &[], |row| {
                    Ok((row.text(0)?, row.bool(1)?))
                })
            })
            .unwrap();
        assert_eq!(users, [("admin@admin.test".to_owned(), true)]);
    }
}

#[test]
fn a_key_of_the_wrong_shape_is_refused() {
    for database in databases() {
        for key in ["short", "0123456789abcdefghijABCDEFGHIJ012345678-"] {
            let wish = FirstStart {
                key: Some(key.into()),
                ..FirstStart::default()
            };
            assert!(
                first_start(&database.db, &Clock::system(), &wish).is_err(),
                "{key}"
            );
        }
    }
}
