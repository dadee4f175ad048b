//! All reports.

use crate::layout::Frame;
use crate::pages::events::EventLink;
use crate::pages::list::Pager;
use crate::pages::moment::Moment;
use crate::pages::wording::Audience;
use askama::Template;

/// `GET /event_reports/index`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "event_reports/index.html")]
pub struct ReportIndexPage {
    /// The frame.
    pub frame: Frame,
    /// What was typed into the filter.
    pub query: String,
    /// Which rows of how many.
    pub pager: Pager,
    /// The rows.
    pub rows: Vec<ReportIndexRow>,
}

/// One report.
#[derive(Clone, Debug, Default)]
pub struct ReportIndexRow {
    /// Id.
    pub id: i64,
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
}
