//! Keys, sessions, failed log-ins, settings.

use super::{in_each, refused, role, user};
use crate::data::org;
use serde_json::json;
use sightline_core::ids::{AuthKeyId, UserId};
use sightline_db::Tx;
use sightline_db::auth_keys::{self, AuthKey, Filter};
use sightline_db::sessions::{self, Session};
use sightline_db::user_settings::{self, Filter as SettingFilter};
use uuid::Uuid;

fn key(tx: &mut Tx<'_>, owner: UserId, start: &str, expiration: i64) -> AuthKeyId {
    let key = AuthKey {
        uuid: Uuid::new_v4(),
        user_id: owner,
        key_hash: start.as_bytes().to_vec(),
        authkey_start: start.into(),
        authkey_end: "wxyz".into(),
        expiration,
        ..AuthKey::default()
    };
    auth_keys::insert(tx, &key).unwrap()
}

#[test]
fn a_key_comes_back_as_it_was_written() {
    in_each(|tx| {
        let mut key = AuthKey {
            uuid: Uuid::new_v4(),
            user_id: UserId(3),
            key_hash: vec![1, 2, 3],
            authkey_start: "abcd".into(),
            authkey_end: "wxyz".into(),
            created: 5,
            expiration: 99,
            read_only: true,
            comment: "for the importer".into(),
            allowed_ips: Some(vec!["192.0.2.0/24".into()]),
            ..AuthKey::default()
        };
        key.id = auth_keys::insert(tx, &key).unwrap();
        assert_eq!(auth_keys::by_hash(tx, &[1, 2, 3]).unwrap().as_ref(), Some(&key));
        assert_eq!(auth_keys::by_hash(tx, &[1, 2]).unwrap(), None);
        assert_eq!(
            auth_keys::find(tx, Some(key.id), None).unwrap().as_ref(),
            Some(&key)
        );
        assert_eq!(
            auth_keys::find(tx, None, Some(key.uuid)).unwrap().as_ref(),
            Some(&key)
        );

        auth_keys::used(tx, key.id, 50, &["192.0.2.7".into()]).unwrap();
        (key.last_used, key.unique_ips) = (50, vec!["192.0.2.7".into()]);
        key.allowed_ips = None;
        key.read_only = false;
        key.expiration = 0;
        auth_keys::update(tx, &key).unwrap();
        assert_eq!(
            auth_keys::find(tx, Some(key.id), None).unwrap().as_ref(),
            Some(&key)
        );
        auth_keys::delete(tx, key.id).unwrap();
        assert_eq!(auth_keys::find(tx, Some(key.id), None).unwrap(), None);
    });
}

#[test]
fn two_keys_are_never_the_same() {
    let same = || AuthKey {
        uuid: Uuid::new_v4(),
        key_hash: vec![7],
        ..AuthKey::default()
    };
    refused(
        move |tx| auth_keys::insert(tx, &same()).map(|_| ()),
        move |tx| auth_keys::insert(tx, &same()).map(|_| ()),
    );
}

#[test]
fn keys_are_listed_by_owner_organisation_and_ends() {
    in_each(|tx| {
        let (acme, globex) = (org(tx, "Acme"), org(tx, "Globex"));
        let plain = role(tx, "plain", &[]);
        let one = user(tx, "one@acme.test", acme, plain);
        let two = user(tx, "two@globex.test", globex, plain);
        let first = key(tx, one, "aaaa", 0);
        let second = key(tx, one, "bbbb", 0);
        let third = key(tx, two, "cccc", 0);
        let ids = |tx: &mut Tx<'_>, filter: &Filter, limit, offset| {
            let (rows, total) = auth_keys::list(tx, filter, limit, offset).unwrap();
            (rows.iter().map(|(key, _)| key.id).collect::<Vec<_>>(), total)
        };
        assert_eq!(
            ids(tx, &Filter::default(), None, 0),
            (vec![first, second, third], 3)
        );
        assert_eq!(ids(tx, &Filter::default(), Some(1), 1), (vec![second], 3));
        let filters = [
            (
                Filter {
                    user: Some(one),
                    ..Filter::default()
                },
                vec![first, second],
            ),
            (
                Filter {
                    org: Some(globex),
                    ..Filter::default()
                },
                vec![third],
            ),
            (
                Filter {
                    user: Some(one),
                    org: Some(globex),
                    ..Filter::default()
                },
                vec![],
            ),
            (
                Filter {
                    authkey_start: Some("bbbb".into()),
                    ..Filter::default()
                },
                vec![second],
            ),
            (
                Filter {
                    authkey_end: Some("none".into()),
                    ..Filter::default()
                },
                vec![],
            ),
        ];
        for (filter, expected) in filters {
            assert_eq!(ids(tx, &filter, None, 0).0, expected, "{filter:?}");
        }
        let (rows, _) = auth_keys::list(tx, &Filter::default(), Some(1), 2).unwrap();
        assert_eq!(rows.first().unwrap().1, "two@globex.test");
    });
}

#[test]
fn ending_keys_leaves_those_of_others_and_those_that_are_over() {
    in_each(|tx| {
        let (one, two) = (UserId(1), UserId(2));
        let unlimited = key(tx, one, "aaaa", 0);
        let later = key(tx, one, "bbbb", 500);
        let over = key(tx, one, "cccc", 10);
        let other = key(tx, two, "dddd", 0);
        let ends = |tx: &mut Tx<'_>| {
            [unlimited, later, over, other]
                .map(|id| auth_keys::find(tx, Some(id), None).unwrap().unwrap().expiration)
        };
        auth_keys::expire(tx, one, Some(later), 100).unwrap();
        assert_eq!(ends(tx), [0, 100, 10, 0]);
        auth_keys::expire(tx, one, None, 200).unwrap();
        assert_eq!(ends(tx), [200, 100, 10, 0]);
    });
}

/// A session of `user_id` from `created` to `expires`.
pub(super) fn session(user_id: UserId, token_hash: &[u8], created: i64, expires: i64) -> Session {
    Session {
        token_hash: token_hash.to_vec(),
        user_id,
        csrf: "form".into(),
        created,
        last_seen: created,
        expires,
        ip: "192.0.2.1".into(),
        user_agent: "browser".into(),
        otp_pending: false,
    }
}

#[test]
fn a_session_lives_until_it_ends() {
    in_each(|tx| {
        let mut one = session(UserId(1), &[1], 10, 100);
        sessions::insert(tx, &one).unwrap();
        assert_eq!(sessions::live(tx, &[1], 99).unwrap().as_ref(), Some(&one));
        assert_eq!(sessions::live(tx, &[1], 100).unwrap(), None);
        assert_eq!(sessions::live(tx, &[9], 50).unwrap(), None);
        sessions::seen(tx, &[1], 90, 190).unwrap();
        (one.last_seen, one.expires) = (90, 190);
        assert_eq!(sessions::live(tx, &[1], 150).unwrap(), Some(one));
        sessions::end(tx, &[1]).unwrap();
        assert_eq!(sessions::live(tx, &[1], 150).unwrap(), None);
    });
}

#[test]
fn ending_a_users_sessions_spares_others_and_the_one_in_hand() {
    in_each(|tx| {
        for (owner, hash) in [(1, [1]), (1, [2]), (1, [3]), (2, [4])] {
            sessions::insert(tx, &session(UserId(owner), &hash, 0, 100)).unwrap();
        }
        let alive =
            |tx: &mut Tx<'_>| [1, 2, 3, 4].map(|hash| sessions::live(tx, &[hash], 50).unwrap().is_some());
        sessions::end_all(tx, UserId(1), Some(&[2])).unwrap();
        assert_eq!(alive(tx), [false, true, false, true]);
        sessions::end_all(tx, UserId(1), None).unwrap();
        assert_eq!(alive(tx), [false, false, false, true]);
    });
}

#[test]
fn failures_count_per_address_and_name_until_they_are_forgotten() {
    in_each(|tx| {
        let (ip, name) = ("192.0.2.1", "one@acme.test");
        sessions::add_failure(tx, ip, name, 10, 110).unwrap();
        sessions::add_failure(tx, ip, name, 20, 120).unwrap();
        sessions::add_failure(tx, "192.0.2.2", name, 20, 120).unwrap();
        assert_eq!(sessions::failures(tx, ip, name, 50).unwrap(), (2, 120));
        assert_eq!(sessions::failures(tx, ip, "two@acme.test", 50).unwrap(), (0, 0));
        assert_eq!(sessions::failures(tx, ip, name, 115).unwrap(), (1, 120));
        sessions::forget_failures(tx, ip, name).unwrap();
        assert_eq!(sessions::failures(tx, ip, name, 50).unwrap(), (0, 0));
        assert_eq!(sessions::failures(tx, "192.0.2.2", name, 50).unwrap(), (1, 120));
    });
}

#[test]
fn a_setting_is_one_value_per_user_and_name() {
    in_each(|tx| {
        let (acme, globex) = (org(tx, "Acme"), org(tx, "Globex"));
        let plain = role(tx, "plain", &[]);
        let one = user(tx, "one@acme.test", acme, plain);
        let two = user(tx, "two@globex.test", globex, plain);
        user_settings::set(tx, one, "homepage", &json!({"path": "/a"}), 1).unwrap();
        user_settings::set(tx, two, "homepage", &json!(["é", 1, null]), 2).unwrap();
        let before = user_settings::get(tx, one, "homepage").unwrap().unwrap();
        user_settings::set(tx, one, "homepage", &json!({"path": "/b"}), 3).unwrap();
        let after = user_settings::get(tx, one, "homepage").unwrap().unwrap();
        assert_eq!((after.id, after.timestamp), (before.id, 3));
        assert_eq!(after.value, json!({"path": "/b"}));
        let other = user_settings::get(tx, two, "homepage").unwrap().unwrap();
        assert_eq!(other.value, json!(["é", 1, null]));
        assert_eq!(user_settings::by_id(tx, after.id).unwrap().as_ref(), Some(&after));

        user_settings::set(tx, one, "dashboard", &json!([]), 4).unwrap();
        let ids = |tx: &mut Tx<'_>, filter: &SettingFilter| {
            let found = user_settings::page(tx, filter, 10, 0).unwrap().0;
            found
                .into_iter()
                .map(|setting| (setting.user_id, setting.setting))
                .collect::<Vec<_>>()
        };
        let home = |owner| (owner, "homepage".to_owned());
        let all = SettingFilter::default();
        assert_eq!(
            ids(tx, &all),
            [home(one), home(two), (one, "dashboard".to_owned())]
        );
        let of_two = SettingFilter {
            user: Some(two),
            ..SettingFilter::default()
        };
        assert_eq!(ids(tx, &of_two), [home(two)]);
        let of_acme = SettingFilter {
            org: Some(acme),
            setting: Some("homepage".into()),
            ..SettingFilter::default()
        };
        assert_eq!(ids(tx, &of_acme), [home(one)]);
        user_settings::delete(tx, after.id).unwrap();
        assert_eq!(user_settings::get(tx, one, "homepage").unwrap(), None);
    });
}
