//! What other instances ask (spec 06 B.3, calls 17 to 20).

use super::known;
use crate::key::text;
use crate::request::{Request, decode_value};
use crate::response::Response;
use serde_json::Value;
use sightline_app::Ctx;
use sightline_app::analyst_data::{self, Known};
use sightline_core::{AppError, AppResult};
use sightline_misp::datetime::parse_lenient;
use sightline_misp::records::AnalystKind;
use uuid::Uuid;

pub(super) async fn minimal(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.fields("request")?;
    let organisations = match body.get("orgc_name") {
        Some(Value::Array(list)) => list.iter().filter_map(text).collect(),
        other => other.and_then(text).into_iter().collect(),
    };
    Ok(Response::json(&known(
        &analyst_data::minimal(&ctx, organisations).await?,
    )))
}

pub(super) async fn filter(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.json()?;
    let mut offered: Vec<Known> = Vec::new();
    for kind in AnalystKind::ALL.iter().copied() {
        let Some(Value::Object(list)) = body.get(kind.name()) else {
            continue;
        };
        for (uuid, modified) in list {
            let modified = text(modified)
                .and_then(|text| parse_lenient(&text, ctx.now()))
                .map(|micros| micros.div_euclid(1_000_000));
            if let (Ok(uuid), Some(modified)) = (Uuid::try_parse(uuid), modified) {
                offered.push((kind, uuid, modified));
            }
        }
    }
    Ok(Response::json(&known(
        &analyst_data::wanted(&ctx, offered).await?,
    )))
}

pub(super) async fn push(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.json()?;
    let sent = AnalystKind::ALL
        .iter()
        .find_map(|kind| Some((*kind, body.get(kind.name()).filter(|sent| sent.is_object())?)));
    let (kind, sent) = sent.ok_or_else(|| AppError::NotAllowed("No valid analyst data received.".into()))?;
    analyst_data::push(&ctx, kind, decode_value(sent.clone())?).await?;
    Ok(Response::saved(
        &format!("{} saved.", kind.name()),
        "/analyst_data/pushAnalystData",
        None,
    ))
}
