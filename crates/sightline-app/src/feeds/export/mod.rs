//! Serving one's own published events as a MISP feed (spec 06 A.1 and A.9): the manifest, the list of checksums, and
//! one document per event. All of them come in chunks, each of them one short read.

mod directory;
mod event;
mod index;

pub use directory::to_directory;
pub use event::EventFile;
pub use index::{Hashes, Manifest};

use crate::Ctx;
use sightline_core::AppResult;
use sightline_db::Tx;
use sightline_misp::json::{Buffer, ObjectWriter, write_object};
use sightline_misp::records::{AttachedTag, Distribution, Event};

/// A chunk is handed on when it has grown to this many bytes.
const CHUNK_BYTES: usize = 256 * 1024;

/// A document that is written chunk by chunk.
pub trait Chunks: Send + 'static {
    /// Writes the next chunk to `out`; `false` when the document is complete.
    ///
    /// # Errors
    /// What storage says; the document is then of no use.
    fn next(&mut self, ctx: &Ctx, tx: &mut Tx<'_>, out: &mut Buffer) -> AppResult<bool>;
}

/// For whom a feed is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// The caller, who has proved who it is: everything that it sees.
    Caller,
    /// Whoever reads the files: only what may leave the organisation that it belongs to, and nothing that is meant
    /// for the members of a sharing group.
    Anybody,
}

impl Audience {
    fn may_read(self, distribution: Distribution) -> bool {
        match self {
            Self::Caller => true,
            Self::Anybody => !matches!(
                distribution,
                Distribution::OrganisationOnly | Distribution::SharingGroup
            ),
        }
    }

    fn may_read_event(self, event: &Event) -> bool {
        event.published && self.may_read(event.distribution)
    }
}

/// The distribution that readers are told. A sharing group means nothing without its members, and must not be taken
/// for more than it is.
fn told(distribution: Distribution) -> Distribution {
    match distribution {
        Distribution::SharingGroup => Distribution::OrganisationOnly,
        given => given,
    }
}

/// Whether a tag leaves this instance.
fn leaves(tag: &AttachedTag) -> bool {
    tag.tag.exportable && !tag.local && !tag.tag.local_only
}

fn write_tags<'t>(o: &mut ObjectWriter<'_>, tags: impl IntoIterator<Item = &'t AttachedTag>) {
    o.list(
        "Tag",
        tags.into_iter().filter(|tag| leaves(tag)),
        |out, attached| {
            write_object(out, |o| {
                o.text("name", &attached.tag.name);
                o.text("colour", &attached.tag.colour);
                o.flag("local", false);
                o.opt_text("relationship_type", attached.relationship_type.as_deref());
            });
        },
    );
}
