//! The state of this server on the wire (spec 10 parts A.3 and B.2): workers, schema, the whole report.

use crate::request::Request;
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use crate::servers::MISP_VERSION;
use crate::settings;
use serde_json::{Map, Value, json};
use sightline_app::diagnostics::{self, Schema};
use sightline_app::{Ctx, settings as app_settings};
use sightline_core::{AppError, AppResult};

/// Queues of the reference; every one is served by this process.
const QUEUES: [&str; 5] = ["cache", "default", "email", "prio", "update"];
/// Bytes of the unit in which sizes are shown.
const MEGABYTE: i64 = 1024 * 1024;

pub(crate) fn routes() -> Vec<Route> {
    use Allow::SiteAdmin;
    use Methods::{GetPost, Post};
    vec![
        route("servers", "serverSettings", GetPost, SiteAdmin, report),
        route("servers", "dbSchemaDiagnostic", GetPost, SiteAdmin, schema),
        route("servers", "getWorkers", GetPost, SiteAdmin, workers),
        route("servers", "startWorker", Post, SiteAdmin, start_worker),
        route("servers", "restartWorkers", Post, SiteAdmin, restart_workers),
        route("servers", "restartDeadWorkers", Post, SiteAdmin, restart_workers),
        route("servers", "stopWorker", Post, SiteAdmin, stop_worker),
        route("servers", "killAllWorkers", Post, SiteAdmin, stop_worker),
        route("servers", "update", Post, SiteAdmin, update),
    ]
}

async fn workers(ctx: Ctx, _: Request) -> AppResult<Response> {
    Ok(Response::json(&describe_workers(&ctx).await?))
}

/// One worker, this process, behind every queue; jobs wait in `default`. `controls` 0: it starts and stops with the
/// server.
async fn describe_workers(ctx: &Ctx) -> AppResult<Value> {
    let waiting = diagnostics::waiting_jobs(ctx).await?;
    let worker = json!({
        "pid": std::process::id(), "user": "", "type": "", "alive": true, "correct_user": true, "ok": true
    });
    let queue = |name: &&str| {
        let count = if *name == "default" { waiting } else { 0 };
        (
            (*name).to_owned(),
            json!({"ok": true, "workers": [worker], "jobCount": count}),
        )
    };
    let mut answer: Map<String, Value> = QUEUES.iter().map(queue).collect();
    answer.insert("proc_accessible".into(), true.into());
    answer.insert("controls".into(), 0.into());
    answer.insert("supervisord_status".into(), false.into());
    Ok(Value::Object(answer))
}

async fn start_worker(ctx: Ctx, request: Request) -> AppResult<Response> {
    let queue = request.arg(0).unwrap_or("default");
    if !QUEUES.contains(&queue) {
        return Err(AppError::not_found("Invalid worker type."));
    }
    diagnostics::wake_workers(&ctx)?;
    Ok(Response::saved(
        "Worker start signal sent",
        "/servers/startWorker",
        None,
    ))
}

async fn restart_workers(ctx: Ctx, _: Request) -> AppResult<Response> {
    diagnostics::wake_workers(&ctx)?;
    Ok(Response::saved(
        "Restarting workers.",
        "/servers/restartWorkers",
        None,
    ))
}

async fn stop_worker(_: Ctx, _: Request) -> AppResult<Response> {
    Err(AppError::NotAllowed(
        "The worker of this server is part of it: it stops when the server stops.".into(),
    ))
}

async fn update(_: Ctx, _: Request) -> AppResult<Response> {
    Err(AppError::NotAllowed(
        "This server does not update itself: install the new version and start it.".into(),
    ))
}

async fn schema(ctx: Ctx, _: Request) -> AppResult<Response> {
    Ok(Response::json(&describe_schema(
        &diagnostics::schema(&ctx).await?,
    )))
}

fn describe_schema(schema: &Schema) -> Value {
    let missing = |(table, columns): (&String, &Vec<String>)| {
        let faults = columns.iter().map(|column| {
            json!({
                "description": format!("Column `{column}` is missing"), "column_name": column, "is_critical": true,
                "error_type": "missing_column", "actual": [], "expected": [column], "sql": null,
            })
        });
        (table.clone(), Value::Array(faults.collect()))
    };
    let missing: Map<String, Value> = schema.missing.iter().map(missing).collect();
    let error = if missing.is_empty() {
        ""
    } else {
        "The database lacks columns that this version needs."
    };
    json!({
        "dataSource": format!("Database/{}", schema.engine),
        "actual_db_version": schema.version.to_string(),
        "expected_db_version": schema.expected_version.to_string(),
        "checked_table_column": ["column_name"],
        "diagnostic": if missing.is_empty() { json!([]) } else { Value::Object(missing) },
        "diagnostic_index": [],
        "error": error,
        "update_locked": false,
        "remaining_lock_time": 0,
        "update_fail_number_reached": false,
        "indexes": schema.indexes,
        "columnPerTable": schema.columns,
    })
}

/// `/servers/serverSettings[/<tab>]`: the same report for every tab. The keys are the reference's; what this server
/// has nothing of, PHP for example, is empty.
async fn report(ctx: Ctx, _: Request) -> AppResult<Response> {
    let settings = settings::report(&app_settings::all(&ctx).await?);
    let schema = describe_schema(&diagnostics::schema(&ctx).await?);
    let report = json!({
        "version": {"current": format!("v{MISP_VERSION}"), "newest": null, "upToDate": "error"},
        "sightline": env!("CARGO_PKG_VERSION"),
        "phpSettings": {},
        "gpgStatus": "not used",
        "proxyStatus": "not tested",
        "zmqStatus": 1,
        "stix": {},
        "moduleStatus": {},
        "writeableDirs": {},
        "writeableFiles": {},
        "readableFiles": {},
        "attachmentScan": null,
        "dbDiagnostics": sizes(&ctx).await?,
        "dbSchemaDiagnostics": schema,
        "dbConfiguration": [],
        "redisInfo": {},
        "finalSettings": settings,
        "extensions": {},
        "workers": describe_workers(&ctx).await?,
        "backgroundJobsStatus": true,
    });
    Ok(Response::json(&report)
        .with_header("content-disposition", "attachment; filename=\"MISP.report.json\""))
}

async fn sizes(ctx: &Ctx) -> AppResult<Map<String, Value>> {
    let shown = |bytes: i64| {
        let hundredths = bytes * 100 / MEGABYTE;
        format!("{}.{:02} MB", hundredths / 100, hundredths % 100)
    };
    let sizes = diagnostics::sizes(ctx).await?;
    let describe = |(table, data, index): (String, i64, i64)| {
        let facts = json!({
            "table": table, "used": shown(data + index), "reclaimable": "0 MB",
            "data_in_bytes": data, "index_in_bytes": index, "reclaimable_in_bytes": 0,
        });
        (table, facts)
    };
    Ok(sizes.into_iter().map(describe).collect())
}
