//! Sharing groups (spec 03 section 11).

use crate::key::{named_by, text};
use crate::organisations::write_shown;
use crate::request::Request;
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use axum::http::Method;
use sightline_app::Ctx;
use sightline_app::sharing_groups::{self, Filter, Listed, Shown};
use sightline_core::limits::PAGE_ROWS_MAX;
use sightline_core::{AppError, AppResult, Permission};
use sightline_misp::json::{Buffer, ObjectWriter, write_object};
use sightline_misp::records::{OrgRef, SharingGroup};

pub(crate) fn routes() -> Vec<Route> {
    use Allow::Everyone;
    use Methods::{GetPost, Post, PostDelete};
    const MANAGE: Allow = Allow::All(&[Permission::SharingGroup]);
    vec![
        route("sharinggroups", "index", GetPost, Everyone, index),
        route("sharinggroups", "view", GetPost, Everyone, view),
        route("sharinggroups", "add", GetPost, MANAGE, add),
        route("sharinggroups", "edit", GetPost, MANAGE, edit),
        route("sharinggroups", "delete", PostDelete, MANAGE, delete),
        route("sharinggroups", "addOrg", Post, MANAGE, add_org),
        route("sharinggroups", "removeOrg", Post, MANAGE, remove_org),
        route("sharinggroups", "addServer", Post, MANAGE, add_server),
        route("sharinggroups", "removeServer", Post, MANAGE, remove_server),
    ]
}

/// Groups on a page when the client does not say. PyMISP takes the first page for all there is, and the reference's 60
/// would hide groups from it.
const ROWS: u32 = 1_000;
/// How views call this instance among the instances of a group.
const HERE: &str = "Local instance";

async fn index(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.fields("SharingGroup")?;
    let given = |name: &str| {
        let value = request
            .named(name)
            .map(str::to_owned)
            .or_else(|| body.get(name).and_then(text));
        value.filter(|value| !value.is_empty())
    };
    let number = |name: &str| match given(name) {
        None => Ok(None),
        Some(value) => value
            .parse::<u32>()
            .map(Some)
            .map_err(|_| AppError::BadRequest(format!("{name} must be a number."))),
    };
    // `/index/true` lists those that are not active.
    let inactive = request.arg(0).is_some_and(|arg| !matches!(arg, "0" | "false"));
    let limit = number("limit")?.unwrap_or(ROWS).clamp(1, PAGE_ROWS_MAX);
    let page = number("page")?.unwrap_or(1).max(1);
    let filter = Filter {
        active: Some(!inactive),
        search: ["value", "searchall", "quickFilter"]
            .iter()
            .find_map(|name| given(name)),
        org: given("searchorg"),
    };
    let offset = limit.saturating_mul(page - 1);
    let (found, total) = sharing_groups::index(&ctx, filter, limit, offset).await?;
    let mut out = Buffer::new();
    write_object(&mut out, |o| {
        o.list("response", &found, |out, listed| {
            write_object(out, |o| write_listed(o, listed, &ctx.platform.base_url));
        });
    });
    Ok(Response::raw_json(out).with_total(total))
}

fn write_listed(o: &mut ObjectWriter<'_>, listed: &Listed, base_url: &str) {
    let group = &listed.group;
    o.object("SharingGroup", |o| {
        o.number("id", group.id);
        o.uuid("uuid", group.uuid);
        o.text("name", &group.name);
        o.text("description", &group.description);
        o.text("releasability", &group.releasability);
        o.flag("local", group.local);
        o.flag("active", group.active);
        o.flag("roaming", group.roaming);
        if group.hide_members {
            o.flag("hide_members", true);
        }
        o.number("org_count", group.org_count);
    });
    o.object("Organisation", |o| group.creator.write_short(o));
    group.write_orgs(o, OrgRef::write_short);
    group.write_servers(o, Some((HERE, base_url)));
    o.flag("editable", listed.editable);
    o.flag("deletable", listed.deletable);
}

/// The id or uuid that a request names; empty when it names none.
fn key(request: &Request) -> AppResult<String> {
    named_by(request, &["id", "uuid", "sg_id"], |key| Ok(key.to_owned()))
}

async fn view(ctx: Ctx, request: Request) -> AppResult<Response> {
    let shown = match sharing_groups::view(&ctx, &key(&request)?).await {
        Err(AppError::NotAllowed(words)) if request.head => return Err(AppError::NotFound(words)),
        other => other?,
    };
    Ok(one(&shown, &ctx))
}

fn one(shown: &Shown, ctx: &Ctx) -> Response {
    let group = &shown.listed.group;
    let mut out = Buffer::new();
    write_object(&mut out, |o| {
        o.object("SharingGroup", |o| {
            group.write_columns(o);
            // Members that are not listed are counted, as far as they may be.
            if group.concealed {
                o.number("org_count", group.org_count);
            }
            if let Some(org) = &shown.sync_org {
                o.text("sync_org_name", &org.name);
                o.object("sync_org", |o| org.write_short(o));
            }
        });
        o.object("Organisation", |o| write_shown(o, &shown.creator, ctx));
        if !group.concealed {
            group.write_orgs(o, OrgRef::write);
            group.write_servers(o, Some((HERE, &ctx.platform.base_url)));
        }
    });
    Response::raw_json(out)
}

/// What adding and editing answer: the view without the details of organisations and instances.
fn saved(group: &SharingGroup) -> Response {
    let mut out = Buffer::new();
    write_object(&mut out, |o| {
        o.object("SharingGroup", |o| group.write_columns(o));
        group.write_orgs(o, OrgRef::write_short);
        group.write_servers(o, None);
        o.object("Organisation", |o| group.creator.write_short(o));
    });
    Response::raw_json(out)
}

async fn add(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(crate::events::describe("/sharing_groups/add", &["name"]));
    }
    sharing_groups::add(&ctx, request.decode("SharingGroup")?)
        .await
        .map(|group| saved(&group))
        .map_err(could_not_save)
}

/// The reference says of every fault of a new group only that it could not be saved; the fault stands behind it.
fn could_not_save(error: AppError) -> AppError {
    match error {
        AppError::Invalid(fields) => AppError::Refused(format!("Could not save sharing group. {fields}")),
        other => other,
    }
}

async fn edit(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(crate::events::describe("/sharing_groups/edit", &[]));
    }
    let key = match request.arg(0) {
        Some(key) => key.to_owned(),
        None => request
            .fields("SharingGroup")?
            .get("id")
            .and_then(text)
            .unwrap_or_default(),
    };
    let group = sharing_groups::edit(&ctx, &key, request.decode("SharingGroup")?).await?;
    Ok(saved(&group))
}

async fn delete(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = key(&request)?;
    sharing_groups::delete(&ctx, &key).await?;
    let url = format!("/sharing_groups/delete/{key}");
    Ok(Response::saved("SharingGroup deleted", &url, Some(&key)))
}

/// `/<group>/<organisation or instance>/<flag>` of the path, or the fields of the body.
fn parts(request: &Request, other: &str, switch: &str) -> AppResult<(String, String, bool)> {
    let body = request.fields("SharingGroup")?;
    let part = |n: usize, name: &str| {
        let from_body = || body.get(name).and_then(text);
        request
            .arg(n)
            .map(str::to_owned)
            .or_else(from_body)
            .unwrap_or_default()
    };
    let on = matches!(part(2, switch).to_ascii_lowercase().as_str(), "1" | "true");
    Ok((part(0, "sg_id"), part(1, other), on))
}

async fn add_org(ctx: Ctx, request: Request) -> AppResult<Response> {
    let (group, org, extend) = parts(&request, "org_id", "extend")?;
    sharing_groups::add_org(&ctx, &group, &org, extend).await?;
    Ok(done("Organisation added to the sharing group.", "addOrg"))
}

async fn remove_org(ctx: Ctx, request: Request) -> AppResult<Response> {
    let (group, org, _) = parts(&request, "org_id", "extend")?;
    sharing_groups::remove_org(&ctx, &group, &org).await?;
    Ok(done("Organisation removed from the sharing group.", "removeOrg"))
}

async fn add_server(ctx: Ctx, request: Request) -> AppResult<Response> {
    let (group, server, all_orgs) = parts(&request, "server_id", "all_orgs")?;
    sharing_groups::add_server(&ctx, &group, &server, all_orgs).await?;
    Ok(done("Server added to the sharing group.", "addServer"))
}

async fn remove_server(ctx: Ctx, request: Request) -> AppResult<Response> {
    let (group, server, _) = parts(&request, "server_id", "all_orgs")?;
    sharing_groups::remove_server(&ctx, &group, &server).await?;
    Ok(done("Server removed from the sharing group.", "removeServer"))
}

fn done(message: &str, action: &str) -> Response {
    Response::saved(message, &format!("/sharing_groups/{action}"), None)
}
