//! Tag collections: bundles of tags.

use super::errors::Errors;
use super::list::Pager;
use super::tag_pill::TagPill;
use crate::layout::Frame;
use askama::Template;

/// `GET /tag_collections/index`, narrowed by `searchall`.
#[derive(Clone, Debug, Template)]
#[template(path = "tag_collections/index.html")]
pub struct TagCollectionIndexPage {
    /// The frame.
    pub frame: Frame,
    /// What is searched for.
    pub query: String,
    /// Where we are.
    pub pager: Pager,
    /// The collections.
    pub rows: Vec<TagCollectionRow>,
    /// May make one.
    pub can_add: bool,
}

/// One collection.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each holds what its name says")]
pub struct TagCollectionRow {
    pub id: i64,
    pub name: String,
    pub description: String,
    pub org: String,
    pub all_orgs: bool,
    pub tags: Vec<TagPill>,
    pub can_edit: bool,
}

/// Posts `name`, `description`, `tags` (one name per line), `all_orgs` to `/tag_collections/add` or `…/edit/{id}`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "tag_collections/form.html")]
pub struct TagCollectionFormPage {
    /// The frame.
    pub frame: Frame,
    /// The one that is changed; `None` for a new one.
    pub id: Option<i64>,
    /// Name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// One per line.
    pub tags: String,
    /// Others may use it.
    pub all_orgs: bool,
    /// What is wrong.
    pub errors: Errors,
}

impl TagCollectionFormPage {
    fn action(&self) -> String {
        self.id.map_or_else(
            || "/tag_collections/add".into(),
            |id| format!("/tag_collections/edit/{id}"),
        )
    }
}
