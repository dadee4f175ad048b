//! Taxonomies: the list, and one with its tags and what they mean.

use super::list::Pager;
use super::moment::Count;
use super::tag_pill::TagPill;
use crate::layout::Frame;
use askama::Template;

/// `GET /taxonomies/index`, narrowed by `value` and `enabled`.
#[derive(Clone, Debug, Template)]
#[template(path = "taxonomies/index.html")]
pub struct TaxonomyIndexPage {
    /// The frame.
    pub frame: Frame,
    /// What is searched for.
    pub query: String,
    /// Only the enabled ones.
    pub only_enabled: bool,
    /// Where we are.
    pub pager: Pager,
    /// The taxonomies.
    pub rows: Vec<TaxonomyRow>,
    /// May change them.
    pub can_manage: bool,
}

/// One taxonomy.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "each holds what its name says")]
pub struct TaxonomyRow {
    pub id: i64,
    pub namespace: String,
    pub description: String,
    pub version: i64,
    pub enabled: bool,
    pub exclusive: bool,
    pub required: bool,
    pub highlighted: bool,
    /// Tags that it makes.
    pub total: Count,
    /// Those that exist and are offered.
    pub current: Count,
}

/// `GET /taxonomies/view/{id}`, narrowed by `filter`.
#[derive(Clone, Debug, Template)]
#[template(path = "taxonomies/view.html")]
pub struct TaxonomyPage {
    /// The frame.
    pub frame: Frame,
    /// The taxonomy; its numbers are those of the tags below.
    pub taxonomy: TaxonomyRow,
    /// What is searched for.
    pub query: String,
    /// Its tags.
    pub entries: Vec<TaxonomyEntry>,
    /// May change it.
    pub can_manage: bool,
}

/// One of its tags.
#[derive(Clone, Debug)]
pub struct TaxonomyEntry {
    /// What it looks like.
    pub pill: TagPill,
    /// What it is called in words.
    pub expanded: String,
    /// What it means.
    pub description: String,
    /// What it weighs in a decaying model.
    pub weight: Option<String>,
    /// Only one value of its predicate may stand on a record.
    pub exclusive: bool,
    /// Whether the tag is offered, hidden, or not there yet.
    pub state: TagState,
    /// Visible events that have it.
    pub events: Count,
    /// Visible attributes that have it.
    pub attributes: Count,
}

/// What there is of a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TagState {
    /// People can choose it.
    Offered,
    /// It exists, but is not offered.
    Hidden,
    /// It has not been made.
    Missing,
}
