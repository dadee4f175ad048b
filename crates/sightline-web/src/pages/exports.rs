//! The exports: what to take along, and in which format.

use super::wording::Choice;
use crate::layout::Frame;
use askama::Template;

/// `GET /exports`.
#[derive(Clone, Debug, Template)]
#[template(path = "exports/index.html")]
pub struct ExportPage {
    /// The frame.
    pub frame: Frame,
    /// Why there was nothing to download.
    pub problem: Option<String>,
    /// The formats.
    pub formats: Vec<Choice>,
    /// Whole events or single attributes.
    pub scopes: Vec<Choice>,
    /// The value looked for.
    pub value: String,
    /// Types of attributes.
    pub types: Vec<Choice>,
    /// Categories of attributes.
    pub categories: Vec<Choice>,
    /// Tags.
    pub tags: String,
    /// Numbers or uuids of events.
    pub event: String,
    /// The creator organisation.
    pub org: String,
    /// Words of the event's title.
    pub info: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// Whether attributes are for detection.
    pub to_ids: Vec<Choice>,
    /// Whether events are published.
    pub published: Vec<Choice>,
    /// Whether formats for detection take everything.
    pub everything: bool,
}
