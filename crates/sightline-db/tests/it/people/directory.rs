//! Organisations, roles, users.

use super::{in_each, refused, role, user};
use crate::data::{event, new_event, org};
use sightline_core::ids::{OrgId, RoleId, UserId};
use sightline_core::{Permission, Permissions};
use sightline_db::auth_keys::{self, AuthKey};
use sightline_db::organisations::{self, Filter as OrgFilter};
use sightline_db::roles::{self, Role};
use sightline_db::users::{self, Filter, User};
use sightline_db::{Tx, sessions, user_settings};
use sightline_misp::records::Organisation;
use uuid::Uuid;

fn full_organisation() -> Organisation {
    Organisation {
        uuid: Uuid::new_v4(),
        name: "Example CERT".into(),
        description: Some("watches 50% of example.org".into()),
        kind: "CERT".into(),
        nationality: "Luxembourg".into(),
        sector: "energy".into(),
        contacts: Some("desk@example.org".into()),
        created_by: UserId(3),
        local: true,
        restricted_to_domain: vec!["example.org".into()],
        landingpage: Some("welcome".into()),
        date_created: 5,
        date_modified: 6,
        ..Organisation::default()
    }
}

#[test]
fn an_organisation_comes_back_as_it_was_written() {
    in_each(|tx| {
        let mut org = full_organisation();
        org.id = organisations::insert(tx, &org).unwrap();
        assert_eq!(organisations::by_id(tx, org.id).unwrap().as_ref(), Some(&org));
        assert_eq!(organisations::by_uuid(tx, org.uuid).unwrap().as_ref(), Some(&org));
        assert_eq!(
            organisations::by_name(tx, "Example CERT").unwrap().as_ref(),
            Some(&org)
        );
        assert_eq!(
            organisations::by_name(tx, "example cert").unwrap(),
            None,
            "names are exact"
        );

        org.name = "Renamed".into();
        org.contacts = None;
        org.restricted_to_domain = Vec::new();
        org.local = false;
        org.date_modified = 9;
        organisations::update(tx, &org).unwrap();
        assert_eq!(organisations::by_id(tx, org.id).unwrap(), Some(org));
    });
}

#[test]
fn organisations_are_listed_by_scope_search_and_page() {
    in_each(|tx| {
        let own = Organisation {
            name: "b own".into(),
            ..full_organisation()
        };
        let own = organisations::insert(tx, &own).unwrap();
        let met = Organisation {
            uuid: Uuid::new_v4(),
            name: "a met".into(),
            ..Organisation::default()
        };
        let met = organisations::insert(tx, &met).unwrap();
        user(tx, "one@example.org", own, RoleId(1));
        user(tx, "two@example.org", own, RoleId(1));
        let names = |tx: &mut Tx<'_>, local, search: Option<&str>, limit, offset| {
            let filter = OrgFilter {
                local,
                search: search.map(str::to_owned),
            };
            let (rows, total) = organisations::list(tx, &filter, limit, offset).unwrap();
            let rows: Vec<_> = rows.into_iter().map(|(org, users)| (org.id, users)).collect();
            (rows, total)
        };
        assert_eq!(names(tx, None, None, None, 0), (vec![(met, 0), (own, 2)], 2));
        assert_eq!(names(tx, Some(true), None, None, 0), (vec![(own, 2)], 1));
        assert_eq!(names(tx, Some(false), None, None, 0), (vec![(met, 0)], 1));
        assert_eq!(
            names(tx, None, None, Some(1), 1),
            (vec![(own, 2)], 2),
            "the total is true"
        );
        for search in ["B OWN", "50%", "lux", "desk@", "Energy"] {
            assert_eq!(
                names(tx, None, Some(search), None, 0),
                (vec![(own, 2)], 1),
                "{search}"
            );
        }
        assert_eq!(
            names(tx, None, Some("5_%"), None, 0),
            (vec![], 0),
            "no wildcards of the caller's"
        );
        let uuid = organisations::by_id(tx, own).unwrap().unwrap().uuid;
        assert_eq!(organisations::local_uuids(tx).unwrap(), [uuid]);
        assert_eq!(organisations::user_count(tx, own).unwrap(), 2);
        let short: Vec<OrgId> = organisations::refs(tx, &[met.0])
            .unwrap()
            .iter()
            .map(|org| org.id)
            .collect();
        assert_eq!(short, [met]);
    });
}

#[test]
fn an_organisation_is_used_while_anything_hangs_on_it() {
    in_each(|tx| {
        let with_user = org(tx, "with a user");
        let someone = user(tx, "one@example.org", with_user, RoleId(1));
        assert!(organisations::is_used(tx, with_user).unwrap());
        users::delete(tx, someone).unwrap();
        assert!(!organisations::is_used(tx, with_user).unwrap());

        let with_event = org(tx, "with an event");
        event(tx, new_event(with_event, "x"));
        assert!(organisations::is_used(tx, with_event).unwrap());

        organisations::delete(tx, with_user).unwrap();
        assert_eq!(organisations::by_id(tx, with_user).unwrap(), None);
    });
}

#[test]
fn names_uuids_and_addresses_are_unique() {
    refused(
        |tx| organisations::insert(tx, &full_organisation()).map(|_| ()),
        |tx| organisations::insert(tx, &full_organisation()).map(|_| ()),
    );
    let taken = User {
        email: "One@Example.org".into(),
        ..User::default()
    };
    let again = User {
        email: "one@example.ORG".into(),
        ..User::default()
    };
    refused(
        move |tx| users::insert(tx, &taken).map(|_| ()),
        move |tx| users::insert(tx, &again).map(|_| ()),
    );
}

#[test]
fn a_role_comes_back_as_it_was_written_and_one_is_the_default() {
    in_each(|tx| {
        let mut role = Role {
            name: "desk".into(),
            permissions: Permissions::of(Permission::ALL),
            restricted_to_site_admin: true,
            enforce_rate_limit: true,
            rate_limit_count: 30,
            memory_limit: Some("2G".into()),
            created: 1,
            modified: 2,
            ..Role::default()
        };
        role.id = roles::insert(tx, &role).unwrap();
        assert_eq!(roles::by_id(tx, role.id).unwrap().as_ref(), Some(&role));
        assert_eq!(roles::by_name(tx, "desk").unwrap().as_ref(), Some(&role));
        role.permissions = Permissions::of(&[Permission::Auth]);
        role.memory_limit = None;
        role.modified = 3;
        roles::update(tx, &role).unwrap();
        assert_eq!(roles::by_id(tx, role.id).unwrap().as_ref(), Some(&role));

        let other = super::role(tx, "other", &[]);
        assert_eq!(roles::default_role(tx).unwrap(), None);
        for chosen in [role.id, other] {
            roles::set_default(tx, chosen).unwrap();
            let defaults: Vec<RoleId> = roles::all(tx)
                .unwrap()
                .iter()
                .filter(|role| role.default_role)
                .map(|role| role.id)
                .collect();
            assert_eq!(defaults, [chosen]);
            assert_eq!(roles::default_role(tx).unwrap().unwrap().id, chosen);
        }
        user(tx, "one@example.org", OrgId(1), other);
        assert!(roles::is_used(tx, other).unwrap());
        assert!(!roles::is_used(tx, role.id).unwrap());
        roles::delete(tx, role.id).unwrap();
        assert_eq!(roles::by_id(tx, role.id).unwrap(), None);
    });
}

#[test]
fn a_user_comes_back_as_it_was_written() {
    in_each(|tx| {
        let mut one = User {
            org_id: OrgId(4),
            role_id: RoleId(5),
            email: "One@Example.org".into(),
            password: "$argon2id$x".into(),
            change_pw: true,
            autoalert: true,
            notification_weekly: true,
            gpgkey: "key".into(),
            certif_public: "cert".into(),
            nids_sid: 4_000_000,
            newsread: 7,
            invited_by: UserId(2),
            expiration: Some(99),
            last_pw_change: 8,
            date_created: 9,
            date_modified: 10,
            ..User::default()
        };
        one.id = users::insert(tx, &one).unwrap();
        one.email = "one@example.org".into();
        assert_eq!(users::by_id(tx, one.id).unwrap().as_ref(), Some(&one));
        assert_eq!(
            users::by_email(tx, "ONE@example.org").unwrap().as_ref(),
            Some(&one)
        );

        one.disabled = true;
        one.termsaccepted = true;
        one.expiration = None;
        one.password = "$argon2id$y".into();
        users::update(tx, &one).unwrap();
        users::logged_in(tx, one.id, 20).unwrap();
        users::logged_in(tx, one.id, 30).unwrap();
        users::used_api(tx, one.id, 40).unwrap();
        (one.last_login, one.current_login, one.last_api_access) = (20, 30, 40);
        assert_eq!(users::by_id(tx, one.id).unwrap(), Some(one));
    });
}

#[test]
fn users_are_listed_by_what_is_asked_and_by_page() {
    in_each(|tx| {
        let (acme, globex) = (org(tx, "Acme"), org(tx, "Globex"));
        let (admin, reader) = (role(tx, "desk lead", &[]), role(tx, "reader", &[]));
        let a = user(tx, "anna@acme.test", acme, admin);
        let b = user(tx, "bert@acme.test", acme, reader);
        let c = user(tx, "anna@globex.test", globex, reader);
        let gone = User {
            disabled: true,
            ..users::by_id(tx, c).unwrap().unwrap()
        };
        users::update(tx, &gone).unwrap();
        let ids = |tx: &mut Tx<'_>, filter: &Filter, limit, offset| {
            let (rows, total) = users::list(tx, filter, limit, offset).unwrap();
            (rows.iter().map(|user| user.id).collect::<Vec<_>>(), total)
        };
        let all = Filter::default();
        assert_eq!(ids(tx, &all, None, 0), (vec![a, b, c], 3));
        assert_eq!(ids(tx, &all, Some(1), 1), (vec![b], 3));
        for (filter, expected) in [
            (
                Filter {
                    org: Some(acme),
                    ..Filter::default()
                },
                vec![a, b],
            ),
            (
                Filter {
                    role: Some(reader),
                    ..Filter::default()
                },
                vec![b, c],
            ),
            (
                Filter {
                    email: Some("ANNA".into()),
                    ..Filter::default()
                },
                vec![a, c],
            ),
            (
                Filter {
                    any: Some("globex".into()),
                    ..Filter::default()
                },
                vec![c],
            ),
            (
                Filter {
                    any: Some("desk".into()),
                    ..Filter::default()
                },
                vec![a],
            ),
            (
                Filter {
                    disabled: Some(true),
                    ..Filter::default()
                },
                vec![c],
            ),
            (
                Filter {
                    org: Some(acme),
                    email: Some("bert".into()),
                    disabled: Some(false),
                    ..Filter::default()
                },
                vec![b],
            ),
            (
                Filter {
                    email: Some("%".into()),
                    ..Filter::default()
                },
                vec![],
            ),
        ] {
            assert_eq!(ids(tx, &filter, None, 0).0, expected, "{filter:?}");
        }
        let mut emails = users::emails(tx, &[a.0, c.0, 999]).unwrap();
        emails.sort();
        assert_eq!(
            emails,
            [(a, "anna@acme.test".into()), (c, "anna@globex.test".into())]
        );
    });
}

#[test]
fn administrators_are_known_by_their_roles() {
    in_each(|tx| {
        let acme = org(tx, "Acme");
        let site = role(tx, "site", &[Permission::SiteAdmin, Permission::Admin]);
        let local = role(tx, "local", &[Permission::Admin]);
        let plain = role(tx, "plain", &[Permission::Auth]);
        let first = user(tx, "first@acme.test", acme, site);
        let second = user(tx, "second@acme.test", acme, site);
        let head = user(tx, "head@acme.test", acme, local);
        user(tx, "plain@acme.test", acme, plain);
        assert_eq!(
            users::org_admins(tx, acme).unwrap(),
            [(head, "head@acme.test".into())]
        );
        assert!(users::other_site_admin(tx, first).unwrap());
        let disabled = User {
            disabled: true,
            ..users::by_id(tx, second).unwrap().unwrap()
        };
        users::update(tx, &disabled).unwrap();
        assert!(
            !users::other_site_admin(tx, first).unwrap(),
            "a disabled one is of no help"
        );
        assert!(users::other_site_admin(tx, second).unwrap());
    });
}

#[test]
fn a_users_standing_is_that_of_the_moment() {
    in_each(|tx| {
        let acme = org(tx, "Acme");
        let plain = role(tx, "plain", &[Permission::Auth, Permission::Sighting]);
        let id = user(tx, "one@acme.test", acme, plain);
        let standing = users::standing(tx, id).unwrap().unwrap();
        assert_eq!((standing.org_id, standing.role_id), (acme, plain));
        assert!(standing.permissions.has(Permission::Sighting));

        let less = Role {
            permissions: Permissions::of(&[Permission::Auth]),
            ..roles::by_id(tx, plain).unwrap().unwrap()
        };
        roles::update(tx, &less).unwrap();
        let standing = users::standing(tx, id).unwrap().unwrap();
        assert!(!standing.permissions.has(Permission::Sighting));
        assert_eq!(users::standing(tx, UserId(999)).unwrap(), None);
    });
}

#[test]
fn a_deleted_user_leaves_no_key_session_or_setting() {
    in_each(|tx| {
        let acme = org(tx, "Acme");
        let plain = role(tx, "plain", &[]);
        let (gone, stays) = (
            user(tx, "gone@acme.test", acme, plain),
            user(tx, "stays@acme.test", acme, plain),
        );
        for (owner, hash) in [(gone, vec![1]), (stays, vec![2])] {
            let key = AuthKey {
                uuid: Uuid::new_v4(),
                user_id: owner,
                key_hash: hash.clone(),
                ..AuthKey::default()
            };
            auth_keys::insert(tx, &key).unwrap();
            sessions::insert(tx, &super::access::session(owner, &hash, 0, 100)).unwrap();
            user_settings::set(tx, owner, "homepage", &serde_json::json!("x"), 1).unwrap();
        }
        users::delete(tx, gone).unwrap();
        assert_eq!(users::by_id(tx, gone).unwrap(), None);
        assert_eq!(auth_keys::by_hash(tx, &[1]).unwrap(), None);
        assert_eq!(sessions::live(tx, &[1], 50).unwrap(), None);
        assert_eq!(user_settings::get(tx, gone, "homepage").unwrap(), None);
        assert!(auth_keys::by_hash(tx, &[2]).unwrap().is_some());
        assert!(sessions::live(tx, &[2], 50).unwrap().is_some());
        assert!(user_settings::get(tx, stays, "homepage").unwrap().is_some());
    });
}
