//! `lists/<name>/list.json` of the noticelists: what a form says when certain fields are chosen (spec 07 section 5).

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Check, filled};

/// One noticelist.
#[derive(Debug, Deserialize)]
pub struct NoticelistFile {
    /// Identifies it.
    pub name: String,
    /// What people call it.
    #[serde(default)]
    pub expanded_name: String,
    /// Where it is described.
    #[serde(default, rename = "ref")]
    pub refs: Vec<String>,
    /// Where it applies.
    #[serde(default)]
    pub geographical_area: Vec<String>,
    /// Counted up by its authors.
    #[serde(default = "first")]
    pub version: i64,
    /// What it says, each entry as it stands in the file.
    pub notice: Vec<Box<RawValue>>,
}

/// One notice.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Notice {
    /// In which forms: `attribute`, `event`, …
    #[serde(default)]
    pub scope: Vec<String>,
    /// Which fields are looked at.
    #[serde(default)]
    pub field: Vec<String>,
    /// Which values it is about.
    #[serde(default)]
    pub value: Vec<String>,
    /// Tags that fit.
    #[serde(default)]
    pub tags: Vec<String>,
    /// What it says, by language.
    pub message: std::collections::BTreeMap<String, String>,
}

fn first() -> i64 {
    1
}

impl Check for NoticelistFile {
    fn check(&self) -> Result<(), String> {
        filled("name", &self.name)?;
        self.notice.iter().enumerate().try_for_each(|(index, notice)| {
            serde_json::from_str::<Notice>(notice.get())
                .map(drop)
                .map_err(|error| format!("`notice` {index}: {error}"))
        })
    }
}
