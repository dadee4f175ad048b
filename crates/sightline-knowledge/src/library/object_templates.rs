//! `objects/<name>/definition.json` and `relationships/definition.json` (spec 07 section 3.1).

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use uuid::Uuid;

use super::{Check, filled};

/// An object template: which attributes an object of this name has.
#[derive(Clone, Debug, Deserialize)]
pub struct TemplateFile {
    /// The name of its objects.
    pub name: String,
    /// The same everywhere.
    pub uuid: Uuid,
    /// Counted up by its authors.
    pub version: i64,
    /// `file`, `network`, …
    #[serde(rename = "meta-category")]
    pub meta_category: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// Relations of which each must be there.
    #[serde(default)]
    pub required: Vec<String>,
    /// Relations of which one must be there.
    #[serde(default, rename = "requiredOneOf")]
    pub required_one_of: Vec<String>,
    /// Its relations.
    pub attributes: TemplateElements,
}

/// Relation and description of each attribute of a template, in the order of the file.
#[derive(Clone, Debug, Default)]
pub struct TemplateElements(pub Vec<(String, TemplateElement)>);

/// What an attribute in a relation to its object is.
#[derive(Clone, Debug, Deserialize)]
pub struct TemplateElement {
    /// The attribute type.
    #[serde(rename = "misp-attribute")]
    pub kind: String,
    /// What it says about the object.
    #[serde(default)]
    pub description: String,
    /// Higher stands further up in a form.
    #[serde(default, rename = "ui-priority")]
    pub ui_priority: i64,
    /// Whether there may be several.
    #[serde(default)]
    pub multiple: bool,
    /// Whether its values say too little to correlate.
    #[serde(default)]
    pub disable_correlation: bool,
    /// The categories it may have; empty means those of its type.
    #[serde(default)]
    pub categories: Vec<String>,
    /// Values to choose from, or another.
    #[serde(default)]
    pub sane_default: Vec<String>,
    /// Values to choose from, and no other.
    #[serde(default)]
    pub values_list: Vec<String>,
}

/// Names of relations between records.
#[derive(Clone, Debug, Deserialize)]
pub struct RelationshipFile {
    /// Counted up by its authors.
    pub version: i64,
    /// The names.
    pub values: Vec<Relationship>,
}

/// One name of a relation.
#[derive(Clone, Debug, Deserialize)]
pub struct Relationship {
    /// `derived-from`, …
    pub name: String,
    /// What it says.
    #[serde(default)]
    pub description: String,
    /// In which formats it is known.
    #[serde(default)]
    pub format: Vec<String>,
    /// What the other side calls it.
    #[serde(default)]
    pub opposite: Option<String>,
}

impl Check for TemplateFile {
    fn check(&self) -> Result<(), String> {
        filled("name", &self.name)?;
        let named = |relation: &String| self.attributes.0.iter().any(|(name, _)| name == relation);
        match self
            .required
            .iter()
            .chain(&self.required_one_of)
            .find(|relation| !named(relation))
        {
            Some(relation) => Err(format!("`{relation}` is required but not among the attributes")),
            None => Ok(()),
        }
    }
}

impl Check for RelationshipFile {
    fn check(&self) -> Result<(), String> {
        self.values
            .iter()
            .try_for_each(|value| filled("values.name", &value.name))
    }
}

impl<'de> Deserialize<'de> for TemplateElements {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Relations;
        impl<'de> Visitor<'de> for Relations {
            type Value = TemplateElements;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of attributes by relation")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<TemplateElements, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = map.next_entry()? {
                    elements.push(element);
                }
                Ok(TemplateElements(elements))
            }
        }
        deserializer.deserialize_map(Relations)
    }
}
