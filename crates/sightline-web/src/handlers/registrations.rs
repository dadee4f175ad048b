//! Registrations: the page for strangers, and the one for those who answer them.

use super::login::{user_agent, with_token};
use super::users::show_with;
use crate::http::{
    Answer, Cookies, Form, Input, LOGIN_TOKEN, State, Stranger, Visit, done, error_of_stranger,
    form as shown, page,
};
use crate::layout::Nav;
use crate::pages::account::KeyForm;
use crate::pages::errors::Errors;
use crate::pages::list::{ListUrl, Pager};
use crate::pages::moment::Moment;
use crate::pages::registrations::{RegisterPage, RegistrationItem, RegistrationsPage};
use crate::pages::wording::Choice;
use axum::Extension;
use axum::extract::State as Extract;
use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;
use serde_json::Value;
use sightline_app::organisations::{self, Scope};
use sightline_app::registrations::{self, AcceptIn, Registration, RegistrationIn};
use sightline_app::{Caller, Ctx, Origin, RequestType, users};
use sightline_core::AppError;
use sightline_misp::input::Loose;

const INDEX: &str = "/users/registrations/index";
/// Requests on a page: they are read, not looked up.
const ITEMS: u32 = 20;

/// The request of somebody without an account.
fn of_stranger(state: &State, origin: Option<Extension<Origin>>, headers: &HeaderMap) -> Ctx {
    let origin = origin.map(|Extension(origin)| origin).unwrap_or_default();
    Ctx {
        platform: state.platform.clone(),
        caller: Caller::default(),
        request_type: RequestType::Web,
        ip: origin.ip,
        request_id: origin.request_id,
        user_agent: Some(user_agent(headers).to_owned()),
    }
}

/// The empty form.
pub(super) async fn form(
    Extract(state): Extract<State>,
    Extension(stranger): Extension<Stranger>,
    headers: HeaderMap,
) -> Response {
    if !registrations::is_open(&of_stranger(&state, None, &headers)) {
        return error_of_stranger(&stranger, &AppError::not_found("Not Found"), None);
    }
    let empty = RegisterPage {
        frame: stranger.frame("Ask for an account"),
        ..RegisterPage::default()
    };
    with_token(&state, &stranger, page(&empty))
}

/// The submitted form.
pub(super) async fn submit(
    Extract(state): Extract<State>,
    Extension(stranger): Extension<Stranger>,
    origin: Option<Extension<Origin>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let cookie = Cookies::get(&headers, LOGIN_TOKEN).unwrap_or_default();
    let form = match Form::read(&headers, &body, cookie) {
        Ok(form) => form,
        Err(error) => return error_of_stranger(&stranger, &error, None),
    };
    let ctx = of_stranger(&state, origin, &headers);
    let typed = |name: &str| form.get(name).to_owned();
    let text = |name: &str| Loose::Text(typed(name));
    let asked = RegistrationIn {
        email: text("email"),
        org_name: text("org_name"),
        org_uuid: text("org_uuid"),
        message: text("message"),
        pgp: text("pgp"),
        ..RegistrationIn::default()
    };
    let errors = match registrations::ask(&ctx, asked).await {
        Ok(()) => Errors::default(),
        Err(AppError::Invalid(errors)) => Errors::from(&errors),
        Err(error) => return error_of_stranger(&stranger, &error, None),
    };
    let answer = RegisterPage {
        frame: stranger.frame("Ask for an account"),
        sent: errors.is_empty(),
        email: typed("email"),
        org_name: typed("org_name"),
        org_uuid: typed("org_uuid"),
        message: typed("message"),
        pgp: typed("pgp"),
        errors,
    };
    with_token(&state, &stranger, shown(&answer, &answer.errors))
}

pub(super) async fn index(visit: Visit, input: Input) -> Answer {
    let (found, total) = registrations::index(&visit.ctx, input.page(), ITEMS).await?;
    let (orgs, _) = organisations::index(&visit.ctx, Scope::Local, None, None, 0).await?;
    let roles = users::assignable_roles(&visit.ctx).await?;
    let default = roles.iter().find(|role| role.default_role);
    let default = default.map(|role| role.id.to_string()).unwrap_or_default();
    page(&RegistrationsPage {
        frame: visit.frame("Registrations", Nav::Users),
        open: registrations::is_open(&visit.ctx),
        pager: Pager::of(ListUrl::new(INDEX, &[]), input.page(), ITEMS, total),
        items: found.iter().map(item).collect(),
        orgs: Choice::list(orgs.into_iter().map(|known| (known.org.id, known.org.name)), ""),
        roles: Choice::list(roles.into_iter().map(|role| (role.id, role.name)), &default),
    })
}

fn item(registration: &Registration) -> RegistrationItem {
    let said = |field: &str| {
        let text = registration.data.get(field).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let wishes = [
        ("perm_publish", "publishing"),
        ("perm_sync", "synchronisation"),
        ("perm_admin", "administration"),
        ("custom_perms", "other rights"),
    ];
    RegistrationItem {
        id: registration.id,
        email: said("email"),
        org_name: said("org_name"),
        org_uuid: said("org_uuid"),
        message: said("message"),
        wishes: wishes
            .into_iter()
            .filter(|(field, _)| !said(field).is_empty())
            .map(|(_, words)| words.to_owned())
            .collect(),
        ip: registration.ip.clone(),
        user_agent: registration.user_agent.clone(),
        sent: Moment(registration.timestamp),
    }
}

/// The new user's page, with the password that was made, this once.
pub(super) async fn accept(visit: Visit, input: Input) -> Answer {
    let text = |name: &str| Loose::Text(input.form.get(name).to_owned());
    let body = AcceptIn {
        org_id: text("org_id"),
        role_id: text("role_id"),
    };
    let added = registrations::accept(&visit.ctx, input.arg(0), body).await?;
    show_with(
        &visit,
        added.view.user.id,
        KeyForm::default(),
        added.key,
        added.password,
    )
    .await
}

pub(super) async fn discard(visit: Visit, input: Input) -> Answer {
    registrations::discard(&visit.ctx, input.arg(0)).await?;
    done(&visit, INDEX, "The request is discarded.")
}
