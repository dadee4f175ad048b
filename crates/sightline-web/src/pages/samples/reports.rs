//! Samples of reports and threads.

use super::{HOSTILE, frame};
use crate::layout::Nav;
use crate::pages::analyst_data::{Entry, Related, Thread, ThreadPage};
use crate::pages::errors::Errors;
use crate::pages::event_reports::{
    ExtractPage, ExtractRow, ReportFormPage, ReportHead, ReportIndexPage, ReportIndexRow, ReportPage,
    ReportPreview, ReportTarget, ReportTargets,
};
use crate::pages::events::EventLink;
use crate::pages::list::{ListUrl, Pager};
use crate::pages::moment::Moment;
use crate::pages::wording::{Audience, Choice};
use sightline_app::event_reports::Rendered;

fn event() -> EventLink {
    EventLink {
        id: 12_341,
        info: HOSTILE.into(),
    }
}

fn rendered() -> Rendered {
    Rendered("<h2>Timeline</h2><p>The first probe came from <a class=\"ref\" href=\"/events/view/1#attribute-2\"><span class=\"ref-kind\">ip-dst</span> 198.51.100.7</a>.</p>".into())
}

fn entry(uuid: &str, kind: &'static str, depth: usize, text: &str) -> Entry {
    Entry {
        uuid: format!("5d2e0c1e-0d5a-4f57-8f6e-0000000000{uuid}"),
        kind,
        depth,
        org: HOSTILE.into(),
        authors: "ada@example.org".into(),
        modified: Moment(1_763_880_000),
        audience: Audience::of(1, "Example CERT", None),
        text: text.into(),
        can_edit: depth != 1,
        distribution: Choice::distributions("1", false, true),
        ..Entry::default()
    }
}

impl Thread {
    pub(crate) fn sample() -> Self {
        let mut opinion = entry("02", "Opinion", 1, "Seen with the same loader.");
        opinion.opinion = Some(80);
        let mut relationship = entry("04", "Relationship", 0, "derived-from");
        relationship.related = Some(Related {
            label: "event".into(),
            text: HOSTILE.into(),
            href: Some(ListUrl::new("/events/view/3", &[])),
        });
        let mut deep = entry("03", "Note", 2, HOSTILE);
        deep.cut = true;
        Self {
            kind: "Event".into(),
            uuid: "5d2e0c1e-0d5a-4f57-8f6e-000000000000".into(),
            entries: vec![
                entry(
                    "01",
                    "Note",
                    0,
                    "Infrastructure is shared hosting.\nBe careful with blocking.",
                ),
                opinion,
                deep,
                relationship,
            ],
            can_write: true,
            distribution: Choice::distributions("1", false, true),
            csrf_token: "token-of-the-sample".into(),
            with_marker: false,
        }
    }
}

impl ThreadPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Notes and opinions", Nav::None),
            title: HOSTILE.into(),
            back: Some(ListUrl::new("/events/view/3", &[])),
            thread: Thread::sample(),
        }
    }
}

impl ReportIndexPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Reports", Nav::Reports),
            query: HOSTILE.into(),
            pager: Pager {
                url: ListUrl::new("/event_reports/index", &[]),
                page: 1,
                per_page: 60,
                total: 120,
            },
            rows: vec![ReportIndexRow {
                id: 2,
                name: HOSTILE.into(),
                event: event(),
                org: "Harbour Bank CSIRT".into(),
                modified: Moment(1_763_880_000),
                audience: Audience::of(5, "Example CERT", None),
            }],
        }
    }
}

impl ReportPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Timeline of the second wave", Nav::Reports),
            report: ReportHead {
                id: 2,
                uuid: "5d2e0c1e-0d5a-4f57-8f6e-0000000000f2".into(),
                name: HOSTILE.into(),
                event: event(),
                org: "Harbour Bank CSIRT".into(),
                modified: Moment(1_763_880_000),
                audience: Audience::of(5, "Example CERT", None),
                deleted: false,
                can_modify: true,
            },
            rendered: Some(rendered()),
            content: HOSTILE.into(),
            thread: Thread::sample(),
        }
    }
}

impl ReportFormPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Edit report", Nav::Reports),
            event: event(),
            id: Some(2),
            name: HOSTILE.into(),
            content: HOSTILE.into(),
            preview: ReportPreview { rendered: rendered() },
            distribution: Choice::distributions("5", true, true),
            sharing_groups: Choice::list([(1, "Banks")], "1"),
            errors: Errors([("name".to_owned(), "This field cannot be left blank".to_owned())].into()),
        }
    }
}

impl ReportTargets {
    pub(crate) fn sample() -> Self {
        Self {
            event_id: 12_341,
            query: HOSTILE.into(),
            offers: vec![ReportTarget {
                markup: format!("@[tag]({HOSTILE})"),
                label: "tag".into(),
                text: HOSTILE.into(),
            }],
        }
    }
}

impl ExtractPage {
    pub(crate) fn sample() -> Self {
        let row = |number, value: &str, known| ExtractRow {
            number,
            value: value.into(),
            original: Some(HOSTILE.into()),
            types: Choice::list([("ip-dst", "ip-dst"), ("ip-src", "ip-src")], "ip-dst"),
            to_ids: true,
            known,
        };
        Self {
            frame: frame("Indicators in the report", Nav::Reports),
            id: 2,
            name: HOSTILE.into(),
            event: event(),
            rows: vec![row(0, "198.51.100.7", false), row(1, HOSTILE, true)],
            can_modify: true,
        }
    }
}
