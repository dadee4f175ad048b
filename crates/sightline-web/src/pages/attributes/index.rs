//! Attributes of all events that the user can see: search by value, type, category.

use super::row::AttributeRow;
use crate::layout::Frame;
use crate::pages::list::{FilterChip, ListUrl, Pager};
use crate::pages::wording::Choice;
use askama::Template;

/// `GET /attributes/index`. Fields: `value`, `type`, `category`, `to_ids`.
#[derive(Clone, Debug, Template)]
#[template(path = "attributes/index.html")]
pub struct AttributeIndexPage {
    /// The frame.
    pub frame: Frame,
    /// The value that is looked for; `%` stands for anything.
    pub value: String,
    /// The form that exports what the list shows.
    pub export: ListUrl,
    /// Any and all types.
    pub types: Vec<Choice>,
    /// Any and all categories.
    pub categories: Vec<Choice>,
    /// Any, with the flag, without.
    pub to_ids: Vec<Choice>,
    /// The filters in force.
    pub chips: Vec<FilterChip>,
    /// Acting on all of them, where the list is filtered and the user may.
    pub bulk: Option<ListUrl>,
    /// Where we are.
    pub pager: Pager,
    /// The attributes, latest first.
    pub rows: Vec<AttributeIndexRow>,
}

/// An attribute with its event.
#[derive(Clone, Debug, Default)]
pub struct AttributeIndexRow {
    /// The event's id.
    pub event_id: i64,
    /// The event's title.
    pub event_info: String,
    /// Who created the event.
    pub creator_org: String,
    /// The attribute.
    pub attribute: AttributeRow,
}
