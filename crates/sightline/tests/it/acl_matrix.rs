//! Who may call which endpoint: every row of the routing table against every role and every way to be refused. The
//! result is a table that people review: `acl_matrix.txt`. A new endpoint changes it, and the test fails until somebody
//! has looked.

use crate::harness::{Instance, ROLES};
use axum::http::{Method, StatusCode};
use serde_json::json;
use sightline_api::router::{self, Methods, Route};
use std::fmt::Write;

const SNAPSHOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/acl_matrix.txt");
/// Set to write the table anew; then read the difference.
const UPDATE: &str = "SIGHTLINE_UPDATE_SNAPSHOTS";
/// The reference's words for an endpoint that the caller's role does not reach (spec 05 section 1.2).
const NOT_YOURS: &str = "You do not have permission to use this functionality.";

#[test]
fn every_endpoint_against_every_role() {
    let database = sightline_testkit::databases().swap_remove(0);
    let instance = Instance::start(database);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let table = runtime.block_on(table(&instance));
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(SNAPSHOT, &table).unwrap();
    }
    let reviewed = std::fs::read_to_string(SNAPSHOT).unwrap_or_default();
    assert!(
        table == reviewed,
        "the access table changed; set {UPDATE}=1, run again, and read the difference\n{table}"
    );
}

async fn table(instance: &Instance) -> String {
    let org = instance.org("Other").await;
    let mut columns: Vec<(String, String)> = Vec::new();
    for (role, name) in ROLES {
        let person = instance
            .person(&org, *role, &format!("role{role}@other.example"))
            .await;
        columns.push(((*name).to_owned(), person.key));
    }
    let user = instance.person(&org, 1, "readonly@other.example").await;
    columns.push((
        "read-only key".into(),
        instance.key(&user.id, json!({"read_only": true})).await,
    ));
    let expired = instance.key(&user.id, json!({"expiration": "2001-01-01"})).await;
    columns.push(("expired key".into(), expired));
    let gone = instance.person(&org, 1, "disabled@other.example").await;
    instance
        .post(
            crate::harness::ADMIN,
            &format!("/admin/users/edit/{}", gone.id),
            json!({"disabled": true}),
        )
        .await;
    columns.push(("disabled user".into(), gone.key));
    columns.push(("anonymous".into(), String::new()));

    let mut routes = router::all();
    routes.sort_by_key(|route| (route.controller, route.action.to_lowercase()));
    let mut table = format!("{:<48}", "endpoint");
    for (name, _) in &columns {
        write!(table, " {name:>13}").unwrap();
    }
    table.push('\n');
    for route in &routes {
        write!(table, "{:<48}", format!("{}/{}", route.controller, route.action)).unwrap();
        for (_, key) in &columns {
            write!(table, " {:>13}", verdict(instance, route, key).await).unwrap();
        }
        table.push('\n');
    }
    table
}

/// `yes` when the rule let the call through, whatever the handler then said of a record that is not there.
async fn verdict(instance: &Instance, route: &Route, key: &str) -> &'static str {
    let action = route.action.strip_prefix("admin_");
    let path = match action {
        Some(action) => format!("/admin/{}/{action}/999999999", route.controller),
        None => format!("/{}/{}/999999999", route.controller, route.action),
    };
    let (method, body) = match route.methods {
        Methods::Get => (Method::GET, None),
        _ => (
            Method::POST,
            Some(json!({"id": 999_999_999, "returnFormat": "json", "limit": 1})),
        ),
    };
    // Nothing here may change the callers themselves.
    if matches!(route.action, "change_pw" | "resetauthkey" | "edit") && route.controller == "users" {
        return if allowed_by_rule(instance, route, key).await {
            "yes"
        } else {
            "no"
        };
    }
    let (status, answer) = instance.call(key, method, &path, body).await;
    assert!(!status.is_server_error(), "{path}: {status} {answer}");
    let message = answer["message"].as_str().unwrap_or_default();
    let refused = status == StatusCode::FORBIDDEN
        && (message == NOT_YOURS || message.starts_with("Authentication failed."));
    if refused { "no" } else { "yes" }
}

/// The rule alone, asked with a method that the endpoint does not take.
async fn allowed_by_rule(instance: &Instance, route: &Route, key: &str) -> bool {
    let path = format!("/{}/{}/999999999", route.controller, route.action);
    let (status, answer) = instance
        .call(key, Method::POST, &path, Some(json!("not an object")))
        .await;
    assert!(!status.is_server_error(), "{path}: {status} {answer}");
    let message = answer["message"].as_str().unwrap_or_default();
    message != NOT_YOURS && !message.starts_with("Authentication failed.")
}
