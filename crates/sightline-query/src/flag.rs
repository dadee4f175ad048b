//! Filters by a boolean column: yes, no or both.

use crate::filter::Filter;
use crate::terms::texts;
use serde_json::Value;
use sightline_core::{AppError, AppResult};

/// Which rows a boolean filter keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag3 {
    /// Rows with the flag.
    Yes,
    /// Rows without the flag.
    No,
    /// All rows.
    Both,
}

impl Flag3 {
    /// Parses every form: `0`/`1`, booleans, their texts, `only`, `exclude`, lists of these; `None` when not given.
    pub fn parse(value: &Value, field: &str) -> AppResult<Option<Self>> {
        match value {
            Value::Bool(flag) => Ok(Some(Self::from(*flag))),
            Value::Array(items) => {
                let mut flag = None;
                for item in items {
                    let item = Self::parse(item, field)?;
                    flag = flag
                        .or(item)
                        .zip(item)
                        .map(|(a, b)| if a == b { a } else { Self::Both })
                        .or(flag);
                }
                Ok(flag)
            }
            other => match texts(other, field)?
                .first()
                .map(|text| text.to_ascii_lowercase())
                .as_deref()
            {
                None | Some("null") => Ok(None),
                Some("1" | "true" | "yes" | "only") => Ok(Some(Self::Yes)),
                Some("0" | "false" | "no" | "exclude") => Ok(Some(Self::No)),
                Some("2" | "both") => Ok(Some(Self::Both)),
                Some(_) => Err(AppError::BadRequest(format!(
                    "Invalid value for `{field}`, must be 0, 1 or both."
                ))),
            },
        }
    }

    /// The condition on a row's flag that `wrap` makes.
    pub(crate) fn filter<P>(self, wrap: impl FnOnce(bool) -> P) -> Filter<P> {
        match self {
            Self::Yes => Filter::Is(wrap(true)),
            Self::No => Filter::Is(wrap(false)),
            Self::Both => Filter::everything(),
        }
    }
}

impl From<bool> for Flag3 {
    fn from(flag: bool) -> Self {
        if flag { Self::Yes } else { Self::No }
    }
}

#[cfg(test)]
mod tests {
    use super::Flag3::{self, Both, No, Yes};
    use serde_json::json;

    #[test]
    fn every_form() {
        for (value, expected) in [
            (json!(1), Some(Yes)),
            (json!(true), Some(Yes)),
            (json!("1"), Some(Yes)),
            (json!("True"), Some(Yes)),
            (json!("only"), Some(Yes)),
            (json!([1]), Some(Yes)),
            (json!([true, "1"]), Some(Yes)),
            (json!(0), Some(No)),
            (json!(false), Some(No)),
            (json!("0"), Some(No)),
            (json!("exclude"), Some(No)),
            (json!([0, false]), Some(No)),
            (json!([true, false]), Some(Both)),
            (json!([0, 1]), Some(Both)),
            (json!([0, null, "1", 0]), Some(Both)),
            (json!(2), Some(Both)),
            (json!(null), None),
            (json!(""), None),
            (json!([]), None),
        ] {
            assert_eq!(
                Flag3::parse(&value, "published").expect("accepted"),
                expected,
                "{value}"
            );
        }
    }

    #[test]
    fn what_means_nothing_is_refused() {
        for value in [json!("maybe"), json!(3), json!([1, "x"]), json!({"a": 1})] {
            let error = Flag3::parse(&value, "to_ids").expect_err("refused").to_string();
            assert!(error.contains("`to_ids`"), "{value}: {error}");
        }
    }
}
