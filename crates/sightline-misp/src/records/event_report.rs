//! Event reports (spec 01 section 12).

use super::Distribution;
use crate::json::ObjectWriter;
use sightline_core::ids::{EventId, EventReportId, SharingGroupId};
use uuid::Uuid;

/// A Markdown report on an event.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 01 section 12")]
pub struct EventReport {
    pub id: EventReportId,
    pub uuid: Uuid,
    pub event_id: EventId,
    pub name: String,
    pub content: String,
    pub distribution: Distribution,
    pub sharing_group_id: SharingGroupId,
    pub timestamp: i64,
    pub deleted: bool,
}

impl EventReport {
    /// The columns.
    pub fn write(&self, o: &mut ObjectWriter<'_>) {
        o.number("id", self.id);
        o.uuid("uuid", self.uuid);
        o.number("event_id", self.event_id);
        o.text("name", &self.name);
        o.text("content", &self.content);
        o.number("distribution", self.distribution.number());
        o.number("sharing_group_id", self.sharing_group_id);
        o.number("timestamp", self.timestamp);
        o.flag("deleted", self.deleted);
    }
}
