//! Version and instance endpoints (spec 03 section 2).

use crate::request::Request;
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use serde_json::{Value, json};
use sightline_app::Ctx;
use sightline_core::{AppError, AppResult, Permission};

/// The version of the reference whose wire this is; clients compare it with their own.
pub(crate) const MISP_VERSION: &str = "2.5.1";

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route(
            "servers",
            "getVersion",
            Methods::GetPost,
            Allow::All(&[Permission::Auth]),
            version,
        ),
        route(
            "servers",
            "getPyMISPVersion",
            Methods::GetPost,
            Allow::Everyone,
            pymisp_version,
        ),
        route(
            "servers",
            "getInstanceUUID",
            Methods::GetPost,
            Allow::All(&[Permission::Sync]),
            instance_uuid,
        ),
        route(
            "servers",
            "postTest",
            Methods::AnyMethod,
            Allow::Everyone,
            post_test,
        ),
        route("users", "heartbeat", Methods::AnyMethod, Allow::Public, heartbeat),
        route(
            "attributes",
            "describeTypes",
            Methods::GetPost,
            Allow::Everyone,
            describe_types,
        ),
    ]
}

async fn version(ctx: Ctx, _: Request) -> AppResult<Response> {
    let caller = &ctx.caller;
    let sync = caller.permissions.has(Permission::Sync);
    Ok(Response::json(&json!({
        "version": MISP_VERSION,
        "pymisp_recommended_version": MISP_VERSION,
        "perm_sync": sync,
        "perm_sighting": caller.permissions.has(Permission::Sighting),
        "perm_galaxy_editor": caller.permissions.has(Permission::GalaxyEditor),
        "perm_analyst_data": caller.permissions.has(Permission::AnalystData),
        "uuid": if sync { ctx.platform.uuid.to_string() } else { "-".into() },
        "request_encoding": ["gzip", "br"],
        "filter_sightings": true,
    })))
}

async fn pymisp_version(_: Ctx, _: Request) -> AppResult<Response> {
    Ok(Response::json(&json!({"version": MISP_VERSION})))
}

async fn instance_uuid(ctx: Ctx, _: Request) -> AppResult<Response> {
    Ok(Response::json(&json!({"uuid": ctx.platform.uuid.to_string()})))
}

/// What connection tests of other servers read back.
async fn post_test(_: Ctx, request: Request) -> AppResult<Response> {
    if request.method != axum::http::Method::POST {
        return Err(AppError::NotAllowed(
            "Invalid request, expecting a POST request.".into(),
        ));
    }
    let header = |name: &str| request.header(name).map_or_else(|| json!(0), Value::from);
    Ok(Response::json(&json!({
        "body": request.json()?,
        "headers": {
            "Content-type": header("content-type"),
            "Accept": header("accept"),
            "Authorization": if request.header("authorization").is_some() { json!("OK") } else { json!(0) },
        }
    })))
}

async fn heartbeat(_: Ctx, _: Request) -> AppResult<Response> {
    Ok(Response::json(&json!({"message": "All watch posts are manned."})))
}

async fn describe_types(_: Ctx, _: Request) -> AppResult<Response> {
    Ok(Response::json(sightline_misp::types::describe_types()))
}
