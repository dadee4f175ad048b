//! The visitor's own account: profile, API keys, password.

use crate::http::{Answer, Input, Visit, done, page};
use crate::layout::Nav;
use crate::pages::account::{AccountFacts, KeyForm, KeyPage, KeyPanel, KeyRow, PasswordPage, ProfilePage};
use crate::pages::errors::Errors;
use crate::pages::moment::Moment;
use serde_json::Value;
use sightline_app::auth_keys::{self, AuthKey, AuthKeyIn};
use sightline_app::users::{self, UserView};
use sightline_app::{login, otp};
use sightline_core::ids::UserId;
use sightline_core::{AppError, AppResult, FieldErrors, Permission};
use sightline_misp::input::Loose;

/// Addresses that a key's row names: more say nothing to a reader.
const SEEN_IPS: usize = 10;

pub(super) async fn profile(visit: Visit, _: Input) -> Answer {
    show_profile(&visit, KeyForm::default(), None).await
}

async fn show_profile(visit: &Visit, form: KeyForm, fresh: Option<String>) -> Answer {
    let refused = !form.errors.0.is_empty();
    let keys = key_panel(visit, visit.ctx.caller.user_id, form, fresh).await?;
    let account = facts_of(&users::view(&visit.ctx, visit.ctx.caller.user_id).await?);
    let mut response = page(&ProfilePage {
        frame: visit.frame("My profile", Nav::Profile),
        account,
        keys,
        otp_enabled: otp::require_enabled(&visit.ctx).is_ok(),
        has_terms: login::terms(&visit.ctx).await?.is_some(),
    })?;
    if refused {
        *response.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// What a user's page says of the user.
pub(super) fn facts_of(shown: &UserView) -> AccountFacts {
    AccountFacts {
        id: shown.user.id.0,
        email: shown.user.email.clone(),
        org: shown.org.name.clone(),
        org_id: shown.org.id.0,
        role: shown.role.name.clone(),
        rights: Permission::ALL
            .iter()
            .filter(|permission| shown.role.permissions.has(**permission))
            .map(|permission| permission.name().trim_start_matches("perm_").replace('_', " "))
            .collect(),
        created: Moment::if_set(shown.user.date_created),
        last_login: Moment::if_set(shown.user.last_login),
        password_changed: Moment::if_set(shown.user.last_pw_change),
        disabled: shown.user.disabled,
        totp_is_set: shown.user.totp_is_set,
    }
}

/// A user's keys and the form for a new one.
pub(super) async fn key_panel(
    visit: &Visit,
    user: UserId,
    form: KeyForm,
    fresh: Option<String>,
) -> AppResult<KeyPanel> {
    let now = visit.ctx.now();
    let keys = auth_keys::of_user(&visit.ctx, user).await?;
    Ok(KeyPanel {
        user_id: user.0,
        allowed: visit.may(Permission::Auth),
        keys: keys.iter().map(|key| key_row(key, now)).collect(),
        form,
        fresh,
    })
}

fn key_row(key: &AuthKey, now: i64) -> KeyRow {
    KeyRow {
        id: key.id.0,
        start: key.authkey_start.clone(),
        end: key.authkey_end.clone(),
        comment: key.comment.clone(),
        created: Moment(key.created),
        expiry: Moment::if_set(key.expiration),
        expired: key.expiration != 0 && key.expiration <= now,
        last_used: Moment::if_set(key.last_used),
        allowed_ips: key.allowed_ips.clone().unwrap_or_default(),
        seen_ips: key.unique_ips.iter().take(SEEN_IPS).cloned().collect(),
        read_only: key.read_only,
    }
}

/// A key as it was typed.
fn typed_key(input: &Input) -> (KeyForm, AuthKeyIn) {
    let text = |name: &str| input.form.get(name).to_owned();
    let form = KeyForm {
        comment: text("comment"),
        expiration: text("expiration"),
        allowed_ips: text("allowed_ips"),
        read_only: input.form.ticked("read_only"),
        errors: Errors::default(),
    };
    let body = AuthKeyIn {
        comment: Loose::Text(form.comment.clone()),
        expiration: Loose::Text(form.expiration.clone()),
        allowed_ips: Value::from(form.allowed_ips.as_str()),
        read_only: Loose::Bool(form.read_only),
        ..AuthKeyIn::default()
    };
    (form, body)
}

pub(super) async fn add_key(visit: Visit, input: Input) -> Answer {
    let user = UserId(input.id(0)?);
    let (form, body) = typed_key(&input);
    match auth_keys::add(&visit.ctx, user, body).await {
        // The key is in this answer and nowhere else: no redirect could show it once only.
        Ok(new) if user == visit.ctx.caller.user_id => {
            show_profile(&visit, KeyForm::default(), Some(new.raw)).await
        }
        Ok(new) => super::users::show(&visit, user, KeyForm::default(), Some(new.raw)).await,
        Err(AppError::Invalid(errors)) => {
            let form = KeyForm {
                errors: Errors::from(&errors),
                ..form
            };
            if user == visit.ctx.caller.user_id {
                show_profile(&visit, form, None).await
            } else {
                super::users::show(&visit, user, form, None).await
            }
        }
        Err(error) => Err(error),
    }
}

/// One key, to look at and to change.
pub(super) async fn key_form(visit: Visit, input: Input) -> Answer {
    show_key(&visit, input.arg(0), None).await
}

async fn show_key(visit: &Visit, named: &str, typed: Option<KeyForm>) -> Answer {
    let found = auth_keys::find(&visit.ctx, named).await?;
    let row = key_row(&found.key, visit.ctx.now());
    let owner = found.key.user_id;
    let form = typed.unwrap_or_else(|| KeyForm {
        comment: found.key.comment.clone(),
        expiration: expiry_date(&found.key),
        allowed_ips: row.allowed_ips.join("\n"),
        read_only: found.key.read_only,
        errors: Errors::default(),
    });
    let shown = KeyPage {
        frame: visit.frame("API key", Nav::Profile),
        key: row,
        email: found.email,
        back: page_of(visit, owner),
        can_edit: auth_keys::manages(&visit.ctx, owner).await?,
        form,
    };
    crate::http::form(&shown, &shown.form.errors)
}

fn expiry_date(key: &AuthKey) -> String {
    Moment::if_set(key.expiration)
        .map(Moment::date)
        .unwrap_or_default()
}

/// The page with the keys of a user.
fn page_of(visit: &Visit, owner: UserId) -> String {
    if owner == visit.ctx.caller.user_id {
        "/users/profile".into()
    } else {
        format!("/admin/users/view/{owner}")
    }
}

pub(super) async fn edit_key(visit: Visit, input: Input) -> Answer {
    let (form, mut body) = typed_key(&input);
    let before = auth_keys::find(&visit.ctx, input.arg(0)).await?.key;
    if form.expiration == expiry_date(&before) {
        // A date says less than the instant that is kept.
        body.expiration = Loose::Absent;
    }
    match auth_keys::edit(&visit.ctx, input.arg(0), body).await {
        Ok(key) => done(&visit, &page_of(&visit, key.user_id), "API key saved."),
        Err(AppError::Invalid(errors)) => {
            let form = KeyForm {
                errors: Errors::from(&errors),
                ..form
            };
            show_key(&visit, input.arg(0), Some(form)).await
        }
        Err(error) => Err(error),
    }
}

pub(super) async fn delete_key(visit: Visit, input: Input) -> Answer {
    let owner = auth_keys::find(&visit.ctx, input.arg(0)).await?.key.user_id;
    auth_keys::delete(&visit.ctx, input.arg(0)).await?;
    done(&visit, &page_of(&visit, owner), "API key deleted.")
}

pub(super) async fn password_form(visit: Visit, _: Input) -> Answer {
    show_password_form(&visit, Errors::default()).await
}

async fn show_password_form(visit: &Visit, errors: Errors) -> Answer {
    let refused = !errors.0.is_empty();
    let mut response = page(&PasswordPage {
        frame: visit.frame("Change password", Nav::Profile),
        email: visit.ctx.caller.email.clone(),
        forced: login::must_change_password(&visit.ctx).await?,
        rule: login::password_rule(&visit.ctx.settings().security),
        errors,
    })?;
    if refused {
        *response.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

pub(super) async fn change_password(visit: Visit, input: Input) -> Answer {
    let new = input.form.raw("password").to_owned();
    if new != input.form.raw("confirm_password") {
        let errors = FieldErrors::one(
            "confirm_password",
            "Please re-enter your password twice so that the values match.",
        );
        return show_password_form(&visit, Errors::from(&errors)).await;
    }
    let current = input.form.raw("current_password").to_owned();
    match login::change_password(&visit.ctx, Some(current), new, Some(&visit.token)).await {
        Ok(()) => done(
            &visit,
            "/users/profile",
            "Password changed. Your other sessions have ended.",
        ),
        Err(AppError::Invalid(errors)) => show_password_form(&visit, Errors::from(&errors)).await,
        Err(AppError::Refused(reason)) => {
            // The reasons are sentences of the wire; all but those about the old password are about the new one.
            let about_old = reason.contains("enter your current password");
            let field = if about_old { "current_password" } else { "password" };
            show_password_form(&visit, Errors::from(&FieldErrors::one(field, reason))).await
        }
        Err(error) => Err(error),
    }
}
