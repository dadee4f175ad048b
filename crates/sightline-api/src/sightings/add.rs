//! `sightings/add`: by attribute, or by value.

use crate::key::text;
use crate::request::{Request, decode_value};
use crate::response::Response;
use axum::http::Method;
use serde_json::{Map, Value, json};
use sightline_app::Ctx;
use sightline_app::attributes::AttributeKey;
use sightline_app::sightings::{self, Add, Subject};
use sightline_core::{AppError, AppResult};
use sightline_misp::input::{Loose, SightingIn};
use sightline_misp::json::{Buffer, write_object};
use sightline_query::{AttributeSearch, Params, Scope};

pub(super) async fn add(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(crate::events::describe("/sightings/add", &["value"]));
    }
    let body = request.fields("Sighting")?;
    let input: SightingIn = decode_value(Value::Object(body.clone()))?;
    let add = Add {
        subject: subject(&ctx, &request, &body, &input)?,
        kind: input.kind.clone(),
        source: input.source.filled().unwrap_or_default(),
        at: moment(&input),
    };
    match sightings::add(&ctx, add).await {
        Ok(sighting) => {
            let mut out = Buffer::new();
            write_object(&mut out, |o| o.object("Sighting", |o| sighting.write(o)));
            Ok(Response::raw_json(out))
        }
        // The reference answers this with 200.
        Err(AppError::Refused(reason)) => Ok(Response::json(
            &json!({"message": format!("Could not add the Sighting. Reason: {reason}")}),
        )),
        Err(error) => Err(error),
    }
}

/// An attribute named in the URL, as `uuid` or as `id` comes before values.
fn subject(
    ctx: &Ctx,
    request: &Request,
    body: &Map<String, Value>,
    input: &SightingIn,
) -> AppResult<Subject> {
    let named = request
        .arg(0)
        .map(str::to_owned)
        .or_else(|| input.uuid.filled())
        .or_else(|| input.id.filled());
    if let Some(named) = named {
        let ids = match serde_json::from_str(&named) {
            Ok(Value::Array(list)) => list.iter().filter_map(text).collect(),
            _ => vec![named],
        };
        return Ok(Subject::Attributes(
            ids.iter().filter_map(|id| AttributeKey::parse(id).ok()).collect(),
        ));
    }
    let values = values(body, input);
    match body.get("filters") {
        Some(Value::Object(filters)) if !filters.is_empty() => {
            let mut filters = filters.clone();
            if !values.is_empty() {
                filters.insert("value".into(), json!(values));
            }
            let filters = Value::Object(filters);
            let harvested = sightline_query::Request {
                body: Some(&filters),
                ..sightline_query::Request::default()
            };
            let params = Params::harvest(Scope::Attribute, harvested)?;
            let search = AttributeSearch::parse(&params, ctx.now())?;
            // Filters that restrict nothing must not mark everything.
            if search.filter == AttributeSearch::parse(&Params::default(), ctx.now())?.filter {
                return Ok(Subject::Values(values));
            }
            Ok(Subject::Matching(Box::new(search.filter)))
        }
        _ => Ok(Subject::Values(values)),
    }
}

fn values(body: &Map<String, Value>, input: &SightingIn) -> Vec<String> {
    let many: Vec<String> = match body.get("values") {
        Some(Value::Array(list)) => list.iter().filter_map(text).collect(),
        Some(one) => text(one).into_iter().collect(),
        None => input.value.text().into_iter().collect(),
    };
    many.into_iter()
        .map(|value| value.trim().to_owned())
        .filter(|value| !value.is_empty())
        .collect()
}

/// `date` and `time`, else `timestamp`.
fn moment(input: &SightingIn) -> Loose {
    match (input.date.filled(), input.time.filled()) {
        (Some(date), Some(time)) => Loose::Text(format!("{date} {time}")),
        (Some(date), None) => Loose::Text(date),
        (None, _) if input.timestamp.is_given() => input.timestamp.clone(),
        (None, _) => input.date_sighting.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(value: Value) -> (Map<String, Value>, SightingIn) {
        let Value::Object(fields) = value.clone() else {
            panic!("an object")
        };
        (fields, serde_json::from_value(value).unwrap())
    }

    #[test]
    fn values_come_alone_or_in_a_list() {
        for given in [
            json!({"value": " a "}),
            json!({"values": "a"}),
            json!({"values": ["a", ""], "value": "b"}),
        ] {
            let (fields, input) = body(given.clone());
            assert_eq!(values(&fields, &input), ["a"], "{given}");
        }
    }

    #[test]
    fn a_date_comes_before_a_timestamp() {
        let at = |given| moment(&body(given).1);
        assert_eq!(
            at(json!({"date": "2024-02-03", "time": "04:05", "timestamp": 1})),
            "2024-02-03 04:05".into()
        );
        assert_eq!(at(json!({"timestamp": 1, "date_sighting": 2})), Loose::Int(1));
        assert_eq!(at(json!({"date_sighting": 2})), Loose::Int(2));
    }
}
