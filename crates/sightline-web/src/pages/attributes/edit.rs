//! Forms for attributes: new ones in a dialog, one in place of its row.

use crate::pages::errors::Errors;
use crate::pages::moment::Count;
use crate::pages::wording::Choice;
use askama::{Template, filters::HtmlSafe};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// The form for new attributes. Posts `category`, `type`, `value`, `comment`, `to_ids`, `batch_import`,
/// `distribution`, `sharing_group_id`, `disable_correlation`, `first_seen`, `last_seen` to `/attributes/add/{event_id}`.
/// An empty category means the type's usual one. Success answers with the header `HX-Redirect` or a redirect. When
/// proposing it posts to `/shadow_attributes/add/{event_id}`, one attribute without a distribution.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "attributes/form.html")]
pub struct AttributeForm {
    /// The event.
    pub event_id: i64,
    /// Proposes the attribute instead of adding it.
    pub proposing: bool,
    /// The session's token.
    pub csrf_token: String,
    /// Categories, an empty one first.
    pub categories: Vec<Choice>,
    /// Types, an empty one first.
    pub types: Vec<Choice>,
    /// What was typed.
    pub value: String,
    /// One attribute per line.
    pub batch: bool,
    /// How many of the lines were added; the value then holds those that were not.
    pub added: Count,
    /// Comment.
    pub comment: String,
    /// Goes to detection systems.
    pub to_ids: bool,
    /// Does not correlate.
    pub disable_correlation: bool,
    /// Levels 0 to 5.
    pub distribution: Vec<Choice>,
    /// Groups for level 4.
    pub sharing_groups: Vec<Choice>,
    /// First seen.
    pub first_seen: String,
    /// Last seen.
    pub last_seen: String,
    /// Which types a category has and what a type brings along.
    pub type_map: TypeMap,
    /// What is wrong.
    pub errors: Errors,
}

impl HtmlSafe for AttributeForm {}

impl AttributeForm {
    fn action(&self) -> String {
        let controller = if self.proposing {
            "shadow_attributes"
        } else {
            "attributes"
        };
        format!("/{controller}/add/{}", self.event_id)
    }
}

/// One attribute being changed in place of its row: `GET /attributes/edit/{id}` by htmx, posted to the same address;
/// `/shadow_attributes/edit/{id}` proposes the change.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "attributes/edit_row.html")]
pub struct AttributeRowEdit {
    /// Id.
    pub id: i64,
    /// Proposes the change instead of making it.
    pub proposing: bool,
    /// Its type cannot be changed by a proposal: it is part of an object, or a file.
    pub fixed_type: bool,
    /// Nor can its value: it is a file.
    pub fixed_value: bool,
    /// Categories.
    pub categories: Vec<Choice>,
    /// Types.
    pub types: Vec<Choice>,
    /// Value.
    pub value: String,
    /// Comment.
    pub comment: String,
    /// Goes to detection systems.
    pub to_ids: bool,
    /// Does not correlate.
    pub disable_correlation: bool,
    /// Levels 0 to 5.
    pub distribution: Vec<Choice>,
    /// Groups for level 4.
    pub sharing_groups: Vec<Choice>,
    /// First seen.
    pub first_seen: String,
    /// Last seen.
    pub last_seen: String,
    /// The object it belongs to, 0 for none.
    pub object_id: i64,
    /// What is wrong.
    pub errors: Errors,
}

/// Categories with their types and types with their defaults, as JSON inside a `<script>`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TypeMap {
    /// Category -> types.
    pub categories: BTreeMap<String, Vec<String>>,
    /// Type -> defaults.
    pub types: BTreeMap<String, TypeDefaults>,
}

/// What a type brings along.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TypeDefaults {
    /// Its usual category.
    pub category: String,
    /// Its usual IDS flag.
    pub to_ids: bool,
}

impl TypeMap {
    /// Adds a type with its defaults and the categories that it may stand in.
    pub fn add<'a>(
        &mut self,
        name: &str,
        category: &str,
        to_ids: bool,
        categories: impl IntoIterator<Item = &'a str>,
    ) {
        self.types.insert(
            name.into(),
            TypeDefaults {
                category: category.into(),
                to_ids,
            },
        );
        for within in categories {
            self.categories
                .entry(within.into())
                .or_default()
                .push(name.into());
        }
    }
}

impl fmt::Display for TypeMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A script element ends at "</script" whatever the JSON says: no "<" may be left in it.
        let json = serde_json::to_string(self).map_err(|_| fmt::Error)?;
        f.write_str(&json.replace('<', "\\u003c"))
    }
}

impl HtmlSafe for TypeMap {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_map_cannot_end_its_script_element() {
        let mut map = TypeMap::default();
        map.add(
            "domain",
            "Network activity",
            true,
            ["Network activity", "</script><b>"],
        );
        let json = map.to_string();
        assert!(!json.contains('<'), "{json}");
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read["categories"]["</script><b>"][0], "domain");
        assert_eq!(read["types"]["domain"]["to_ids"], true);
    }
}
