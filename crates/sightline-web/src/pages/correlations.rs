//! Correlation for site administrators: the most shared values, those that never correlate, events kept apart.

use super::errors::Errors;
use super::list::{ListUrl, Pager};
use super::moment::{Count, Moment};
use super::wording::Choice;
use crate::layout::Frame;
use askama::Template;

/// `GET /correlations/top` and `GET /correlations/overCorrelations`.
#[derive(Clone, Debug, Template)]
#[template(path = "correlations/ranking.html")]
pub struct RankingPage {
    /// The frame.
    pub frame: Frame,
    /// Only what is too common to correlate.
    pub over: bool,
    /// In how many attributes a value may stand.
    pub limit: Count,
    /// When the values were counted; `None` when there are none.
    pub counted: Option<Moment>,
    /// Where we are.
    pub pager: Pager,
    /// The values.
    pub rows: Vec<RankingRow>,
}

impl RankingPage {
    fn tab(&self) -> &'static str {
        if self.over { "over" } else { "top" }
    }
}

/// One of them.
#[derive(Clone, Debug)]
pub struct RankingRow {
    /// In one spelling.
    pub value: String,
    /// Attributes with the value.
    pub attributes: Count,
    /// Events with the value.
    pub events: Count,
    /// Too common to correlate.
    pub over: bool,
    /// On the list of exclusions.
    pub excluded: bool,
    /// The attributes with the value.
    pub list: ListUrl,
    /// The form that excludes it.
    pub exclude: ListUrl,
}

/// `GET /correlation_exclusions/index`, narrowed by `searchall`.
#[derive(Clone, Debug, Template)]
#[template(path = "correlations/exclusions.html")]
pub struct ExclusionIndexPage {
    /// The frame.
    pub frame: Frame,
    /// What is searched for.
    pub query: String,
    /// Where we are.
    pub pager: Pager,
    /// The exclusions.
    pub rows: Vec<ExclusionRow>,
}

/// One of them.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each holds what its name says")]
pub struct ExclusionRow {
    pub id: i64,
    pub value: String,
    pub comment: String,
}

/// Posts `value` and `comment` to `…/add`, or `comment` to `…/edit/{id}`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "correlations/exclusion_form.html")]
pub struct ExclusionFormPage {
    /// The frame.
    pub frame: Frame,
    /// The exclusion that is changed; `None` for a new one.
    pub id: Option<i64>,
    /// What never correlates.
    pub value: String,
    /// Why.
    pub comment: String,
    /// What is wrong.
    pub errors: Errors,
}

/// `GET /correlation_rules/index`.
#[derive(Clone, Debug, Template)]
#[template(path = "correlations/rules.html")]
pub struct RuleIndexPage {
    /// The frame.
    pub frame: Frame,
    /// Where we are.
    pub pager: Pager,
    /// The rules.
    pub rows: Vec<RuleRow>,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct RuleRow {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Why there is one.
    pub comment: String,
    /// What it looks at, in words.
    pub selector: &'static str,
    /// The entries, one after the other.
    pub list: String,
}

/// Posts `name`, `comment`, `selector_type` and `selector_list` (one per line) to `…/add` or `…/edit/{id}`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "correlations/rule_form.html")]
pub struct RuleFormPage {
    /// The frame.
    pub frame: Frame,
    /// The rule that is changed; `None` for a new one.
    pub id: Option<i64>,
    /// Its name.
    pub name: String,
    /// Why there is one.
    pub comment: String,
    /// What it looks at.
    pub selectors: Vec<Choice>,
    /// One entry per line.
    pub list: String,
    /// What is wrong.
    pub errors: Errors,
}
