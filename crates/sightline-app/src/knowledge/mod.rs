//! The knowledge libraries: taxonomies, galaxies and warninglists, read from the files that their authors publish (spec 07).
//!
//! An update is a job. It reads every source, skips the files whose content it knows, and hands each of the others to the
//! one function of its library (`load.rs`). A file that cannot be read is named in the job's log and left out.

mod galaxies;
mod load;
mod source;
mod starter;
mod taxonomies;
#[cfg(test)]
mod tests;
mod update;
mod warninglists;

pub use source::check_source;
pub(crate) use starter::load_starter;
pub(crate) use taxonomies::store as store_taxonomy;
pub use update::{KIND, Updated, request_forced_update, request_update, wait_for_update};

use crate::Ctx;
use crate::jobs::Handlers;
use serde::{Deserialize, Serialize};
use sightline_core::{AppResult, Permission};
use sightline_db::knowledge_files::{self, KnowledgeFile, Summary};
use sightline_knowledge::library::FileKind;

/// A library that this instance keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Library {
    /// Names for tags, and what they mean.
    Taxonomies,
    /// Actors, tools, techniques, …: what tags may name, and how these relate.
    Galaxies,
    /// Values that are seldom worth an alarm.
    Warninglists,
}

impl Library {
    /// Every library.
    pub const ALL: [Self; 3] = [Self::Taxonomies, Self::Galaxies, Self::Warninglists];

    /// The plural word of its files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Taxonomies => "taxonomies",
            Self::Galaxies => "galaxies",
            Self::Warninglists => "warninglists",
        }
    }

    /// What the reference calls one of its records.
    pub const fn model(self) -> &'static str {
        match self {
            Self::Taxonomies => "Taxonomy",
            Self::Galaxies => "Galaxy",
            Self::Warninglists => "Warninglist",
        }
    }

    /// The library of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|library| library.name() == name)
    }

    /// The library that keeps a kind of file; `None` for those that have no place here.
    const fn of(kind: FileKind) -> Option<Self> {
        match kind {
            FileKind::Taxonomy => Some(Self::Taxonomies),
            FileKind::Galaxy | FileKind::Clusters => Some(Self::Galaxies),
            FileKind::Warninglist => Some(Self::Warninglists),
            _ => None,
        }
    }
}

/// Adds this feature's job.
pub fn handlers(handlers: Handlers) -> Handlers {
    update::handlers(handlers)
}

/// What is known of every library, and the files that could not be read. For site administrators.
pub async fn state(ctx: &Ctx) -> AppResult<(Vec<Summary>, Vec<KnowledgeFile>)> {
    ctx.require(Permission::SiteAdmin)?;
    ctx.read(|_, tx| {
        let mut broken = knowledge_files::all(tx)?;
        broken.retain(|file| file.problem.is_some());
        Ok((knowledge_files::summaries(tx)?, broken))
    })
    .await
}
