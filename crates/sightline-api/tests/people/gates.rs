//! Settings that close something: what is refused, in whose words, and who still may.

use crate::wire::{ADMIN, on_each};
use serde_json::{Value, json};
use sightline_app::Settings;

const ADDING: &str = "Adding users has been disabled on this instance.";
const MANAGED: &str = "User self-management has been disabled on this instance.";
const PASSWORD: &str = "User password change has been disabled on this instance.";
const OTP: &str = "OTP has been disabled on this instance.";

#[derive(Clone, Copy, Debug, PartialEq)]
enum Who {
    User,
    OrgAdmin,
}
use Who::{OrgAdmin, User};

/// Setting, who asks for what, and the words of the refusal; no words where that person still may.
#[rustfmt::skip]
const GATES: [(&str, Who, &str, &str, &str); 13] = [
    ("MISP.disable_user_add", OrgAdmin, "/admin/users/add", r#"{"email": "more@admin.test"}"#, ADDING),
    ("Security.otp_disabled", OrgAdmin, "/users/totp_delete/{user}", "{}", OTP),
    ("MISP.disable_user_password_change", User, "/users/change_pw", r#"{"password": "Battery-Staple-2024"}"#, PASSWORD),
    ("MISP.disable_user_password_change", User, "/users/edit", r#"{"password": "Battery-Staple-2025"}"#, PASSWORD),
    ("MISP.disable_user_password_change", User, "/users/edit", r#"{"autoalert": true}"#, ""),
    ("MISP.disable_user_password_change", OrgAdmin, "/users/change_pw", r#"{"password": "Battery-Staple-2026"}"#, ""),
    ("MISP.disableUserSelfManagement", User, "/users/edit", r#"{"autoalert": false}"#, MANAGED),
    ("MISP.disableUserSelfManagement", User, "/users/change_pw", r#"{"password": "Battery-Staple-2027"}"#, MANAGED),
    ("MISP.disableUserSelfManagement", User, "/user_settings/setHomePage", r#"{"path": "/events/index"}"#, ""),
    ("MISP.disableUserSelfManagement", User, "/auth_keys/add/me", "{}", ""),
    ("MISP.disableUserSelfManagement", OrgAdmin, "/users/edit", r#"{"autoalert": false}"#, ""),
    // Last, because the keys of this test end with the ones that may.
    ("MISP.disableUserSelfManagement", User, "/users/resetauthkey/me", "{}", MANAGED),
    ("MISP.disableUserSelfManagement", OrgAdmin, "/users/resetauthkey/me", "{}", ""),
];

#[test]
fn each_setting_closes_what_it_says_and_nothing_else() {
    on_each(&Settings::default(), |instance| async move {
        let (user, key) = instance.user("one@admin.test", "1", "3").await;
        let (_, boss) = instance.user("boss@admin.test", "1", "2").await;
        for (setting, who, path, body, words) in GATES {
            let key = if who == User { &key } else { &boss };
            let path = path.replace("{user}", &user);
            let body: Value = serde_json::from_str(body).unwrap();
            for closed in [true, false] {
                let switch = format!("/servers/serverSettingsEdit/{setting}");
                instance.post(ADMIN, &switch, json!({"value": closed})).await;
                // Who may do it does it once.
                if closed || !words.is_empty() {
                    let (status, message, errors) = instance.refused(key, &path, body.clone()).await;
                    let case = format!("{setting} {closed}, {who:?}, {path}: {message} {errors}");
                    if closed && !words.is_empty() {
                        assert_eq!((status, message.as_str()), (403, words), "{case}");
                    } else {
                        assert_eq!(status, 200, "{case}");
                    }
                }
            }
        }
    });
}

#[test]
fn an_address_stays_where_users_cannot_change_it() {
    let mut settings = Settings::default();
    settings.access.disable_login_change = true;
    on_each(&settings, |instance| async move {
        for (role, email, may) in [("3", "one@admin.test", false), ("2", "two@admin.test", true)] {
            let (_, key) = instance.user(email, "1", role).await;
            let new = format!("new-{email}");
            let edited = instance
                .post(&key, "/users/edit", json!({"email": new, "autoalert": true}))
                .await;
            assert_eq!(edited["User"]["email"] == json!(new), may, "{role}");
            assert_eq!(edited["User"]["autoalert"], json!(true), "{role}");
        }
    });
}

#[test]
fn the_terms_are_a_file_where_there_are_some() {
    on_each(&Settings::default(), |instance| async move {
        let missing = instance
            .ask(ADMIN, "GET", "/users/downloadTerms", Value::Null)
            .await;
        assert_eq!(missing.status, 404);
    });
    let mut settings = Settings::default();
    // The client of these tests reads JSON, and so does a number.
    settings.access.terms = "7".into();
    on_each(&settings, |instance| async move {
        let found = instance
            .ask(ADMIN, "GET", "/users/downloadTerms", Value::Null)
            .await;
        assert_eq!((found.status.as_u16(), found.body), (200, json!(7)));
        assert_eq!(found.headers["content-type"], "text/plain; charset=UTF-8");
        assert_eq!(
            found.headers["content-disposition"],
            "attachment; filename=\"terms.txt\""
        );
    });
}
