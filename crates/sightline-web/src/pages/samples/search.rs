//! Samples of the search over everything.

use super::{HOSTILE, frame};
use crate::layout::Nav;
use crate::pages::search::{FoundRow, SearchPage, SearchTab, Suggestions};

fn rows() -> Vec<FoundRow> {
    ["Value", "Event"]
        .map(|kind| FoundRow {
            url: "/events/view/7?a&b".into(),
            kind,
            title: HOSTILE.into(),
            detail: HOSTILE.into(),
            event: if kind == "Value" {
                HOSTILE.into()
            } else {
                String::new()
            },
            exact: kind == "Value",
        })
        .into()
}

impl SearchPage {
    pub(crate) fn sample() -> Self {
        let tab = |label, active| SearchTab {
            label,
            url: "/search?q=a&kind=values".into(),
            count: "50+".into(),
            active,
        };
        Self {
            frame: frame("Search", Nav::None),
            text: HOSTILE.into(),
            tabs: vec![tab("Values", true), tab("Events", false)],
            kind: "Values",
            rows: rows(),
            all: Some("/attributes/index?value=a&b".into()),
            export: Some("/exports?value=a&b".into()),
        }
    }
}

impl Suggestions {
    pub(crate) fn sample() -> Self {
        Self {
            text: HOSTILE.into(),
            all: "/search?q=a&b".into(),
            rows: rows(),
        }
    }
}
