//! Malware samples (spec 03 section 3).

use crate::key::text;
use crate::request::{Request, decode_value};
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use serde_json::{Map, Value, json};
use sightline_app::events::EventKey;
use sightline_app::samples::{self, Sample, Upload};
use sightline_app::{Ctx, attributes};
use sightline_core::{AppResult, Permission};
use sightline_misp::input::{EventIn, Loose};

/// Title of an event made for samples alone, unless the client gives one.
const TITLE: &str = "Uploaded malware samples";

pub(crate) fn routes() -> Vec<Route> {
    let may = Allow::All(&[Permission::Auth, Permission::Add]);
    vec![route("events", "upload_sample", Methods::Post, may, upload)]
}

async fn upload(ctx: Ctx, request: Request) -> AppResult<Response> {
    let fields = request.fields("Event")?;
    let named = request
        .arg(0)
        .map(str::to_owned)
        .or_else(|| fields.get("event_id").and_then(text));
    let event = named.map(|id| EventKey::parse(&id)).transpose()?;
    let loose =
        |name: &str| -> AppResult<Loose> { decode_value(fields.get(name).cloned().unwrap_or(Value::Null)) };
    let upload = Upload {
        event,
        new_event: new_event(&fields)?,
        samples: fields
            .get("files")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(sample)
            .collect(),
        comment: loose("comment")?,
        distribution: loose("distribution")?,
        to_ids: loose("to_ids")?,
    };
    let id = samples::upload(&ctx, upload).await?;
    Ok(Response::json(&json!({
        "name": "Success", "message": "Success, saved all attributes.", "url": format!("/events/view/{id}"), "id": id.to_string(),
    })))
}

/// One `{"filename": …, "data": …}`; anything else is not a file.
fn sample(file: &Value) -> Option<Sample> {
    let filename = file.get("filename")?.as_str()?.trim().to_owned();
    let bytes = attributes::from_base64(file.get("data")?.as_str()?)?;
    (!filename.is_empty()).then_some(Sample { filename, bytes })
}

fn new_event(fields: &Map<String, Value>) -> AppResult<EventIn> {
    const KEPT: &[&str] = &[
        "info",
        "distribution",
        "sharing_group_id",
        "threat_level_id",
        "analysis",
    ];
    let mut event: Map<String, Value> = fields
        .iter()
        .filter(|(name, _)| KEPT.contains(&name.as_str()))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    event.entry("info").or_insert_with(|| TITLE.into());
    decode_value(Value::Object(event))
}
