//! Statistics on the wire (spec 10 part H).

use crate::request::Request;
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use serde_json::{Map, Value, json};
use sightline_app::Ctx;
use sightline_app::statistics::{self, By, Growth, OrgRow};
use sightline_core::clock::date_of;
use sightline_core::{AppError, AppResult};
use std::collections::BTreeMap;

/// Days of an organisation's activity.
const ACTIVITY_DAYS: i64 = 365;
/// Seconds in a day.
const DAY: i64 = 24 * 3_600;

pub(crate) fn routes() -> Vec<Route> {
    use Methods::GetPost;
    vec![
        route("users", "statistics", GetPost, Allow::Everyone, of_the_instance),
        route(
            "attributes",
            "attributeStatistics",
            GetPost,
            Allow::Everyone,
            of_attributes,
        ),
    ]
}

/// `/users/statistics[/<page>]`
async fn of_the_instance(ctx: Ctx, request: Request) -> AppResult<Response> {
    let answer = match request.arg(0).unwrap_or("data") {
        "data" => usage(&ctx).await?,
        "orgs" => organisations(&ctx, &request).await?,
        "users" => {
            let (users, local, external) = statistics::growth(&ctx).await?;
            json!({"user": growth(users), "org_local": growth(local), "org_external": growth(external)})
        }
        "tags" => tags(&ctx).await?,
        "attributehistogram" => histogram(&ctx).await?,
        "sightings" => sightings(&ctx).await?,
        _ => return Err(AppError::not_found("Invalid page")),
    };
    Ok(Response::json(&answer))
}

async fn usage(ctx: &Ctx) -> AppResult<Value> {
    let usage = statistics::usage(ctx).await?;
    let text = |count: i64| Value::from(count.to_string());
    // Tenths, rounded: the reference shows one decimal.
    let tenths = rounded(usage.users * 10, usage.orgs_of_users);
    let average = match (tenths / 10, tenths % 10) {
        (whole, 0) => whole.to_string(),
        (whole, tenth) => format!("{whole}.{tenth}"),
    };
    Ok(json!({"stats": {
        "event_count": text(usage.events),
        "event_count_month": text(usage.events_month),
        "attribute_count": text(usage.attributes),
        "attribute_count_month": text(usage.attributes_month),
        "attributes_per_event": text(rounded(usage.attributes, usage.events)),
        "correlation_count": text(usage.correlations),
        "proposal_count": "0",
        "user_count": text(usage.users),
        "user_count_pgp": text(usage.users_with_key),
        "org_count": text(usage.orgs),
        "local_org_count": text(usage.local_orgs),
        "contributing_org_count": text(usage.contributing_orgs),
        "average_user_per_org": average,
        "thread_count": "0",
        "thread_count_month": "0",
        "post_count": "0",
        "post_count_month": "0",
    }}))
}

/// A quotient, halves upwards; 0 of nothing.
fn rounded(count: i64, of: i64) -> i64 {
    (2 * count + of).checked_div(2 * of).unwrap_or(0)
}

fn growth(growth: Growth) -> Value {
    json!({"data": {"total": growth.total, "month": growth.month, "year": growth.year}})
}

/// The reference writes an empty map as a list.
fn map_or_list(map: Map<String, Value>) -> Value {
    if map.is_empty() {
        json!([])
    } else {
        Value::Object(map)
    }
}

/// `scope`: `local` (unless said), `external` or `all`.
async fn organisations(ctx: &Ctx, request: &Request) -> AppResult<Value> {
    let body = request.fields("Organisation")?;
    let scope = request
        .named("scope")
        .or_else(|| body.get("scope").and_then(Value::as_str));
    let local = match scope {
        Some("all") => None,
        Some("external") => Some(false),
        _ => Some(true),
    };
    let rows = statistics::organisations(ctx, local).await?;
    let today = ctx.now();
    let rows = rows
        .into_iter()
        .map(|row| (row.org.name.clone(), organisation(&row, today)));
    Ok(map_or_list(rows.collect()))
}

fn organisation(row: &OrgRow, now: i64) -> Value {
    let org = &row.org;
    let mut fields = Map::new();
    fields.insert("id".into(), org.id.to_string().into());
    fields.insert("name".into(), org.name.as_str().into());
    fields.insert("description".into(), json!(org.description));
    fields.insert("local".into(), org.local.into());
    fields.insert("contacts".into(), json!(org.contacts));
    fields.insert("type".into(), org.kind.as_str().into());
    fields.insert("sector".into(), org.sector.as_str().into());
    fields.insert("nationality".into(), org.nationality.as_str().into());
    if row.users > 0 {
        fields.insert("userCount".into(), row.users.to_string().into());
    }
    if row.events > 0 {
        fields.insert("eventCount".into(), row.events.to_string().into());
        fields.insert("attributeCount".into(), row.attributes.to_string().into());
        fields.insert("orgActivity".into(), activity(org.id.0, &row.days, now));
    }
    Value::Object(fields)
}

/// The last year, day by day. The lines of the table end in a backslash and an `n`, as the reference writes them.
fn activity(org: i64, days: &BTreeMap<String, i64>, now: i64) -> Value {
    let first = date_of(now - ACTIVITY_DAYS * DAY);
    let mut csv = String::from("Date,Close\\n");
    for ago in (0..=ACTIVITY_DAYS).rev() {
        let date = date_of(now - ago * DAY);
        let count = days.get(&date).copied().unwrap_or(0);
        csv.push_str(&format!("{date},{count}\\n"));
    }
    let data = days
        .range(first..)
        .map(|(date, count)| (date.clone(), Value::from(count.to_string())));
    json!({"csv": csv, "data": data.collect::<Map<_, _>>(), "orgId": org.to_string()})
}

async fn tags(ctx: &Ctx) -> AppResult<Value> {
    // No taxonomies are kept: every tag is a custom one.
    let leaf = |(name, count): &(String, i64)| json!({"name": name, "size": count.to_string()});
    let counts = statistics::tags(ctx).await?;
    if counts.is_empty() {
        return Ok(json!({"flatData": [], "treemap": {"name": "tags", "children": []}}));
    }
    let flat: Map<String, Value> = counts.iter().map(|tag| (tag.0.clone(), leaf(tag))).collect();
    let leaves: Value = counts.iter().map(leaf).collect();
    Ok(json!({
        "flatData": {"custom": flat},
        "treemap": {"name": "tags", "children": [{"name": "custom", "children": leaves}]},
    }))
}

async fn histogram(ctx: &Ctx) -> AppResult<Value> {
    let all = statistics::histogram(ctx).await?;
    let encode = |one: statistics::Histogram| {
        let types = one
            .types
            .into_iter()
            .map(|(name, count)| (name, count.to_string().into()));
        json!({
            "data": map_or_list(types.collect()),
            "org_name": one.org.unwrap_or_else(|| "All organisations".into()),
            "total": one.total,
        })
    };
    Ok(all.into_iter().map(encode).collect())
}

async fn sightings(ctx: &Ctx) -> AppResult<Value> {
    let sources = statistics::sources(ctx).await?;
    let top = sources
        .top
        .into_iter()
        .map(|(source, count)| (source, count.into()));
    let events = sources
        .events
        .into_iter()
        .map(|(event, count)| (event.to_string(), count.into()));
    Ok(json!({"toplist": map_or_list(top.collect()), "eventids": map_or_list(events.collect())}))
}

/// `/attributes/attributeStatistics[/<type|category>[/<percentage>]]`
async fn of_attributes(ctx: Ctx, request: Request) -> AppResult<Response> {
    let by = match request.arg(0) {
        None | Some("type") => By::Type,
        Some("category") => By::Category,
        Some(_) => {
            return Err(AppError::NotAllowed("Invalid type requested.".into()));
        }
    };
    let percentage = request.arg(1).is_some_and(|arg| !matches!(arg, "0" | "false"));
    let counts = statistics::attributes(&ctx, by).await?;
    let total = counts.values().sum();
    let shown = counts.into_iter().map(|(name, count)| {
        let shown = if percentage {
            percent(count, total)
        } else {
            count.to_string()
        };
        (name, shown.into())
    });
    Ok(Response::json(&Value::Object(shown.collect())))
}

/// `12.5%`, rounded down to a thousandth of a per cent, without trailing zeros.
pub(crate) fn percent(count: i64, total: i64) -> String {
    let thousandths = count.saturating_mul(100_000).checked_div(total).unwrap_or(0);
    let text = format!("{}.{:03}", thousandths / 1000, thousandths % 1000);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotients_round_halves_upwards_and_nothing_is_nothing() {
        for (count, of, result) in [(8, 3, 3), (10, 2, 5), (7, 3, 2), (1, 2, 1), (0, 0, 0), (5, 0, 0)] {
            assert_eq!(rounded(count, of), result, "{count}/{of}");
        }
        assert_eq!(percent(1, 8), "12.5%");
        assert_eq!(percent(0, 0), "0%");
    }
}
