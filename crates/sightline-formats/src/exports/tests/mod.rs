//! Every format on known rows, and on hostile ones with a parser on the other side.

mod golden;
mod hostile;

use super::{EventHead, Export, ObjectHead, Row};
use sightline_core::ids::{AttributeId, EventId, ObjectId, OrgId, SharingGroupId, UserId};
use sightline_misp::records::{Analysis, Attribute, Distribution, Event, ThreatLevel};
use sightline_misp::types::{AttributeType, split};
use uuid::Uuid;

fn attribute(id: i64, kind: AttributeType, value: &str) -> Attribute {
    let (value1, value2) = split(kind, value);
    Attribute {
        id: AttributeId(id),
        uuid: Uuid::from_u128(u128::try_from(id).unwrap()),
        event_id: EventId(1),
        object_id: ObjectId(0),
        object_relation: None,
        kind,
        category: kind.default_category(),
        value1: value1.into(),
        value2: value2.into(),
        to_ids: true,
        timestamp: 1_700_000_000,
        distribution: Distribution::Inherit,
        sharing_group_id: SharingGroupId(0),
        comment: String::new(),
        deleted: false,
        disable_correlation: false,
        first_seen: None,
        last_seen: None,
    }
}

fn event() -> EventHead {
    EventHead {
        event: Event {
            id: EventId(1),
            uuid: Uuid::from_u128(0xe),
            org_id: OrgId(1),
            orgc_id: OrgId(2),
            user_id: UserId(1),
            date: "2026-01-31".into(),
            info: "A \"probe\", of sorts".into(),
            threat_level: ThreatLevel::Medium,
            analysis: Analysis::Initial,
            distribution: Distribution::CommunityOnly,
            sharing_group_id: SharingGroupId(0),
            published: true,
            timestamp: 1_700_000_000,
            publish_timestamp: 1_700_000_000,
            sighting_timestamp: 0,
            attribute_count: 1,
            locked: false,
            proposal_email_lock: false,
            disable_correlation: false,
            extends_uuid: None,
            protected: None,
        },
        owner: "Owner".into(),
        creator: "Maker".into(),
        tags: vec!["tlp:green".into()],
    }
}

/// All of an export of these attributes, each with its tags.
fn export(export: &mut dyn Export, attributes: &[Attribute], tags: &[&str]) -> String {
    let event = event();
    let object = ObjectHead {
        uuid: Uuid::from_u128(0x0b),
        name: "file".into(),
        meta_category: "file".into(),
    };
    let mut out = Vec::new();
    export.begin(&mut out);
    for (pass, types) in export.passes().iter().enumerate() {
        export.begin_pass(pass, &mut out);
        for attribute in attributes {
            if types.is_empty() || types.contains(&attribute.kind) {
                let row = Row {
                    attribute,
                    event: &event,
                    tags,
                    object: Some(&object).filter(|_| attribute.object_id.0 != 0),
                };
                export.row(&row, &mut out);
            }
        }
    }
    export.end(&mut out);
    String::from_utf8(out).unwrap()
}
