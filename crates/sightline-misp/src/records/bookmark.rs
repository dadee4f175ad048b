//! Bookmarks: a user's links, perhaps shown to the organisation (spec 07 section 9).

use crate::json::ObjectWriter;
use sightline_core::ids::{BookmarkId, OrgId, UserId};

/// A bookmark.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 07 section 9")]
pub struct Bookmark {
    pub id: BookmarkId,
    pub user_id: UserId,
    /// The user's organisation when the bookmark was made.
    pub org_id: OrgId,
    pub name: String,
    /// A path of this site, or an http(s) address.
    pub url: String,
    pub comment: String,
    /// Everybody in the organisation sees it.
    pub exposed_to_org: bool,
}

impl Bookmark {
    /// The columns.
    pub fn write(&self, o: &mut ObjectWriter<'_>) {
        o.number("id", self.id);
        o.number("user_id", self.user_id);
        o.number("org_id", self.org_id);
        o.text("name", &self.name);
        o.text("url", &self.url);
        o.text("comment", &self.comment);
        o.flag("exposed_to_org", self.exposed_to_org);
    }
}
