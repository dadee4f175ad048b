//! Tag collections: named bundles of tags that are attached in one go (spec 07 section 9).

use super::{OrgRef, Tag};
use crate::json::{ObjectWriter, write_object};
use sightline_core::ids::{OrgId, TagCollectionId, UserId};
use uuid::Uuid;

/// A bundle of tags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 07 section 9")]
pub struct TagCollection {
    pub id: TagCollectionId,
    pub uuid: Uuid,
    pub name: String,
    pub description: String,
    /// Every organisation may use it, not only its own.
    pub all_orgs: bool,
    pub org_id: OrgId,
    pub user_id: UserId,
}

/// A tag in a bundle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagCollectionTag {
    /// The row.
    pub id: i64,
    /// The bundle.
    pub collection_id: TagCollectionId,
    /// The tag.
    pub tag: Tag,
}

impl TagCollection {
    /// The columns.
    pub fn write(&self, o: &mut ObjectWriter<'_>) {
        o.number("id", self.id);
        o.uuid("uuid", self.uuid);
        o.text("name", &self.name);
        o.text("description", &self.description);
        o.number("user_id", self.user_id);
        o.number("org_id", self.org_id);
        o.flag("all_orgs", self.all_orgs);
    }

    /// The bundle with its tags and its organisation, as index and view show it.
    pub fn write_whole(&self, o: &mut ObjectWriter<'_>, tags: &[TagCollectionTag], org: &OrgRef) {
        o.object("TagCollection", |o| self.write(o));
        o.list("TagCollectionTag", tags, |out, row| {
            write_object(out, |o| {
                o.number("id", row.id);
                o.number("tag_collection_id", row.collection_id);
                o.number("tag_id", row.tag.id);
                o.object("Tag", |o| row.tag.write(o));
            });
        });
        o.object("Organisation", |o| org.write_short(o));
        o.list("Galaxy", std::iter::empty::<()>(), |_, ()| {});
    }
}
