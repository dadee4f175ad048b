//! The audit log with its filters, and the history of one event.

use super::list::{FilterChip, ListUrl, Pager};
use super::moment::Moment;
use super::wording::Choice;
use crate::layout::Frame;
use askama::{Template, filters::HtmlSafe};

/// `GET /admin/audit_logs/index`.
#[derive(Clone, Debug, Template)]
#[template(path = "logs/index.html")]
pub struct AuditLogPage {
    /// The frame.
    pub frame: Frame,
    /// Whose acts these are, as a sentence.
    pub scope: String,
    /// The filters as typed.
    pub filters: LogFilters,
    /// The active ones.
    pub chips: Vec<FilterChip>,
    /// Where we are.
    pub pager: Pager,
    /// The entries, latest first.
    pub table: LogTable,
}

/// What the log may be narrowed to.
#[derive(Clone, Debug, Default)]
pub struct LogFilters {
    /// Address, or a part of it with `%`.
    pub email: String,
    /// Any and the actions; sent as `action`.
    pub actions: Vec<Choice>,
    /// Any and the kinds of records; sent as `model`.
    pub models: Vec<Choice>,
    /// Number of an event.
    pub event: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
}

/// `GET /audit_logs/eventIndex/{id}`.
#[derive(Clone, Debug, Template)]
#[template(path = "logs/event.html")]
pub struct EventHistoryPage {
    /// The frame.
    pub frame: Frame,
    /// The event.
    pub id: i64,
    /// Its title.
    pub info: String,
    /// The next page, when there is one.
    pub older: Option<ListUrl>,
    /// The entries, latest first.
    pub table: LogTable,
}

/// Entries as a table.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "logs/table.html")]
pub struct LogTable {
    /// The entries.
    pub rows: Vec<LogRow>,
    /// Whether addresses and keys are shown.
    pub traces: bool,
}

impl HtmlSafe for LogTable {}

/// One entry.
#[derive(Clone, Debug, Default)]
pub struct LogRow {
    /// When.
    pub at: Moment,
    /// The user's address; empty when it is not shown.
    pub who: String,
    /// The organisation; empty for the platform.
    pub org: String,
    /// `page`, `API` or `job`.
    pub through: &'static str,
    /// What was done.
    pub action: String,
    /// To what: `Attribute 12`.
    pub record: String,
    /// Its title; may be empty.
    pub title: String,
    /// Where it is shown; may be empty.
    pub url: String,
    /// Field, old value, new value.
    pub changes: Vec<(String, String, String)>,
    /// The address; may be empty.
    pub ip: String,
    /// The API key's number; may be empty.
    pub key: String,
    /// What the client calls itself; may be empty.
    pub agent: String,
}
