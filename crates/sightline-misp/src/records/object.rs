//! Objects and the references between them (spec 01 section 5).

use super::Distribution;
use crate::datetime::format_micros;
use crate::json::ObjectWriter;
use sightline_core::ids::{EventId, ObjectId, ObjectReferenceId, SharingGroupId};
use uuid::Uuid;

/// An object: attributes that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 01 section 5")]
pub struct Object {
    pub id: ObjectId,
    pub uuid: Uuid,
    pub event_id: EventId,
    pub name: String,
    pub meta_category: String,
    pub description: String,
    pub template_uuid: Option<Uuid>,
    pub template_version: i64,
    pub timestamp: i64,
    pub distribution: Distribution,
    pub sharing_group_id: SharingGroupId,
    pub comment: String,
    pub deleted: bool,
    /// Microseconds since the epoch.
    pub first_seen: Option<i64>,
    /// Microseconds since the epoch.
    pub last_seen: Option<i64>,
}

impl Object {
    /// The columns.
    pub fn write(&self, o: &mut ObjectWriter<'_>) {
        o.number("id", self.id);
        o.text("name", &self.name);
        o.text("meta-category", &self.meta_category);
        o.text("description", &self.description);
        match self.template_uuid {
            Some(uuid) => o.uuid("template_uuid", uuid),
            None => o.null("template_uuid"),
        }
        o.number("template_version", self.template_version);
        o.number("event_id", self.event_id);
        o.uuid("uuid", self.uuid);
        o.number("timestamp", self.timestamp);
        o.number("distribution", self.distribution.number());
        o.number("sharing_group_id", self.sharing_group_id);
        o.text("comment", &self.comment);
        o.flag("deleted", self.deleted);
        o.opt_text("first_seen", self.first_seen.map(format_micros).as_deref());
        o.opt_text("last_seen", self.last_seen.map(format_micros).as_deref());
    }
}

/// What a reference points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferencedType {
    /// An attribute.
    Attribute,
    /// An object.
    Object,
}

impl ReferencedType {
    /// The number on the wire.
    pub const fn number(self) -> i64 {
        match self {
            Self::Attribute => 0,
            Self::Object => 1,
        }
    }

    /// The type of a number; anything but 0 is an object.
    pub const fn from_number(number: i64) -> Self {
        if number == 0 {
            Self::Attribute
        } else {
            Self::Object
        }
    }
}

/// A reference as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 01 section 5.1")]
pub struct ObjectReference {
    pub id: ObjectReferenceId,
    pub uuid: Uuid,
    pub timestamp: i64,
    pub object_id: ObjectId,
    pub event_id: EventId,
    pub source_uuid: Uuid,
    pub referenced_uuid: Uuid,
    pub referenced_id: i64,
    pub referenced_type: ReferencedType,
    pub relationship_type: String,
    pub comment: String,
    pub deleted: bool,
}

/// The stub of a reference's target that event JSON shows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the stub of spec 01 section 5.1")]
pub enum ReferenceTarget {
    Object {
        distribution: i64,
        sharing_group_id: i64,
        uuid: Uuid,
        name: String,
        meta_category: String,
    },
    Attribute {
        distribution: i64,
        sharing_group_id: i64,
        uuid: Uuid,
        value: String,
        kind: &'static str,
        category: &'static str,
        to_ids: bool,
    },
}

impl ObjectReference {
    /// The columns.
    pub fn write(&self, o: &mut ObjectWriter<'_>) {
        o.number("id", self.id);
        o.uuid("uuid", self.uuid);
        o.number("timestamp", self.timestamp);
        o.number("object_id", self.object_id);
        o.number("event_id", self.event_id);
        o.uuid("source_uuid", self.source_uuid);
        o.uuid("referenced_uuid", self.referenced_uuid);
        o.number("referenced_id", self.referenced_id);
        o.number("referenced_type", self.referenced_type.number());
        o.text("relationship_type", &self.relationship_type);
        o.text("comment", &self.comment);
        o.flag("deleted", self.deleted);
    }

    /// The columns and a stub of the target, as inside event JSON.
    pub fn write_with_target(&self, o: &mut ObjectWriter<'_>, target: Option<&ReferenceTarget>) {
        self.write(o);
        match target {
            Some(ReferenceTarget::Object {
                distribution,
                sharing_group_id,
                uuid,
                name,
                meta_category,
            }) => {
                o.object("Object", |o| {
                    o.number("distribution", *distribution);
                    o.number("sharing_group_id", *sharing_group_id);
                    o.uuid("uuid", *uuid);
                    o.text("name", name);
                    o.text("meta-category", meta_category);
                });
            }
            Some(ReferenceTarget::Attribute {
                distribution,
                sharing_group_id,
                uuid,
                value,
                kind,
                category,
                to_ids,
            }) => {
                o.object("Attribute", |o| {
                    o.number("distribution", *distribution);
                    o.number("sharing_group_id", *sharing_group_id);
                    o.uuid("uuid", *uuid);
                    o.text("value", value);
                    o.text("type", kind);
                    o.text("category", category);
                    o.flag("to_ids", *to_ids);
                });
            }
            None => {
                let what = match self.referenced_type {
                    ReferencedType::Object => "Object",
                    ReferencedType::Attribute => "Attribute",
                };
                o.object(what, |o| {
                    o.text("name", "");
                    o.text("meta-category", "Object from another event");
                    o.text("category", "");
                    o.text("type", "");
                    o.text("value", "");
                    o.uuid("uuid", self.referenced_uuid);
                });
            }
        }
    }
}
