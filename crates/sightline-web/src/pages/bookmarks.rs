//! Bookmarks.

use super::errors::Errors;
use super::list::Pager;
use crate::layout::Frame;
use askama::Template;

/// `GET /bookmarks/index`.
#[derive(Clone, Debug, Template)]
#[template(path = "bookmarks/index.html")]
pub struct BookmarkIndexPage {
    /// The frame.
    pub frame: Frame,
    /// Where we are.
    pub pager: Pager,
    /// The bookmarks.
    pub rows: Vec<BookmarkRow>,
}

/// One bookmark.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each holds what its name says")]
pub struct BookmarkRow {
    pub id: i64,
    pub name: String,
    pub url: String,
    pub comment: String,
    /// The visitor's.
    pub own: bool,
    /// Shown to the organisation.
    pub exposed: bool,
}

/// Posts `name`, `url`, `comment`, `exposed_to_org` to `/bookmarks/add` or `/bookmarks/edit/{id}`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "bookmarks/form.html")]
pub struct BookmarkFormPage {
    /// The frame.
    pub frame: Frame,
    /// The one that is changed; `None` for a new one.
    pub id: Option<i64>,
    /// Name.
    pub name: String,
    /// Where it leads.
    pub url: String,
    /// What for.
    pub comment: String,
    /// Shown to the organisation.
    pub exposed: bool,
    /// What is wrong.
    pub errors: Errors,
}

impl BookmarkFormPage {
    fn action(&self) -> String {
        self.id
            .map_or_else(|| "/bookmarks/add".into(), |id| format!("/bookmarks/edit/{id}"))
    }
}
