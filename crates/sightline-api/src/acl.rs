//! Who may call what, told from the table of endpoints itself (spec 10 part B.2). Reached under every controller:
//! `/events/queryACL/…`, `/servers/queryACL/…`.

use crate::request::Request;
use crate::response::Response;
use crate::router::{self, Allow, Methods, Route, route};
use serde_json::{Map, Value, json};
use sightline_app::{Ctx, roles};
use sightline_core::{AppError, AppResult, Permission, Permissions};
use std::collections::BTreeMap;

pub(crate) fn routes() -> Vec<Route> {
    vec![route(
        "servers",
        "queryACL",
        Methods::GetPost,
        Allow::SiteAdmin,
        query,
    )]
}

/// `/<controller>/queryACL/<command>[/<role>]`
async fn query(ctx: Ctx, request: Request) -> AppResult<Response> {
    let answer = match request.arg(0).unwrap_or("findMissingFunctionNames") {
        "printAllFunctionNames" => all_functions(),
        // Every endpoint has its rule in the table, or it would not be there.
        "findMissingFunctionNames" => json!([]),
        "printRoleAccess" => role_access(&ctx, request.arg(1)).await?,
        _ => return Err(AppError::NotAllowed("Invalid function call.".into())),
    };
    Ok(Response::json(&answer))
}

fn all_functions() -> Value {
    let mut functions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for route in router::all() {
        functions.entry(route.controller).or_default().push(route.action);
    }
    json!(functions)
}

/// Role -> its name and the endpoints that it reaches. What depends on more than the role, such as the organisation,
/// is left out.
async fn role_access(ctx: &Ctx, only: Option<&str>) -> AppResult<Value> {
    let mut access = Map::new();
    for role in roles::all(ctx).await? {
        if only.is_some_and(|only| only != role.id.to_string()) {
            continue;
        }
        let urls: Vec<String> = router::all()
            .iter()
            .filter(|route| reaches(role.permissions, route.allow))
            .map(Route::path)
            .collect();
        access.insert(role.id.to_string(), json!({"name": role.name, "urls": urls}));
    }
    if access.is_empty() && only.is_some() {
        return Err(AppError::not_found("Invalid role."));
    }
    Ok(Value::Object(access))
}

fn reaches(permissions: Permissions, allow: Allow) -> bool {
    let has = |permission: &Permission| permissions.has(*permission);
    has(&Permission::SiteAdmin)
        || match allow {
            Allow::Public | Allow::Everyone => true,
            Allow::All(wanted) | Allow::NotReadOnly(wanted) => wanted.iter().all(has),
            Allow::Any(wanted) => wanted.iter().any(has),
            Allow::HostOrg(_) | Allow::SiteAdmin => false,
        }
}
