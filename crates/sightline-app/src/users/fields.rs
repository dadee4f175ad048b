//! What a request says of a user, checked and applied.

use crate::auth_keys::moment;
use crate::organisations as app_organisations;
use serde::Deserialize;
use sightline_core::{AppResult, FieldErrors};
use sightline_db::users::{self, User};
use sightline_db::{Tx, organisations};
use sightline_formats::openpgp::PublicKey;
use sightline_misp::input::Loose;

/// A user as clients send it. Ids, dates, keys and secrets that clients send along are ignored.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields of the wire, spec 01 section 11")]
pub struct UserIn {
    pub email: Loose,
    pub password: Loose,
    pub current_password: Loose,
    pub org_id: Loose,
    pub role_id: Loose,
    pub change_pw: Loose,
    pub autoalert: Loose,
    pub contactalert: Loose,
    pub notification_daily: Loose,
    pub notification_weekly: Loose,
    pub notification_monthly: Loose,
    pub disabled: Loose,
    pub force_logout: Loose,
    pub termsaccepted: Loose,
    pub gpgkey: Loose,
    pub certif_public: Loose,
    pub nids_sid: Loose,
    pub newsread: Loose,
    pub expiration: Loose,
    /// Whether a new user is told by mail.
    pub notify: Loose,
    pub external_auth_required: Loose,
    pub external_auth_key: Loose,
}

/// Longest name that a reverse proxy has for a user, in characters.
const EXTERNAL_KEY_CHARS: usize = 255;
const BOOLEAN: &str = "The value has to be a boolean (true, false, 0 or 1).";

impl UserIn {
    /// The new password. What the server itself answers in the place of one (`*****`) is none.
    pub(super) fn new_password(&self) -> Option<String> {
        self.password
            .text()
            .filter(|text| !text.bytes().all(|b| b == b'*'))
    }
}

fn flag(name: &str, input: &Loose, field: &mut bool, errors: &mut FieldErrors) {
    match input.flag() {
        Some(given) => *field = given,
        None if !input.is_given() => {}
        None => errors.add(name, BOOLEAN),
    }
}

fn number(name: &str, input: &Loose, field: &mut i64, errors: &mut FieldErrors) {
    match input.int() {
        Some(given) => *field = given,
        None if input.filled().is_none() => {}
        None => errors.add(name, "The value has to be a number."),
    }
}

/// What users decide for themselves.
pub(super) fn apply_own(user: &mut User, body: &UserIn, now: i64, errors: &mut FieldErrors) {
    if let Some(email) = body.email.text() {
        user.email = email.trim().to_lowercase();
        if !is_email(&user.email) {
            errors.add("email", "Please enter a valid email address.");
        }
    }
    flag("autoalert", &body.autoalert, &mut user.autoalert, errors);
    flag("contactalert", &body.contactalert, &mut user.contactalert, errors);
    flag(
        "notification_daily",
        &body.notification_daily,
        &mut user.notification_daily,
        errors,
    );
    flag(
        "notification_weekly",
        &body.notification_weekly,
        &mut user.notification_weekly,
        errors,
    );
    flag(
        "notification_monthly",
        &body.notification_monthly,
        &mut user.notification_monthly,
        errors,
    );
    number("nids_sid", &body.nids_sid, &mut user.nids_sid, errors);
    if let Some(text) = body.gpgkey.text() {
        let key = text.trim();
        // What is kept already may have expired meanwhile: that must not keep its owner from changing other fields.
        if !key.is_empty()
            && key != user.gpgkey
            && let Err(problem) = PublicKey::parse(key, now)
        {
            errors.add("gpgkey", problem.to_string());
        }
        key.clone_into(&mut user.gpgkey);
    }
    if let Some(text) = body.certif_public.text() {
        text.trim().clone_into(&mut user.certif_public);
    }
}

/// What administrators decide besides.
pub(super) fn apply_admin(user: &mut User, body: &UserIn, now: i64, errors: &mut FieldErrors) {
    apply_own(user, body, now, errors);
    flag("change_pw", &body.change_pw, &mut user.change_pw, errors);
    flag("disabled", &body.disabled, &mut user.disabled, errors);
    flag(
        "termsaccepted",
        &body.termsaccepted,
        &mut user.termsaccepted,
        errors,
    );
    number("newsread", &body.newsread, &mut user.newsread, errors);
    apply_external(user, body, errors);
    if body.expiration.is_given() {
        match moment(&body.expiration, now) {
            Ok(moment) => user.expiration = moment,
            Err(()) => errors.add("expiration", "Expiration must be in YYYY-MM-DD format."),
        }
    }
}

/// Whether a reverse proxy vouches for the user, and what it calls them.
fn apply_external(user: &mut User, body: &UserIn, errors: &mut FieldErrors) {
    flag(
        "external_auth_required",
        &body.external_auth_required,
        &mut user.external_auth_required,
        errors,
    );
    if let Some(key) = body.external_auth_key.text() {
        key.trim().clone_into(&mut user.external_auth_key);
    }
    if user.external_auth_key.chars().count() > EXTERNAL_KEY_CHARS {
        errors.add("external_auth_key", "The key is too long.");
    }
    if user.external_auth_required {
        if user.external_auth_key.is_empty() {
            errors.add("external_auth_key", "External authentication needs a key.");
        }
        // Whoever has no password to log in with has none to change.
        user.change_pw = false;
    }
}

/// What only the database knows: the address is free, the organisation is there and takes users of that domain.
pub(super) fn check_stored(tx: &mut Tx<'_>, user: &User, errors: &mut FieldErrors) -> AppResult<()> {
    if users::by_email(tx, &user.email)?.is_some_and(|other| other.id != user.id) {
        errors.add("email", "An account with this email address already exists.");
    }
    let Some(org) = organisations::by_id(tx, user.org_id)? else {
        errors.add("org_id", "Invalid organisation");
        return Ok(());
    };
    if !app_organisations::takes(&org, &user.email) {
        let domains = org.restricted_to_domain.join(", ");
        errors.add(
            "email",
            format!("The organisation takes only addresses of {domains}."),
        );
    }
    Ok(())
}

/// One `@` between a name and a domain, nothing that a header or a page could misread.
pub(crate) fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"@<>()[],;:\\\"".contains(c);
    !name.is_empty()
        && text.len() <= 255
        && name.chars().all(plain)
        && domain.split('.').all(|label| !label.is_empty())
        && domain
            .chars()
            .all(|c| c.is_alphanumeric() || c == '-' || c == '.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn addresses() {
        for (text, expected) in [
            ("ada@example.org", true),
            ("ada.l+misp@sub.example.org", true),
            ("admin@localhost", true),
            ("bad", false),
            ("@example.org", false),
            ("a@", false),
            ("a@b..c", false),
            ("a b@example.org", false),
            ("a@b@c", false),
            ("<a>@example.org", false),
        ] {
            assert_eq!(is_email(text), expected, "{text}");
        }
    }

    #[test]
    fn the_mask_of_a_password_is_no_password() {
        for (given, expected) in [
            (json!({}), None),
            (json!({"password": ""}), None),
            (json!({"password": "*****"}), None),
            (json!({"password": "s3cret*"}), Some("s3cret*")),
        ] {
            let body: UserIn = serde_json::from_value(given.clone()).unwrap();
            assert_eq!(body.new_password().as_deref(), expected, "{given}");
        }
    }

    #[test]
    fn users_do_not_decide_what_administrators_decide() {
        let body: UserIn = serde_json::from_value(
            json!({"disabled": true, "change_pw": 1, "org_id": 2, "role_id": 1,
            "termsaccepted": true, "expiration": "2020-01-01", "autoalert": "1"}),
        )
        .unwrap();
        let mut user = User::default();
        apply_own(&mut user, &body, 0, &mut FieldErrors::default());
        let expected = User {
            autoalert: true,
            ..User::default()
        };
        assert_eq!(user, expected);
    }
}
