//! Users, as administrators see them.

use super::account::{facts_of, key_panel};
use crate::http::{Answer, Input, Visit, done, page};
use crate::layout::Nav;
use crate::pages::account::KeyForm;
use crate::pages::errors::Errors;
use crate::pages::list::{ListUrl, Pager};
use crate::pages::moment::{Count, Moment};
use crate::pages::users::{UserFormPage, UserIndexPage, UserPage, UserRow};
use crate::pages::wording::Choice;
use sightline_app::auth_keys::{self, Wanted};
use sightline_app::login;
use sightline_app::organisations::{self, Scope};
use sightline_app::users::{self, Filter, UserIn};
use sightline_core::ids::UserId;
use sightline_core::limits::PAGE_ROWS;
use sightline_core::{AppError, AppResult};
use sightline_misp::input::Loose;

pub(super) async fn index(visit: Visit, input: Input) -> Answer {
    let given = |name: &str| input.query.get(name).to_owned();
    let (query, org, role, disabled) = (given("searchall"), given("org"), given("role"), given("disabled"));
    let filter = Filter {
        org: org.parse().ok().map(sightline_core::ids::OrgId),
        role: role.parse().ok().map(sightline_core::ids::RoleId),
        email: (!query.is_empty()).then(|| query.clone()),
        disabled: match disabled.as_str() {
            "1" => Some(true),
            "0" => Some(false),
            _ => None,
        },
        ..Filter::default()
    };
    let offset = (input.page() - 1).saturating_mul(PAGE_ROWS);
    let (found, total) = users::index(&visit.ctx, filter, Some(PAGE_ROWS), offset).await?;
    let roles = users::assignable_roles(&visit.ctx).await?;
    let orgs = if visit.ctx.caller.is_site_admin() {
        let (known, _) = organisations::index(&visit.ctx, Scope::Local, None, None, 0).await?;
        let named = known
            .into_iter()
            .map(|known| (known.org.id.to_string(), known.org.name));
        Choice::list(
            std::iter::once((String::new(), "Any".to_owned())).chain(named),
            &org,
        )
    } else {
        Vec::new()
    };
    let (keys, _) = auth_keys::index(&visit.ctx, Wanted::default(), None, 0).await?;
    let keys_of = |user: UserId| keys.iter().filter(|listed| listed.key.user_id == user).count();
    let names = roles.iter().map(|role| (role.id.to_string(), role.name.clone()));
    let url = ListUrl::new(
        "/admin/users/index",
        &[
            ("searchall", &query),
            ("org", &org),
            ("role", &role),
            ("disabled", &disabled),
        ],
    );
    page(&UserIndexPage {
        frame: visit.frame("Users", Nav::Users),
        reads_registrations: visit.ctx.caller.is_site_admin(),
        query,
        orgs,
        roles: Choice::list(
            std::iter::once((String::new(), "Any".to_owned())).chain(names),
            &role,
        ),
        states: Choice::list([("", "Any"), ("0", "Active"), ("1", "Disabled")], &disabled),
        pager: Pager {
            url,
            page: u64::from(input.page()),
            per_page: u64::from(PAGE_ROWS),
            total: u64::try_from(total).unwrap_or(0),
        },
        rows: found
            .iter()
            .map(|listed| UserRow {
                id: listed.user.id.0,
                email: listed.user.email.clone(),
                org: listed.org.name.clone(),
                role: listed.role.name.clone(),
                keys: Count(u64::try_from(keys_of(listed.user.id)).unwrap_or(0)),
                created: Moment::if_set(listed.user.date_created),
                last_login: Moment::if_set(listed.user.current_login),
                last_api: Moment::if_set(listed.user.last_api_access),
                disabled: listed.user.disabled,
                must_change_password: listed.user.change_pw,
            })
            .collect(),
    })
}

pub(super) async fn view(visit: Visit, input: Input) -> Answer {
    show(&visit, UserId(input.id(0)?), KeyForm::default(), None).await
}

/// A user's page; with a new key, which is shown this once.
pub(super) async fn show(visit: &Visit, id: UserId, form: KeyForm, fresh: Option<String>) -> Answer {
    show_with(visit, id, form, fresh, None).await
}

pub(super) async fn show_with(
    visit: &Visit,
    id: UserId,
    form: KeyForm,
    fresh: Option<String>,
    fresh_password: Option<String>,
) -> Answer {
    let shown = users::administered(&visit.ctx, id).await?;
    let refused = !form.errors.0.is_empty();
    let mut response = page(&UserPage {
        frame: visit.frame(shown.user.email.clone(), Nav::Users),
        account: facts_of(&shown),
        keys: key_panel(visit, id, form, fresh).await?,
        fresh_password,
        can_manage: id != visit.ctx.caller.user_id,
        can_end_sessions: visit.ctx.caller.is_site_admin(),
    })?;
    if refused {
        *response.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

async fn show_form(visit: &Visit, mut form: UserFormPage, org: &str, role: &str) -> Answer {
    let roles = users::assignable_roles(&visit.ctx).await?;
    let default = roles
        .iter()
        .find(|known| known.default_role)
        .map(|known| known.id.to_string());
    let current = if role.is_empty() {
        default.unwrap_or_default()
    } else {
        role.to_owned()
    };
    form.roles = Choice::list(roles.into_iter().map(|known| (known.id, known.name)), &current);
    if visit.ctx.caller.is_site_admin() {
        let (orgs, _) = organisations::index(&visit.ctx, Scope::Local, None, None, 0).await?;
        form.orgs = Choice::list(orgs.into_iter().map(|known| (known.org.id, known.org.name)), org);
    }
    form.frame = visit.frame(
        if form.id.is_some() {
            "Edit user"
        } else {
            "Add user"
        },
        Nav::Users,
    );
    form.password_rule = login::password_rule(&visit.ctx.settings().security);
    let refused = !form.errors.0.is_empty();
    let mut response = page(&form)?;
    if refused {
        *response.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

pub(super) async fn add_form(visit: Visit, _: Input) -> Answer {
    let own = visit.ctx.caller.org_id.to_string();
    show_form(
        &visit,
        UserFormPage {
            change_pw: true,
            ..UserFormPage::default()
        },
        &own,
        "",
    )
    .await
}

pub(super) async fn edit_form(visit: Visit, input: Input) -> Answer {
    let shown = users::administered(&visit.ctx, UserId(input.id(0)?)).await?;
    let form = UserFormPage {
        id: Some(shown.user.id.0),
        email: shown.user.email.clone(),
        change_pw: shown.user.change_pw,
        disabled: shown.user.disabled,
        ..UserFormPage::default()
    };
    show_form(
        &visit,
        form,
        &shown.org.id.to_string(),
        &shown.role.id.to_string(),
    )
    .await
}

fn body_of(input: &Input) -> UserIn {
    let text = |name: &str| match input.form.raw(name) {
        "" => Loose::Absent,
        given => Loose::Text(given.to_owned()),
    };
    UserIn {
        email: text("email"),
        password: text("password"),
        org_id: text("org_id"),
        role_id: text("role_id"),
        change_pw: Loose::Bool(input.form.ticked("change_pw")),
        disabled: Loose::Bool(input.form.ticked("disabled")),
        ..UserIn::default()
    }
}

async fn refused(
    visit: &Visit,
    input: &Input,
    id: Option<i64>,
    errors: &AppError,
) -> AppResult<Option<Answer>> {
    let errors = match errors {
        AppError::Invalid(fields) => Errors::from(fields),
        AppError::Rejected(_) => Errors([("email".to_owned(), "Mandatory field not set.".to_owned())].into()),
        _ => return Ok(None),
    };
    let form = UserFormPage {
        id,
        email: input.form.get("email").to_owned(),
        change_pw: input.form.ticked("change_pw"),
        disabled: input.form.ticked("disabled"),
        errors,
        ..UserFormPage::default()
    };
    Ok(Some(
        show_form(visit, form, input.form.get("org_id"), input.form.get("role_id")).await,
    ))
}

pub(super) async fn add(visit: Visit, input: Input) -> Answer {
    match users::add(&visit.ctx, body_of(&input)).await {
        // The secrets are in this answer and nowhere else.
        Ok(added) => {
            show_with(
                &visit,
                added.view.user.id,
                KeyForm::default(),
                added.key,
                added.password,
            )
            .await
        }
        Err(error) => match refused(&visit, &input, None, &error).await? {
            Some(answer) => answer,
            None => Err(error),
        },
    }
}

pub(super) async fn edit(visit: Visit, input: Input) -> Answer {
    let id = input.id(0)?;
    match users::edit(&visit.ctx, UserId(id), body_of(&input)).await {
        Ok(_) => done(&visit, &format!("/admin/users/view/{id}"), "User saved."),
        Err(error) => match refused(&visit, &input, Some(id), &error).await? {
            Some(answer) => answer,
            None => Err(error),
        },
    }
}

/// A new random password, to be shown this once and changed at the next log-in.
pub(super) async fn reset_password(visit: Visit, input: Input) -> Answer {
    let id = UserId(input.id(0)?);
    let (_, password) = users::reset_password(&visit.ctx, id).await?;
    show_with(&visit, id, KeyForm::default(), None, Some(password)).await
}

pub(super) async fn delete(visit: Visit, input: Input) -> Answer {
    users::delete(&visit.ctx, UserId(input.id(0)?)).await?;
    done(&visit, "/admin/users/index", "User deleted.")
}
