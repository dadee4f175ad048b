//! `machinetag.json`: a namespace, its predicates and their values, and the tags that they make (spec 07 section 1.1).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Check, filled, palette};

/// One taxonomy, as its file has it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct TaxonomyFile {
    /// What its tags begin with.
    pub namespace: String,
    /// What it is for.
    pub description: String,
    /// Counted up by its authors.
    #[serde(default = "first")]
    pub version: i64,
    /// A longer name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expanded: Option<String>,
    /// Where it is described.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refs: Vec<String>,
    /// What it is meant for; nothing said means everything.
    #[serde(default, rename = "type", skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<String>,
    /// Only one of its tags may stand on a record.
    #[serde(default)]
    pub exclusive: bool,
    /// Its predicates, in order.
    pub predicates: Vec<Predicate>,
    /// The values of the predicates that have some.
    #[serde(default)]
    pub values: Vec<PredicateValues>,
}

/// One predicate.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Predicate {
    /// The name in the tag.
    pub value: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expanded: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    colour: Option<String>,
    /// Only one value of it may stand on a record.
    #[serde(default)]
    pub exclusive: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    numerical_value: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    uuid: Option<Uuid>,
}

/// The values of one predicate.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct PredicateValues {
    predicate: String,
    entry: Vec<PredicateValue>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
struct PredicateValue {
    value: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expanded: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    colour: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    numerical_value: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    uuid: Option<Uuid>,
}

fn first() -> i64 {
    1
}

/// One tag that a taxonomy makes, with what it means.
#[derive(Clone, Debug, PartialEq)]
pub struct TaxonomyEntry {
    /// `namespace:predicate` or `namespace:predicate="value"`.
    pub tag: String,
    /// The predicate it belongs to.
    pub predicate: String,
    /// What it is called: `predicate: value` in words.
    pub expanded: String,
    /// What it means, empty when the file does not say.
    pub description: String,
    /// `#rrggbb`
    pub colour: String,
    /// What it weighs in a decaying model.
    pub numerical_value: Option<f64>,
    /// Only one value of its predicate may stand on a record.
    pub exclusive_predicate: bool,
}

impl TaxonomyFile {
    /// Whether its tags are meant for events; other files are left out.
    pub fn is_for_events(&self) -> bool {
        self.targets.is_empty() || self.targets.iter().any(|target| target == "event")
    }

    /// Every tag it makes: one for each value, or one for a predicate without values.
    pub fn entries(&self) -> Vec<TaxonomyEntry> {
        let mut entries = Vec::new();
        for predicate in &self.predicates {
            let before = entries.len();
            for value in self.values_of(&predicate.value) {
                entries.push(self.entry(predicate, Some(value)));
            }
            if entries.len() == before {
                entries.push(self.entry(predicate, None));
            }
        }
        let count = entries.len();
        for (index, entry) in entries.iter_mut().enumerate() {
            if entry.colour.is_empty() {
                entry.colour = palette::colour(&self.namespace, index, count);
            }
        }
        entries
    }

    fn values_of<'a>(&'a self, predicate: &'a str) -> impl Iterator<Item = &'a PredicateValue> {
        self.values
            .iter()
            .filter(move |values| values.predicate == predicate)
            .flat_map(|values| &values.entry)
    }

    fn entry(&self, predicate: &Predicate, value: Option<&PredicateValue>) -> TaxonomyEntry {
        let called = predicate.expanded.as_ref().unwrap_or(&predicate.value);
        let colour = value.map_or(&predicate.colour, |value| &value.colour);
        TaxonomyEntry {
            tag: match value {
                Some(value) => format!("{}:{}=\"{}\"", self.namespace, predicate.value, value.value),
                None => format!("{}:{}", self.namespace, predicate.value),
            },
            predicate: predicate.value.clone(),
            expanded: match value {
                Some(value) => format!("{called}: {}", value.expanded.as_ref().unwrap_or(&value.value)),
                None => called.clone(),
            },
            description: value
                .map_or(&predicate.description, |value| &value.description)
                .clone()
                .unwrap_or_default(),
            colour: colour.as_deref().and_then(hex_colour).unwrap_or_default(),
            numerical_value: value.map_or(predicate.numerical_value, |value| value.numerical_value),
            exclusive_predicate: predicate.exclusive,
        }
    }
}

/// `#rrggbb` in the case of the file; `None` for what is no colour.
fn hex_colour(text: &str) -> Option<String> {
    let digits = text.trim().strip_prefix('#')?;
    (digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| format!("#{digits}"))
}

impl Check for TaxonomyFile {
    fn check(&self) -> Result<(), String> {
        filled("namespace", &self.namespace)?;
        self.predicates
            .iter()
            .try_for_each(|predicate| filled("predicates.value", &predicate.value))
    }
}
