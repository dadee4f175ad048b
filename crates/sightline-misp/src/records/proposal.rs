//! Proposals, on the wire "shadow attributes" (spec 01 section 8).

use super::OrgRef;
use crate::datetime::format_micros;
use crate::json::ObjectWriter;
use crate::types::{AttributeType, Category};
use sightline_core::ids::{AttributeId, EventId, OrgId, ProposalId, UserId};
use std::borrow::Cow;
use uuid::Uuid;

/// What somebody who may not change an event would have changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 01 section 8")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the wire")]
pub struct Proposal {
    pub id: ProposalId,
    /// The attribute's, when there is one; else that of the attribute to be.
    pub uuid: Uuid,
    /// The attribute that it is about; 0 proposes a new one.
    pub old_id: AttributeId,
    pub event_id: EventId,
    /// Who proposes.
    pub org_id: OrgId,
    /// 0 when it came from another instance.
    pub user_id: UserId,
    pub kind: AttributeType,
    pub category: Category,
    pub value1: String,
    /// The second half of a composite value, else empty.
    pub value2: String,
    pub to_ids: bool,
    pub comment: String,
    pub timestamp: i64,
    pub proposal_to_delete: bool,
    pub disable_correlation: bool,
    /// Microseconds since the epoch.
    pub first_seen: Option<i64>,
    /// Microseconds since the epoch.
    pub last_seen: Option<i64>,
    /// Accepted or discarded.
    pub deleted: bool,
}

impl Proposal {
    /// The public value.
    pub fn value(&self) -> Cow<'_, str> {
        if self.value2.is_empty() {
            Cow::Borrowed(&self.value1)
        } else {
            Cow::Owned(format!("{}|{}", self.value1, self.value2))
        }
    }

    /// The shape inside events and attributes.
    pub fn write_in_event(&self, o: &mut ObjectWriter<'_>, event_uuid: Uuid, org: Option<&OrgRef>) {
        o.number("id", self.id);
        o.text("type", self.kind.name());
        o.text("category", self.category.name());
        o.flag("to_ids", self.to_ids);
        o.uuid("uuid", self.uuid);
        o.uuid("event_uuid", event_uuid);
        o.number("event_id", self.event_id);
        o.number("old_id", self.old_id);
        o.text("comment", &self.comment);
        o.number("org_id", self.org_id);
        o.flag("proposal_to_delete", self.proposal_to_delete);
        o.number("timestamp", self.timestamp);
        self.write_seen_and_value(o);
        if let Some(org) = org {
            o.object("Org", |o| org.write(o));
        }
    }

    /// The answer of `shadow_attributes/view`.
    pub fn write_view(&self, o: &mut ObjectWriter<'_>) {
        self.write_start(o);
        self.write_seen_and_value(o);
    }

    /// One row of `shadow_attributes/index`.
    pub fn write_index(&self, o: &mut ObjectWriter<'_>, event_uuid: Uuid, org: Option<&OrgRef>) {
        self.write_start(o);
        o.number("timestamp", self.timestamp);
        self.write_seen(o);
        o.flag("deleted", self.deleted);
        o.flag("proposal_to_delete", self.proposal_to_delete);
        o.flag("disable_correlation", self.disable_correlation);
        o.text("value", &self.value());
        if let Some(org) = org {
            o.uuid("org_uuid", org.uuid);
        }
        if self.old_id.0 != 0 {
            o.uuid("old_uuid", self.uuid);
        }
        o.uuid("event_uuid", event_uuid);
        if let Some(org) = org {
            o.object("Org", |o| org.write_short(o));
        }
    }

    /// The answer to the one who proposed; `owner` owns the event.
    pub fn write_saved(&self, o: &mut ObjectWriter<'_>, owner: OrgId, email: &str) {
        o.number("id", self.id);
        o.number("old_id", self.old_id);
        o.number("event_id", self.event_id);
        o.text("type", self.kind.name());
        o.text("category", self.category.name());
        o.text("comment", &self.comment);
        o.flag("to_ids", self.to_ids);
        o.uuid("uuid", self.uuid);
        o.number("event_org_id", owner);
        o.text("email", email);
        o.flag("deleted", self.deleted);
        o.number("timestamp", self.timestamp);
        self.write_seen_and_value(o);
    }

    fn write_start(&self, o: &mut ObjectWriter<'_>) {
        o.number("id", self.id);
        o.number("old_id", self.old_id);
        o.number("event_id", self.event_id);
        o.text("type", self.kind.name());
        o.text("category", self.category.name());
        o.uuid("uuid", self.uuid);
        o.flag("to_ids", self.to_ids);
        o.text("comment", &self.comment);
        o.number("org_id", self.org_id);
    }

    fn write_seen(&self, o: &mut ObjectWriter<'_>) {
        o.opt_text("first_seen", self.first_seen.map(format_micros).as_deref());
        o.opt_text("last_seen", self.last_seen.map(format_micros).as_deref());
    }

    fn write_seen_and_value(&self, o: &mut ObjectWriter<'_>) {
        self.write_seen(o);
        o.text("value", &self.value());
    }
}
