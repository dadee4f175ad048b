//! Organisations (spec 01 section 10).

use crate::json::ObjectWriter;
use sightline_core::ids::{OrgId, UserId};
use uuid::Uuid;

/// An organisation as kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 01 section 10")]
pub struct Organisation {
    pub id: OrgId,
    pub uuid: Uuid,
    pub name: String,
    pub description: Option<String>,
    pub kind: String,
    pub nationality: String,
    pub sector: String,
    pub contacts: Option<String>,
    pub created_by: UserId,
    /// Whether its users are on this instance, or it is only known from data.
    pub local: bool,
    /// E-mail domains that its users must have; empty for any.
    pub restricted_to_domain: Vec<String>,
    pub landingpage: Option<String>,
    pub date_created: i64,
    pub date_modified: i64,
}

impl Organisation {
    /// What stands beside analyst data: who they are, and nothing of how they are kept here.
    pub fn write_card(&self, o: &mut ObjectWriter<'_>) {
        o.number("id", self.id);
        o.text("name", &self.name);
        o.uuid("uuid", self.uuid);
        o.text("type", &self.kind);
        o.text("sector", &self.sector);
        o.text("nationality", &self.nationality);
        o.flag("local", self.local);
    }
}

/// The four fields that events and sightings show of an organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 01 section 10")]
pub struct OrgRef {
    pub id: OrgId,
    pub uuid: Uuid,
    pub name: String,
    pub local: bool,
}

impl OrgRef {
    /// `id, name, uuid`.
    pub fn write_short(&self, o: &mut ObjectWriter<'_>) {
        o.number("id", self.id);
        o.text("name", &self.name);
        o.uuid("uuid", self.uuid);
    }

    /// `id, name, uuid, local`.
    pub fn write(&self, o: &mut ObjectWriter<'_>) {
        self.write_short(o);
        o.flag("local", self.local);
    }
}
