//! Taxonomies and the tags that they make (spec 07 section 1).

use crate::json::ObjectWriter;
use sightline_core::ids::TaxonomyId;

/// A taxonomy as kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 07 section 1.2")]
pub struct Taxonomy {
    pub id: TaxonomyId,
    /// What its tags begin with.
    pub namespace: String,
    pub description: String,
    pub version: i64,
    /// Its tags are offered.
    pub enabled: bool,
    /// Only one of its tags may stand on a record.
    pub exclusive: bool,
    /// An event without any of its tags cannot be published.
    pub required: bool,
    pub highlighted: bool,
}

/// A tag that a taxonomy makes, and what it means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 07 section 1.3")]
pub struct TaxonomyTag {
    pub tag: String,
    pub predicate: String,
    pub expanded: String,
    pub description: String,
    /// `#RRGGBB`.
    pub colour: String,
    /// A decimal number.
    pub numerical_value: Option<String>,
    /// Only one value of its predicate may stand on a record.
    pub exclusive_predicate: bool,
}

impl Taxonomy {
    /// The columns.
    pub fn write(&self, o: &mut ObjectWriter<'_>) {
        o.number("id", self.id);
        o.text("namespace", &self.namespace);
        o.text("description", &self.description);
        o.number("version", self.version);
        o.flag("enabled", self.enabled);
        o.flag("exclusive", self.exclusive);
        o.flag("required", self.required);
        o.flag("highlighted", self.highlighted);
    }
}

impl TaxonomyTag {
    /// What is said of it; what is not said is left out.
    pub fn write(&self, o: &mut ObjectWriter<'_>) {
        o.text("tag", &self.tag);
        o.text("expanded", &self.expanded);
        if !self.description.is_empty() {
            o.text("description", &self.description);
        }
        o.text("colour", &self.colour);
        if let Some(number) = &self.numerical_value {
            o.text("numerical_value", number);
        }
        if self.exclusive_predicate {
            o.flag("exclusive_predicate", true);
        }
    }
}
