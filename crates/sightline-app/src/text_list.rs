//! A list of short texts as clients write it: a list, or one text with a line or a comma between entries.

use serde_json::Value;

/// The entries, trimmed, without empty ones; `None` when nothing is said.
pub(crate) fn parse(value: &Value) -> Option<Vec<String>> {
    let texts: Vec<&str> = match value {
        Value::String(text) => text.split(['\n', ',']).collect(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        _ => return None,
    };
    Some(
        texts
            .into_iter()
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_shape_of_a_list() {
        for (given, expected) in [
            (json!(null), None),
            (json!(""), Some(vec![])),
            (json!([]), Some(vec![])),
            (json!("a, b\r\nc"), Some(vec!["a", "b", "c"])),
            (json!([" a ", "", "b"]), Some(vec!["a", "b"])),
        ] {
            let expected = expected.map(|list| list.into_iter().map(str::to_owned).collect::<Vec<_>>());
            assert_eq!(parse(&given), expected, "{given}");
        }
    }
}
