//! Roles (spec 03 section 8, spec 05 section 3).

use crate::key::{named_by, window};
use crate::request::Request;
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use axum::http::Method;
use serde_json::{Map, Value, json};
use sightline_app::Ctx;
use sightline_app::roles::{self, Role, permission_level};
use sightline_core::clock::datetime_of;
use sightline_core::ids::RoleId;
use sightline_core::limits::ALL_ROWS;
use sightline_core::{AppResult, Permission};
use sightline_misp::json::{Buffer, ObjectWriter, write_list, write_object};

pub(crate) fn routes() -> Vec<Route> {
    use Allow::{Everyone, SiteAdmin};
    use Methods::{GetPost, Post, PostDelete};
    vec![
        route("roles", "index", GetPost, Everyone, index),
        route("roles", "view", GetPost, Everyone, view),
        route("roles", "admin_add", GetPost, SiteAdmin, add),
        route("roles", "admin_edit", GetPost, SiteAdmin, edit),
        route("roles", "admin_delete", PostDelete, SiteAdmin, delete),
        route("roles", "admin_set_default", Post, SiteAdmin, set_default),
    ]
}

fn role_id(request: &Request) -> AppResult<RoleId> {
    named_by(request, &["id"], |id| {
        id.parse().map(RoleId).map_err(|_| roles::invalid_role())
    })
}

/// A role's columns in the reference's order.
pub(crate) fn write_role(o: &mut ObjectWriter<'_>, role: &Role) {
    use Permission::{
        Add, Admin, AnalystData, Audit, Auth, Decaying, Delegate, GalaxyEditor, Modify, ModifyOrg,
        ObjectTemplate, Publish, PublishKafka, PublishZmq, RegexpAccess, SharingGroup, Sighting, SiteAdmin,
        SkipOtp, Sync, TagEditor, Tagger, Template, ViewFeedCorrelations, Warninglist,
    };
    let flags = |o: &mut ObjectWriter<'_>, permissions: &[Permission]| {
        for permission in permissions {
            o.flag(permission.name(), role.permissions.has(*permission));
        }
    };
    o.number("id", role.id);
    o.text("name", &role.name);
    o.text("created", &datetime_of(role.created));
    o.text("modified", &datetime_of(role.modified));
    flags(
        o,
        &[
            Add,
            Modify,
            ModifyOrg,
            Publish,
            Delegate,
            Sync,
            Admin,
            Audit,
            Auth,
            SiteAdmin,
            RegexpAccess,
            Tagger,
            Template,
            SharingGroup,
            TagEditor,
            Sighting,
            ObjectTemplate,
        ],
    );
    o.flag("default_role", role.default_role);
    o.opt_text("memory_limit", role.memory_limit.as_deref());
    o.opt_text("max_execution_time", role.max_execution_time.as_deref());
    o.flag("restricted_to_site_admin", role.restricted_to_site_admin);
    flags(o, &[PublishZmq, PublishKafka, Decaying]);
    o.flag("enforce_rate_limit", role.enforce_rate_limit);
    o.number("rate_limit_count", role.rate_limit_count);
    flags(
        o,
        &[
            GalaxyEditor,
            Warninglist,
            ViewFeedCorrelations,
            AnalystData,
            SkipOtp,
        ],
    );
    let (level, word) = permission_level(role.permissions);
    o.number("permission", i64::from(level));
    o.text("permission_description", word);
}

async fn index(ctx: Ctx, request: Request) -> AppResult<Response> {
    let (page, limit) = window(&request, &request.fields("Role")?, ALL_ROWS);
    let (found, total) = roles::index(&ctx, page, limit).await?;
    let mut out = Buffer::new();
    write_list(&mut out, &found, |out, role| {
        write_object(out, |o| {
            o.object("Role", |o| {
                write_role(o, role);
                o.flag("default", role.default_role);
            });
        });
    });
    Ok(Response::raw_json(out).with_total(total))
}

async fn view(ctx: Ctx, request: Request) -> AppResult<Response> {
    Ok(answer(&roles::view(&ctx, role_id(&request)?).await?))
}

async fn add(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(crate::events::describe("/admin/roles/add", &["name"]));
    }
    Ok(answer(&roles::add(&ctx, request.decode("Role")?).await?))
}

async fn edit(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(crate::events::describe("/admin/roles/edit", &[]));
    }
    let id = role_id(&request)?;
    Ok(answer(&roles::edit(&ctx, id, request.decode("Role")?).await?))
}

fn answer(role: &Role) -> Response {
    let mut out = Buffer::new();
    write_object(&mut out, |o| o.object("Role", |o| write_role(o, role)));
    Response::raw_json(out)
}

async fn delete(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = role_id(&request)?;
    roles::delete(&ctx, id).await?;
    // The id is a native number in this one answer.
    let more: Map<String, Value> = Map::from_iter([("id".to_owned(), json!(id.0))]);
    Ok(Response::saved_with(
        "Role deleted.",
        &format!("/roles/delete/{id}"),
        None,
        more,
    ))
}

async fn set_default(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = role_id(&request)?;
    roles::set_default(&ctx, id).await?;
    Ok(Response::saved(
        "Default role set.",
        &format!("/admin/roles/set_default/{id}"),
        Some(&id.to_string()),
    ))
}
