//! Background jobs on the wire (spec 10 part A.1).

use crate::key::window;
use crate::request::Request;
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use serde_json::{Map, Value, json};
use sightline_app::Ctx;
use sightline_app::jobs::{self, Filter, Job, State};
use sightline_core::clock::datetime_of;
use sightline_core::ids::JobId;
use sightline_core::{AppError, AppResult};

/// The reference sorts jobs into queues with a worker each; here every job waits in this one.
const QUEUE: &str = "default";
/// Jobs on a page of the index (spec 10 part A.1).
const PAGE_ROWS: u32 = 20;
/// Jobs whose progress one request asks for.
const JOBS_AT_ONCE: usize = 100;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("jobs", "index", Methods::GetPost, Allow::SiteAdmin, index),
        route("jobs", "getProgress", Methods::GetPost, Allow::Everyone, progress),
        route("jobs", "clearJobs", Methods::Post, Allow::SiteAdmin, clear),
        route("jobs", "getError", Methods::GetPost, Allow::SiteAdmin, error),
        route(
            "jobs",
            "getGenerateCorrelationProgress",
            Methods::GetPost,
            Allow::SiteAdmin,
            several_progress,
        ),
    ]
}

/// `/jobs/index[/<queue>]`
async fn index(ctx: Ctx, request: Request) -> AppResult<Response> {
    let (page, limit) = window(&request, &request.fields("Job")?, PAGE_ROWS);
    let (found, total) = match request.arg(0) {
        None | Some(QUEUE) => jobs::index(&ctx, Filter::default(), page, limit).await?,
        Some(_) => (Vec::new(), 0),
    };
    Ok(Response::json(&found.iter().map(encode).collect()).with_total(total))
}

/// `/jobs/getProgress/<id or kind>`: of the latest job of that kind; what is not there has not begun.
async fn progress(ctx: Ctx, request: Request) -> AppResult<Response> {
    let wanted = request.arg(0).unwrap_or_default();
    let job = match wanted.parse() {
        Ok(id) => match jobs::view(&ctx, JobId(id)).await {
            Err(AppError::NotFound(_)) => None,
            found => Some(found?),
        },
        Err(_) => {
            let of_kind = Filter {
                kind: Some(wanted.to_owned()),
                ..Filter::default()
            };
            jobs::index(&ctx, of_kind, 1, 1).await?.0.pop()
        }
    };
    let percent = job.as_ref().map_or(0, jobs::percent);
    Ok(Response::json(&json!({"progress": format!("{percent}%")})))
}

/// `/jobs/getGenerateCorrelationProgress/<id,id,…>`: several jobs at once; those that are gone are left out.
async fn several_progress(ctx: Ctx, request: Request) -> AppResult<Response> {
    let mut found = Map::new();
    for id in request.arg(0).unwrap_or_default().split(',').take(JOBS_AT_ONCE) {
        let Ok(id) = id.trim().parse() else {
            continue;
        };
        match jobs::view(&ctx, JobId(id)).await {
            Ok(job) => {
                let (_, word) = status(&job);
                let facts = json!({"job_status": word, "progress": jobs::percent(&job)});
                found.insert(id.to_string(), facts);
            }
            Err(AppError::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Response::json(&Value::Object(found)))
}

/// `/jobs/getError/<id>`: why a job failed, with the end of its log.
async fn error(ctx: Ctx, request: Request) -> AppResult<Response> {
    let invalid = || AppError::not_found("Invalid job.");
    let id = JobId(
        request
            .arg(0)
            .unwrap_or_default()
            .parse()
            .map_err(|_| invalid())?,
    );
    let job = jobs::view(&ctx, id).await?;
    if job.state != State::Failed {
        return Err(AppError::not_found("This job has not failed."));
    }
    let log = jobs::end_of_log(&ctx, id).await?;
    let trace: Vec<String> = log.into_iter().map(|line| line.message).collect();
    Ok(Response::json(&json!({
        "failed_at": datetime_of(job.finished), "error": job.message, "trace": trace,
    })))
}

/// `/jobs/clearJobs[/completed|all]`: jobs that wait or run stay in any case.
async fn clear(ctx: Ctx, request: Request) -> AppResult<Response> {
    let states: &'static [State] = match request.arg(0) {
        Some("all") => &State::ALL,
        _ => &[State::Done],
    };
    let count = jobs::purge(&ctx, states).await?;
    Ok(Response::saved(
        &format!("{count} jobs deleted."),
        "/jobs/clearJobs",
        None,
    ))
}

/// The reference's number and word for a state.
fn status(job: &Job) -> (u8, &'static str) {
    match job.state {
        State::Queued => (1, "Waiting"),
        State::Running => (2, "Running"),
        State::Failed | State::Cancelled => (3, "Failed"),
        State::Done => (4, "Completed"),
    }
}

fn encode(job: &Job) -> Value {
    let (status, word) = status(job);
    let modified = job.created.max(job.started).max(job.heartbeat).max(job.finished);
    json!({"Job": {
        "id": job.id.to_string(),
        "worker": QUEUE,
        "job_type": job.kind,
        "job_input": job.payload.to_string(),
        "status": status.to_string(),
        "retries": (job.attempts - 1).max(0).to_string(),
        "message": job.message,
        "progress": jobs::percent(job).to_string(),
        "org_id": job.org_id.to_string(),
        "process_id": job.id.to_string(),
        "date_created": datetime_of(job.created),
        "date_modified": datetime_of(modified),
        "job_status": word,
        "failed": status == 3,
        "worker_status": true,
    }})
}

#[cfg(test)]
mod tests {
    use super::*;
    use sightline_core::ids::{OrgId, UserId};

    #[test]
    fn a_job_looks_like_the_references() {
        let job = Job {
            id: JobId(7),
            kind: "feeds_fetch".into(),
            payload: json!({"feed": 3}),
            state: State::Running,
            progress: 21,
            total: 50,
            message: "working".into(),
            attempts: 2,
            cancel: false,
            user_id: UserId(1),
            user_email: None,
            org_id: OrgId(4),
            org_name: None,
            created: 0,
            run_at: 0,
            started: 60,
            finished: 0,
            worker: None,
            heartbeat: 65,
        };
        assert_eq!(
            encode(&job),
            json!({"Job": {
                "id": "7", "worker": "default", "job_type": "feeds_fetch", "job_input": "{\"feed\":3}", "status": "2",
                "retries": "1", "message": "working", "progress": "42", "org_id": "4", "process_id": "7",
                "date_created": "1970-01-01 00:00:00", "date_modified": "1970-01-01 00:01:05",
                "job_status": "Running", "failed": false, "worker_status": true,
            }})
        );
    }
}
