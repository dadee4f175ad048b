//! A scalar in whatever JSON type a client chose: `1`, `"1"`, `true`, `null`.

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// A field of a body before any rule has looked at it.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Loose {
    /// Not in the body.
    #[default]
    Absent,
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction, or too large.
    Float(f64),
    /// A string.
    Text(String),
    /// A list or an object where a scalar was expected.
    Nested,
}

impl Loose {
    /// Whether the body has a value here; `null` is none.
    pub fn is_given(&self) -> bool {
        !matches!(self, Self::Absent | Self::Null)
    }

    /// As text; numbers and flags as the reference's loose typing prints them. `None` when not given or nested.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Absent | Self::Null | Self::Nested => None,
            Self::Bool(true) => Some("1".into()),
            Self::Bool(false) => Some(String::new()),
            Self::Int(number) => Some(number.to_string()),
            Self::Float(number) => Some(number.to_string()),
            Self::Text(text) => Some(text.clone()),
        }
    }

    /// As trimmed text, `None` also when empty.
    pub fn filled(&self) -> Option<String> {
        self.text()
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())
    }

    /// As a whole number: `5`, `"5"`, `5.0`, `true`.
    pub fn int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            Self::Bool(flag) => Some(i64::from(*flag)),
            Self::Float(number) => format!("{number:.0}").parse().ok(),
            Self::Text(text) => text.trim().parse().ok(),
            Self::Absent | Self::Null | Self::Nested => None,
        }
    }

    /// As a flag: `true`, `1`, `"1"`, `"true"` and their opposites (spec 01 section 1); `None` for anything else.
    pub fn flag(&self) -> Option<bool> {
        match self {
            Self::Bool(flag) => Some(*flag),
            Self::Int(1) => Some(true),
            Self::Int(0) => Some(false),
            Self::Text(text) => match text.trim().to_ascii_lowercase().as_str() {
                "1" | "true" => Some(true),
                "0" | "false" | "" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }
}

impl From<&str> for Loose {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LooseVisitor)
    }
}

struct LooseVisitor;

impl<'de> Visitor<'de> for LooseVisitor {
    type Value = Loose;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Loose, E> {
        Ok(Loose::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Loose, E> {
        Ok(Loose::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Loose, E> {
        Ok(Loose::Int(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Loose, E> {
        // A number that no column holds is kept as text, so that a rule refuses it by name.
        Ok(i64::try_from(number).map_or_else(|_| Loose::Text(number.to_string()), Loose::Int))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Loose, E> {
        Ok(Loose::Float(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Loose, E> {
        Ok(Loose::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Loose, E> {
        Ok(Loose::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Loose, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Loose::Nested)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Loose, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Loose::Nested)
    }
}
