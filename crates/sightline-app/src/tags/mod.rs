//! Tags: managing them, capturing those that arrive inside events, attaching them and taking them off.

mod attach;
mod capture;
mod favourites;
mod manage;
mod naming;
mod statistics;
mod target;
#[cfg(test)]
pub(crate) mod tests;

pub use attach::{AttachmentId, Attachments, Detached, Outcome, Via, Wish, attach, detach, set_relationship};
pub(crate) use attach::{attach_in, require_tagger, to_attach};
pub(crate) use capture::make;
pub use capture::{TagMap, attach_captured, attach_captured_to_event, capture};
pub use favourites::toggle_favourite;
pub(crate) use manage::may_see;
pub use manage::{Counted, IndexFilter, TAG_ROWS, add, delete, edit, index, search, view};
pub use naming::default_colour;
pub use statistics::statistics;
pub use target::{Target, TargetKey};

use crate::Ctx;
use sightline_core::AppResult;
use sightline_core::ids::{OrgId, TagCollectionId, TagId};
use sightline_db::tags::Lister;
use sightline_db::{Tx, tags};
use sightline_misp::fold::fold;
use sightline_misp::records::Tag;

/// How a request names a tag: digits are an id, anything else a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagKey {
    /// The row's id.
    Id(TagId),
    /// The name, in any case.
    Name(String),
}

impl TagKey {
    /// The bundle that is meant: `collection_<id>`, where a request may name one (spec 07 section 9).
    pub(super) fn bundle(&self) -> Option<TagCollectionId> {
        match self {
            Self::Name(name) => name
                .strip_prefix("collection_")?
                .parse()
                .ok()
                .map(TagCollectionId),
            Self::Id(_) => None,
        }
    }

    /// `None` when the text is blank.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        Some(
            text.parse()
                .map_or_else(|_| Self::Name(text.to_owned()), |id| Self::Id(TagId(id))),
        )
    }

    /// The tag. Of several that differ only in case the one with exactly this name, else the oldest.
    pub fn find(&self, tx: &mut Tx<'_>) -> AppResult<Option<Tag>> {
        match self {
            Self::Id(id) => Ok(tags::by_id(tx, *id)?),
            Self::Name(name) => {
                let found = tags::by_names(tx, std::slice::from_ref(name))?;
                Ok(found
                    .iter()
                    .find(|tag| tag.name == *name)
                    .or(found.first())
                    .cloned())
            }
        }
    }
}

/// Whose tags the caller sees in lists (spec 05 section 4).
pub(crate) fn lister(ctx: &Ctx) -> Lister {
    if ctx.caller.is_site_admin() {
        Lister::Everything
    } else {
        Lister::User(ctx.caller.org_id, ctx.caller.user_id)
    }
}

/// Why the caller may not attach this tag, in the reference's words; `None` when it may.
pub(crate) fn restriction(ctx: &Ctx, tag: &Tag, local: bool) -> Option<&'static str> {
    let caller = &ctx.caller;
    if !caller.is_site_admin() {
        if tag.org_id != OrgId(0) && tag.org_id != caller.org_id {
            return Some("Invalid Tag. This tag can only be set by a fixed organisation.");
        }
        if tag.user_id.0 != 0 && tag.user_id != caller.user_id {
            return Some("Invalid Tag. This tag can only be set by a fixed user.");
        }
    }
    (tag.local_only && !local).then_some("Invalid Tag. This tag can only be set as a local tag.")
}

/// Whether the caller may attach tags that never leave this instance: a user of the organisation that runs it.
pub(crate) fn may_tag_locally(ctx: &Ctx) -> bool {
    ctx.caller.is_site_admin() || ctx.is_host_org()
}

/// Whether two spellings name the same tag.
pub(crate) fn is_same_name(left: &str, right: &str) -> bool {
    name_key(left) == name_key(right)
}

/// The form in which names are compared.
fn name_key(name: &str) -> String {
    fold(name.trim())
}
