//! `galaxies/<type>.json` and `clusters/<type>.json`: a galaxy, its clusters, what is known of them and how they relate
//! (spec 07 section 2.1).

use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use uuid::Uuid;

use super::{Check, filled};

/// A galaxy: what its clusters have in common.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct GalaxyFile {
    /// What people call it.
    pub name: String,
    /// What its tags and its cluster file name.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same everywhere.
    pub uuid: Uuid,
    /// Counted up by its authors.
    #[serde(default)]
    pub version: i64,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// The name of a picture.
    #[serde(default)]
    pub icon: String,
    /// Who keeps it.
    #[serde(default)]
    pub namespace: String,
    /// How its clusters stand in a matrix.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kill_chain_order: Option<KillChain>,
}

/// The tabs of a matrix, each with its columns, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KillChain(pub Vec<(String, Vec<String>)>);

/// The clusters of one galaxy.
#[derive(Clone, Debug, Deserialize)]
pub struct ClusterFile {
    /// Of which galaxy.
    #[serde(rename = "type")]
    pub kind: String,
    /// Identifies the file: `collection_uuid` of its clusters.
    pub uuid: Uuid,
    /// The version of clusters that have none of their own.
    #[serde(default)]
    pub version: i64,
    /// Where they come from.
    #[serde(default)]
    pub source: String,
    /// Who wrote them.
    #[serde(default)]
    pub authors: Vec<String>,
    /// The clusters.
    pub values: Vec<Cluster>,
}

/// One cluster.
#[derive(Clone, Debug, Deserialize)]
pub struct Cluster {
    /// The same everywhere; a file may leave it out.
    #[serde(default)]
    pub uuid: Option<Uuid>,
    /// Its name, which its tag carries.
    pub value: String,
    /// What it is.
    #[serde(default)]
    pub description: Option<String>,
    /// Its own version.
    #[serde(default)]
    pub version: Option<i64>,
    /// What is known of it.
    #[serde(default)]
    pub meta: Elements,
    /// What it relates to; relations that name no cluster are left out.
    #[serde(default, deserialize_with = "relations")]
    pub related: Vec<Relation>,
}

/// Key and value of each thing that is known of a cluster; a list in the file is one element for each of its texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Elements {
    /// In the order of the file.
    pub list: Vec<(String, String)>,
    /// How many were left out because they are neither text nor a list of texts.
    pub skipped: usize,
}

/// A relation to another cluster.
#[derive(Clone, Debug, Deserialize)]
pub struct Relation {
    /// The other cluster, which may not be here.
    #[serde(rename = "dest-uuid")]
    pub target: Uuid,
    /// `similar`, `uses`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// How sure its author is, and the like.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// Some files have relations with an empty target: they say nothing, and the rest of the file still does.
fn relations<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Relation>, D::Error> {
    let written = Vec::<Value>::deserialize(deserializer)?;
    Ok(written
        .into_iter()
        .filter_map(|relation| serde_json::from_value(relation).ok())
        .collect())
}

impl ClusterFile {
    /// The tag that stands for a cluster of this file.
    pub fn tag(&self, cluster: &Cluster) -> String {
        format!("misp-galaxy:{}=\"{}\"", self.kind, cluster.value)
    }
}

impl Check for GalaxyFile {
    fn check(&self) -> Result<(), String> {
        filled("name", &self.name)?;
        filled("type", &self.kind)
    }
}

impl Check for ClusterFile {
    fn check(&self) -> Result<(), String> {
        filled("type", &self.kind)?;
        self.values
            .iter()
            .try_for_each(|cluster| filled("values.value", &cluster.value))
    }
}

impl<'de> Deserialize<'de> for KillChain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Tabs;
        impl<'de> Visitor<'de> for Tabs {
            type Value = KillChain;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of lists of columns")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<KillChain, A::Error> {
                let mut tabs = Vec::new();
                while let Some(tab) = map.next_entry()? {
                    tabs.push(tab);
                }
                Ok(KillChain(tabs))
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<KillChain, A::Error> {
                // An empty object is written as a list by some.
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(KillChain::default())
            }
        }
        deserializer.deserialize_any(Tabs)
    }
}

impl Serialize for KillChain {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (tab, columns) in &self.0 {
            map.serialize_entry(tab, columns)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Elements {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Meta;
        impl<'de> Visitor<'de> for Meta {
            type Value = Elements;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of texts and lists of texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Elements, A::Error> {
                let mut elements = Elements::default();
                while let Some((key, value)) = map.next_entry::<String, Value>()? {
                    elements.add(&key, value);
                }
                Ok(elements)
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Elements, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Elements::default())
            }
        }
        deserializer.deserialize_any(Meta)
    }
}

impl Elements {
    fn add(&mut self, key: &str, value: Value) {
        match value {
            Value::Array(values) => {
                for value in values {
                    self.add_one(key, value);
                }
            }
            value => self.add_one(key, value),
        }
    }

    fn add_one(&mut self, key: &str, value: Value) {
        let text = match value {
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => u8::from(flag).to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => {
                self.skipped += 1;
                return;
            }
        };
        self.list.push((key.to_owned(), text));
    }
}
