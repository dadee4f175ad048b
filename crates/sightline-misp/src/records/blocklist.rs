//! Blocklists: what must not come in (spec 01 section 16, spec 06 B.8).

use crate::json::ObjectWriter;
use sightline_core::clock::datetime_of;
use sightline_core::ids::{BlocklistEntryId, OrgId};
use uuid::Uuid;

/// What a list blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Blocklist {
    /// Events by their uuid.
    Events,
    /// Organisations: events that they created.
    Organisations,
}

impl Blocklist {
    /// How the wire calls an entry.
    pub const fn model(self) -> &'static str {
        match self {
            Self::Events => "EventBlocklist",
            Self::Organisations => "OrgBlocklist",
        }
    }
}

/// An entry of either list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlocklistEntry {
    /// The row.
    pub id: BlocklistEntryId,
    /// What is blocked.
    pub uuid: Uuid,
    /// When it was listed, Unix seconds.
    pub created: i64,
    /// The event's title or the organisation's name, as far as it is known.
    pub name: String,
    /// Why.
    pub comment: String,
    /// Name of the organisation that created the event; empty for organisations.
    pub creator: String,
    /// Who may read title and creator besides site administrators: the owner of a deleted event that not everybody here
    /// could see. 0 for everybody who may read the list.
    pub owner_id: OrgId,
    /// How often an organisation's event was refused.
    pub refused: i64,
    /// When that was last; 0 for never.
    pub last_refused: i64,
}

impl BlocklistEntry {
    /// The columns in the reference's order. What never happened is `false`, as the reference has it.
    pub fn write(&self, list: Blocklist, o: &mut ObjectWriter<'_>) {
        let [uuid, name] = match list {
            Blocklist::Events => ["event_uuid", "event_info"],
            Blocklist::Organisations => ["org_uuid", "org_name"],
        };
        o.number("id", self.id);
        o.uuid(uuid, self.uuid);
        o.text("created", &datetime_of(self.created));
        o.text(name, &self.name);
        o.text("comment", &self.comment);
        match list {
            Blocklist::Events => o.text("event_orgc", &self.creator),
            Blocklist::Organisations => o.object("blocked_data", |o| {
                for (field, number) in [
                    ("blocked_amount", self.refused),
                    ("blocked_last_time", self.last_refused),
                ] {
                    if number == 0 {
                        o.flag(field, false);
                    } else {
                        o.number(field, number);
                    }
                }
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::write_object;

    fn written(list: Blocklist, entry: &BlocklistEntry) -> String {
        let mut out = Vec::new();
        write_object(&mut out, |o| entry.write(list, o));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn entries_look_like_the_references() {
        let mut entry = BlocklistEntry {
            id: BlocklistEntryId(6),
            uuid: "3c03f447-681d-435f-bcf9-ca70ad1b0f00".parse().unwrap(),
            created: 1_700_000_000,
            ..BlocklistEntry::default()
        };
        assert_eq!(
            written(Blocklist::Organisations, &entry),
            concat!(
                r#"{"id":"6","org_uuid":"3c03f447-681d-435f-bcf9-ca70ad1b0f00","created":"2023-11-14 22:13:20","#,
                r#""org_name":"","comment":"","blocked_data":{"blocked_amount":false,"blocked_last_time":false}}"#
            )
        );
        (entry.refused, entry.last_refused) = (1, 1_700_000_001);
        assert!(
            written(Blocklist::Organisations, &entry)
                .ends_with(r#""blocked_data":{"blocked_amount":"1","blocked_last_time":"1700000001"}}"#)
        );
        assert_eq!(
            written(Blocklist::Events, &entry),
            concat!(
                r#"{"id":"6","event_uuid":"3c03f447-681d-435f-bcf9-ca70ad1b0f00","created":"2023-11-14 22:13:20","#,
                r#""event_info":"","comment":"","event_orgc":""}"#
            )
        );
    }
}
