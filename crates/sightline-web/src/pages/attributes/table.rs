//! The attribute table of an event. The page carries the first window of rows; htmx fetches the next one when its end
//! comes into sight, so that an event of any size answers at once.

use super::row::{AttributeRow, ObjectRow};
use crate::pages::list::ListUrl;
use crate::pages::moment::Count;
use crate::pages::wording::Choice;
use askama::{Template, filters::HtmlSafe};

/// The table with its toolbar.
#[derive(Clone, Debug, Default)]
pub struct AttributeTable {
    /// The event.
    pub event_id: i64,
    /// Rows of the events that extend it stand among its own.
    pub extended: bool,
    /// What the rows are narrowed to and how they are ordered.
    pub filter: AttributeFilter,
    /// Attributes that match.
    pub total: Count,
    /// Rows of a window, for the jump.
    pub per_window: u64,
    /// The first window.
    pub window: AttributeWindow,
    /// May select and change rows.
    pub can_modify: bool,
    /// May attach tags.
    pub can_tag: bool,
}

impl AttributeTable {
    pub(crate) fn url(&self) -> String {
        format!("/events/{}/attributes", self.event_id)
    }

    /// Whether there is more than one window to jump between.
    pub(crate) fn spans_windows(&self) -> bool {
        self.total.0 > self.per_window
    }
}

/// The toolbar's fields: `filter`, `group`, `to_ids`, `deleted`, `sort`.
#[derive(Clone, Debug, Default)]
pub struct AttributeFilter {
    /// In value, comment or type.
    pub text: String,
    /// All, and groups of types such as network, file, financial.
    pub groups: Vec<Choice>,
    /// Any, with the flag, without.
    pub to_ids: Vec<Choice>,
    /// Deleted ones: without, with, only.
    pub deleted: Vec<Choice>,
    /// Orders.
    pub sort: Vec<Choice>,
}

/// One line of the table.
#[derive(Clone, Debug)]
pub enum AttributeLine {
    /// An attribute; part of an object when its `object_id` is set.
    Attribute(Box<AttributeRow>),
    /// The head of an object, followed by its attributes.
    Object(Box<ObjectRow>),
}

/// Some consecutive rows. Answer to `GET /events/{id}/attributes?after=CURSOR&…`, and with `first=N` to a jump.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "attributes/window.html")]
pub struct AttributeWindow {
    /// Its own address, to fetch it again.
    pub url: ListUrl,
    /// The number of its first attribute among all, from 1.
    pub first: Count,
    /// The number of its last.
    pub last: Count,
    /// The rows.
    pub lines: Vec<AttributeLine>,
    /// The address of the next window; `None` at the end.
    pub next: Option<ListUrl>,
}

impl HtmlSafe for AttributeWindow {}

/// The table's body anew, as the answer to a changed filter or a jump: `GET /events/{id}/attributes` without `after`.
#[derive(Clone, Debug, Template)]
#[template(path = "attributes/body.html")]
pub struct AttributeTableFragment {
    /// The table.
    pub table: AttributeTable,
}
