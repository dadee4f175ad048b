//! Log-in, the own password, the own profile with its keys.

use super::errors::Errors;
use super::moment::Moment;
use crate::layout::Frame;
use askama::Template;
use sightline_app::login::Ways;

/// The log-in form. Posts `email` and `password` to `/users/login`.
#[derive(Clone, Debug, Template)]
#[template(path = "account/login.html")]
pub struct LoginPage {
    /// The frame, without a user.
    pub frame: Frame,
    /// What was typed before.
    pub email: String,
    /// Why the last attempt did not work, without saying which half was wrong.
    pub refusal: Option<String>,
    /// The administrator's words above the form.
    pub welcome: String,
    /// Where to go afterwards: a path of this site.
    pub next: String,
    /// A forgotten password can be chosen anew.
    pub can_reset: bool,
    /// The ways in.
    pub ways: Ways,
    /// Where the provider's button leads.
    pub oidc_url: String,
    /// Strangers may ask for an account.
    pub registers: bool,
}

/// Asks for the address of an account whose password is forgotten. Posts `email` to `/users/forgot`.
#[derive(Clone, Debug, Template)]
#[template(path = "account/forgot.html")]
pub struct ForgotPage {
    /// The frame, without a user.
    pub frame: Frame,
}

/// A new password for the owner of a link. Posts `password`, `confirm_password` to `/users/password_reset/{token}`.
#[derive(Clone, Debug, Template)]
#[template(path = "account/reset.html")]
pub struct ResetPage {
    /// The frame, without a user.
    pub frame: Frame,
    /// The instance's rule in words.
    pub rule: String,
    /// What the link holds.
    pub token: String,
    /// What is wrong.
    pub errors: Errors,
}

/// A few words to somebody who is not logged in.
#[derive(Clone, Debug, Template)]
#[template(path = "account/stranger.html")]
pub struct StrangerPage {
    /// The frame, without a user.
    pub frame: Frame,
    /// The heading.
    pub title: String,
    /// The words.
    pub text: String,
    /// Where a button posts to, and what it says.
    pub action: Option<(String, String)>,
}

/// Somebody has logged out here, and not where they came from.
#[derive(Clone, Debug, Template)]
#[template(path = "account/left.html")]
pub struct LeftPage {
    /// The frame, without a user.
    pub frame: Frame,
    /// What the other place is called.
    pub name: String,
    /// Where one logs out there.
    pub url: String,
}

/// A new password. Posts `current_password`, `password`, `confirm_password` to `/users/change_pw`.
#[derive(Clone, Debug, Template)]
#[template(path = "account/password.html")]
pub struct PasswordPage {
    /// The frame.
    pub frame: Frame,
    /// The account's name, for password managers.
    pub email: String,
    /// The account may do nothing else before.
    pub forced: bool,
    /// The instance's rule in words.
    pub rule: String,
    /// What is wrong.
    pub errors: Errors,
}

/// The own profile.
#[derive(Clone, Debug, Template)]
#[template(path = "account/profile.html")]
pub struct ProfilePage {
    /// The frame.
    pub frame: Frame,
    /// Who.
    pub account: AccountFacts,
    /// The keys, and the form for a new one.
    pub keys: KeyPanel,
    /// One-time passwords may be used here.
    pub otp_enabled: bool,
    /// The instance has terms of use.
    pub has_terms: bool,
}

/// What is known about an account.
#[derive(Clone, Debug, Default)]
pub struct AccountFacts {
    /// The user's id.
    pub id: i64,
    /// E-mail address.
    pub email: String,
    /// Organisation.
    pub org: String,
    /// The organisation's id.
    pub org_id: i64,
    /// Role.
    pub role: String,
    /// What the role allows, in words.
    pub rights: Vec<String>,
    /// Made.
    pub created: Option<Moment>,
    /// Last log-in.
    pub last_login: Option<Moment>,
    /// Last change of the password.
    pub password_changed: Option<Moment>,
    /// Cannot log in.
    pub disabled: bool,
    /// Log-ins ask for a one-time password.
    pub totp_is_set: bool,
}

/// API keys of one user.
#[derive(Clone, Debug, Default)]
pub struct KeyPanel {
    /// Whose keys.
    pub user_id: i64,
    /// May have keys (`perm_auth`).
    pub allowed: bool,
    /// The keys.
    pub keys: Vec<KeyRow>,
    /// The form; posts to `/auth_keys/add/{user_id}`.
    pub form: KeyForm,
    /// A key made just now: shown once, never again.
    pub fresh: Option<String>,
}

/// One API key, without the key. Deleted by a post to `/auth_keys/delete/{id}`.
#[derive(Clone, Debug, Default)]
pub struct KeyRow {
    /// Id.
    pub id: i64,
    /// First characters.
    pub start: String,
    /// Last characters.
    pub end: String,
    /// What it is for.
    pub comment: String,
    /// Made.
    pub created: Moment,
    /// Ends; `None` never.
    pub expiry: Option<Moment>,
    /// It has ended.
    pub expired: bool,
    /// Last used; `None` never.
    pub last_used: Option<Moment>,
    /// Addresses it may be used from; empty means any.
    pub allowed_ips: Vec<String>,
    /// Addresses it was used from.
    pub seen_ips: Vec<String>,
    /// Cannot change anything.
    pub read_only: bool,
}

/// One API key: what is known of it, and the form that changes it. Posts the fields of [`KeyForm`] to
/// `/auth_keys/edit/{id}`.
#[derive(Clone, Debug, Template)]
#[template(path = "account/key.html")]
pub struct KeyPage {
    /// The frame.
    pub frame: Frame,
    /// The key.
    pub key: KeyRow,
    /// Whose it is.
    pub email: String,
    /// The page with the keys of that user.
    pub back: String,
    /// May change it.
    pub can_edit: bool,
    /// What it says, or what was typed.
    pub form: KeyForm,
}

/// The form for a key: `comment`, `expiration` (date), `allowed_ips` (one per line), `read_only`.
#[derive(Clone, Debug, Default)]
pub struct KeyForm {
    /// What it is for.
    pub comment: String,
    /// Date or empty.
    pub expiration: String,
    /// One per line.
    pub allowed_ips: String,
    /// Cannot change anything.
    pub read_only: bool,
    /// What is wrong.
    pub errors: Errors,
}
