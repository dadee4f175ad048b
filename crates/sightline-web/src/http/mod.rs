//! What every page request passes through: session, anti-forgery token, nonce, answers and errors.

mod answer;
mod cookies;
mod forms;
mod gate;
mod multipart;
mod route;
mod visit;

pub(crate) use answer::{Answer, done, error_of_stranger, finish, form, fragment, page, redirect};
pub(crate) use cookies::{Cookies, LOGIN_TOKEN, OIDC_STATE, SESSION};
pub(crate) use forms::Form;
pub(crate) use gate::{State, authenticated, headers};
pub(crate) use route::{Input, act, show};
pub(crate) use visit::{Stranger, Visit};
