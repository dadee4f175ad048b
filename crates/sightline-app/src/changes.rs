//! What an edit changed, for its audit row.

use serde_json::{Map, Value, json};

/// The fields that differ, as `[old, new]`.
pub(crate) fn between(before: &Map<String, Value>, after: &Map<String, Value>) -> Value {
    let changed = after.iter().filter_map(|(field, new)| {
        let old = before.get(field).unwrap_or(&Value::Null);
        (old != new).then(|| (field.clone(), json!([old, new])))
    });
    Value::Object(changed.collect())
}

/// The object that `json!` made.
pub(crate) fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_recorded() {
        let before = fields(json!({"name": "a", "local": true}));
        let after = fields(json!({"name": "b", "local": true, "sector": "x"}));
        assert_eq!(
            between(&before, &after),
            json!({"name": ["a", "b"], "sector": [null, "x"]})
        );
    }
}
