//! API keys (spec 03 section 8, spec 05 section 1.3).

use crate::key::{named_by, text};
use crate::request::Request;
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use axum::http::Method;
use serde_json::{Map, Value, json};
use sightline_app::Ctx;
use sightline_app::auth_keys::{self, AuthKey, Listed, Wanted};
use sightline_core::ids::UserId;
use sightline_core::limits::PAGE_ROWS_MAX;
use sightline_core::{AppResult, Permission};
use sightline_misp::json::{Buffer, ObjectWriter, write_list, write_object, write_text};

pub(crate) fn routes() -> Vec<Route> {
    use Allow::{All, NotReadOnly};
    use Methods::{GetPost, PostDelete};
    const AUTH: &[Permission] = &[Permission::Auth];
    vec![
        route("authkeys", "index", GetPost, All(AUTH), index),
        route("authkeys", "view", GetPost, All(AUTH), view),
        route("authkeys", "add", GetPost, NotReadOnly(AUTH), add),
        route("authkeys", "edit", GetPost, NotReadOnly(AUTH), edit),
        route("authkeys", "delete", PostDelete, NotReadOnly(AUTH), delete),
    ]
}

/// The id or uuid that a request names.
fn key(request: &Request) -> AppResult<String> {
    named_by(request, &["id", "uuid"], |key| Ok(key.to_owned()))
}

/// The user that a request names: an id, or `me`, which is also meant when it names nobody.
fn user(ctx: &Ctx, named: Option<&str>) -> Option<UserId> {
    match named {
        None | Some("" | "me") => Some(ctx.caller.user_id),
        Some(id) => id.parse().ok().map(UserId),
    }
}

async fn index(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.fields("AuthKey")?;
    let given = |name: &str| {
        request
            .named(name)
            .map(str::to_owned)
            .or_else(|| body.get(name).and_then(text))
    };
    let of = request
        .arg(0)
        .map(str::to_owned)
        .or_else(|| given("user_id"))
        .or_else(|| given("User.id"));
    // A user that cannot be is nobody, not everybody.
    let of = of.map(|named| user(&ctx, Some(&named)).unwrap_or(UserId(0)));
    let wanted = Wanted {
        user: of,
        start: given("authkey_start"),
        end: given("authkey_end"),
    };
    let number = |name: &str| given(name).and_then(|text| text.parse::<u32>().ok());
    let limit = number("limit").map(|limit| limit.clamp(1, PAGE_ROWS_MAX));
    let offset = limit.map_or(0, |limit| {
        number("page")
            .unwrap_or(1)
            .max(1)
            .saturating_sub(1)
            .saturating_mul(limit)
    });
    let (found, total) = auth_keys::index(&ctx, wanted, limit, offset).await?;
    let mut out = Buffer::new();
    write_list(&mut out, &found, |out, listed| {
        write_object(out, |o| write_listed(o, listed));
    });
    Ok(Response::raw_json(out).with_total(total))
}

fn write_listed(o: &mut ObjectWriter<'_>, listed: &Listed) {
    o.object("AuthKey", |o| write_key(o, &listed.key));
    o.object("User", |o| {
        o.number("id", listed.key.user_id);
        o.text("email", &listed.email);
    });
}

fn write_key(o: &mut ObjectWriter<'_>, key: &AuthKey) {
    o.number("id", key.id);
    o.uuid("uuid", key.uuid);
    o.text("authkey_start", &key.authkey_start);
    o.text("authkey_end", &key.authkey_end);
    o.number("created", key.created);
    o.number("expiration", key.expiration);
    o.flag("read_only", key.read_only);
    o.number("user_id", key.user_id);
    o.opt_text(
        "comment",
        Some(key.comment.as_str()).filter(|comment| !comment.is_empty()),
    );
    match &key.allowed_ips {
        Some(ranges) => o.list("allowed_ips", ranges, |out, range| write_text(out, range)),
        None => o.null("allowed_ips"),
    }
    o.list("unique_ips", &key.unique_ips, |out, ip| write_text(out, ip));
}

async fn view(ctx: Ctx, request: Request) -> AppResult<Response> {
    let found = auth_keys::find(&ctx, &key(&request)?).await?;
    let mut out = Buffer::new();
    write_object(&mut out, |o| write_listed(o, &found));
    Ok(Response::raw_json(out))
}

async fn add(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(crate::events::describe("/auth_keys/add", &[]));
    }
    let named = request.arg(0).map(str::to_owned).or_else(|| {
        request
            .fields("AuthKey")
            .ok()
            .and_then(|body| body.get("user_id").and_then(text))
    });
    let user = user(&ctx, named.as_deref()).unwrap_or(UserId(0));
    let new = auth_keys::add(&ctx, user, request.decode("AuthKey")?).await?;
    let mut out = Buffer::new();
    write_object(&mut out, |o| {
        o.object("AuthKey", |o| {
            write_key(o, &new.key);
            o.text("authkey_raw", &new.raw);
        });
    });
    Ok(Response::raw_json(out))
}

async fn edit(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(crate::events::describe("/auth_keys/edit", &[]));
    }
    let key = auth_keys::edit(&ctx, &key(&request)?, request.decode("AuthKey")?).await?;
    let mut out = Buffer::new();
    write_object(&mut out, |o| o.object("AuthKey", |o| write_key(o, &key)));
    Ok(Response::raw_json(out))
}

async fn delete(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = auth_keys::delete(&ctx, &key(&request)?).await?;
    // The id is a native number in this one answer.
    let more: Map<String, Value> = Map::from_iter([("id".to_owned(), json!(id.0))]);
    Ok(Response::saved_with(
        "AuthKey deleted.",
        &format!("/auth_keys/delete/{id}"),
        None,
        more,
    ))
}
