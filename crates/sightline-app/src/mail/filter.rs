//! The setting `publish_alert_filter`: a tree of AND, OR and NOT over tags and the creator (spec 07 section 10).

use serde_json::Value;
use sightline_core::{AppError, AppResult};

/// Deepest tree.
const DEPTH: usize = 16;
const FIELDS: [&str; 6] = [
    "Tag.name",
    "EventTag.name",
    "AttributeTag.name",
    "Orgc.uuid",
    "Orgc.name",
    "Orgc.id",
];

/// What a filter can ask of an event, as its reader sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) event_tags: Vec<String>,
    pub(super) attribute_tags: Vec<String>,
    pub(super) orgc_uuid: String,
    pub(super) orgc_name: String,
    pub(super) orgc_id: String,
}

/// `Invalid` when a value is no filter.
pub fn check_alert_filter(value: &Value) -> AppResult<()> {
    check(value, DEPTH).map_err(|message| AppError::field("value", message))
}

fn check(value: &Value, depth: usize) -> Result<(), String> {
    let Some(depth) = depth.checked_sub(1) else {
        return Err("The filter is nested too deeply.".into());
    };
    match value {
        Value::Array(parts) => parts.iter().try_for_each(|part| check(part, depth)),
        Value::Object(parts) => parts.iter().try_for_each(|(name, part)| match name.as_str() {
            "AND" | "OR" | "NOT" => check(part, depth),
            field if FIELDS.contains(&field) => match part {
                Value::String(_) => Ok(()),
                Value::Array(list) if list.iter().all(Value::is_string) => Ok(()),
                _ => Err(format!("{field} has to be a text or a list of texts.")),
            },
            other => Err(format!(
                "A filter knows no `{other}`: use AND, OR, NOT and {}.",
                FIELDS.join(", ")
            )),
        }),
        _ => Err("The filter has to be an object of AND, OR, NOT and conditions.".into()),
    }
}

/// Whether an event passes. What is no filter, or an empty one, lets everything pass.
pub(super) fn matches(filter: &Value, facts: &Facts) -> bool {
    all(filter, facts)
}

/// The parts of a node, each on its own.
fn parts<'a>(node: &'a Value, facts: &'a Facts) -> Box<dyn Iterator<Item = bool> + 'a> {
    match node {
        Value::Array(list) => Box::new(list.iter().map(|part| all(part, facts))),
        Value::Object(fields) => Box::new(fields.iter().map(|(name, part)| one(name, part, facts))),
        _ => Box::new(std::iter::empty()),
    }
}

fn all(node: &Value, facts: &Facts) -> bool {
    parts(node, facts).all(|holds| holds)
}

fn one(name: &str, part: &Value, facts: &Facts) -> bool {
    match name {
        "AND" => all(part, facts),
        "OR" => parts(part, facts).any(|holds| holds),
        "NOT" => !parts(part, facts).any(|holds| holds),
        "Tag.name" => held(part, facts.event_tags.iter().chain(&facts.attribute_tags)),
        "EventTag.name" => held(part, facts.event_tags.iter()),
        "AttributeTag.name" => held(part, facts.attribute_tags.iter()),
        "Orgc.uuid" => held(part, [&facts.orgc_uuid].into_iter()),
        "Orgc.name" => held(part, [&facts.orgc_name].into_iter()),
        "Orgc.id" => held(part, [&facts.orgc_id].into_iter()),
        _ => true,
    }
}

/// Whether one of the texts is like one of the wanted ones.
fn held<'a>(wanted: &Value, mut texts: impl Iterator<Item = &'a String>) -> bool {
    let wanted: Vec<&str> = match wanted {
        Value::String(one) => vec![one.as_str()],
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        _ => return true,
    };
    texts.any(|text| wanted.iter().any(|pattern| like(pattern, text)))
}

/// `%` is anything; without regard to case, as the reference's collation compares.
fn like(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_lowercase(), text.to_lowercase());
    let mut pieces = pattern.split('%');
    let Some(mut rest) = pieces.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let Some(last) = pieces.next_back() else {
        return rest.is_empty();
    };
    for piece in pieces {
        match rest.split_once(piece) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn filters_as_users_write_them() {
        let facts = Facts {
            event_tags: vec!["tlp:green".into()],
            attribute_tags: vec!["malware:Emotet".into()],
            orgc_name: "CERT".into(),
            ..Facts::default()
        };
        for (filter, passes) in [
            (json!([]), true),
            (json!({}), true),
            (json!({"Tag.name": "tlp:green"}), true),
            (json!({"Tag.name": "TLP:%"}), true),
            (json!({"Tag.name": "%emotet"}), true),
            (json!({"Tag.name": "m%:%t"}), true),
            (json!({"EventTag.name": "%emotet"}), false),
            (json!({"AttributeTag.name": ["x", "%emotet%"]}), true),
            (json!({"Tag.name": "tlp"}), false),
            (
                json!({"AND": {"Tag.name": "tlp:green", "Orgc.name": "Other"}}),
                false,
            ),
            (json!({"OR": {"Tag.name": "nope", "Orgc.name": "cert"}}), true),
            (json!({"NOT": {"Orgc.name": "CERT"}}), false),
            (
                json!({"AND": [{"NOT": {"Tag.name": "tlp:red"}}, {"OR": {"Tag.name": ["a", "tlp:%"]}}]}),
                true,
            ),
        ] {
            assert!(check_alert_filter(&filter).is_ok(), "{filter}");
            assert_eq!(matches(&filter, &facts), passes, "{filter}");
        }
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        let deep = (0..40).fold(json!({}), |inner, _| json!({"AND": inner}));
        for value in [
            json!("x"),
            json!({"XOR": []}),
            json!({"Tag.name": 5}),
            json!({"AND": "x"}),
            deep,
        ] {
            assert!(check_alert_filter(&value).is_err(), "{value}");
        }
    }
}
