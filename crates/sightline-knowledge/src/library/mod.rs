//! The files of the knowledge libraries as their repositories publish them (spec 07). Lenient about what they add,
//! strict about what they must say.

mod decaying_models;
mod galaxies;
mod noticelists;
mod object_templates;
mod palette;
mod taxonomies;
mod warninglists;

pub use decaying_models::DecayingModelFile;
pub use galaxies::{Cluster, ClusterFile, Elements, GalaxyFile, KillChain, Relation};
pub use noticelists::{Notice, NoticelistFile};
pub use object_templates::{Relationship, RelationshipFile, TemplateElement, TemplateElements, TemplateFile};
pub use taxonomies::{TaxonomyEntry, TaxonomyFile};
pub use warninglists::{Category, Entries, Entry, Kind, WarninglistFile};

use serde::de::DeserializeOwned;

/// Why a file could not be read: where it stands in the file and what was expected.
#[derive(Debug, thiserror::Error)]
pub enum Malformed {
    /// Not JSON, or a field that is missing or of another type.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    /// It reads, but says something impossible.
    #[error("{0}")]
    Content(String),
}

/// Which kind of file a path of a library names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    /// `<namespace>/machinetag.json`
    Taxonomy,
    /// `galaxies/<type>.json`
    Galaxy,
    /// `clusters/<type>.json`
    Clusters,
    /// `objects/<name>/definition.json`
    ObjectTemplate,
    /// `relationships/definition.json`
    Relationships,
    /// `lists/<name>/list.json` of the warninglists
    Warninglist,
    /// `lists/<name>/list.json` of the noticelists
    Noticelist,
    /// `models/<name>.json`
    DecayingModel,
}

impl FileKind {
    /// What the last segments of `path` (with `/`) say a file is, and, where two libraries share a layout, its first bytes.
    /// `None` for what belongs to no library.
    pub fn of(path: &str, content: &[u8]) -> Option<Self> {
        let mut segments = path.rsplit('/');
        let file = segments.next()?;
        let folder = segments.next().unwrap_or_default();
        let above = segments.next().unwrap_or_default();
        match (above, folder, file) {
            (_, "tools" | "mapping", _) => None,
            (_, _, "machinetag.json") => Some(Self::Taxonomy),
            (_, "relationships", "definition.json") => Some(Self::Relationships),
            ("objects", _, "definition.json") => Some(Self::ObjectTemplate),
            ("lists", _, "list.json") if names_notices(content) => Some(Self::Noticelist),
            ("lists", _, "list.json") => Some(Self::Warninglist),
            (_, "galaxies", file) if is_json(file) => Some(Self::Galaxy),
            (_, "clusters", file) if is_json(file) => Some(Self::Clusters),
            (_, "models", file) if is_json(file) => Some(Self::DecayingModel),
            _ => None,
        }
    }
}

fn is_json(file: &str) -> bool {
    file.rsplit_once('.')
        .is_some_and(|(_, extension)| extension == "json")
}

/// Noticelists lie where warninglists lie; only they have notices.
fn names_notices(content: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct Probe {
        notice: Option<serde::de::IgnoredAny>,
    }
    serde_json::from_slice::<Probe>(content).is_ok_and(|probe| probe.notice.is_some())
}

/// Reads a file of any kind; a byte-order mark in front is forgiven.
pub fn parse<T: DeserializeOwned + Check>(content: &[u8]) -> Result<T, Malformed> {
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    let file: T = serde_json::from_slice(content)?;
    file.check().map_err(Malformed::Content)?;
    Ok(file)
}

/// What a file must say beyond having the right fields.
pub trait Check {
    /// The first thing that is wrong, naming the field.
    fn check(&self) -> Result<(), String>;
}

/// Refuses an empty text, naming its field.
fn filled(field: &str, text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err(format!("`{field}` is empty"));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
