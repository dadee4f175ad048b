//! Mail (spec 10 part E): alerts, questions to reporters, mails of administrators, forgotten passwords, keys.

use crate::key::{flag, named_by, text};
use crate::request::Request;
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use axum::http::Method;
use serde_json::{Map, Value, json};
use sightline_app::events::EventKey;
use sightline_app::mail::{self, Action, Alerted, Notice};
use sightline_app::{Ctx, login};
use sightline_core::clock::datetime_of;
use sightline_core::ids::{OrgId, UserId};
use sightline_core::limits::PAGE_ROWS;
use sightline_core::{AppError, AppResult, Permission};

pub(crate) fn routes() -> Vec<Route> {
    use Allow::{All, Everyone, Public, SiteAdmin};
    use Methods::{Get, GetPost, Post};
    const ADMIN: &[Permission] = &[Permission::Admin];
    vec![
        route("events", "alert", Post, All(&[Permission::Publish]), alert),
        route("events", "contact", GetPost, Everyone, contact),
        route("users", "initiatePasswordReset", Post, All(ADMIN), initiate_reset),
        route("users", "admin_email", GetPost, All(ADMIN), write_to_users),
        route("users", "getGpgPublicKey", Get, Everyone, public_key),
        route("users", "verifyGPG", Get, SiteAdmin, verify_keys),
        route("users", "forgot", Post, Public, forgot),
        route("users", "password_reset", GetPost, Public, reset_password),
    ]
}

async fn alert(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = named_by(&request, &["id", "uuid"], EventKey::parse)
        .map_err(|_| AppError::not_found("Invalid event."))?;
    let (id, alerted) = mail::alert(&ctx, key).await?;
    let message = match alerted {
        Alerted::Queued => "Job queued.",
        Alerted::Suppressed(_) => "Event published without alerts",
    };
    Ok(Response::saved(
        message,
        &format!("/events/alert/{id}"),
        Some(&id.to_string()),
    ))
}

async fn contact(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(crate::events::describe("/events/contact", &["message"]));
    }
    let key = named_by(&request, &["id", "uuid"], EventKey::parse)?;
    let body = request.fields("Event")?;
    let message = body.get("message").and_then(text).unwrap_or_default();
    let id = mail::contact(&ctx, key, message, flag(&request, &body, "person")).await?;
    Ok(Response::saved(
        "Email sent to the reporter.",
        &format!("/events/contact/{id}"),
        Some(&id.to_string()),
    ))
}

async fn initiate_reset(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = named_by(&request, &["id", "user_id"], |text| {
        text.parse()
            .map(UserId)
            .map_err(|_| AppError::not_found("Invalid user"))
    })?;
    mail::write_to(&ctx, id, Action::Password).await?;
    Ok(Response::json(
        &json!({"saved": true, "success": "New credentials sent."}),
    ))
}

/// `recipient`: `all`, `user`, `org` or `role`, with `user_id`, `org_id` or `role_id`; `action`: `message` with `subject` and
/// `body`, or `password`.
async fn write_to_users(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        let fields = ["recipient", "subject", "body"];
        return Ok(crate::events::describe("/admin/users/email", &fields));
    }
    let body = request.fields("User")?;
    let count = mail::notify(&ctx, notice(&body)?).await?;
    let message = format!("{count} mail(s) queued.");
    Ok(Response::saved(&message, "/admin/users/email", None))
}

fn notice(body: &Map<String, Value>) -> AppResult<Notice> {
    let given = |name: &str| body.get(name).and_then(text).unwrap_or_default();
    let id = |name: &str| {
        given(name)
            .trim()
            .parse::<i64>()
            .map_err(|_| AppError::field(name, "An id is needed here."))
    };
    let action = match given("action").as_str() {
        "" | "message" => Action::Message {
            subject: given("subject"),
            body: given("body"),
        },
        "password" => Action::Password,
        _ => return Err(AppError::field("action", "Options : message, password")),
    };
    let mut notice = Notice {
        user: None,
        org: None,
        role: None,
        action,
    };
    match given("recipient").as_str() {
        "all" => {}
        "user" => notice.user = Some(UserId(id("user_id")?)),
        "org" => notice.org = Some(OrgId(id("org_id")?)),
        "role" => notice.role = Some(id("role_id")?),
        _ => return Err(AppError::field("recipient", "Options : all, user, org, role")),
    }
    Ok(notice)
}

async fn public_key(ctx: Ctx, _: Request) -> AppResult<Response> {
    let key = mail::public_key(&ctx).await?;
    Ok(Response::bytes(
        "application/pgp-keys; charset=UTF-8",
        key.into_bytes(),
    ))
}

/// A page of the users with a key, and how each key stands.
async fn verify_keys(ctx: Ctx, request: Request) -> AppResult<Response> {
    let page = request
        .named("page")
        .and_then(|page| page.parse().ok())
        .unwrap_or(1);
    let standings = mail::key_standings(&ctx, page, PAGE_ROWS).await?;
    let rows: Vec<Value> = standings
        .iter()
        .map(|one| {
            json!({
                "User": {"id": one.user_id.to_string(), "email": one.email},
                "valid": one.problem.is_none(),
                "fingerprint": one.fingerprint,
                "expiration": one.expires.map(datetime_of),
                "details": one.problem,
            })
        })
        .collect();
    Ok(Response::json(&Value::Array(rows)))
}

async fn forgot(ctx: Ctx, request: Request) -> AppResult<Response> {
    login::require_reset(&ctx)?;
    let body = request.fields("User")?;
    let email = body.get("email").and_then(text).unwrap_or_default();
    login::forgot(&ctx, &email).await?;
    let message = "If there is an account with this address, a mail with a link is on its way.";
    Ok(Response::saved(message, "/users/forgot", None))
}

async fn reset_password(ctx: Ctx, request: Request) -> AppResult<Response> {
    login::require_reset(&ctx)?;
    let token = request.arg(0).unwrap_or_default().to_owned();
    login::require_link(&ctx, &token).await?;
    if request.method == Method::GET {
        return Ok(crate::events::describe("/users/password_reset", &["password"]));
    }
    let body = request.fields("User")?;
    let password = body.get("password").and_then(text).unwrap_or_default();
    login::reset_password(&ctx, &token, password).await?;
    Ok(Response::saved(
        "Password Changed.",
        "/users/password_reset",
        None,
    ))
}
