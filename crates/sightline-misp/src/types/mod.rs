//! The attribute type system: types, categories, normalising and validation of values (spec 02).

mod categories;
mod describe;
mod financial;
mod hashes;
mod ip;
mod link;
mod normalise;
mod refang;
mod shapes;
mod table;
#[cfg(test)]
mod tests;
mod validate;

pub use categories::Category;
pub use describe::describe_types;
pub use financial::validation_issue;
pub use normalise::{normalise, trim};
pub use table::AttributeType;
pub use validate::validate;

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

static BY_NAME: LazyLock<HashMap<&'static str, AttributeType>> =
    LazyLock::new(|| AttributeType::ALL.iter().map(|ty| (ty.name(), *ty)).collect());

impl AttributeType {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// The type with exactly this name.
    pub fn parse(name: &str) -> Option<Self> {
        BY_NAME.get(name).copied()
    }

    /// The stored code.
    pub const fn code(self) -> i64 {
        self.row().code
    }

    /// The category of an attribute that names none.
    pub const fn default_category(self) -> Category {
        self.row().category
    }

    /// The detection flag of an attribute that gives none.
    pub const fn default_to_ids(self) -> bool {
        self.row().to_ids
    }

    /// The categories in which this type may be used, in the order of the categories.
    pub fn categories(self) -> impl Iterator<Item = Category> {
        Category::ALL
            .iter()
            .copied()
            .filter(move |category| valid_pair(*category, self))
    }

    /// Whether a value has two parts, `value1|value2`.
    pub fn is_composite(self) -> bool {
        self == Self::MalwareSample || self.name().contains('|')
    }

    /// Whether an attribute of this type carries a file.
    pub const fn is_attachment(self) -> bool {
        matches!(self, Self::Attachment | Self::MalwareSample)
    }

    /// Whether values of this type say too little to link two events (spec 02 section 8.1).
    pub const fn never_correlates(self) -> bool {
        matches!(
            self,
            Self::Comment
                | Self::HttpMethod
                | Self::AbaRtn
                | Self::Gender
                | Self::Counter
                | Self::Integer
                | Self::Float
                | Self::Port
                | Self::Nationality
                | Self::Cortex
                | Self::Boolean
                | Self::Anonymised
        )
    }

    /// Whether only the first half takes part in correlation: a port number links nothing.
    pub const fn correlates_value1_only(self) -> bool {
        matches!(self, Self::IpSrcPort | Self::IpDstPort | Self::HostnamePort)
    }

    /// The types whose names match a pattern where `%` stands for any text; the case of letters is ignored.
    pub fn matching(pattern: &str) -> impl Iterator<Item = Self> {
        let pattern = pattern.to_ascii_lowercase();
        Self::ALL
            .iter()
            .copied()
            .filter(move |ty| like(&ty.name().to_ascii_lowercase(), &pattern))
    }
}

impl fmt::Display for AttributeType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether `text` matches `pattern`, where `%` stands for any text, also none.
fn like(text: &str, pattern: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('%') else {
        return text == pattern;
    };
    let Some(mut rest) = text.strip_prefix(head) else {
        return false;
    };
    let mut parts = tail.split('%').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        // The leftmost match leaves the most text for the parts that follow.
        let Some((_, after)) = rest.split_once(part) else {
            return false;
        };
        rest = after;
    }
    true
}

/// Whether `ty` may be used in `category`.
pub fn valid_pair(category: Category, ty: AttributeType) -> bool {
    category.types().contains(&ty)
}

/// The two stored halves of a value; the second is empty unless the type is composite.
pub fn split(ty: AttributeType, value: &str) -> (&str, &str) {
    match value.split_once('|') {
        Some(halves) if ty.is_composite() => halves,
        _ => (value, ""),
    }
}

/// The public value of two stored halves.
pub fn join(value1: &str, value2: &str) -> String {
    if value2.is_empty() {
        value1.to_owned()
    } else {
        format!("{value1}|{value2}")
    }
}
