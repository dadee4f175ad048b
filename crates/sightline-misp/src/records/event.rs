//! Events (spec 01 section 2): the record and the head of its JSON. The body is streamed by the application.

use super::{Analysis, Distribution, OrgRef, ThreatLevel};
use crate::json::ObjectWriter;
use sightline_core::ids::{EventId, OrgId, SharingGroupId, UserId};
use uuid::Uuid;

/// An event as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 01 section 2.1")]
pub struct Event {
    pub id: EventId,
    pub uuid: Uuid,
    /// Owner of the copy on this instance.
    pub org_id: OrgId,
    /// Creator.
    pub orgc_id: OrgId,
    pub user_id: UserId,
    /// `YYYY-MM-DD`.
    pub date: String,
    pub info: String,
    pub threat_level: ThreatLevel,
    pub analysis: Analysis,
    pub distribution: Distribution,
    pub sharing_group_id: SharingGroupId,
    pub published: bool,
    pub timestamp: i64,
    pub publish_timestamp: i64,
    pub sighting_timestamp: i64,
    pub attribute_count: i64,
    pub locked: bool,
    pub proposal_email_lock: bool,
    pub disable_correlation: bool,
    pub extends_uuid: Option<Uuid>,
    pub protected: Option<bool>,
}

impl Event {
    /// The columns at the head of full event JSON (spec 01 section 2.2), up to `protected`.
    pub fn write_head(&self, o: &mut ObjectWriter<'_>) {
        o.number("id", self.id);
        o.number("orgc_id", self.orgc_id);
        o.number("org_id", self.org_id);
        o.text("date", &self.date);
        o.number("threat_level_id", self.threat_level.number());
        o.text("info", &self.info);
        o.flag("published", self.published);
        o.uuid("uuid", self.uuid);
        o.number("attribute_count", self.attribute_count);
        o.number("analysis", self.analysis.number());
        o.number("timestamp", self.timestamp);
        o.number("distribution", self.distribution.number());
        o.flag("proposal_email_lock", self.proposal_email_lock);
        o.flag("locked", self.locked);
        o.number("publish_timestamp", self.publish_timestamp);
        o.number("sharing_group_id", self.sharing_group_id);
        o.flag("disable_correlation", self.disable_correlation);
        self.write_extends(o);
        self.write_protected(o);
    }

    /// The columns in the order of `events/index` (spec 04 section 10).
    pub fn write_index(&self, o: &mut ObjectWriter<'_>) {
        o.number("id", self.id);
        o.number("org_id", self.org_id);
        o.text("date", &self.date);
        o.text("info", &self.info);
        o.uuid("uuid", self.uuid);
        o.flag("published", self.published);
        o.number("analysis", self.analysis.number());
        o.number("attribute_count", self.attribute_count);
        o.number("orgc_id", self.orgc_id);
        o.number("timestamp", self.timestamp);
        o.number("distribution", self.distribution.number());
        o.number("sharing_group_id", self.sharing_group_id);
        o.flag("proposal_email_lock", self.proposal_email_lock);
        o.flag("locked", self.locked);
        o.number("threat_level_id", self.threat_level.number());
        o.number("publish_timestamp", self.publish_timestamp);
        o.number("sighting_timestamp", self.sighting_timestamp);
        o.flag("disable_correlation", self.disable_correlation);
        self.write_extends(o);
        self.write_protected(o);
    }

    /// `extends_uuid`: the empty string when the event extends nothing.
    pub fn write_extends(&self, o: &mut ObjectWriter<'_>) {
        match self.extends_uuid {
            Some(uuid) => o.uuid("extends_uuid", uuid),
            None => o.text("extends_uuid", ""),
        }
    }

    fn write_protected(&self, o: &mut ObjectWriter<'_>) {
        match self.protected {
            Some(protected) => o.flag("protected", protected),
            None => o.null("protected"),
        }
    }
}

/// A related event, as `RelatedEvent` shows it (spec 02 section 8.3).
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the event and its two organisations")]
pub struct EventRef {
    pub event: Event,
    pub org: OrgRef,
    pub orgc: OrgRef,
}

impl EventRef {
    /// The fields of spec 02 section 8.3.
    pub fn write(&self, o: &mut ObjectWriter<'_>) {
        let event = &self.event;
        o.number("id", event.id);
        o.text("date", &event.date);
        o.number("threat_level_id", event.threat_level.number());
        o.text("info", &event.info);
        o.flag("published", event.published);
        o.uuid("uuid", event.uuid);
        o.number("analysis", event.analysis.number());
        o.number("timestamp", event.timestamp);
        o.number("distribution", event.distribution.number());
        o.number("org_id", event.org_id);
        o.number("orgc_id", event.orgc_id);
        o.object("Org", |o| self.org.write_short(o));
        o.object("Orgc", |o| self.orgc.write_short(o));
    }
}
