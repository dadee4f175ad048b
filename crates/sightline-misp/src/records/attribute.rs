//! Attributes (spec 01 section 4).

use super::Distribution;
use crate::datetime::format_micros;
use crate::json::ObjectWriter;
use crate::types::{AttributeType, Category};
use sightline_core::ids::{AttributeId, EventId, ObjectId, SharingGroupId};
use std::borrow::Cow;
use uuid::Uuid;

/// An attribute as kept: one indicator.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 01 section 4")]
pub struct Attribute {
    pub id: AttributeId,
    pub uuid: Uuid,
    pub event_id: EventId,
    /// 0 when the attribute stands alone.
    pub object_id: ObjectId,
    pub object_relation: Option<String>,
    pub kind: AttributeType,
    pub category: Category,
    pub value1: String,
    /// The second half of a composite value, else empty.
    pub value2: String,
    pub to_ids: bool,
    pub timestamp: i64,
    pub distribution: Distribution,
    pub sharing_group_id: SharingGroupId,
    pub comment: String,
    pub deleted: bool,
    pub disable_correlation: bool,
    /// Microseconds since the epoch.
    pub first_seen: Option<i64>,
    /// Microseconds since the epoch.
    pub last_seen: Option<i64>,
}

/// The order and set of columns differ between answers (spec 01 section 4, table).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttributeShape {
    /// Inside event JSON: `type` first, the value last.
    InEvent,
    /// `attributes/view`, `edit` and `restSearch`: database order without the halves.
    Flat,
    /// `attributes/add`, `index` and objects: database order with `value1` and `value2`.
    FlatWithHalves,
}

impl Attribute {
    /// The public value: the halves joined by `|` when there are two.
    pub fn value(&self) -> Cow<'_, str> {
        if self.value2.is_empty() {
            Cow::Borrowed(&self.value1)
        } else {
            Cow::Owned(format!("{}|{}", self.value1, self.value2))
        }
    }

    /// The columns in one of the reference's orders.
    pub fn write(&self, o: &mut ObjectWriter<'_>, shape: AttributeShape) {
        o.number("id", self.id);
        if shape == AttributeShape::InEvent {
            o.text("type", self.kind.name());
            o.text("category", self.category.name());
            o.flag("to_ids", self.to_ids);
            o.uuid("uuid", self.uuid);
            o.number("event_id", self.event_id);
            o.number("distribution", self.distribution.number());
            o.number("timestamp", self.timestamp);
            o.text("comment", &self.comment);
            o.number("sharing_group_id", self.sharing_group_id);
            o.flag("deleted", self.deleted);
            o.flag("disable_correlation", self.disable_correlation);
            o.number("object_id", self.object_id);
            o.opt_text("object_relation", self.object_relation.as_deref());
        } else {
            o.number("event_id", self.event_id);
            o.number("object_id", self.object_id);
            o.opt_text("object_relation", self.object_relation.as_deref());
            o.text("category", self.category.name());
            o.text("type", self.kind.name());
            if shape == AttributeShape::FlatWithHalves {
                o.text("value1", &self.value1);
                o.text("value2", &self.value2);
            }
            o.flag("to_ids", self.to_ids);
            o.uuid("uuid", self.uuid);
            o.number("timestamp", self.timestamp);
            o.number("distribution", self.distribution.number());
            o.number("sharing_group_id", self.sharing_group_id);
            o.text("comment", &self.comment);
            o.flag("deleted", self.deleted);
            o.flag("disable_correlation", self.disable_correlation);
        }
        self.write_seen(o);
        o.text("value", &self.value());
    }

    fn write_seen(&self, o: &mut ObjectWriter<'_>) {
        o.opt_text("first_seen", self.first_seen.map(format_micros).as_deref());
        o.opt_text("last_seen", self.last_seen.map(format_micros).as_deref());
    }
}
