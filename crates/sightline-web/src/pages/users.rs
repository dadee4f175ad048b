//! Users, for administrators of the site or of an organisation.

use super::account::{AccountFacts, KeyPanel};
use super::errors::Errors;
use super::list::Pager;
use super::moment::{Count, Moment};
use super::wording::Choice;
use crate::layout::Frame;
use askama::Template;

/// `GET /admin/users/index`, narrowed by `searchall`, `org`, `role`, `disabled`.
#[derive(Clone, Debug, Template)]
#[template(path = "users/index.html")]
pub struct UserIndexPage {
    /// The frame.
    pub frame: Frame,
    /// Answers those who ask for an account.
    pub reads_registrations: bool,
    /// What is searched for.
    pub query: String,
    /// Any and the organisations; empty for administrators of one.
    pub orgs: Vec<Choice>,
    /// Any and the roles.
    pub roles: Vec<Choice>,
    /// Any, active, disabled.
    pub states: Vec<Choice>,
    /// Where we are.
    pub pager: Pager,
    /// The users.
    pub rows: Vec<UserRow>,
}

/// One user.
#[derive(Clone, Debug, Default)]
pub struct UserRow {
    /// Id.
    pub id: i64,
    /// E-mail address.
    pub email: String,
    /// Organisation.
    pub org: String,
    /// Role.
    pub role: String,
    /// API keys.
    pub keys: Count,
    /// Made.
    pub created: Option<Moment>,
    /// Last log-in.
    pub last_login: Option<Moment>,
    /// Last use of a key.
    pub last_api: Option<Moment>,
    /// Cannot log in.
    pub disabled: bool,
    /// Must change the password at the next log-in.
    pub must_change_password: bool,
}

/// `GET /admin/users/view/{id}`.
#[derive(Clone, Debug, Template)]
#[template(path = "users/view.html")]
pub struct UserPage {
    /// The frame.
    pub frame: Frame,
    /// Who.
    pub account: AccountFacts,
    /// The keys.
    pub keys: KeyPanel,
    /// A password made just now: shown once.
    pub fresh_password: Option<String>,
    /// May be changed and deleted by the one who looks.
    pub can_manage: bool,
    /// The viewer may end its sessions.
    pub can_end_sessions: bool,
}

/// Posts `email`, `org_id`, `role_id`, `password`, `change_pw`, `disabled` to `/admin/users/add` or
/// `/admin/users/edit/{id}`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "users/form.html")]
pub struct UserFormPage {
    /// The frame.
    pub frame: Frame,
    /// The one that is changed; `None` for a new one.
    pub id: Option<i64>,
    /// E-mail address.
    pub email: String,
    /// Organisations; one entry for administrators of one.
    pub orgs: Vec<Choice>,
    /// Roles that may be given.
    pub roles: Vec<Choice>,
    /// The instance's rule for passwords in words.
    pub password_rule: String,
    /// Must change the password at the next log-in.
    pub change_pw: bool,
    /// Cannot log in.
    pub disabled: bool,
    /// What is wrong.
    pub errors: Errors,
}

impl UserFormPage {
    fn action(&self) -> String {
        self.id.map_or_else(
            || "/admin/users/add".into(),
            |id| format!("/admin/users/edit/{id}"),
        )
    }

    fn password_hint(&self) -> String {
        let empty = if self.id.is_some() {
            "Empty: it stays."
        } else {
            "Empty: one is made and shown once."
        };
        format!("{empty} {}", self.password_rule)
    }
}
