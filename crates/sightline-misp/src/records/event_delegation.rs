//! Offers to hand an event over (spec 06 B.9).

use super::{Distribution, Event, OrgRef};
use crate::json::ObjectWriter;
use sightline_core::ids::{EventDelegationId, EventId, OrgId, SharingGroupId};

/// An offer as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of spec 06 B.9")]
pub struct EventDelegation {
    pub id: EventDelegationId,
    /// Who is to take it.
    pub org_id: OrgId,
    /// Who offers it.
    pub requester_org_id: OrgId,
    pub event_id: EventId,
    pub message: String,
    /// Who shall see the event afterwards; `None` leaves it to the one who takes it.
    pub distribution: Option<Distribution>,
    pub sharing_group_id: SharingGroupId,
}

impl EventDelegation {
    fn write_start(&self, o: &mut ObjectWriter<'_>) {
        o.number("id", self.id);
        o.number("org_id", self.org_id);
        o.number("requester_org_id", self.requester_org_id);
        o.number("event_id", self.event_id);
        o.text("message", &self.message);
    }

    /// The answer to the one who offers.
    pub fn write(&self, o: &mut ObjectWriter<'_>) {
        self.write_start(o);
        o.number("distribution", self.distribution.map_or(-1, Distribution::number));
        o.number("sharing_group_id", self.sharing_group_id);
    }

    /// One row of the index.
    pub fn write_index(&self, o: &mut ObjectWriter<'_>, event: &Event, org: &OrgRef, requester: &OrgRef) {
        self.write_start(o);
        o.object("Org", |o| org.write_short(o));
        o.object("RequesterOrg", |o| requester.write_short(o));
        o.object("Event", |o| {
            o.number("id", event.id);
            o.text("info", &event.info);
            o.uuid("uuid", event.uuid);
            o.number("analysis", event.analysis.number());
            o.number("distribution", event.distribution.number());
            o.number("threat_level_id", event.threat_level.number());
            o.text("date", &event.date);
            o.number("attribute_count", event.attribute_count);
        });
    }
}
