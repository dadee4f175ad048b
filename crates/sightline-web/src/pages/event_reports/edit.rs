//! Writing a report: the text on one side, what readers will see on the other.

use crate::layout::Frame;
use crate::pages::errors::Errors;
use crate::pages::events::EventLink;
use crate::pages::wording::Choice;
use askama::{Template, filters::HtmlSafe};
use sightline_app::event_reports::Rendered;

/// Posts `name`, `content`, `distribution` and `sharing_group_id` to `/event_reports/add/{event}` or
/// `/event_reports/edit/{id}`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "event_reports/form.html")]
pub struct ReportFormPage {
    /// The frame.
    pub frame: Frame,
    /// The event that it belongs to.
    pub event: EventLink,
    /// The report that is changed; `None` for a new one.
    pub id: Option<i64>,
    /// Name.
    pub name: String,
    /// The text as written.
    pub content: String,
    /// What readers will see.
    pub preview: ReportPreview,
    /// Levels 0 to 5.
    pub distribution: Vec<Choice>,
    /// Groups for level 4.
    pub sharing_groups: Vec<Choice>,
    /// What is wrong.
    pub errors: Errors,
}

impl ReportFormPage {
    fn action(&self) -> String {
        self.id.map_or_else(
            || format!("/event_reports/add/{}", self.event.id),
            |id| format!("/event_reports/edit/{id}"),
        )
    }

    fn back(&self) -> String {
        self.id.map_or_else(
            || format!("/events/view/{}", self.event.id),
            |id| format!("/event_reports/view/{id}"),
        )
    }
}

/// The text as readers will see it. Answer to `POST /event_reports/preview/{event}`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "event_reports/preview.html")]
pub struct ReportPreview {
    /// Safe HTML.
    pub rendered: Rendered,
}

impl HtmlSafe for ReportPreview {}

/// What may be referred to. Answer to `GET /event_reports/targets/{event}?q=…`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "event_reports/targets.html")]
pub struct ReportTargets {
    /// The event.
    pub event_id: i64,
    /// What was typed.
    pub query: String,
    /// What fits.
    pub offers: Vec<ReportTarget>,
}

/// One attribute, object or tag.
#[derive(Clone, Debug, Default)]
pub struct ReportTarget {
    /// What goes into the text.
    pub markup: String,
    /// What it is.
    pub label: String,
    /// Its value or name.
    pub text: String,
}
