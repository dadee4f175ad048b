//! One-time passwords and the terms of use: what may stand between a log-in and the pages.

use super::login::local_path;
use crate::http::{Answer, Input, SESSION, Visit, done, form, page, redirect};
use crate::layout::Nav;
use crate::pages::errors::Errors;
use crate::pages::otp::{OtpPage, OtpPaperPage, OtpSetUpPage, QrPicture, TermsPage};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use sightline_app::login::{self, Before};
use sightline_app::otp;
use sightline_core::AppError;
use sightline_core::ids::UserId;

fn otp_page(visit: &Visit, next: String, refusal: Option<String>) -> Answer {
    page(&OtpPage {
        frame: visit.frame("One-time password", Nav::None),
        refusal,
        next,
    })
}

pub(super) async fn confirm_form(visit: Visit, input: Input) -> Answer {
    let next = local_path(input.query.get("next"));
    if visit.before != Some(Before::Otp) {
        return redirect(&next);
    }
    otp_page(&visit, next, None)
}

pub(super) async fn confirm(visit: Visit, input: Input) -> Answer {
    let next = local_path(input.form.get("next"));
    if visit.before != Some(Before::Otp) {
        return redirect(&next);
    }
    match login::confirm(&visit.ctx, &visit.token, input.form.get("otp")).await {
        Ok(token) => {
            let mut response = redirect(&next)?;
            if let Some(cookie) = visit.cookies.set(SESSION, &token) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            Ok(response)
        }
        Err(error @ (AppError::Unauthenticated(_) | AppError::RateLimited { .. })) => {
            let limited = matches!(error, AppError::RateLimited { .. });
            let mut response = otp_page(&visit, next, Some(error.to_string()))?;
            if limited {
                *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            }
            Ok(response)
        }
        Err(error) => Err(error),
    }
}

async fn show_set_up(visit: &Visit, errors: Errors) -> Answer {
    let set_up = otp::set_up(&visit.ctx, &visit.token).await?;
    let shown = OtpSetUpPage {
        frame: visit.frame("Set up one-time passwords", Nav::Profile),
        forced: visit.before == Some(Before::OtpSetUp),
        picture: QrPicture::of(&set_up.url),
        secret: set_up.secret,
        errors,
    };
    form(&shown, &shown.errors)
}

pub(super) async fn set_up_form(visit: Visit, _: Input) -> Answer {
    show_set_up(&visit, Errors::default()).await
}

pub(super) async fn turn_on(visit: Visit, input: Input) -> Answer {
    match otp::turn_on(&visit.ctx, &visit.token, input.form.get("otp")).await {
        Ok(()) => done(
            &visit,
            "/users/hotp",
            "One-time passwords are on. Keep these codes for the day when your device is lost.",
        ),
        Err(AppError::Invalid(errors)) => show_set_up(&visit, Errors::from(&errors)).await,
        Err(error) => Err(error),
    }
}

pub(super) async fn paper(visit: Visit, _: Input) -> Answer {
    let codes = otp::paper_codes(&visit.ctx).await?;
    page(&OtpPaperPage {
        frame: visit.frame("Codes on paper", Nav::Profile),
        codes: codes.into_iter().map(|one| (one.number, one.code)).collect(),
    })
}

pub(super) async fn remove(visit: Visit, input: Input) -> Answer {
    let id = UserId(input.id(0)?);
    otp::remove(&visit.ctx, id).await?;
    done(&visit, &format!("/admin/users/view/{id}"), "User TOTP deleted.")
}

pub(super) async fn terms(visit: Visit, _: Input) -> Answer {
    let (text, accepted) = login::terms(&visit.ctx).await?.ok_or_else(login::no_terms)?;
    page(&TermsPage {
        frame: visit.frame("Terms of use", Nav::Profile),
        text,
        accepted,
    })
}

/// The terms as a file.
pub(super) async fn download_terms(visit: Visit, _: Input) -> Answer {
    let (text, _) = login::terms(&visit.ctx).await?.ok_or_else(login::no_terms)?;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=UTF-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"terms.txt\""),
    ];
    Ok((headers, text).into_response())
}

pub(super) async fn accept_terms(visit: Visit, _: Input) -> Answer {
    login::accept_terms(&visit.ctx).await?;
    done(&visit, "/events/index", "You have accepted the terms of use.")
}
