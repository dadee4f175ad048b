//! Notes, opinions and relationships on anything, as a list of each kind.

use crate::layout::Frame;
use crate::pages::list::{FilterChip, ListUrl, Pager};
use crate::pages::moment::Moment;
use crate::pages::wording::Audience;
use askama::Template;

/// `GET /analyst_data/index/{kind}`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "analyst_data/index.html")]
pub struct AnalystListPage {
    /// The frame.
    pub frame: Frame,
    /// The tabs: address, label, whether it is this one.
    pub tabs: Vec<(ListUrl, &'static str, bool)>,
    /// `Note`, `Opinion` or `Relationship`.
    pub kind: &'static str,
    /// Part of the text.
    pub text: String,
    /// Part of the name of who wrote it.
    pub org: String,
    /// What it hangs on.
    pub on: String,
    /// The filters in force.
    pub chips: Vec<FilterChip>,
    /// Where we are.
    pub pager: Pager,
    /// The latest first.
    pub rows: Vec<AnalystRow>,
}

/// One of them.
#[derive(Clone, Debug, Default)]
pub struct AnalystRow {
    /// Its thread.
    pub href: ListUrl,
    /// The organisation that wrote it.
    pub org: String,
    /// Who of it.
    pub authors: String,
    /// Last change.
    pub modified: Moment,
    /// The note, the opinion's comment, or the relationship's type.
    pub text: String,
    /// The opinion, 0 to 100.
    pub opinion: Option<i64>,
    /// The kind of what it hangs on, and what that is called.
    pub on: (String, String),
    /// The other end of a relationship.
    pub related: Option<(String, String)>,
    /// Who can see it.
    pub audience: Audience,
}
