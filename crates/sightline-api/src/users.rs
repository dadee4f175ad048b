//! Users (spec 03 section 8): one's own record, and administering others.

use crate::key::{named_by, text, window};
use crate::logs::encode_audit;
use crate::organisations::write_organisation;
use crate::request::Request;
use crate::response::Response;
use crate::roles::write_role;
use crate::router::{Allow, Methods, Route, route};
use axum::http::Method;
use serde_json::{Map, Value, json};
use sightline_app::users::{self, Filter, Listed, User, UserView};
use sightline_app::{Ctx, auth_keys, login, otp};
use sightline_core::clock::datetime_of;
use sightline_core::ids::{OrgId, RoleId, UserId};
use sightline_core::limits::{PAGE_ROWS, PAGE_ROWS_MAX};
use sightline_core::{AppError, AppResult, Permission};
use sightline_misp::json::{Buffer, ObjectWriter, write_list, write_object};

pub(crate) fn routes() -> Vec<Route> {
    use Allow::{All, Everyone, NotReadOnly};
    use Methods::{GetPost, Post, PostDelete};
    const ADMIN: &[Permission] = &[Permission::Admin];
    vec![
        route("users", "view", GetPost, Everyone, view),
        route("users", "edit", GetPost, NotReadOnly(&[]), edit_own),
        route("users", "change_pw", GetPost, NotReadOnly(&[]), change_password),
        route(
            "users",
            "resetauthkey",
            Post,
            NotReadOnly(&[Permission::Auth]),
            reset_key,
        ),
        route("users", "admin_index", GetPost, All(ADMIN), index),
        route("users", "admin_view", GetPost, All(ADMIN), admin_view),
        route("users", "admin_add", GetPost, All(ADMIN), add),
        route("users", "admin_edit", GetPost, All(ADMIN), edit),
        route("users", "admin_delete", PostDelete, All(ADMIN), delete),
        route("users", "admin_destroy", Post, Allow::SiteAdmin, end_sessions),
        route("servers", "ipUser", Post, Allow::SiteAdmin, users_at),
        route("users", "totp_delete", PostDelete, All(ADMIN), remove_otp),
        route("users", "downloadTerms", Methods::Get, Everyone, download_terms),
        route("users", "checkIfLoggedIn", GetPost, Everyone, is_logged_in),
        route("users", "view_login_history", GetPost, Everyone, login_history),
    ]
}

/// The user that a request names; `me` is the caller.
async fn named(ctx: &Ctx, request: &Request) -> AppResult<UserId> {
    let text = named_by(request, &["id", "user_id"], |text| Ok(text.to_owned()))?;
    users::find(ctx, &text).await
}

async fn view(ctx: Ctx, request: Request) -> AppResult<Response> {
    let invalid = || AppError::not_found("Invalid user or not authorised.");
    let id = named(&ctx, &request).await.map_err(|_| invalid())?;
    Ok(answer_view(&users::view(&ctx, id).await?, None))
}

async fn admin_view(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = named(&ctx, &request).await?;
    let view = users::administered(&ctx, id).await?;
    let mut admins = users::org_admins(&ctx, view.org.id).await?;
    admins.retain(|(id, _)| *id != view.user.id);
    Ok(answer_view(&view, Some(&admins)))
}

/// How much of a user an answer shows: the reference has three selections of the same columns.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape<'a> {
    /// In lists: no secrets, no notifications.
    Listed,
    /// After adding (with the new key) and editing.
    Saved { key: Option<&'a str> },
    /// In views.
    Viewed,
}

fn write_user(o: &mut ObjectWriter<'_>, user: &User, shape: Shape<'_>) {
    o.number("id", user.id);
    match shape {
        Shape::Listed => {}
        Shape::Saved { .. } => o.text("password", "******"),
        Shape::Viewed => o.text("password", "*****"),
    }
    o.number("org_id", user.org_id);
    if shape != Shape::Viewed {
        o.number("server_id", 0);
    }
    o.text("email", &user.email);
    o.flag("autoalert", user.autoalert);
    if let Shape::Saved { key: Some(key) } = shape {
        o.text("authkey", key);
    }
    o.number("invited_by", user.invited_by);
    o.text("gpgkey", &user.gpgkey);
    o.text("certif_public", &user.certif_public);
    o.number("nids_sid", user.nids_sid);
    o.flag("termsaccepted", user.termsaccepted);
    o.number("newsread", user.newsread);
    o.number("role_id", user.role_id);
    o.flag("change_pw", user.change_pw);
    o.flag("contactalert", user.contactalert);
    o.flag("disabled", user.disabled);
    o.opt_text("expiration", user.expiration.map(datetime_of).as_deref());
    o.number("current_login", user.current_login);
    o.number("last_login", user.last_login);
    if shape == Shape::Listed {
        o.number("last_api_access", user.last_api_access);
    }
    // Logging a user out ends its sessions at once: nothing is pending afterwards.
    o.flag("force_logout", false);
    o.number("date_created", user.date_created);
    o.number("date_modified", user.date_modified);
    if shape != Shape::Listed {
        o.opt_text("sub", user.sub.as_deref());
        o.flag("external_auth_required", user.external_auth_required);
        o.text("external_auth_key", &user.external_auth_key);
        o.number("last_api_access", user.last_api_access);
        o.flag("notification_daily", user.notification_daily);
        o.flag("notification_weekly", user.notification_weekly);
        o.flag("notification_monthly", user.notification_monthly);
        // Never the secret.
        let masked = shape == Shape::Viewed || user.totp_is_set;
        o.opt_text("totp", masked.then_some("*****"));
        match user.hotp_counter {
            Some(counter) => o.number("hotp_counter", counter),
            None => o.null("hotp_counter"),
        }
    }
    o.number("last_pw_change", user.last_pw_change);
    if shape != Shape::Listed {
        o.number("totp_is_set", i64::from(user.totp_is_set));
    }
}

fn answer_view(view: &UserView, org_admins: Option<&[(UserId, String)]>) -> Response {
    let mut out = Buffer::new();
    write_object(&mut out, |o| {
        o.object("User", |o| {
            write_user(o, &view.user, Shape::Viewed);
            if let Some(admins) = org_admins {
                let by_id = admins
                    .iter()
                    .map(|(id, email)| (id.to_string(), json!(email)))
                    .collect();
                o.value("orgAdmins", &object_or_list(by_id));
            }
        });
        o.object("Role", |o| write_role(o, &view.role));
        let settings = view
            .settings
            .iter()
            .map(|one| (one.setting.clone(), one.value.clone()))
            .collect();
        o.value("UserSetting", &object_or_list(settings));
        o.object("Organisation", |o| write_organisation(o, &view.org));
    });
    Response::raw_json(out)
}

/// The reference's language has one empty collection, and it prints as a list.
fn object_or_list(map: Map<String, Value>) -> Value {
    if map.is_empty() {
        json!([])
    } else {
        Value::Object(map)
    }
}

fn answer_saved(user: &User, key: Option<&str>) -> Response {
    let mut out = Buffer::new();
    write_object(&mut out, |o| {
        o.object("User", |o| write_user(o, user, Shape::Saved { key }));
    });
    Response::raw_json(out)
}

async fn index(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.fields("User")?;
    let given = |name: &str| {
        let value = request
            .named(name)
            .map(str::to_owned)
            .or_else(|| body.get(name).and_then(text));
        value.filter(|value| !value.is_empty())
    };
    // A number that is none names nothing, rather than everything.
    let id = |name: &str| given(name).map(|value| value.parse().unwrap_or(0));
    let filter = Filter {
        org: id("searchorg").map(OrgId),
        role: id("searchrole").map(RoleId),
        email: given("searchemail"),
        any: given("value").or_else(|| given("searchall")),
        disabled: given("searchdisabled").map(|value| value != "0"),
        ..Filter::default()
    };
    let number = |name: &str| given(name).and_then(|value| value.parse::<u32>().ok());
    let limit = number("limit").map(|limit| limit.clamp(1, PAGE_ROWS_MAX));
    let offset = limit.map_or(0, |limit| {
        number("page")
            .unwrap_or(1)
            .saturating_sub(1)
            .saturating_mul(limit)
    });
    let (found, total) = users::index(&ctx, filter, limit, offset).await?;
    let mut out = Buffer::new();
    write_list(&mut out, &found, |out, listed| {
        write_object(out, |o| write_listed(o, listed));
    });
    Ok(Response::raw_json(out).with_total(total))
}

fn write_listed(o: &mut ObjectWriter<'_>, Listed { user, role, org }: &Listed) {
    o.object("User", |o| write_user(o, user, Shape::Listed));
    o.object("Role", |o| {
        o.number("id", role.id);
        o.text("name", &role.name);
        for permission in [Permission::Auth, Permission::SiteAdmin, Permission::Admin] {
            o.flag(permission.name(), role.permissions.has(permission));
        }
    });
    o.object("Organisation", |o| {
        o.number("id", org.id);
        o.text("name", &org.name);
    });
}

async fn add(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(crate::events::describe("/admin/users/add", &["email"]));
    }
    let added = users::add(&ctx, request.decode("User")?).await?;
    Ok(answer_saved(&added.view.user, added.key.as_deref()))
}

async fn edit(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(crate::events::describe("/admin/users/edit", &[]));
    }
    let id = named(&ctx, &request).await?;
    Ok(answer_saved(
        &users::edit(&ctx, id, request.decode("User")?).await?.user,
        None,
    ))
}

/// The id in the URL is ignored: this is the caller's own record.
async fn edit_own(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(crate::events::describe("/users/edit", &[]));
    }
    Ok(answer_view(
        &users::edit_own(&ctx, request.decode("User")?).await?,
        None,
    ))
}

async fn delete(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = named(&ctx, &request).await?;
    users::delete(&ctx, id).await?;
    Ok(Response::saved(
        "User deleted.",
        &format!("/admin/users/delete/{id}"),
        Some(&id.to_string()),
    ))
}

async fn end_sessions(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = named(&ctx, &request).await?;
    let ended = login::end_sessions_of(&ctx, id).await?;
    Ok(Response::saved(
        &format!("{ended} session(s) ended."),
        &format!("/admin/users/destroy/{id}"),
        Some(&id.to_string()),
    ))
}

async fn remove_otp(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = named(&ctx, &request).await?;
    otp::remove(&ctx, id).await?;
    Ok(Response::saved(
        "User TOTP deleted.",
        &format!("/users/totp_delete/{id}"),
        Some(&id.to_string()),
    ))
}

/// Who was seen at an address, the latest first.
async fn users_at(ctx: Ctx, request: Request) -> AppResult<Response> {
    let ip = request
        .fields("Server")?
        .get("ip")
        .and_then(text)
        .unwrap_or_default();
    let found = login::seen_at(&ctx, &ip).await?;
    let users: Vec<Value> = found
        .iter()
        .map(|seen| {
            json!({
                "User": {"id": seen.user_id.to_string(), "email": seen.email},
                "last_seen": seen.last_seen.to_string(),
            })
        })
        .collect();
    Ok(Response::json(&Value::Array(users)))
}

async fn is_logged_in(_: Ctx, _: Request) -> AppResult<Response> {
    Ok(Response::bytes("text/plain; charset=UTF-8", "OK"))
}

/// Log-ins as the audit log has them, the latest first.
async fn login_history(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = match request.arg(0) {
        None => ctx.caller.user_id,
        Some(_) => named(&ctx, &request).await?,
    };
    let (page, limit) = window(&request, &request.fields("User")?, PAGE_ROWS);
    let found = login::history(&ctx, id, page, limit).await?;
    let rows: Vec<Value> = found.iter().map(encode_audit).collect();
    Ok(Response::json(&Value::Array(rows)))
}

async fn change_password(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(crate::events::describe("/users/change_pw", &["password"]));
    }
    let body = request.fields("User")?;
    let password = body.get("password").and_then(text).unwrap_or_default();
    let current = body.get("current_password").and_then(text);
    login::change_password(&ctx, current, password, None).await?;
    Ok(Response::saved("Password Changed.", "/users/change_pw", None))
}

async fn reset_key(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = match request.arg(0) {
        None => ctx.caller.user_id,
        Some(_) => named(&ctx, &request)
            .await
            .map_err(|_| AppError::NotAllowed("Invalid user.".into()))?,
    };
    let new = auth_keys::reset(&ctx, id).await?;
    let message = format!("Authkey updated: {}", new.raw);
    Ok(Response::saved(
        &message,
        &format!("/users/resetauthkey/{id}"),
        Some(&id.to_string()),
    ))
}

/// The terms of use as a file.
async fn download_terms(ctx: Ctx, _: Request) -> AppResult<Response> {
    let (text, _) = login::terms(&ctx).await?.ok_or_else(login::no_terms)?;
    Ok(Response::bytes("text/plain; charset=UTF-8", text)
        .with_header("content-disposition", "attachment; filename=\"terms.txt\""))
}
