//! Samples of the exports.

use super::{HOSTILE, frame};
use crate::layout::Nav;
use crate::pages::exports::ExportPage;
use crate::pages::wording::Choice;

impl ExportPage {
    pub(crate) fn sample() -> Self {
        let any = |label: &str| Choice::list([("", "Any"), ("1", label)], "");
        Self {
            frame: frame("Export", Nav::Exports),
            problem: Some(HOSTILE.into()),
            formats: Choice::list([("csv", "CSV table"), ("suricata", "Suricata rules")], "csv"),
            scopes: Choice::list(
                [("attributes", "Single attributes"), ("events", "Whole events")],
                "events",
            ),
            value: HOSTILE.into(),
            types: any("domain"),
            categories: any("Network activity"),
            tags: HOSTILE.into(),
            event: HOSTILE.into(),
            org: HOSTILE.into(),
            info: HOSTILE.into(),
            from: "2026-01-01".into(),
            to: String::new(),
            to_ids: any("IDS only"),
            published: any("Published"),
            everything: true,
        }
    }
}
