//! What the links in mails lead to, without a log-in: a new password, the end of a subscription; and the key that mails
//! are signed with.

use super::login::with_token;
use crate::http::{Answer, Cookies, Form, LOGIN_TOKEN, State, Stranger, error_of_stranger, page};
use crate::pages::account::{ForgotPage, ResetPage, StrangerPage};
use crate::pages::errors::Errors;
use axum::Extension;
use axum::extract::{Path, State as Extract};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use sightline_app::{Caller, Ctx, Origin, RequestType, login, mail};
use sightline_core::{AppError, FieldErrors};
use std::sync::Arc;

type From = Option<Extension<Origin>>;

/// A stranger's request: nobody, from somewhere.
fn ctx_of(state: &State, origin: From) -> Ctx {
    let origin = origin.map(|Extension(origin)| origin).unwrap_or_default();
    Ctx {
        platform: Arc::clone(&state.platform),
        caller: Caller::default(),
        request_type: RequestType::Web,
        ip: origin.ip,
        request_id: origin.request_id,
        user_agent: origin.user_agent,
    }
}

fn finish(stranger: &Stranger, answer: Answer) -> Response {
    answer.unwrap_or_else(|error| error_of_stranger(stranger, &error, None))
}

/// The form that asks for an address.
pub(super) async fn forgot_form(
    Extract(state): Extract<State>,
    Extension(stranger): Extension<Stranger>,
    origin: From,
) -> Response {
    let answer = login::require_reset(&ctx_of(&state, origin)).and_then(|()| {
        page(&ForgotPage {
            frame: stranger.frame("Forgotten password"),
        })
    });
    with_token(&state, &stranger, answer)
}

/// The address that was typed.
pub(super) async fn forgot(
    Extract(state): Extract<State>,
    Extension(stranger): Extension<Stranger>,
    origin: From,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let cookie = Cookies::get(&headers, LOGIN_TOKEN).unwrap_or_default();
    let form = match Form::read(&headers, &body, cookie) {
        Ok(form) => form,
        Err(error) => return error_of_stranger(&stranger, &error, None),
    };
    let asked = login::forgot(&ctx_of(&state, origin), form.get("email")).await;
    finish(
        &stranger,
        asked.and_then(|()| {
            page(&StrangerPage {
                frame: stranger.frame("Forgotten password"),
                title: "Look into your mailbox".into(),
                text: "If there is an account with this address, a mail with a link is on its way.".into(),
                action: None,
            })
        }),
    )
}

fn reset_page(stranger: &Stranger, ctx: &Ctx, token: String, errors: &Errors) -> Answer {
    crate::http::form(
        &ResetPage {
            frame: stranger.frame("New password"),
            rule: login::password_rule(&ctx.settings().security),
            token,
            errors: errors.clone(),
        },
        errors,
    )
}

/// The form for a new password.
pub(super) async fn reset_form(
    Extract(state): Extract<State>,
    Extension(stranger): Extension<Stranger>,
    origin: From,
    Path(token): Path<String>,
) -> Response {
    let ctx = ctx_of(&state, origin);
    let answer = login::require_link(&ctx, &token)
        .await
        .and_then(|()| reset_page(&stranger, &ctx, token, &Errors::default()));
    no_referrer(with_token(&state, &stranger, answer))
}

/// The new password.
pub(super) async fn reset(
    Extract(state): Extract<State>,
    Extension(stranger): Extension<Stranger>,
    origin: From,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let cookie = Cookies::get(&headers, LOGIN_TOKEN).unwrap_or_default();
    let form = match Form::read(&headers, &body, cookie) {
        Ok(form) => form,
        Err(error) => return error_of_stranger(&stranger, &error, None),
    };
    let ctx = ctx_of(&state, origin);
    let new = form.raw("password").to_owned();
    let changed = if new == form.raw("confirm_password") {
        login::reset_password(&ctx, &token, new).await
    } else {
        let message = "The two passwords are not the same.";
        Err(AppError::Invalid(FieldErrors::one("confirm_password", message)))
    };
    let answer = match changed {
        Ok(()) => page(&StrangerPage {
            frame: stranger.frame("New password"),
            title: "Your password is set".into(),
            text: "Every session has ended. Log in with the new password.".into(),
            action: None,
        }),
        Err(AppError::Invalid(errors)) => reset_page(&stranger, &ctx, token, &Errors::from(&errors)),
        Err(error) => Err(error),
    };
    no_referrer(with_token(&state, &stranger, answer))
}

/// The token in the address is a secret: no other site gets to see it.
fn no_referrer(mut response: Response) -> Response {
    let value = header::HeaderValue::from_static("no-referrer");
    response.headers_mut().insert(header::REFERRER_POLICY, value);
    response
}

/// Programs that look into mails follow links: only the button ends a subscription.
pub(super) async fn unsubscribe_form(
    Extension(stranger): Extension<Stranger>,
    Path((code, word)): Path<(String, String)>,
) -> Response {
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let answer = if plain(&code) && plain(&word) {
        page(&StrangerPage {
            frame: stranger.frame("Unsubscribe"),
            title: "No more of these mails?".into(),
            text: "You can subscribe again under your profile.".into(),
            action: Some((format!("/users/unsubscribe/{code}/{word}"), "Unsubscribe".into())),
        })
    } else {
        Err(AppError::not_found("This link is not valid."))
    };
    no_referrer(finish(&stranger, answer))
}

/// One request ends it (RFC 8058); the code is the proof, no cookie is needed.
pub(super) async fn unsubscribe(
    Extract(state): Extract<State>,
    Extension(stranger): Extension<Stranger>,
    origin: From,
    Path((code, word)): Path<(String, String)>,
) -> Response {
    let ended = mail::unsubscribe(&ctx_of(&state, origin), &code, &word).await;
    finish(
        &stranger,
        ended.and_then(|_| {
            page(&StrangerPage {
                frame: stranger.frame("Unsubscribe"),
                title: "Done".into(),
                text: "You get no more of these mails.".into(),
                action: None,
            })
        }),
    )
}

/// The public half of the key that mails are signed with.
pub(super) async fn public_key(
    Extract(state): Extract<State>,
    Extension(stranger): Extension<Stranger>,
    origin: From,
) -> Response {
    match mail::public_key(&ctx_of(&state, origin)).await {
        Ok(key) => (
            StatusCode::OK,
            [(header::CONTENT_TYPE, "application/pgp-keys")],
            key,
        )
            .into_response(),
        Err(error) => error_of_stranger(&stranger, &error, None),
    }
}
