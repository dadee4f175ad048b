//! One change of every attribute that a search finds. An endpoint of our own: the reference has none, its users send a
//! request per attribute.

use crate::request::Request;
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use sightline_app::Ctx;
use sightline_app::attributes::bulk::{self, Preview, Tally, Verdict, Wish};
use sightline_app::jobs;
use sightline_core::ids::JobId;
use sightline_core::{AppError, AppResult, Permission};

/// Tagging needs one right, everything else another; the action says which.
const CHANGE: Allow = Allow::Any(&[Permission::Add, Permission::Tagger, Permission::Sync]);

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("attributes", "bulk", Methods::Post, CHANGE, start),
        route("attributes", "bulkReport", Methods::Get, CHANGE, report),
    ]
}

/// `{"filters": {…}, "action": …, "dry_run": …}`: what would be done, or the job that does it.
async fn start(ctx: Ctx, request: Request) -> AppResult<Response> {
    let wish: Wish = request.decode("Attribute")?;
    if wish.is_dry_run()? {
        let preview = bulk::preview(&ctx, wish).await?;
        let status = if preview.job.is_some() {
            StatusCode::ACCEPTED
        } else {
            StatusCode::OK
        };
        return Ok(Response::json(&previewed(&preview)).with_status(status));
    }
    let (job, matched) = bulk::start(&ctx, wish).await?;
    let answer = json!({
        "dry_run": false, "matched": matched, "job_id": job.to_string(),
        "report": format!("/attributes/bulkReport/{job}"),
    });
    Ok(Response::json(&answer).with_status(StatusCode::ACCEPTED))
}

/// `/attributes/bulkReport/<job>`: what a job has done so far.
async fn report(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = request
        .arg(0)
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| AppError::not_found("Invalid job."))?;
    let (job, report) = bulk::report(&ctx, JobId(id)).await?;
    let mut answer = json!({
        "job_id": id.to_string(), "state": job.state.name(), "progress": jobs::percent(&job), "message": job.message,
        "dry_run": report.dry_run, "matched": report.matched,
    });
    if let Value::Object(fields) = &mut answer {
        fields.extend(counted(&report.tally, report.dry_run));
    }
    Ok(Response::json(&answer))
}

fn previewed(preview: &Preview) -> Value {
    let events: Vec<Value> = preview
        .events
        .iter()
        .map(|event| json!({"id": event.id.to_string(), "info": event.info, "matched": event.matched}))
        .collect();
    let sample: Vec<Value> = preview
        .sample
        .iter()
        .map(|sample| {
            json!({
                "id": sample.attribute.id.to_string(),
                "uuid": sample.attribute.uuid,
                "event_id": sample.attribute.event_id.to_string(),
                "type": sample.attribute.kind.name(),
                "value": sample.attribute.value(),
                "verdict": sample.verdict,
            })
        })
        .collect();
    let mut answer = json!({
        "dry_run": true, "matched": preview.matched, "event_count": preview.event_count, "events": events,
        "sample": sample, "up_to_id": preview.up_to_id.to_string(),
    });
    if let Value::Object(fields) = &mut answer {
        if let Some(tally) = &preview.tally {
            fields.extend(counted(tally, true));
        }
        if let Some(job) = preview.job {
            fields.insert("job_id".into(), job.to_string().into());
            fields.insert("report".into(), format!("/attributes/bulkReport/{job}").into());
        }
    }
    answer
}

fn counted(tally: &Tally, dry_run: bool) -> Map<String, Value> {
    let refused: Map<String, Value> = Verdict::REFUSALS
        .into_iter()
        .filter(|(verdict, _)| tally.of(*verdict) > 0)
        .map(|(verdict, word)| (word.to_owned(), tally.of(verdict).into()))
        .collect();
    let changed = if dry_run { "changeable" } else { "changed" };
    Map::from_iter([
        (changed.to_owned(), tally.of(Verdict::Change).into()),
        ("unchanged".to_owned(), tally.of(Verdict::Unchanged).into()),
        ("refused".to_owned(), Value::Object(refused)),
    ])
}
