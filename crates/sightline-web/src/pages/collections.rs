//! Collections: dossiers of events and clusters.

use super::errors::Errors;
use super::list::{ListUrl, Pager};
use super::moment::{Count, Moment};
use super::wording::{Audience, Choice};
use crate::layout::Frame;
use askama::Template;

/// `GET /collections/index`, narrowed by `scope` (my, org or empty) and `searchall`.
#[derive(Clone, Debug, Template)]
#[template(path = "collections/index.html")]
pub struct CollectionIndexPage {
    /// The frame.
    pub frame: Frame,
    /// The scope shown.
    pub scope: String,
    /// What is searched for.
    pub query: String,
    /// Where we are.
    pub pager: Pager,
    /// The collections.
    pub rows: Vec<CollectionRow>,
    /// May make one.
    pub can_add: bool,
}

impl CollectionIndexPage {
    fn scopes(&self) -> [(&'static str, ListUrl, bool); 3] {
        [("", "All"), ("org", "Of my organisation"), ("my", "Mine")].map(|(scope, label)| {
            let url = ListUrl::new(
                "/collections/index",
                &[("scope", scope), ("searchall", &self.query)],
            );
            (label, url, self.scope == scope)
        })
    }
}

/// One collection.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "each holds what its name says")]
pub struct CollectionRow {
    pub id: i64,
    pub name: String,
    pub description: String,
    pub kind: String,
    pub org: String,
    pub elements: Count,
    pub modified: Moment,
    pub audience: Audience,
}

/// `GET /collections/view/{id}`. Posts `element_uuid`, `element_type`, `description` to `/collection_elements/add/{id}`.
#[derive(Clone, Debug, Template)]
#[template(path = "collections/view.html")]
pub struct CollectionPage {
    /// The frame.
    pub frame: Frame,
    /// The collection.
    pub collection: CollectionRow,
    /// Its uuid.
    pub uuid: String,
    /// Made.
    pub created: Moment,
    /// What is in it, as far as the visitor sees it.
    pub elements: Vec<ElementRow>,
    /// May change it.
    pub can_modify: bool,
    /// What was typed for a new element.
    pub element_uuid: String,
    /// Why it belongs here.
    pub description: String,
    /// What it is.
    pub types: Vec<Choice>,
    /// What is wrong.
    pub errors: Errors,
}

/// One element.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "each holds what its name says")]
pub struct ElementRow {
    pub id: i64,
    pub uuid: String,
    pub kind: String,
    pub description: String,
    /// The event's id; 0 when it is not here or no event.
    pub event: i64,
    /// The event's title.
    pub info: String,
}

/// Posts `name`, `type`, `description`, `distribution`, `sharing_group_id` to `/collections/add` or `…/edit/{id}`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "collections/form.html")]
pub struct CollectionFormPage {
    /// The frame.
    pub frame: Frame,
    /// The one that is changed; `None` for a new one.
    pub id: Option<i64>,
    /// Name.
    pub name: String,
    /// Kinds.
    pub types: Vec<Choice>,
    /// What it is about.
    pub description: String,
    /// Levels 0 to 4.
    pub distribution: Vec<Choice>,
    /// Sharing groups that the user may use.
    pub sharing_groups: Vec<Choice>,
    /// What is wrong.
    pub errors: Errors,
}

impl CollectionFormPage {
    fn action(&self) -> String {
        self.id.map_or_else(
            || "/collections/add".into(),
            |id| format!("/collections/edit/{id}"),
        )
    }

    fn back(&self) -> String {
        self.id.map_or_else(
            || "/collections/index".into(),
            |id| format!("/collections/view/{id}"),
        )
    }
}
