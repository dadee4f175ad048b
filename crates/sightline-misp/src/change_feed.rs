//! One entry of the change feed, and how it stands on the wire: JSON, or an event of a stream (`text/event-stream`).

use crate::json::{Buffer, ObjectWriter};
use uuid::Uuid;

/// What a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the kinds of records")]
pub enum ChangeKind {
    Event,
    Attribute,
    Object,
    ObjectReference,
    EventReport,
    Sighting,
    Tag,
    User,
    Organisation,
    /// Anything else that the audit log knows.
    Audit,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum ChangeAction {
    Create,
    Update,
    Delete,
    Publish,
    Unpublish,
    /// A tag was attached to it.
    Tag,
    /// A tag was taken off it.
    Untag,
}

impl ChangeKind {
    const NAMES: [(Self, &'static str); 10] = [
        (Self::Event, "event"),
        (Self::Attribute, "attribute"),
        (Self::Object, "object"),
        (Self::ObjectReference, "object_reference"),
        (Self::EventReport, "event_report"),
        (Self::Sighting, "sighting"),
        (Self::Tag, "tag"),
        (Self::User, "user"),
        (Self::Organisation, "organisation"),
        (Self::Audit, "audit"),
    ];

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(kind, _)| *kind == self)
            .map_or("audit", |(_, name)| name)
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::NAMES
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(kind, _)| *kind)
    }
}

impl ChangeAction {
    const NAMES: [(Self, &'static str); 7] = [
        (Self::Create, "create"),
        (Self::Update, "update"),
        (Self::Delete, "delete"),
        (Self::Publish, "publish"),
        (Self::Unpublish, "unpublish"),
        (Self::Tag, "tag"),
        (Self::Untag, "untag"),
    ];

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(action, _)| *action == self)
            .map_or("update", |(_, name)| name)
    }

    /// The action of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::NAMES
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(action, _)| *action)
    }
}

/// One entry, as its reader may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its place in the feed; never on the wire.
    pub position: i64,
    /// The audit row of the same change; never on the wire.
    pub audit_id: i64,
    /// When it happened, in Unix seconds.
    pub at: i64,
    /// What it is about.
    pub kind: ChangeKind,
    /// What happened.
    pub action: ChangeAction,
    /// The record's id.
    pub record_id: i64,
    /// The record's uuid, of records that have one.
    pub uuid: Option<Uuid>,
    /// The event that the record is in.
    pub event_id: Option<i64>,
    /// That event's uuid.
    pub event_uuid: Option<Uuid>,
    /// The tag that was attached or taken off.
    pub tag: Option<String>,
}

impl Change {
    /// The fields, under `id`, after which a reader goes on.
    pub fn write(&self, o: &mut ObjectWriter<'_>, id: &str) {
        o.text("id", id);
        o.number("at", self.at);
        o.text("kind", self.kind.name());
        o.text("action", self.action.name());
        o.number("record_id", self.record_id);
        if let Some(uuid) = self.uuid {
            o.uuid("uuid", uuid);
        }
        if let Some(event) = self.event_id {
            o.number("event_id", event);
        }
        if let Some(uuid) = self.event_uuid {
            o.uuid("event_uuid", uuid);
        }
        if let Some(tag) = &self.tag {
            o.text("tag", tag);
        }
    }

    /// The entry as an event of a stream.
    pub fn write_event(&self, out: &mut Buffer, id: &str) {
        out.extend_from_slice(format!("id: {id}\nevent: {}\ndata: ", self.kind.name()).as_bytes());
        // JSON has no line breaks of its own: texts escape theirs.
        let mut object = ObjectWriter::new(out);
        self.write(&mut object, id);
        drop(object);
        out.extend_from_slice(b"\n\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_one_line_of_a_stream_whatever_a_tag_is_called() {
        let change = Change {
            position: 7,
            audit_id: 9,
            at: 12,
            kind: ChangeKind::Attribute,
            action: ChangeAction::Tag,
            record_id: 3,
            uuid: None,
            event_id: Some(2),
            event_uuid: None,
            tag: Some("a\n\ndata: b".into()),
        };
        let mut out = Buffer::new();
        change.write_event(&mut out, "abc");
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "id: abc\nevent: attribute\ndata: {\"id\":\"abc\",\"at\":\"12\",\"kind\":\"attribute\",\"action\":\"tag\",\
             \"record_id\":\"3\",\"event_id\":\"2\",\"tag\":\"a\\n\\ndata: b\"}\n\n"
        );
    }

    #[test]
    fn names_are_read_back() {
        for (kind, name) in ChangeKind::NAMES {
            assert_eq!((ChangeKind::parse(name), kind.name()), (Some(kind), name));
        }
        for (action, name) in ChangeAction::NAMES {
            assert_eq!((ChangeAction::parse(name), action.name()), (Some(action), name));
        }
        assert_eq!(ChangeKind::parse("Event"), None);
    }
}
