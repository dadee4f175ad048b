//! The indicators in a report, to be looked through before any of them is written.

use crate::layout::Frame;
use crate::pages::events::EventLink;
use crate::pages::wording::Choice;
use askama::Template;

/// `GET /event_reports/extract/{id}`. Posts `pick` (row numbers), `value-{n}`, `type-{n}` and `ids-{n}` to the same
/// address.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "event_reports/extract.html")]
pub struct ExtractPage {
    /// The frame.
    pub frame: Frame,
    /// The report.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its event.
    pub event: EventLink,
    /// What the text holds.
    pub rows: Vec<ExtractRow>,
    /// May add attributes to the event.
    pub can_modify: bool,
}

impl ExtractPage {
    fn new_values(&self) -> usize {
        self.rows.iter().filter(|row| !row.known).count()
    }
}

/// One value.
#[derive(Clone, Debug, Default)]
pub struct ExtractRow {
    /// Its number in the form.
    pub number: usize,
    /// The value.
    pub value: String,
    /// As it stands in the text, where that differs.
    pub original: Option<String>,
    /// The types that fit, the likeliest chosen.
    pub types: Vec<Choice>,
    /// Usually goes to detection systems.
    pub to_ids: bool,
    /// The event has it already.
    pub known: bool,
}
