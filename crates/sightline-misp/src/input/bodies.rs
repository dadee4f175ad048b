//! The bodies of events and what hangs on them, every field [`Loose`]. Unknown keys are ignored.

use super::{Loose, LooseList, OneOrMany};
use crate::records::AnalystKind;
use serde::Deserialize;

macro_rules! body {
    ($(#[$doc:meta])* $name:ident { $($(#[$attr:meta])* $field:ident : $type:ty),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Deserialize)]
        #[serde(default)]
        #[expect(missing_docs, reason = "the fields of the wire, spec 01")]
        pub struct $name { $($(#[$attr])* pub $field: $type),+ }
    };
}

body! {
    /// An event with everything that it may carry (spec 03 section 3.1).
    EventIn {
        id: Loose, uuid: Loose, info: Loose, date: Loose, threat_level_id: Loose, analysis: Loose,
        distribution: Loose, sharing_group_id: Loose, published: Loose, timestamp: Loose, publish_timestamp: Loose,
        org_id: Loose, orgc_id: Loose, disable_correlation: Loose, extends_uuid: Loose, protected: Loose,
        locked: Loose,
        #[serde(rename = "breakOnDuplicate")] break_on_duplicate: Loose,
        #[serde(rename = "Orgc", alias = "orgc")] orgc: Option<Box<OrgIn>>,
        #[serde(rename = "SharingGroup")] sharing_group: Option<Box<SharingGroupIn>>,
        #[serde(rename = "Attribute")] attributes: LooseList<AttributeIn>,
        #[serde(rename = "Object")] objects: LooseList<ObjectIn>,
        #[serde(rename = "Tag")] tags: LooseList<TagIn>,
        #[serde(rename = "EventTag")] event_tags: LooseList<TagIn>,
        #[serde(rename = "EventReport")] reports: LooseList<EventReportIn>,
        #[serde(rename = "Note")] notes: LooseList<AnalystIn>,
        #[serde(rename = "Opinion")] opinions: LooseList<AnalystIn>,
        #[serde(rename = "Relationship")] relationships: LooseList<AnalystIn>,
    }
}

body! {
    /// An attribute (spec 03 section 4).
    AttributeIn {
        id: Loose, uuid: Loose, event_id: Loose, object_id: Loose, object_relation: Loose,
        #[serde(rename = "type")] kind: Loose,
        category: Loose, value: Loose, value1: Loose, value2: Loose, to_ids: Loose, timestamp: Loose,
        distribution: Loose, sharing_group_id: Loose, comment: Loose, deleted: Loose, disable_correlation: Loose,
        first_seen: Loose, last_seen: Loose,
        #[serde(alias = "base64")] data: Loose,
        encrypt: Loose,
        #[serde(rename = "Tag")] tags: LooseList<TagIn>,
        #[serde(rename = "AttributeTag")] attribute_tags: LooseList<TagIn>,
        #[serde(rename = "Sighting")] sightings: LooseList<SightingIn>,
        #[serde(rename = "SharingGroup")] sharing_group: Option<Box<SharingGroupIn>>,
        #[serde(rename = "Note")] notes: LooseList<AnalystIn>,
        #[serde(rename = "Opinion")] opinions: LooseList<AnalystIn>,
        #[serde(rename = "Relationship")] relationships: LooseList<AnalystIn>,
    }
}

body! {
    /// A proposal as another instance sends it (spec 01 section 8).
    ProposalIn {
        #[serde(flatten)] attribute: AttributeIn,
        old_id: Loose, old_uuid: Loose, proposal_to_delete: Loose,
        #[serde(rename = "Org")] org: Option<Box<OrgIn>>,
    }
}

body! {
    /// An object with its attributes and references (spec 03 section 5).
    ObjectIn {
        id: Loose, uuid: Loose, name: Loose,
        #[serde(rename = "meta-category")] meta_category: Loose,
        description: Loose, template_uuid: Loose, template_version: Loose, timestamp: Loose, distribution: Loose,
        sharing_group_id: Loose, comment: Loose, deleted: Loose, first_seen: Loose, last_seen: Loose,
        #[serde(rename = "Attribute")] attributes: LooseList<AttributeIn>,
        #[serde(rename = "ObjectReference")] references: LooseList<ObjectReferenceIn>,
        #[serde(rename = "SharingGroup")] sharing_group: Option<Box<SharingGroupIn>>,
        #[serde(rename = "Note")] notes: LooseList<AnalystIn>,
        #[serde(rename = "Opinion")] opinions: LooseList<AnalystIn>,
        #[serde(rename = "Relationship")] relationships: LooseList<AnalystIn>,
    }
}

body! {
    /// A reference from an object.
    ObjectReferenceIn {
        uuid: Loose, timestamp: Loose, object_uuid: Loose, source_uuid: Loose, object_id: Loose,
        referenced_uuid: Loose, referenced_id: Loose, relationship_type: Loose, comment: Loose, deleted: Loose,
    }
}

body! {
    /// A tag, by name; or an `EventTag`/`AttributeTag` row that holds one.
    TagIn {
        id: Loose, name: Loose, colour: Loose, exportable: Loose, hide_tag: Loose, local: Loose, local_only: Loose,
        numerical_value: Loose, relationship_type: Loose, deleted: Loose, org_id: Loose, user_id: Loose,
        #[serde(rename = "Tag")] tag: Option<Box<TagIn>>,
    }
}

body! {
    /// A sighting inside an event or on its own (spec 03 section 7).
    SightingIn {
        uuid: Loose, id: Loose, value: Loose,
        #[serde(rename = "type")] kind: Loose,
        source: Loose, timestamp: Loose, date_sighting: Loose, date: Loose, time: Loose,
        attribute_uuid: Loose, org_id: Loose,
        #[serde(rename = "Organisation")] organisation: Option<Box<OrgIn>>,
    }
}

body! {
    /// An organisation.
    OrgIn {
        id: Loose, uuid: Loose, name: Loose, description: Loose,
        #[serde(rename = "type")] kind: Loose,
        nationality: Loose, sector: Loose, contacts: Loose, local: Loose, landingpage: Loose,
    }
}

body! {
    /// An event report.
    EventReportIn {
        id: Loose, uuid: Loose, name: Loose, content: Loose, distribution: Loose, sharing_group_id: Loose,
        timestamp: Loose, deleted: Loose,
        #[serde(rename = "SharingGroup")] sharing_group: Option<Box<SharingGroupIn>>,
        #[serde(rename = "Note")] notes: LooseList<AnalystIn>,
        #[serde(rename = "Opinion")] opinions: LooseList<AnalystIn>,
        #[serde(rename = "Relationship")] relationships: LooseList<AnalystIn>,
    }
}

body! {
    /// A note, an opinion or a relationship, on its own or inside what it hangs on (spec 01 section 13).
    AnalystIn {
        uuid: Loose, object_uuid: Loose, object_type: Loose, authors: Loose, orgc_uuid: Loose, created: Loose,
        modified: Loose, locked: Loose, distribution: Loose, sharing_group_id: Loose, note: Loose, language: Loose, opinion: Loose,
        comment: Loose, relationship_type: Loose, related_object_uuid: Loose, related_object_type: Loose,
        #[serde(rename = "Orgc")] orgc: Option<Box<OrgIn>>,
        #[serde(rename = "SharingGroup")] sharing_group: Option<Box<SharingGroupIn>>,
        #[serde(rename = "Note")] notes: LooseList<AnalystIn>,
        #[serde(rename = "Opinion")] opinions: LooseList<AnalystIn>,
        #[serde(rename = "Relationship")] relationships: LooseList<AnalystIn>,
    }
}

body! {
    /// A sharing group, embedded in a record or on its own (spec 03 section 11).
    SharingGroupIn {
        uuid: Loose, name: Loose, releasability: Loose, description: Loose, organisation_uuid: Loose, active: Loose,
        local: Loose, roaming: Loose, created: Loose, modified: Loose, hide_members: Loose,
        /// Who made it; as a list, members.
        #[serde(rename = "Organisation")] organisation: OneOrMany<OrgIn>,
        #[serde(rename = "SharingGroupOrg")] orgs: LooseList<SharingGroupOrgIn>,
        #[serde(rename = "SharingGroupServer")] servers: LooseList<SharingGroupServerIn>,
    }
}

body! {
    /// A member of a sharing group.
    SharingGroupOrgIn {
        org_id: Loose, extend: Loose,
        /// PyMISP writes the organisation's own fields here.
        uuid: Loose, name: Loose,
        #[serde(rename = "Organisation")] organisation: Option<Box<OrgIn>>,
    }
}

body! {
    /// An instance of a sharing group.
    SharingGroupServerIn {
        server_id: Loose, all_orgs: Loose,
        #[serde(rename = "Server")] server: Option<ServerRefIn>,
    }
}

body! {
    /// An instance as others name it.
    ServerRefIn { id: Loose, url: Loose, name: Loose }
}

macro_rules! carries_analyst_data {
    ($($name:ident),+) => {$(
        impl $name {
            /// The notes, opinions and relationships that came inside, with their kinds.
            pub fn analyst_data(&self) -> impl Iterator<Item = (AnalystKind, &AnalystIn)> {
                let of = |kind| move |body| (kind, body);
                self.notes.0.iter().map(of(AnalystKind::Note))
                    .chain(self.opinions.0.iter().map(of(AnalystKind::Opinion)))
                    .chain(self.relationships.0.iter().map(of(AnalystKind::Relationship)))
            }

            /// Forgets them.
            pub fn drop_analyst_data(&mut self) {
                self.notes = LooseList::default();
                self.opinions = LooseList::default();
                self.relationships = LooseList::default();
            }
        }
    )+};
}

carries_analyst_data!(EventIn, AttributeIn, ObjectIn, EventReportIn, AnalystIn);

impl TagIn {
    /// The tag itself when this is an attachment row that wraps it; what the row says of the attachment wins.
    pub fn unwrapped(&self) -> Self {
        match &self.tag {
            None => self.clone(),
            Some(inner) => {
                let mut tag = (**inner).clone();
                if self.local.is_given() {
                    tag.local = self.local.clone();
                }
                if self.relationship_type.is_given() {
                    tag.relationship_type = self.relationship_type.clone();
                }
                tag
            }
        }
    }
}
