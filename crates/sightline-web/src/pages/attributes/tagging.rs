//! The tags of an event or attribute with their buttons, and the picker for one more.

use crate::pages::moment::Count;
use crate::pages::tag_pill::TagPill;
use askama::{Template, filters::HtmlSafe};

/// What a tag is attached to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TagTarget {
    /// An event.
    #[default]
    Event,
    /// An attribute.
    Attribute,
}

impl TagTarget {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Attribute => "attribute",
        }
    }
}

/// The tags of one thing. Answer to `POST /{events|attributes}/addTag/{id}` and `/removeTag/{id}/{tag_id}`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "attributes/tags.html")]
pub struct TagEditor {
    /// What kind of thing.
    pub target: TagTarget,
    /// Its id.
    pub id: i64,
    /// Its tags.
    pub tags: Vec<TagPill>,
    /// May attach and remove tags that everybody sees.
    pub can_tag: bool,
    /// May attach and remove tags of this instance.
    pub can_tag_locally: bool,
}

impl HtmlSafe for TagEditor {}

impl TagEditor {
    fn may_remove(&self, tag: &TagPill) -> bool {
        self.can_tag || (tag.local && self.can_tag_locally)
    }

    fn may_add(&self) -> bool {
        self.can_tag || self.can_tag_locally
    }
}

/// A tag collection in the picker.
#[derive(Clone, Debug, Default)]
pub struct BundleOffer {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its tags.
    pub tags: Count,
}

/// A tag that fits, and what it means.
#[derive(Clone, Debug, Default)]
pub struct TagOffer {
    /// The tag.
    pub pill: TagPill,
    /// What its taxonomy says, in words; empty when no taxonomy makes it.
    pub meaning: String,
}

/// The picker, loaded into its dialog by `GET /tags/picker/{event|attribute}/{id}?q=…`. A choice posts `tag` (the
/// tag's id, or its name) and `local` to the target's `addTag`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "attributes/tag_picker.html")]
pub struct TagPicker {
    /// What kind of thing gets the tag.
    pub target: TagTarget,
    /// Its id.
    pub id: i64,
    /// What was typed.
    pub query: String,
    /// Tags that fit, at most a few dozen.
    pub offers: Vec<TagOffer>,
    /// More fit than are shown.
    pub more: bool,
    /// Tag collections that fit; a choice posts `tag` as `collection_<id>`.
    pub bundles: Vec<BundleOffer>,
    /// What was typed may become a new tag.
    pub can_create: bool,
    /// May attach tags that everybody sees.
    pub can_tag: bool,
    /// May attach tags of this instance.
    pub can_tag_locally: bool,
}
