//! Tags and their attachments (spec 01 section 6).

use crate::json::ObjectWriter;
use sightline_core::ids::{OrgId, TagId, UserId};

/// A tag as kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 01 section 6")]
pub struct Tag {
    pub id: TagId,
    pub name: String,
    /// `#RRGGBB`.
    pub colour: String,
    pub exportable: bool,
    /// Only this organisation may attach it; 0 for any.
    pub org_id: OrgId,
    /// Only this user may attach it; 0 for any.
    pub user_id: UserId,
    pub hide_tag: bool,
    pub numerical_value: Option<i64>,
    pub is_galaxy: bool,
    pub is_custom_galaxy: bool,
    pub local_only: bool,
}

/// A tag on an event or attribute.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttachedTag {
    /// The row that attaches it.
    pub attachment_id: i64,
    /// The tag.
    pub tag: Tag,
    /// Known only to this instance.
    pub local: bool,
    /// How the tag relates to the record.
    pub relationship_type: Option<String>,
}

impl Tag {
    /// All columns, as `tags/view` shows them.
    pub fn write(&self, o: &mut ObjectWriter<'_>) {
        o.number("id", self.id);
        o.text("name", &self.name);
        o.text("colour", &self.colour);
        o.flag("exportable", self.exportable);
        o.number("org_id", self.org_id);
        o.number("user_id", self.user_id);
        o.flag("hide_tag", self.hide_tag);
        o.opt_number("numerical_value", self.numerical_value);
        o.flag("is_galaxy", self.is_galaxy);
        o.flag("is_custom_galaxy", self.is_custom_galaxy);
        o.flag("local_only", self.local_only);
    }
}

impl AttachedTag {
    /// The shape inside event and attribute JSON (spec 01 section 2.2): no `org_id`, but how it is attached.
    pub fn write(&self, o: &mut ObjectWriter<'_>) {
        let tag = &self.tag;
        o.number("id", tag.id);
        o.text("name", &tag.name);
        o.text("colour", &tag.colour);
        o.flag("exportable", tag.exportable);
        o.number("user_id", tag.user_id);
        o.flag("hide_tag", tag.hide_tag);
        o.opt_number("numerical_value", tag.numerical_value);
        o.flag("is_galaxy", tag.is_galaxy);
        o.flag("is_custom_galaxy", tag.is_custom_galaxy);
        o.flag("local_only", tag.local_only);
        o.flag("local", self.local);
        o.opt_text("relationship_type", self.relationship_type.as_deref());
    }
}
