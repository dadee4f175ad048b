//! Who gets in, as whom, on every engine.

use super::{Doorkeeper, Identity, Policy, admit};
use crate::setup::{FirstStart, first_start};
use sightline_core::Clock;
use sightline_core::ids::{OrgId, RoleId};
use sightline_db::users::{self, User};
use sightline_db::{Access, Tx, organisations};
use sightline_testkit::databases;

/// Runs `test` in a transaction after the first start: its administrator is `admin@admin.test` in organisation 1.
fn in_each(test: impl Fn(&mut Tx<'_>, &Doorkeeper) + Send + Clone + 'static) {
    for database in databases() {
        eprintln!("on {}", database.engine());
        let wish = FirstStart {
            password: Some("Correct-Horse-7".into()),
            ..FirstStart::default()
        };
        first_start(&database.db, &Clock::fixed(1_700_000_000), &wish).unwrap();
        let test = test.clone();
        let door = Doorkeeper {
            host_org: OrgId(1),
            ip: None,
            now: 1_700_000_000,
        };
        database
            .db
            .run_blocking(Access::Write, move |tx| {
                test(tx, &door);
                Ok::<_, sightline_core::AppError>(())
            })
            .unwrap();
    }
}

fn policy() -> Policy {
    Policy {
        method: "oidc",
        create: true,
        update_role: true,
        update_org: true,
        default_org: "1".into(),
        ..Policy::default()
    }
}

fn person(email: &str, roles: &[&str]) -> Identity {
    Identity {
        sub: Some(format!("sub of {email}")),
        email: email.into(),
        email_proved: true,
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        ..Identity::default()
    }
}

fn admitted(
    tx: &mut Tx<'_>,
    door: &Doorkeeper,
    identity: &Identity,
    policy: &Policy,
) -> Result<User, String> {
    admit(tx, door, identity, policy).unwrap()
}

#[test]
fn the_most_powerful_role_counts_by_id_or_name_and_unknown_ones_do_not() {
    in_each(|tx, door| {
        for (number, (roles, role)) in [
            (&["User", "admin", "2"][..], Some(1)),
            (&["3", "Org Admin"], Some(2)),
            (&["Read Only", "3"], Some(3)),
            (&["3", "Publisher"], Some(4)),
            (&["99", "cook"], None),
            (&[], None),
        ]
        .into_iter()
        .enumerate()
        {
            let identity = person(&format!("{number}@example.org"), roles);
            let found = admitted(tx, door, &identity, &policy())
                .ok()
                .map(|user| user.role_id);
            assert_eq!(found, role.map(RoleId), "{roles:?}");
        }
    });
}

#[test]
fn the_last_site_administrator_is_neither_demoted_nor_disabled() {
    in_each(|tx, door| {
        let admin = person("admin@admin.test", &["User"]);
        let user = admitted(tx, door, &admin, &policy()).unwrap();
        assert_eq!((user.role_id, user.sub.as_ref()), (RoleId(1), admin.sub.as_ref()));
        let without = person("admin@admin.test", &[]);
        assert!(admitted(tx, door, &without, &policy()).is_err());
        assert!(!users::by_id(tx, user.id).unwrap().unwrap().disabled);
        // With another one there, both happen.
        admitted(tx, door, &person("second@example.org", &["admin"]), &policy()).unwrap();
        let user = admitted(tx, door, &admin, &policy()).unwrap();
        assert_eq!(user.role_id, RoleId(3));
        assert!(admitted(tx, door, &without, &policy()).is_err());
        assert!(users::by_id(tx, user.id).unwrap().unwrap().disabled);
    });
}

#[test]
fn a_local_user_is_not_disabled_by_an_address_at_the_provider() {
    in_each(|tx, door| {
        admitted(tx, door, &person("second@example.org", &["admin"]), &policy()).unwrap();
        assert!(admitted(tx, door, &person("admin@admin.test", &[]), &policy()).is_err());
        let admin = users::by_email(tx, "admin@admin.test").unwrap().unwrap();
        assert_eq!((admin.disabled, admin.sub), (false, None));
    });
}

#[test]
fn who_has_another_way_in_or_is_unknown_stays_out() {
    in_each(|tx, door| {
        let identity = person("ada@example.org", &["User"]);
        let closed = Policy {
            create: false,
            ..policy()
        };
        assert!(
            admitted(tx, door, &identity, &closed)
                .unwrap_err()
                .contains("no account")
        );
        let homeless = Policy {
            default_org: "Nowhere".into(),
            ..policy()
        };
        assert!(
            admitted(tx, door, &identity, &homeless)
                .unwrap_err()
                .contains("no organisation")
        );
        assert_eq!(users::by_email(tx, "ada@example.org").unwrap(), None);

        let mut user = admitted(tx, door, &identity, &policy()).unwrap();
        user.external_auth_required = true;
        user.external_auth_key = "ada".into();
        users::update(tx, &user).unwrap();
        let strict = Policy {
            header_users_stay_out: true,
            ..policy()
        };
        assert!(
            admitted(tx, door, &identity, &strict)
                .unwrap_err()
                .contains("another way")
        );
        user.external_auth_required = false;
        user.expiration = Some(door.now);
        users::update(tx, &user).unwrap();
        assert!(
            admitted(tx, door, &identity, &policy())
                .unwrap_err()
                .contains("expired")
        );
    });
}

#[test]
fn organisations_keep_their_domains_and_addresses_their_owners() {
    in_each(|tx, door| {
        let mut org = organisations::by_id(tx, OrgId(1)).unwrap().unwrap();
        org.restricted_to_domain = vec!["example.org".into()];
        organisations::update(tx, &org).unwrap();
        let stranger = person("ada@elsewhere.example", &["User"]);
        assert!(
            admitted(tx, door, &stranger, &policy())
                .unwrap_err()
                .contains("your domain")
        );

        let ada = admitted(tx, door, &person("ada@example.org", &["User"]), &policy()).unwrap();
        admitted(tx, door, &person("grace@example.org", &["User"]), &policy()).unwrap();
        let moved = Identity {
            sub: ada.sub.clone(),
            ..person("grace@example.org", &["User"])
        };
        let kept = admitted(tx, door, &moved, &policy()).unwrap();
        assert_eq!((kept.id, kept.email.as_str()), (ada.id, "ada@example.org"));
        for email in ["", "nonsense", "a b@example.org"] {
            assert!(
                admitted(tx, door, &person(email, &["User"]), &policy()).is_err(),
                "{email}"
            );
        }
    });
}
