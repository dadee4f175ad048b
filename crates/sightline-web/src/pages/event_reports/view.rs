//! One report, rendered and as written.

use crate::layout::Frame;
use crate::pages::analyst_data::Thread;
use crate::pages::events::EventLink;
use crate::pages::moment::Moment;
use crate::pages::wording::Audience;
use askama::Template;
use sightline_app::event_reports::Rendered;

/// `GET /event_reports/view/{id}`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "event_reports/view.html")]
pub struct ReportPage {
    /// The frame.
    pub frame: Frame,
    /// What it is.
    pub report: ReportHead,
    /// The text as safe HTML; `None` where it is too long for that.
    pub rendered: Option<Rendered>,
    /// The text as written.
    pub content: String,
    /// Notes and opinions.
    pub thread: Thread,
}

impl ReportPage {
    fn html(&self) -> Option<&str> {
        self.rendered.as_ref().map(|rendered| rendered.0.as_str())
    }
}

/// A report without its text.
#[derive(Clone, Debug, Default)]
pub struct ReportHead {
    /// Id.
    pub id: i64,
    /// Uuid.
    pub uuid: String,
    /// Name.
    pub name: String,
    /// The event that it belongs to.
    pub event: EventLink,
    /// Who created the event.
    pub org: String,
    /// Last change.
    pub modified: Moment,
    /// Who can see it.
    pub audience: Audience,
    /// Marked as deleted.
    pub deleted: bool,
    /// May be changed and deleted.
    pub can_modify: bool,
}
