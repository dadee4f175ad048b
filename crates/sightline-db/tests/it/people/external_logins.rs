//! Departures to a provider, and users found by what others call them.

use super::{in_each, refused, role, user};
use sightline_core::ids::OrgId;
use sightline_db::external_logins::{self, Departure};
use sightline_db::users::{self, User};

fn departure(state: &str, ip: &str, expires: i64) -> Departure {
    Departure {
        state_hash: state.as_bytes().to_vec(),
        nonce: "nonce".into(),
        verifier: "verifier".into(),
        next: "/events/index".into(),
        ip: ip.into(),
        expires,
    }
}

#[test]
fn a_departure_is_taken_once_and_in_time() {
    in_each(|tx| {
        let (early, late) = (
            departure("early", "192.0.2.1", 100),
            departure("late", "192.0.2.1", 300),
        );
        external_logins::depart(tx, &early, 0, 9).unwrap();
        external_logins::depart(tx, &late, 0, 9).unwrap();
        assert_eq!(external_logins::arrive(tx, b"nobody", 50).unwrap(), None);
        assert_eq!(external_logins::arrive(tx, b"early", 100).unwrap(), None, "over");
        assert_eq!(
            external_logins::arrive(tx, b"late", 299).unwrap().as_ref(),
            Some(&late)
        );
        assert_eq!(external_logins::arrive(tx, b"late", 299).unwrap(), None, "taken");
    });
}

#[test]
fn an_address_keeps_only_its_newest_departures() {
    in_each(|tx| {
        external_logins::depart(tx, &departure("other", "192.0.2.9", 100), 0, 2).unwrap();
        for (at, state) in [(101, "a"), (102, "b"), (103, "c")] {
            external_logins::depart(tx, &departure(state, "192.0.2.1", at), 0, 2).unwrap();
        }
        let left: Vec<bool> = ["a", "b", "c", "other"]
            .iter()
            .map(|state| {
                external_logins::arrive(tx, state.as_bytes(), 50)
                    .unwrap()
                    .is_some()
            })
            .collect();
        assert_eq!(left, [false, true, true, true]);
    });
}

#[test]
fn users_are_found_by_what_others_call_them() {
    in_each(|tx| {
        let role = role(tx, "User", &[]);
        let mut known = Vec::new();
        for (email, key, required) in [
            ("ada@example.org", "ada", true),
            ("grace@example.org", "grace", false),
            ("twin@example.org", "twin", true),
            ("other@example.org", "twin", true),
        ] {
            let id = user(tx, email, OrgId(1), role);
            let mut stored = users::by_id(tx, id).unwrap().unwrap();
            stored.sub = Some(format!("sub of {email}"));
            stored.external_auth_key = key.into();
            stored.external_auth_required = required;
            users::update(tx, &stored).unwrap();
            assert_eq!(users::by_id(tx, id).unwrap(), Some(stored));
            known.push(id);
        }
        assert_eq!(external_logins::by_key(tx, "ada").unwrap(), [known[0]]);
        assert_eq!(external_logins::by_key(tx, "Ada").unwrap(), []);
        assert_eq!(
            external_logins::by_key(tx, "grace").unwrap(),
            [],
            "it is not this user's way"
        );
        assert_eq!(external_logins::by_key(tx, "twin").unwrap(), [known[2], known[3]]);
        let sub = |tx: &mut _, sub: &str| external_logins::by_sub(tx, sub).unwrap();
        assert_eq!(sub(tx, "sub of grace@example.org"), Some(known[1]));
        assert_eq!(sub(tx, "nobody"), None);
    });
}

#[test]
fn a_subject_is_one_user() {
    let with_sub = |email: &'static str| {
        move |tx: &mut sightline_db::Tx<'_>| {
            let user = User {
                email: email.into(),
                sub: Some("sub".into()),
                ..User::default()
            };
            users::insert(tx, &user).map(drop)
        }
    };
    refused(with_sub("one@example.org"), with_sub("two@example.org"));
}
