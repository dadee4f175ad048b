//! Samples of the pages about correlation.

use super::{HOSTILE, frame};
use crate::layout::Nav;
use crate::pages::correlations::{
    ExclusionFormPage, ExclusionIndexPage, ExclusionRow, RankingPage, RankingRow, RuleFormPage,
    RuleIndexPage, RuleRow,
};
use crate::pages::errors::Errors;
use crate::pages::list::{ListUrl, Pager};
use crate::pages::moment::{Count, Moment};
use crate::pages::wording::Choice;

impl RankingPage {
    pub(crate) fn sample() -> Self {
        let row = |over, excluded| RankingRow {
            value: HOSTILE.into(),
            attributes: Count(1_200),
            events: Count(37),
            over,
            excluded,
            list: ListUrl::new("/attributes/index", &[("value", HOSTILE)]),
            exclude: ListUrl::new("/correlation_exclusions/add", &[("value", HOSTILE)]),
        };
        Self {
            frame: frame("Correlation", Nav::Correlations),
            over: false,
            limit: Count(20),
            counted: Some(Moment(1_763_880_000)),
            pager: Pager::of(ListUrl::new("/correlations/top", &[]), 1, 60, 3),
            rows: vec![row(true, false), row(false, true), row(false, false)],
        }
    }
}

impl ExclusionIndexPage {
    pub(crate) fn sample() -> Self {
        let url = ListUrl::new("/correlation_exclusions/index", &[("searchall", HOSTILE)]);
        Self {
            frame: frame("Exclusions from correlation", Nav::Correlations),
            query: HOSTILE.into(),
            pager: Pager::of(url, 1, 60, 1),
            rows: vec![ExclusionRow {
                id: 3,
                value: HOSTILE.into(),
                comment: HOSTILE.into(),
            }],
        }
    }
}

impl ExclusionFormPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Exclusion from correlation", Nav::Correlations),
            id: Some(3),
            value: HOSTILE.into(),
            comment: HOSTILE.into(),
            errors: Errors([("comment".to_owned(), HOSTILE.to_owned())].into()),
        }
    }
}

impl RuleIndexPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Rules of correlation", Nav::Correlations),
            pager: Pager::of(ListUrl::new("/correlation_rules/index", &[]), 1, 60, 1),
            rows: vec![RuleRow {
                id: 3,
                name: HOSTILE.into(),
                comment: HOSTILE.into(),
                selector: "Title",
                list: HOSTILE.into(),
            }],
        }
    }
}

impl RuleFormPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Rule of correlation", Nav::Correlations),
            id: Some(3),
            name: HOSTILE.into(),
            comment: HOSTILE.into(),
            selectors: Choice::list([("event_info", "Title")], "event_info"),
            list: HOSTILE.into(),
            errors: Errors([("name".to_owned(), HOSTILE.to_owned())].into()),
        }
    }
}
