//! `lists/<name>/list.json` of the warninglists: values that are seldom worth an alarm (spec 07 section 4.1).

use std::fmt;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::{Check, filled};

/// One warninglist, as its file has it.
#[derive(Clone, Debug, Deserialize)]
pub struct WarninglistFile {
    /// Identifies it.
    pub name: String,
    /// What stands on it.
    #[serde(default)]
    pub description: String,
    /// Counted up by its authors.
    #[serde(default, deserialize_with = "number")]
    pub version: i64,
    /// How its entries match.
    #[serde(default, rename = "type")]
    pub kind: Kind,
    /// What a match says.
    #[serde(default)]
    pub category: Category,
    /// The attribute types it is for; empty or `ALL` means every type.
    #[serde(default)]
    pub matching_attributes: Vec<String>,
    /// Its entries.
    pub list: Entries,
}

/// How the entries of a warninglist match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The value is the entry.
    #[default]
    String,
    /// The value contains the entry.
    Substring,
    /// The value's host is the entry or lies below it.
    Hostname,
    /// The address or network lies in the entry.
    Cidr,
    /// The value matches the pattern.
    Regex,
}

/// What a match says about a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Category {
    /// It is probably no indicator.
    #[default]
    FalsePositive,
    /// It belongs to something known.
    Known,
}

/// The entries of a list, in the order of the file.
#[derive(Clone, Debug, Default)]
pub struct Entries(pub Vec<Entry>);

/// One entry, and what its list says about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// A value, a part of one, a host, a network or a pattern.
    pub value: String,
    /// Empty when the list says nothing.
    pub comment: String,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::String,
        Self::Substring,
        Self::Hostname,
        Self::Cidr,
        Self::Regex,
    ];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Substring => "substring",
            Self::Hostname => "hostname",
            Self::Cidr => "cidr",
            Self::Regex => "regex",
        }
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl Category {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FalsePositive => "false_positive",
            Self::Known => "known",
        }
    }

    /// The category of this name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::FalsePositive, Self::Known]
            .into_iter()
            .find(|category| category.name() == name)
    }
}

impl WarninglistFile {
    /// Whether it is for every attribute type.
    pub fn is_for_all(&self) -> bool {
        self.matching_attributes.is_empty() || self.matching_attributes.iter().any(|name| name == "ALL")
    }
}

impl Check for WarninglistFile {
    fn check(&self) -> Result<(), String> {
        filled("name", &self.name)
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // A list of types means its first.
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Names {
            One(String),
            Many(Vec<String>),
        }
        let name = match Names::deserialize(deserializer)? {
            Names::One(name) => name,
            Names::Many(names) => names.into_iter().next().unwrap_or_else(|| "string".to_owned()),
        };
        Self::parse(&name).ok_or_else(|| {
            serde::de::Error::custom(format!("`type` is `{name}`, which is no kind of warninglist"))
        })
    }
}

impl<'de> Deserialize<'de> for Category {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::parse(&name)
            .ok_or_else(|| serde::de::Error::custom(format!("`category` is `{name}`, which is no category")))
    }
}

fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Version {
        Number(i64),
        Text(String),
    }
    match Version::deserialize(deserializer)? {
        Version::Number(number) => Ok(number),
        Version::Text(text) => text.trim().parse().map_err(serde::de::Error::custom),
    }
}

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of entries, or an object of comments by entry")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(value) = seq.next_element::<String>()? {
                    entries.push(Entry {
                        value,
                        comment: String::new(),
                    });
                }
                Ok(Entries(entries))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some((value, comment)) = map.next_entry::<String, Option<String>>()? {
                    entries.push(Entry {
                        value,
                        comment: comment.unwrap_or_default(),
                    });
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_any(List)
    }
}
