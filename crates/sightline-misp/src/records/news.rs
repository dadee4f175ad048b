//! News: what the administrators tell everybody (spec 10 part H).

use crate::json::ObjectWriter;
use sightline_core::ids::{NewsId, UserId};

/// A news item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 10 part H")]
pub struct News {
    pub id: NewsId,
    pub title: String,
    pub message: String,
    /// Who wrote it; 0 when the author stays unnamed.
    pub user_id: UserId,
    pub date_created: i64,
}

impl News {
    /// The columns.
    pub fn write(&self, o: &mut ObjectWriter<'_>) {
        o.number("id", self.id);
        o.text("title", &self.title);
        o.text("message", &self.message);
        o.number("user_id", self.user_id);
        o.number("date_created", self.date_created);
    }
}
