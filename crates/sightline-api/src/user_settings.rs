//! What users set for themselves (spec 03 section 12).

use crate::key::{named_by, text, window};
use crate::request::Request;
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use axum::http::Method;
use serde_json::{Map, Value};
use sightline_app::Ctx;
use sightline_app::user_settings::{self, SETTING_ROWS, UserSetting, Whose};
use sightline_app::users;
use sightline_core::ids::UserId;
use sightline_core::{AppError, AppResult};
use sightline_misp::json::{Buffer, ObjectWriter, write_list, write_object};

pub(crate) fn routes() -> Vec<Route> {
    use Allow::{Everyone, NotReadOnly};
    use Methods::{GetPost, Post, PostDelete};
    vec![
        route("usersettings", "index", GetPost, Everyone, index),
        route("usersettings", "view", GetPost, Everyone, view),
        route("usersettings", "getSetting", GetPost, Everyone, get),
        route("usersettings", "setSetting", GetPost, NotReadOnly(&[]), set),
        route(
            "usersettings",
            "setHomePage",
            Post,
            NotReadOnly(&[]),
            set_home_page,
        ),
        route(
            "usersettings",
            "eventIndexColumnToggle",
            Post,
            NotReadOnly(&[]),
            toggle_column,
        ),
        route("usersettings", "delete", PostDelete, NotReadOnly(&[]), delete),
    ]
}

fn write_setting(o: &mut ObjectWriter<'_>, setting: &UserSetting) {
    o.number("id", setting.id);
    o.text("setting", &setting.setting);
    o.value("value", &setting.value);
    o.number("user_id", setting.user_id);
    o.number("timestamp", setting.timestamp);
}

async fn index(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.fields("UserSetting")?;
    let given = |name: &str| {
        request
            .named(name)
            .map(str::to_owned)
            .or_else(|| body.get(name).and_then(text))
    };
    let whose = match given("user_id").or_else(|| given("context")).as_deref() {
        None | Some("" | "me") => Whose::Own,
        Some("org") => Whose::Org,
        Some("all") => Whose::All,
        Some(other) => Whose::User(users::find(&ctx, other).await?),
    };
    let (page, limit) = window(&request, &body, SETTING_ROWS);
    let (found, total) = user_settings::index(&ctx, whose, given("setting"), page, limit).await?;
    let mut out = Buffer::new();
    write_list(&mut out, &found, |out, setting| {
        write_object(out, |o| o.object("UserSetting", |o| write_setting(o, setting)));
    });
    Ok(Response::raw_json(out).with_total(total))
}

/// The user that the body names; the caller when it names nobody.
async fn owner(ctx: &Ctx, body: &Map<String, Value>) -> AppResult<UserId> {
    match body
        .get("user_id")
        .and_then(text)
        .filter(|named| !named.is_empty())
    {
        Some(named) => users::find(ctx, &named).await,
        None => Ok(ctx.caller.user_id),
    }
}

/// `setting` and its user: in a GET from the URL, `/getSetting/<user>/<setting>`, in a POST from the body.
async fn get(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.fields("UserSetting")?;
    let (user, name) = match (request.arg(0), request.arg(1)) {
        (Some(user), Some(name)) if request.method == Method::GET => {
            (users::find(&ctx, user).await?, Some(name.to_owned()))
        }
        _ => (owner(&ctx, &body).await?, body.get("setting").and_then(text)),
    };
    let name = name.filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| AppError::BadRequest("No setting name provided.".into()))?;
    let setting = user_settings::get(&ctx, user, &name).await?;
    let mut out = Buffer::new();
    write_object(&mut out, |o| write_setting(o, &setting));
    Ok(Response::raw_json(out))
}

async fn view(ctx: Ctx, request: Request) -> AppResult<Response> {
    let invalid = |_| AppError::not_found("Invalid user setting.");
    let id = named_by(&request, &["id"], |id| id.parse::<i64>().map_err(invalid))?;
    Ok(wrapped(&user_settings::view(&ctx, id).await?))
}

fn wrapped(setting: &UserSetting) -> Response {
    let mut out = Buffer::new();
    write_object(&mut out, |o| {
        o.object("UserSetting", |o| write_setting(o, setting));
    });
    Response::raw_json(out)
}

async fn set(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(crate::events::describe(
            "/user_settings/setSetting",
            &["setting", "value"],
        ));
    }
    let mut body = request.fields("UserSetting")?;
    let user = match request.arg(0) {
        Some(named) => users::find(&ctx, named).await?,
        None => owner(&ctx, &body).await?,
    };
    let name = request
        .arg(1)
        .map(str::to_owned)
        .or_else(|| body.get("setting").and_then(text))
        .unwrap_or_default();
    let setting = user_settings::set(&ctx, user, &name, body.remove("value").unwrap_or_default()).await?;
    Ok(wrapped(&setting))
}

async fn set_home_page(ctx: Ctx, request: Request) -> AppResult<Response> {
    let path = request
        .fields("UserSetting")?
        .get("path")
        .and_then(text)
        .unwrap_or_default();
    user_settings::set_home_page(&ctx, &path).await?;
    Ok(Response::saved(
        &format!("Homepage set to {path}"),
        "/user_settings/setHomePage",
        None,
    ))
}

async fn toggle_column(ctx: Ctx, request: Request) -> AppResult<Response> {
    let column = request.arg(0).unwrap_or_default().to_owned();
    let message = if user_settings::toggle_column(&ctx, &column).await? {
        "Column hidden."
    } else {
        "Column shown."
    };
    Ok(Response::saved(
        message,
        "/user_settings/eventIndexColumnToggle",
        None,
    ))
}

async fn delete(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.fields("UserSetting")?;
    let id = match request.arg(0).and_then(|id| id.parse().ok()) {
        Some(id) => user_settings::delete_by_id(&ctx, id).await?,
        None => {
            let name = body.get("setting").and_then(text).filter(|name| !name.is_empty());
            let name =
                name.ok_or_else(|| AppError::BadRequest("No setting name to delete provided.".into()))?;
            user_settings::delete(&ctx, owner(&ctx, &body).await?, &name).await?
        }
    };
    Ok(Response::saved(
        "Setting deleted.",
        &format!("/user_settings/delete/{id}"),
        Some(&id.to_string()),
    ))
}
