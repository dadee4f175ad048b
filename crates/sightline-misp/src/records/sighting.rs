//! Sightings (spec 01 section 7).

use super::OrgRef;
use crate::json::ObjectWriter;
use sightline_core::ids::{AttributeId, EventId, OrgId, SightingId};
use uuid::Uuid;

/// What was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SightingType {
    /// The indicator was seen.
    #[default]
    Sighting,
    /// It was seen and is harmless.
    FalsePositive,
    /// It will be over on that date.
    Expiration,
}

impl SightingType {
    /// The number on the wire.
    pub const fn number(self) -> i64 {
        match self {
            Self::Sighting => 0,
            Self::FalsePositive => 1,
            Self::Expiration => 2,
        }
    }

    /// The type of a number.
    pub const fn from_number(number: i64) -> Option<Self> {
        match number {
            0 => Some(Self::Sighting),
            1 => Some(Self::FalsePositive),
            2 => Some(Self::Expiration),
            _ => None,
        }
    }
}

/// A sighting as kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 01 section 7")]
pub struct Sighting {
    pub id: SightingId,
    pub uuid: Uuid,
    pub attribute_id: AttributeId,
    pub event_id: EventId,
    pub org_id: OrgId,
    pub date_sighting: i64,
    pub source: String,
    pub kind: SightingType,
}

impl Sighting {
    /// The columns.
    pub fn write(&self, o: &mut ObjectWriter<'_>) {
        o.number("id", self.id);
        o.number("attribute_id", self.attribute_id);
        o.number("event_id", self.event_id);
        // 0 stands for an organisation that the administrator keeps anonymous: the key is then left out.
        if self.org_id.0 != 0 {
            o.number("org_id", self.org_id);
        }
        o.number("date_sighting", self.date_sighting);
        o.uuid("uuid", self.uuid);
        o.text("source", &self.source);
        o.number("type", self.kind.number());
    }

    /// The columns, the attribute's uuid and who saw it: the shape inside event JSON.
    pub fn write_in_event(&self, o: &mut ObjectWriter<'_>, attribute_uuid: Uuid, org: Option<&OrgRef>) {
        self.write(o);
        if let Some(org) = org {
            o.object("Organisation", |o| {
                o.number("id", org.id);
                o.uuid("uuid", org.uuid);
                o.text("name", &org.name);
            });
        }
        o.uuid("attribute_uuid", attribute_uuid);
    }
}
