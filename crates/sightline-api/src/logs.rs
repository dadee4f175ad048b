//! The log on the wire (spec 05 section 7, spec 10 part G): the same rows as the reference's application log
//! (`logs/…`) and as its audit log (`audit_logs/…`).

use crate::key::text;
use crate::request::Request;
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use serde_json::{Map, Value, json};
use sightline_app::Ctx;
use sightline_app::events::EventKey;
use sightline_app::logs::{self, Entry, Number, Search, Text};
use sightline_core::clock::datetime_of;
use sightline_core::ids::OrgId;
use sightline_core::limits::{PAGE_ROWS, PAGE_ROWS_MAX};
use sightline_core::{AppError, AppResult, Permission};

pub(crate) fn routes() -> Vec<Route> {
    use Methods::GetPost;
    const AUDIT: Allow = Allow::All(&[Permission::Audit]);
    vec![
        route("logs", "index", GetPost, AUDIT, application_log),
        route("logs", "admin_index", GetPost, AUDIT, application_log),
        route("logs", "admin_search", GetPost, AUDIT, application_log),
        route("logs", "event_index", GetPost, Allow::Everyone, event_index),
        route("logs", "returnDates", GetPost, Allow::Everyone, return_dates),
        route("auditlogs", "admin_index", GetPost, AUDIT, audit_log),
        route(
            "auditlogs",
            "eventIndex",
            GetPost,
            Allow::Everyone,
            event_audit_log,
        ),
        route("auditlogs", "fullChange", GetPost, AUDIT, full_change),
        route("auditlogs", "returnDates", GetPost, Allow::Everyone, return_dates),
    ]
}

/// The fields of a request: the body's, and beside them those of the URL.
fn given(request: &Request, model: &str) -> AppResult<Map<String, Value>> {
    let mut fields = request.fields(model)?;
    for (name, value) in &request.named {
        fields
            .entry(name.trim_end_matches("[]").to_owned())
            .or_insert_with(|| value.clone().into());
    }
    Ok(fields)
}

/// One value or a list of them, as text; what is empty restricts nothing.
fn wanted(name: &str, value: &Value) -> AppResult<Vec<String>> {
    let one = |value: &Value| {
        text(value)
            .ok_or_else(|| AppError::BadRequest(format!("{name}: expected a value or a list of values.")))
    };
    let all = match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().map(one).collect::<AppResult<_>>()?,
        scalar => vec![one(scalar)?],
    };
    Ok(all.into_iter().filter(|text| !text.is_empty()).collect())
}

fn numbers(name: &str, wanted: &[String]) -> AppResult<Vec<i64>> {
    let number = |text: &String| text.trim().parse();
    let parsed: Result<Vec<i64>, _> = wanted.iter().map(number).collect();
    parsed.map_err(|_| AppError::BadRequest(format!("{name}: expected a number.")))
}

/// Unix seconds, with or without a fraction, a date, or a span such as `7d`.
fn instant(name: &str, value: &Value, now: i64) -> AppResult<Option<i64>> {
    let text = text(value).unwrap_or_default();
    if text.is_empty() {
        return Ok(None);
    }
    let whole = text.split_once('.').map_or(text.as_str(), |(whole, _)| whole);
    whole
        .parse()
        .ok()
        .or_else(|| logs::instant(&text, now))
        .map(Some)
        .ok_or_else(|| AppError::BadRequest(format!("{name}: expected a time.")))
}

/// What both logs filter by in the same way; `page` and `limit` among it. `false` for a name that is neither's.
fn take(search: &mut Search, name: &str, value: &Value, now: i64) -> AppResult<bool> {
    let number = match name {
        "id" | "log_id" => Some(Number::Id),
        "user_id" => Some(Number::User),
        "org_id" => Some(Number::Org),
        "model_id" => Some(Number::ModelId),
        "event_id" => Some(Number::Event),
        "authkey_id" => Some(Number::AuthKey),
        "request_type" => Some(Number::RequestType),
        _ => None,
    };
    let column = match name {
        "title" => Some(Text::Title),
        "model_title" => Some(Text::ModelTitle),
        "description" => Some(Text::Description),
        "model" => Some(Text::Model),
        "action" => Some(Text::Action),
        "change" => Some(Text::Change),
        "email" => Some(Text::Email),
        "org" => Some(Text::Org),
        "ip" => Some(Text::Ip),
        "request_id" => Some(Text::RequestId),
        _ => None,
    };
    let bounded = |least: u32| -> AppResult<Option<u32>> {
        let wanted = numbers(name, &wanted(name, value)?)?;
        Ok(wanted
            .first()
            .map(|n| u32::try_from(*n).unwrap_or(if *n < 0 { least } else { u32::MAX })))
    };
    match (number, column, name) {
        (Some(number), _, _) => {
            let wanted = wanted(name, value)?;
            if !wanted.is_empty() {
                search.numbers.push((number, numbers(name, &wanted)?));
            }
        }
        (_, Some(column), _) => {
            let wanted = wanted(name, value)?;
            if !wanted.is_empty() {
                search.texts.push((column, wanted));
            }
        }
        (_, _, "page") => search.page = bounded(1)?.unwrap_or(1).max(1),
        (_, _, "limit") => {
            if let Some(limit) = bounded(1)?.filter(|limit| *limit > 0) {
                search.limit = limit.min(PAGE_ROWS_MAX);
            }
        }
        (_, _, "created") => match value {
            Value::Array(pair) => {
                search.from = pair.first().map_or(Ok(None), |v| instant(name, v, now))?;
                search.to = pair.get(1).map_or(Ok(None), |v| instant(name, v, now))?;
            }
            scalar => search.from = instant(name, scalar, now)?,
        },
        _ => return Ok(false),
    }
    Ok(true)
}

/// `/admin/logs/index`: oldest first, all that fit on the largest page unless a limit is given.
async fn application_log(ctx: Ctx, request: Request) -> AppResult<Response> {
    let mut search = Search {
        page: 1,
        limit: PAGE_ROWS_MAX,
        ..Search::default()
    };
    for (name, value) in &given(&request, "Log")? {
        take(&mut search, name, value, ctx.now())?;
    }
    let total = logs::count(&ctx, search.clone()).await?;
    let rows = logs::index(&ctx, search).await?;
    let encode = |entry: &Entry| {
        json!({"Log": {
            "id": entry.id.to_string(),
            "title": entry.title,
            "created": datetime_of(entry.created),
            "model": entry.model,
            "model_id": entry.model_id.to_string(),
            "action": entry.action,
            "user_id": entry.user_id.to_string(),
            "change": sentence(&entry.change),
            "email": entry.email,
            "org": organisation(entry),
            "description": entry.description,
            "ip": entry.ip.as_deref().unwrap_or_default(),
        }})
    };
    Ok(Response::json(&rows.iter().map(encode).collect()).with_total(total))
}

/// Most rows of one page of an event's history: each holds all that was changed.
const HISTORY_ROWS: u32 = 1_000;

/// `/logs/event_index/<event>`: latest first, sixty on a page.
async fn event_index(ctx: Ctx, request: Request) -> AppResult<Response> {
    let (rows, total) = history(&ctx, &request, None).await?;
    let encode = |entry: &Entry| {
        json!({
            "title": entry.title,
            "created": datetime_of(entry.created),
            "model": entry.model,
            "model_id": entry.model_id.to_string(),
            "action": entry.action,
            "change": sentence(&entry.change),
            "org": organisation(entry),
            "email": entry.email,
        })
    };
    let rows: Value = rows.iter().map(encode).collect();
    Ok(Response::json(&json!({"Log": rows})).with_total(total))
}

/// `/admin/audit_logs/index`: latest first, sixty on a page.
async fn audit_log(ctx: Ctx, request: Request) -> AppResult<Response> {
    let mut search = Search {
        latest_first: true,
        page: 1,
        limit: PAGE_ROWS,
        ..Search::default()
    };
    for (name, value) in &given(&request, "AuditLog")? {
        let digits =
            text(value).is_some_and(|text| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()));
        // The reference takes an id or a name here.
        let name = match name.as_str() {
            "user" if digits => "user_id",
            "user" => "email",
            "org" if digits => "org_id",
            "created_from" => "created",
            other => other,
        };
        if name == "created_to" {
            search.to = instant(name, value, ctx.now())?;
        } else {
            take(&mut search, name, value, ctx.now())?;
        }
    }
    let total = logs::count(&ctx, search.clone()).await?;
    let rows = logs::index(&ctx, search).await?;
    Ok(Response::json(&rows.iter().map(encode_audit).collect()).with_total(total))
}

/// `/audit_logs/eventIndex/<event>[/<org>]`: as `event_index`.
async fn event_audit_log(ctx: Ctx, request: Request) -> AppResult<Response> {
    let org = request.arg(1).map(|text| text.parse().map(OrgId));
    let org = org
        .transpose()
        .map_err(|_| AppError::not_found("Invalid organisation."))?;
    let (rows, total) = history(&ctx, &request, org).await?;
    Ok(Response::json(&rows.iter().map(encode_audit).collect()).with_total(total))
}

async fn history(ctx: &Ctx, request: &Request, org: Option<OrgId>) -> AppResult<(Vec<Entry>, i64)> {
    let invalid = || AppError::not_found("Invalid event.");
    let event = EventKey::parse(request.arg(0).unwrap_or_default()).map_err(|_| invalid())?;
    let mut search = Search {
        page: 1,
        limit: PAGE_ROWS,
        ..Search::default()
    };
    for (name, value) in &given(request, "AuditLog")? {
        if matches!(name.as_str(), "page" | "limit") {
            take(&mut search, name, value, ctx.now())?;
        }
    }
    logs::history(ctx, event, org, search.page, search.limit.min(HISTORY_ROWS)).await
}

/// `/audit_logs/fullChange/<id>`
async fn full_change(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = request.arg(0).unwrap_or_default().parse();
    let id = id.map_err(|_| AppError::not_found("Invalid audit log entry."))?;
    Ok(Response::json(&logs::view(&ctx, id).await?.change))
}

/// `/logs/returnDates[/<org>]`: days as Unix time -> entries.
async fn return_dates(ctx: Ctx, request: Request) -> AppResult<Response> {
    let org = request.arg(0).filter(|text| *text != "all").map(str::parse);
    let org = org
        .transpose()
        .map_err(|_| AppError::not_found("Invalid organisation."))?;
    let days = logs::days(&ctx, org.map(OrgId)).await?;
    let days = days
        .into_iter()
        .map(|(day, count)| (day.to_string(), Value::from(count)));
    Ok(Response::json(&Value::Object(days.collect())))
}

/// The name of the organisation; what the platform does itself belongs to none.
fn organisation(entry: &Entry) -> &str {
    entry.org_name.as_deref().unwrap_or("SYSTEM")
}

pub(crate) fn encode_audit(entry: &Entry) -> Value {
    json!({
        "AuditLog": {
            "id": entry.id.to_string(),
            "created": datetime_of(entry.created),
            "user_id": entry.user_id.to_string(),
            "org_id": entry.org_id.to_string(),
            "action": entry.action,
            "model": entry.model,
            "model_id": entry.model_id.to_string(),
            "model_title": entry.model_title,
            "event_id": entry.event_id.map(|id| id.to_string()),
            "change": entry.change,
            "ip": entry.ip,
            "request_type": entry.request_type.to_string(),
            "authkey_id": (entry.authkey_id.0 != 0).then(|| entry.authkey_id.to_string()),
            "request_id": entry.request_id,
            "title": entry.title,
        },
        "User": {"id": entry.user_id.to_string(), "email": entry.email, "org_id": entry.org_id.to_string()},
        "Organisation": {
            "id": entry.org_id.to_string(),
            "name": organisation(entry),
            "uuid": entry.org_uuid.map(|uuid| uuid.to_string()),
        },
    })
}

/// `field (old) => (new), …`, as the reference's application log tells a change.
fn sentence(change: &Value) -> String {
    let shown = |value: &Value| match value {
        Value::Null => String::new(),
        other => text(other).unwrap_or_else(|| other.to_string()),
    };
    let fields = change.as_object().into_iter().flatten();
    let parts: Vec<String> = fields
        .map(|(field, value)| match value.as_array().map(Vec::as_slice) {
            Some([old, new]) => format!("{field} ({}) => ({})", shown(old), shown(new)),
            _ => format!("{field} () => ({})", shown(value)),
        })
        .collect();
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_reads_as_a_sentence() {
        assert_eq!(
            sentence(&json!({"info": ["a", "b"], "published": [null, true], "uuid": "u"})),
            "info (a) => (b), published () => (1), uuid () => (u)"
        );
        assert_eq!(sentence(&json!({})), "");
    }

    #[test]
    fn times_are_numbers_dates_and_spans() {
        let now = 1_700_000_000;
        for (value, at) in [
            (json!(1_795_497_464.153_91), 1_795_497_464),
            (json!("1700000000"), 1_700_000_000),
            (json!("2023-11-14"), 1_699_920_000),
            (json!("2023-11-14 00:01:00"), 1_699_920_060),
            (json!("2d"), now - 2 * 86_400),
        ] {
            assert_eq!(instant("created", &value, now).unwrap(), Some(at), "{value}");
        }
        assert_eq!(instant("created", &json!(""), now).unwrap(), None);
        assert!(instant("created", &json!("no time"), now).is_err());
    }
}
