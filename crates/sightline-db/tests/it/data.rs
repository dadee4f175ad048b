//! Rows for tests of searches and correlation.

use sightline_core::ids::{AttributeId, EventId, ObjectId, OrgId, SharingGroupId, UserId};
use sightline_db::{Access, Db, DbResult, Tx, attributes, events, objects, params};
use sightline_misp::records::{Analysis, Attribute, Distribution, Event, Object, ThreatLevel};
use sightline_misp::types::{AttributeType, split};
use uuid::Uuid;

/// Runs `work` in a committed transaction.
pub(crate) fn write<T: Send + 'static>(
    db: &Db,
    work: impl FnOnce(&mut Tx<'_>) -> DbResult<T> + Send + 'static,
) -> T {
    db.run_blocking(Access::Write, work).unwrap()
}

/// Runs `work` in a snapshot.
pub(crate) fn read<T: Send + 'static>(
    db: &Db,
    work: impl FnOnce(&mut Tx<'_>) -> DbResult<T> + Send + 'static,
) -> T {
    db.run_blocking(Access::Read, work).unwrap()
}

/// An organisation with this name; the first one has id 1.
pub(crate) fn org(tx: &mut Tx<'_>, name: &str) -> OrgId {
    OrgId(
        tx.int(
            "INSERT INTO organisations (uuid, name, local, date_created, date_modified) \
             VALUES ($1, $2, TRUE, 0, 0) RETURNING id",
            params![Uuid::new_v4(), name],
        )
        .unwrap(),
    )
}

/// An event that everybody sees, owned and created by `org`.
pub(crate) fn new_event(org: OrgId, info: &str) -> Event {
    Event {
        id: EventId(0),
        uuid: Uuid::new_v4(),
        org_id: org,
        orgc_id: org,
        user_id: UserId(1),
        date: "2026-01-01".into(),
        info: info.into(),
        threat_level: ThreatLevel::Low,
        analysis: Analysis::Initial,
        distribution: Distribution::AllCommunities,
        sharing_group_id: SharingGroupId(0),
        published: true,
        timestamp: 1_000,
        publish_timestamp: 2_000,
        sighting_timestamp: 0,
        attribute_count: 0,
        locked: false,
        proposal_email_lock: false,
        disable_correlation: false,
        extends_uuid: None,
        protected: None,
    }
}

/// Stores an event.
#[expect(clippy::needless_pass_by_value, reason = "callers make the event in place")]
pub(crate) fn event(tx: &mut Tx<'_>, event: Event) -> EventId {
    events::insert(tx, &event).unwrap()
}

/// An attribute of a stored event.
pub(crate) fn new_attribute(event: EventId, kind: &str, value: &str) -> Attribute {
    let kind = AttributeType::parse(kind).unwrap();
    let (value1, value2) = split(kind, value);
    Attribute {
        id: AttributeId(0),
        uuid: Uuid::new_v4(),
        event_id: event,
        object_id: ObjectId(0),
        object_relation: None,
        kind,
        category: kind.default_category(),
        value1: value1.into(),
        value2: value2.into(),
        to_ids: kind.default_to_ids(),
        timestamp: 1_000,
        distribution: Distribution::Inherit,
        sharing_group_id: SharingGroupId(0),
        comment: String::new(),
        deleted: false,
        disable_correlation: false,
        first_seen: None,
        last_seen: None,
    }
}

/// Stores an attribute.
pub(crate) fn attribute(tx: &mut Tx<'_>, mut attribute: Attribute) -> AttributeId {
    attribute.id = AttributeId(tx.allocate_ids("attributes", 1).unwrap()[0]);
    attributes::insert_many(tx, std::slice::from_ref(&attribute)).unwrap();
    attribute.id
}

/// Stores an attribute with default columns.
pub(crate) fn simple(tx: &mut Tx<'_>, event: EventId, kind: &str, value: &str) -> AttributeId {
    attribute(tx, new_attribute(event, kind, value))
}

/// An object of a stored event.
pub(crate) fn new_object(event: EventId, name: &str) -> Object {
    Object {
        id: ObjectId(0),
        uuid: Uuid::new_v4(),
        event_id: event,
        name: name.into(),
        meta_category: "file".into(),
        description: String::new(),
        template_uuid: Some(Uuid::new_v4()),
        template_version: 1,
        timestamp: 1_000,
        distribution: Distribution::Inherit,
        sharing_group_id: SharingGroupId(0),
        comment: String::new(),
        deleted: false,
        first_seen: None,
        last_seen: None,
    }
}

/// Stores an object.
pub(crate) fn object(tx: &mut Tx<'_>, mut object: Object) -> ObjectId {
    object.id = ObjectId(tx.allocate_ids("objects", 1).unwrap()[0]);
    objects::insert_many(tx, std::slice::from_ref(&object)).unwrap();
    object.id
}

/// Stores a tag and puts it on an event or attribute.
pub(crate) fn tag(tx: &mut Tx<'_>, name: &str, event: EventId, attribute: Option<AttributeId>) -> i64 {
    let known = tx
        .first("SELECT id FROM tags WHERE name = $1", params![name], |row| {
            row.int(0)
        })
        .unwrap();
    let id = known.unwrap_or_else(|| {
        tx.int(
            "INSERT INTO tags (name, name_key, colour) VALUES ($1, 0, '#000000') RETURNING id",
            params![name],
        )
        .unwrap()
    });
    match attribute {
        None => tx
            .exec(
                "INSERT INTO event_tags (event_id, tag_id) VALUES ($1, $2)",
                params![event, id],
            )
            .unwrap(),
        Some(attribute) => tx
            .exec(
                "INSERT INTO attribute_tags (attribute_id, event_id, tag_id) VALUES ($1, $2, $3)",
                params![attribute, event, id],
            )
            .unwrap(),
    };
    id
}
