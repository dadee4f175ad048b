//! `GET /api/openapi.json`: the API described in OpenAPI 3.1, made from the table of endpoints, so that it cannot fall
//! behind it.

mod arguments;
mod bodies;

use crate::request::Request;
use crate::response::Response;
use crate::router::{self, Allow, Methods, Route, route};
use serde_json::{Map, Value, json};
use sightline_app::Ctx;
use sightline_core::{AppResult, Permission};
use std::sync::LazyLock;

pub(crate) fn routes() -> Vec<Route> {
    vec![route("api", "openapi", Methods::Get, Allow::Everyone, document)]
}

static DOCUMENT: LazyLock<String> = LazyLock::new(|| describe(&router::all()).to_string());

async fn document(_: Ctx, _: Request) -> AppResult<Response> {
    Ok(Response::raw_json(DOCUMENT.as_bytes().to_vec()))
}

fn describe(routes: &[Route]) -> Value {
    let mut paths = Map::new();
    for route in routes {
        let (arguments, required) = arguments::of(route.controller, route.action);
        for taken in required..=arguments.len() {
            let arguments: Vec<&str> = arguments.iter().take(taken).copied().collect();
            let segments: String = arguments.iter().map(|name| format!("/{{{name}}}")).collect();
            paths.insert(format!("{}{segments}", route.path()), path(route, &arguments));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Sightline",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The REST API of MISP as Sightline speaks it. Identifiers are row ids or uuids. Optional \
                parameters may also be given as named segments of the path, `/name:value`, or in the query.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "Authorization", "description": "The API key as it is."},
            },
            "schemas": {"Error": error()},
            "responses": {
                "Error": {
                    "description": "Why nothing was done.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
                },
            },
        },
    })
}

/// Every error has these; a change that was refused has `saved` and `errors` as well.
fn error() -> Value {
    json!({
        "type": "object",
        "required": ["name", "message", "url"],
        "properties": {
            "name": {"type": "string"},
            "message": {"type": "string"},
            "url": {"type": "string"},
            "saved": {"const": false},
            "errors": {"description": "A sentence, or field -> list of sentences."},
        },
    })
}

fn path(route: &Route, arguments: &[&str]) -> Value {
    let methods: &[&str] = match route.methods {
        Methods::Get => &["get"],
        Methods::GetPost | Methods::AnyMethod => &["get", "post"],
        Methods::Post => &["post"],
        Methods::PostDelete => &["post", "delete"],
    };
    let operations = methods
        .iter()
        .map(|method| ((*method).to_owned(), operation(route, method, arguments)));
    Value::Object(operations.collect())
}

fn operation(route: &Route, method: &str, arguments: &[&str]) -> Value {
    let mut operation = Map::new();
    let suffix: String = arguments.iter().map(|name| format!("_{name}")).collect();
    let id = format!("{method}_{}_{}{suffix}", route.controller, route.action);
    operation.insert("operationId".into(), id.into());
    operation.insert("tags".into(), json!([route.controller]));
    operation.insert("summary".into(), route.path().into());
    operation.insert("description".into(), who(route.allow).into());
    let parameters = arguments
        .iter()
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": arguments::schema(name)}));
    operation.insert("parameters".into(), parameters.collect());
    if method == "post" {
        operation.insert("requestBody".into(), bodies::of(route.controller, route.action));
    }
    if route.allow == Allow::Public {
        operation.insert("security".into(), json!([]));
    }
    let content = match route.action {
        "stream" => json!({"text/event-stream": {}}),
        action if bodies::is_always_json(action) => json!({"application/json": {"schema": true}}),
        _ => json!({"*/*": {}}),
    };
    let responses = json!({
        "200": {"description": "Done.", "content": content},
        "default": {"$ref": "#/components/responses/Error"},
    });
    operation.insert("responses".into(), responses);
    Value::Object(operation)
}

/// The rule of an endpoint as a sentence.
fn who(allow: Allow) -> String {
    let names = |permissions: &[Permission], joined: &str| {
        let names: Vec<&str> = permissions.iter().map(|p| p.name()).collect();
        names.join(joined)
    };
    match allow {
        Allow::Public => "For anybody, without a key.".into(),
        Allow::Everyone | Allow::NotReadOnly([]) | Allow::All([]) => "For every user.".into(),
        Allow::All(permissions) | Allow::NotReadOnly(permissions) => {
            format!("Needs {}.", names(permissions, " and "))
        }
        Allow::Any(permissions) => format!("Needs {}.", names(permissions, " or ")),
        Allow::HostOrg([]) => "For users of the organisation that runs this instance.".into(),
        Allow::HostOrg(permissions) => format!(
            "For users of the organisation that runs this instance; needs {}.",
            names(permissions, " and ")
        ),
        Allow::SiteAdmin => "For site administrators.".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_endpoint_is_described_once_with_every_method_that_it_takes() {
        let routes = router::all();
        let document = describe(&routes);
        let paths = document["paths"].as_object().unwrap();
        for route in &routes {
            let own: Vec<&String> = paths
                .keys()
                .filter(|path| *path == &route.path() || path.starts_with(&format!("{}/{{", route.path())))
                .collect();
            assert!(!own.is_empty(), "{}", route.path());
        }
        let mut seen = HashSet::new();
        for (path, operations) in paths {
            for operation in operations.as_object().unwrap().values() {
                assert!(
                    seen.insert(operation["operationId"].as_str().unwrap().to_owned()),
                    "{path}"
                );
                let named = path.matches('{').count();
                assert_eq!(operation["parameters"].as_array().unwrap().len(), named, "{path}");
            }
        }
    }
}
