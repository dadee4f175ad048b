//! Registrations: strangers ask for an account, site administrators answer.

use super::errors::Errors;
use super::list::Pager;
use super::moment::Moment;
use super::wording::Choice;
use crate::layout::Frame;
use askama::Template;

/// Posts `email`, `org_name`, `org_uuid`, `message` and `pgp` to `/users/register`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "registrations/form.html")]
#[expect(missing_docs, reason = "each field is what was typed")]
pub struct RegisterPage {
    /// The frame, without a user.
    pub frame: Frame,
    /// The request is on its way: the page says so instead of asking.
    pub sent: bool,
    pub email: String,
    pub org_name: String,
    pub org_uuid: String,
    pub message: String,
    pub pgp: String,
    /// What is wrong.
    pub errors: Errors,
}

/// `GET /users/registrations/index`.
#[derive(Clone, Debug, Template)]
#[template(path = "registrations/index.html")]
pub struct RegistrationsPage {
    /// The frame.
    pub frame: Frame,
    /// Strangers may ask at all.
    pub open: bool,
    /// Where we are.
    pub pager: Pager,
    /// Oldest first.
    pub items: Vec<RegistrationItem>,
    /// The organisations that an account can belong to.
    pub orgs: Vec<Choice>,
    /// The roles that it can have.
    pub roles: Vec<Choice>,
}

/// One request; posts `org_id` and `role_id` to `/users/acceptRegistrations/{id}`.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each holds what its name says")]
pub struct RegistrationItem {
    pub id: i64,
    pub email: String,
    pub org_name: String,
    pub org_uuid: String,
    pub message: String,
    /// The rights that are asked for beyond a user's.
    pub wishes: Vec<String>,
    pub ip: String,
    pub user_agent: String,
    pub sent: Moment,
}
