//! `models/<name>.json`: how the score of certain attribute types decays (spec 07 section 6.1).

use serde::Deserialize;
use uuid::Uuid;

use super::{Check, filled};
use crate::decay::{Formula, Parameters};

/// One decaying model.
#[derive(Clone, Debug, Deserialize)]
pub struct DecayingModelFile {
    /// The same everywhere.
    pub uuid: Uuid,
    /// What people call it.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// How a score is computed.
    pub formula: Formula,
    /// With which numbers.
    pub parameters: Parameters,
    /// The attribute types it is for.
    #[serde(default)]
    pub attribute_types: Vec<String>,
    /// Where it is described.
    #[serde(default, rename = "ref")]
    pub refs: Vec<String>,
    /// Counted up by its authors.
    #[serde(default)]
    pub version: i64,
}

impl Check for DecayingModelFile {
    fn check(&self) -> Result<(), String> {
        filled("name", &self.name)?;
        self.parameters.check()
    }
}
