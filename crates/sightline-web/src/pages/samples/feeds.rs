//! Samples of feeds and jobs.

use super::attributes::tag;
use super::{HOSTILE, frame};
use crate::layout::Nav;
use crate::pages::errors::Errors;
use crate::pages::events::EventLink;
use crate::pages::feeds::{
    FeedFormPage, FeedIndexPage, FeedOverlapPage, FeedPreviewPage, FeedRow, FeedRun, ManifestRow,
    OverlapCell, OverlapRow, PreviewBody, PreviewStatus, ValueRow,
};
use crate::pages::jobs::{JobIndexPage, JobLive, JobLogLine, JobPage, JobProgress, JobRow, JobState};
use crate::pages::list::{ListUrl, Pager};
use crate::pages::moment::{Count, Moment};
use crate::pages::wording::{Choice, Threat};

fn feed(id: i64, name: &str, last: Option<FeedRun>) -> FeedRow {
    FeedRow {
        id,
        name: name.into(),
        provider: "Example CERT".into(),
        format: "MISP".into(),
        url: "https://feeds.example.org/osint".into(),
        enabled: last.is_some(),
        is_default: id % 2 == 0,
        distribution: "This community".into(),
        tag: Some("feed:osint".into()),
        rules: vec!["only tlp:clear, tlp:green".into(), "not of Noisy Org".into()],
        last,
        job: None,
    }
}

pub(crate) fn job(id: i64, state: JobState, message: &str) -> JobRow {
    JobRow {
        kind: "Fetch feed".into(),
        subject: "Example OSINT".into(),
        subject_url: "/feeds/previewIndex/1".into(),
        progress: JobProgress {
            id,
            state,
            percent: Some(42),
            message: message.into(),
        },
        requested_by: "ada@example.org".into(),
        created: Moment(1_763_970_000),
        started: (state != JobState::Queued).then_some(Moment(1_763_970_004)),
        finished: state.is_over().then_some(Moment(1_763_970_050)),
        attempts: Count(1),
        max_attempts: Count(5),
        can_cancel: !state.is_over(),
        can_retry: state == JobState::Failed,
    }
}

impl FeedIndexPage {
    pub(crate) fn sample() -> Self {
        let run = |succeeded, message: &str| FeedRun {
            job_id: 88,
            at: Moment(1_763_960_000),
            succeeded,
            message: message.into(),
        };
        let busy = FeedRow {
            job: Some(job(91, JobState::Running, "event 512 of 1,284").progress),
            ..feed(3, "Partner indicators", Some(run(true, "")))
        };
        Self {
            frame: frame("Feeds", Nav::Feeds),
            scope: "all".into(),
            rows: vec![
                feed(
                    1,
                    "Example OSINT",
                    Some(run(true, "12 new, 3 updated, 1 skipped")),
                ),
                feed(
                    2,
                    HOSTILE,
                    Some(run(false, "The server answered 503 three times.")),
                ),
                busy,
                feed(4, "Blocklist of scanners", None),
            ],
            can_manage: true,
        }
    }
}

impl FeedFormPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Edit feed", Nav::Feeds),
            id: Some(1),
            name: HOSTILE.into(),
            provider: "Example CERT".into(),
            input_source: Choice::list([("network", "Network"), ("local", "This server")], "network"),
            url: "https://feeds.example.org/osint".into(),
            source_format: Choice::list(
                [("misp", "MISP"), ("csv", "CSV"), ("freetext", "Freetext")],
                "misp",
            ),
            enabled: true,
            headers: "X-Token: abc".into(),
            distribution: Choice::distributions("5", true, true),
            sharing_groups: Choice::list([("1", "Energy sector")], "1"),
            tags: Choice::list([("", "None"), ("9", "feed:osint")], "9"),
            tag_collections: Choice::list([("0", "None"), ("3", "OSINT")], "3"),
            creators: Choice::list([("0", "Own organisation")], "0"),
            tags_or: "tlp:clear\ntlp:green".into(),
            url_timestamp: "30d".into(),
            errors: Errors([("url".into(), "Please enter a valid URL.".into())].into()),
            ..Self::default()
        }
    }
}

fn preview(body: PreviewBody) -> FeedPreviewPage {
    FeedPreviewPage {
        frame: frame("Feed preview", Nav::Feeds),
        id: 1,
        name: "Example OSINT".into(),
        provider: "Example CERT".into(),
        url: "https://feeds.example.org/osint".into(),
        enabled: true,
        can_manage: true,
        query: "vpn".into(),
        pager: Pager {
            url: ListUrl::new("/feeds/previewIndex/1", &[("searchall", "vpn")]),
            page: 1,
            per_page: 60,
            total: 130,
        },
        body,
    }
}

impl FeedPreviewPage {
    pub(crate) fn sample() -> Self {
        let row = |status, info: &str, event_id| ManifestRow {
            uuid: "00000000-0000-4000-8000-000000000001".into(),
            info: info.into(),
            org: "Harbour Bank CSIRT".into(),
            date: "2025-11-20".into(),
            threat: Threat::Medium,
            tags: vec![tag(1, "tlp:clear", "#ffffff")],
            modified: Moment(1_763_890_000),
            status,
            event_id,
        };
        preview(PreviewBody::Manifest(vec![
            row(PreviewStatus::New, HOSTILE, None),
            row(
                PreviewStatus::Updated,
                "Scans for an unpatched VPN appliance",
                Some(7),
            ),
            row(PreviewStatus::Current, "Sinkhole data, week 44", Some(8)),
            row(PreviewStatus::Blocked, "Test event", None),
        ]))
    }

    pub(crate) fn sample_values() -> Self {
        preview(PreviewBody::Values(vec![ValueRow {
            value: HOSTILE.into(),
            kind: "domain".into(),
            category: "Network activity".into(),
            to_ids: true,
            related: vec![EventLink {
                id: 7,
                info: HOSTILE.into(),
            }],
        }]))
    }

    pub(crate) fn sample_failed() -> Self {
        preview(PreviewBody::Failed("feeds.example.org does not answer.".into()))
    }
}

impl JobIndexPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Jobs", Nav::Jobs),
            states: Choice::list([("", "Any"), ("running", "Running"), ("failed", "Failed")], ""),
            pager: Pager {
                url: ListUrl::new("/jobs/index", &[]),
                page: 1,
                per_page: 60,
                total: 4,
            },
            rows: vec![
                job(92, JobState::Queued, ""),
                job(91, JobState::Running, "event 512 of 1,284"),
                job(90, JobState::Failed, HOSTILE),
                job(89, JobState::Done, "12 new, 3 updated, 1 skipped"),
            ],
        }
    }
}

impl JobPage {
    pub(crate) fn sample() -> Self {
        let line = |at, is_problem, text: &str| JobLogLine {
            at: Moment(at),
            is_problem,
            text: text.into(),
        };
        Self {
            frame: frame("Job 91", Nav::Jobs),
            live: JobLive {
                job: job(91, JobState::Running, "event 512 of 1,284"),
                log: vec![
                    line(1_763_970_004, false, "Manifest: 1,284 events, 12 new, 3 changed"),
                    line(1_763_970_009, true, HOSTILE),
                    line(1_763_970_012, false, "512 events looked at"),
                ],
                csrf_token: "token-of-the-sample".into(),
            },
        }
    }
}

impl FeedOverlapPage {
    pub(crate) fn sample() -> Self {
        let row = |id: i64| OverlapRow {
            id,
            name: HOSTILE.into(),
            values: Count(12_000),
            cells: (1..=3)
                .map(|other| {
                    (other != id).then(|| OverlapCell {
                        other: HOSTILE.into(),
                        count: Count(400),
                        percentage: other * 30 - 30,
                    })
                })
                .collect(),
        };
        Self {
            frame: frame("Overlap of feeds", Nav::Feeds),
            rows: (1..=3).map(row).collect(),
        }
    }
}
