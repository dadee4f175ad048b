//! What each setting may hold (spec 07 section 10). Nothing, an empty list, is what every setting may hold.

use serde_json::{Map, Value};
use sightline_core::{AppError, AppResult};

/// Columns that a user may hide in the list of events, and what they are called there.
pub const COLUMNS: [(&str, &str); 11] = [
    ("threat_level_id", "Threat"),
    ("tags", "Tags"),
    ("report_count", "Reports"),
    ("proposals", "Proposals"),
    ("orgc", "Creator"),
    ("attribute_count", "Attributes"),
    ("correlations", "Correlations"),
    ("sightings", "Seen"),
    ("date", "Date"),
    ("timestamp", "Changed"),
    ("distribution", "Visible to"),
];
/// Columns named, filters given, widgets placed: more than anybody has.
const ITEMS: usize = 200;
/// Tags with a number of their own.
const TAGS: usize = 10_000;
/// Longest name, in characters.
const NAME_CHARS: usize = 255;
/// Where a home page would lead in a circle, or out.
const NO_HOME: [&str; 6] = [
    "/",
    "/users/login",
    "/users/logout",
    "/users/routeafterlogin",
    "/users/oidc",
    "/users/otp",
];

/// `Invalid` with what is wrong with a value, under the name `value`.
pub(super) fn check(setting: &str, value: &Value) -> AppResult<()> {
    if value.as_array().is_some_and(Vec::is_empty) {
        return Ok(());
    }
    match setting {
        "homepage" => home(value),
        "default_restsearch_parameters" => object(value, ITEMS).map(drop),
        "tag_numerical_value_override" => numbers(value),
        "event_index_hide_columns" => columns(value),
        "dashboard" => widgets(value),
        "dashboard_access" => access(value),
        // Trees, which those who read them know.
        _ if value.is_object() || value.is_array() => Ok(()),
        _ => Err("The value has to be an object.".to_owned()),
    }
    .map_err(|message| AppError::field("value", message))
}

type Checked<T = ()> = Result<T, String>;

fn object(value: &Value, most: usize) -> Checked<&Map<String, Value>> {
    let fields = value.as_object().ok_or("The value has to be an object.")?;
    if fields.len() > most {
        return Err(format!("The value has more than {most} fields."));
    }
    Ok(fields)
}

fn home(value: &Value) -> Checked {
    let fields = object(value, 1)?;
    let path = fields.get("path").and_then(Value::as_str);
    path.filter(|path| is_home(path)).map(drop).ok_or_else(|| {
        r#"The value has to be {"path": "…"} with a path of this site, such as /events/index."#.into()
    })
}

/// Whether one may start on a path: one of this site that leads nowhere else.
pub(super) fn is_home(path: &str) -> bool {
    let local = path.starts_with('/') && !path.starts_with("//") && path.len() <= 2_000;
    let plain = path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    let bare = path.split(['?', '#']).next().unwrap_or_default();
    let bare = bare.to_ascii_lowercase();
    let bare = if bare.len() > 1 {
        bare.trim_end_matches('/')
    } else {
        bare.as_str()
    };
    local && plain && !bare.is_empty() && !NO_HOME.contains(&bare) && !bare.contains("/..")
}

fn numbers(value: &Value) -> Checked {
    for (tag, number) in object(value, TAGS)? {
        if tag.trim().is_empty() || tag.chars().count() > NAME_CHARS {
            return Err("Each name has to be that of a tag.".into());
        }
        let number = match number {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse::<f64>().ok(),
            _ => None,
        };
        if !number.is_some_and(f64::is_finite) {
            return Err(format!("The value of `{tag}` has to be a number."));
        }
    }
    Ok(())
}

/// Columns of other servers' lists are kept, and hide nothing here.
fn columns(value: &Value) -> Checked {
    let list = value.as_array().ok_or("The value has to be a list of columns.")?;
    if list.len() > ITEMS {
        return Err(format!("The value names more than {ITEMS} columns."));
    }
    let named = |one: &Value| {
        one.as_str().is_some_and(|name| {
            !name.is_empty()
                && name.len() <= NAME_CHARS
                && name
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b))
        })
    };
    match list.iter().find(|one| !named(one)) {
        Some(wrong) => Err(format!("This is not the name of a column: {wrong}")),
        None => Ok(()),
    }
}

fn widgets(value: &Value) -> Checked {
    let list = value.as_array().ok_or("The value has to be a list of widgets.")?;
    if list.len() > ITEMS {
        return Err(format!("The value has more than {ITEMS} widgets."));
    }
    for widget in list {
        let fields = object(widget, ITEMS)?;
        let named = fields.get("widget").and_then(Value::as_str);
        if named.is_none_or(|name| name.trim().is_empty()) {
            return Err("Each widget has to say which one it is, as `widget`.".into());
        }
        if fields.get("position").is_some_and(|at| !at.is_object()) {
            return Err("The `position` of a widget has to be an object.".into());
        }
    }
    Ok(())
}

fn access(value: &Value) -> Checked {
    match value {
        Value::Bool(_) => Ok(()),
        Value::Number(number) if matches!(number.as_i64(), Some(0 | 1)) => Ok(()),
        Value::String(text) if matches!(text.as_str(), "0" | "1") => Ok(()),
        _ => Err("The value has to be 0 or 1.".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_that_fit_and_values_that_do_not() {
        for (setting, fits, does_not) in [
            (
                "homepage",
                vec![
                    json!({"path": "/events/index"}),
                    json!({"path": "/events/index?published=1"}),
                ],
                vec![
                    json!("/events/index"),
                    json!({}),
                    json!({"path": 1}),
                    json!({"path": "//evil.example"}),
                    json!({"path": "/\\evil.example"}),
                    json!({"path": "https://evil.example"}),
                    json!({"path": "/users/login?next=x"}),
                    json!({"path": "/Users/Login/"}),
                    json!({"path": "/"}),
                    json!({"path": "/events/index", "more": 1}),
                ],
            ),
            (
                "default_restsearch_parameters",
                vec![json!({"limit": 5, "type": ["domain"]})],
                vec![json!([1]), json!("x"), json!(5)],
            ),
            (
                "tag_numerical_value_override",
                vec![json!({"tlp:red": 100, "a": "0.5"})],
                vec![
                    json!({"tlp:red": "much"}),
                    json!({"": 1}),
                    json!(["tlp:red"]),
                    json!({"a": null}),
                ],
            ),
            (
                "event_index_hide_columns",
                vec![json!(["tags", "sightings"]), json!(["creator_user"])],
                vec![
                    json!("tags"),
                    json!([1]),
                    json!(["a b"]),
                    json!([""]),
                    json!({"tags": 1}),
                ],
            ),
            (
                "dashboard",
                vec![json!([{"widget": "MispStatusWidget", "config": {}, "position": {"x": 0}}])],
                vec![
                    json!({}),
                    json!([{"config": {}}]),
                    json!([{"widget": "A", "position": 1}]),
                    json!([1]),
                ],
            ),
            (
                "dashboard_access",
                vec![json!(0), json!("1"), json!(true)],
                vec![json!(2), json!("yes"), json!({})],
            ),
            (
                "publish_alert_filter",
                vec![json!({"AND": {"Tag.name": "x"}})],
                vec![json!("x"), json!(1)],
            ),
        ] {
            assert!(check(setting, &json!([])).is_ok(), "{setting} may hold nothing");
            for value in fits {
                assert!(check(setting, &value).is_ok(), "{setting} {value}");
            }
            for value in does_not {
                let refused = check(setting, &value);
                assert!(matches!(refused, Err(AppError::Invalid(_))), "{setting} {value}");
            }
        }
    }
}
