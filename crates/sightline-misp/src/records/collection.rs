//! Collections: dossiers of events and galaxy clusters (spec 01 section 14, spec 07 section 9).

use super::Distribution;
use crate::json::ObjectWriter;
use sightline_core::clock::datetime_of;
use sightline_core::ids::{CollectionElementId, CollectionId, OrgId, SharingGroupId, UserId};
use uuid::Uuid;

/// A dossier.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 01 section 14")]
pub struct Collection {
    pub id: CollectionId,
    pub uuid: Uuid,
    pub org_id: OrgId,
    pub orgc_id: OrgId,
    pub user_id: UserId,
    pub created: i64,
    pub modified: i64,
    pub distribution: Distribution,
    /// 0 for none.
    pub sharing_group_id: SharingGroupId,
    pub name: String,
    /// One of [`Collection::TYPES`], or whatever the client says.
    pub kind: String,
    pub description: String,
}

impl Collection {
    /// What the pages offer as a kind.
    pub const TYPES: &'static [&'static str] =
        &["campaign", "intrusion_set", "named_threat", "other", "research"];

    /// The columns in the reference's order.
    pub fn write(&self, o: &mut ObjectWriter<'_>) {
        o.number("id", self.id);
        o.uuid("uuid", self.uuid);
        o.number("org_id", self.org_id);
        o.number("orgc_id", self.orgc_id);
        o.number("user_id", self.user_id);
        o.text("created", &datetime_of(self.created));
        o.text("modified", &datetime_of(self.modified));
        o.number("distribution", self.distribution.number());
        o.opt_number(
            "sharing_group_id",
            Some(self.sharing_group_id.0).filter(|id| *id != 0),
        );
        o.text("name", &self.name);
        o.text("type", &self.kind);
        o.text("description", &self.description);
    }
}

/// What an element names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ElementType {
    /// An event.
    Event,
    /// A galaxy cluster.
    GalaxyCluster,
}

impl ElementType {
    /// The word on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Event => "Event",
            Self::GalaxyCluster => "GalaxyCluster",
        }
    }

    /// The type of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Event, Self::GalaxyCluster]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// One record in a dossier.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 01 section 14")]
pub struct CollectionElement {
    pub id: CollectionElementId,
    pub uuid: Uuid,
    pub element_uuid: Uuid,
    pub element_type: ElementType,
    pub collection_id: CollectionId,
    pub description: String,
}

impl CollectionElement {
    /// The columns.
    pub fn write(&self, o: &mut ObjectWriter<'_>) {
        o.number("id", self.id);
        o.uuid("uuid", self.uuid);
        o.uuid("element_uuid", self.element_uuid);
        o.text("element_type", self.element_type.name());
        o.number("collection_id", self.collection_id);
        o.text("description", &self.description);
    }
}
