//! Acting on everything that a search for attributes finds: the form, and what it would do.

use crate::layout::Frame;
use crate::pages::errors::Errors;
use crate::pages::list::ListUrl;
use crate::pages::moment::Count;
use crate::pages::wording::Choice;
use askama::Template;

/// `GET /attributes/bulk` with the filters of the list; `POST /attributes/bulk/preview` shows it again with a preview.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "attributes/bulk.html")]
pub struct BulkPage {
    /// The frame.
    pub frame: Frame,
    /// The filters: the field's name, what it is called, its value.
    pub filters: Vec<(String, String, String)>,
    /// Back to the list.
    pub back: ListUrl,
    /// What can be done.
    pub actions: Vec<Choice>,
    /// The tag to attach or to take off.
    pub tag: String,
    /// Who shall see them.
    pub distribution: Vec<Choice>,
    /// Sharing groups to choose from.
    pub groups: Vec<Choice>,
    /// What is wrong with the form.
    pub errors: Errors,
    /// What it would do.
    pub preview: Option<BulkPreview>,
}

/// What a change would do.
#[derive(Clone, Debug, Default)]
pub struct BulkPreview {
    /// The action in words.
    pub action: String,
    /// The fields of the form, to be sent again.
    pub fields: Vec<(String, String)>,
    /// Attributes that match.
    pub matched: Count,
    /// Events that hold them.
    pub event_count: Count,
    /// Would change, need no change; `None` while a job counts.
    pub counts: Option<(Count, Count)>,
    /// Why others would be left as they are, and how many.
    pub refused: Vec<(Count, &'static str)>,
    /// The job that counts.
    pub job: Option<i64>,
    /// The events with most of them: id, title, number.
    pub events: Vec<(i64, String, Count)>,
    /// Some of them: event, type, value, what would become of it.
    pub sample: Vec<(i64, String, String, &'static str)>,
}
