//! Warninglists: values that are seldom worth an alarm (spec 07 section 4).

use crate::json::ObjectWriter;
use sightline_core::ids::WarninglistId;

/// A warninglist as kept, without its entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 07 section 4.1")]
pub struct Warninglist {
    pub id: WarninglistId,
    pub name: String,
    /// How its entries match: `string`, `substring`, `hostname`, `cidr` or `regex`.
    pub kind: String,
    pub description: String,
    pub version: i64,
    pub enabled: bool,
    /// It comes from a library; people may only switch it on and off.
    pub is_default: bool,
    /// `false_positive` or `known`.
    pub category: String,
    /// The attribute types it is for; empty for all.
    pub types: Vec<String>,
    /// Where its entries are.
    pub content_id: i64,
    pub entry_count: i64,
}

/// One entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WarninglistEntry {
    /// Its place in its list, from 1.
    pub position: i64,
    /// A value, a part of one, a host, a network or a pattern.
    pub value: String,
    /// Empty when nothing is said.
    pub comment: String,
}

impl Warninglist {
    /// The columns.
    pub fn write(&self, o: &mut ObjectWriter<'_>) {
        o.number("id", self.id);
        o.text("name", &self.name);
        o.text("type", &self.kind);
        o.text("description", &self.description);
        o.number("version", self.version);
        o.flag("enabled", self.enabled);
        o.flag("default", self.is_default);
        o.text("category", &self.category);
    }
}

impl WarninglistEntry {
    /// The columns; ids count within a list.
    pub fn write(&self, o: &mut ObjectWriter<'_>, list: WarninglistId) {
        o.number("id", self.position);
        o.text("value", &self.value);
        o.number("warninglist_id", list);
        o.opt_text(
            "comment",
            Some(self.comment.as_str()).filter(|text| !text.is_empty()),
        );
    }
}
