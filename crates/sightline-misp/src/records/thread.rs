//! Discussions (spec 10 part H): an event's thread and its posts.

use super::{Distribution, OrgRef};
use crate::json::ObjectWriter;
use sightline_core::clock::datetime_of;
use sightline_core::ids::{EventId, OrgId, PostId, SharingGroupId, ThreadId, UserId};

/// The discussion of an event, with what it has from the event.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each holds what its name says")]
pub struct Thread {
    pub id: ThreadId,
    pub event_id: EventId,
    /// The event's.
    pub title: String,
    /// The event's.
    pub distribution: Distribution,
    /// The event's.
    pub sharing_group_id: SharingGroupId,
    /// Who created the event.
    pub org_id: OrgId,
    pub post_count: i64,
    pub date_created: i64,
    pub date_modified: i64,
}

impl Thread {
    /// The fields.
    pub fn write(&self, o: &mut ObjectWriter<'_>) {
        o.number("id", self.id);
        o.text("date_created", &datetime_of(self.date_created));
        o.text("date_modified", &datetime_of(self.date_modified));
        o.number("distribution", self.distribution.number());
        o.number("post_count", self.post_count);
        o.number("event_id", self.event_id);
        o.text("title", &self.title);
        o.number("org_id", self.org_id);
        o.number("sharing_group_id", self.sharing_group_id);
    }
}

/// What somebody says in a thread.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each holds what its name says")]
pub struct Post {
    pub id: PostId,
    pub thread_id: ThreadId,
    pub event_id: EventId,
    /// The post that it answers; 0 for none.
    pub post_id: PostId,
    pub user_id: UserId,
    pub org_id: OrgId,
    pub contents: String,
    pub date_created: i64,
    pub date_modified: i64,
}

impl Post {
    /// The fields, with who wrote it.
    pub fn write(&self, o: &mut ObjectWriter<'_>, org: Option<&OrgRef>) {
        o.number("id", self.id);
        o.text("date_created", &datetime_of(self.date_created));
        o.text("date_modified", &datetime_of(self.date_modified));
        o.number("user_id", self.user_id);
        o.text("contents", &self.contents);
        o.number("post_id", self.post_id);
        o.number("thread_id", self.thread_id);
        o.number("org_id", self.org_id);
        o.text("org_name", org.map_or("", |org| org.name.as_str()));
    }
}
