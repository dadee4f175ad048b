//! Samples of the event index, form and page.

use super::attributes::{form, tag, tags};
use super::{HOSTILE, flash, frame, proposals};
use crate::layout::{FlashKind, Nav};
use crate::pages::analyst_data::Thread;
use crate::pages::attributes::{AttributeTable, SightingCounts};
use crate::pages::errors::Errors;
use crate::pages::events::{
    EventFilter, EventFormPage, EventGraphPage, EventHead, EventIndexPage, EventLink, EventPage, EventRights,
    EventRow, GraphEvent, GraphValue, OrgLink, RelatedEvent, ReportRow,
};
use crate::pages::list::{FilterChip, ListUrl, Pager};
use crate::pages::moment::{Count, Moment};
use crate::pages::threads::Discussion;
use crate::pages::wording::{Audience, Choice, Threat};

fn with_any(choices: Vec<Choice>) -> Vec<Choice> {
    let any = Choice {
        value: String::new(),
        label: "Any".into(),
        selected: true,
    };
    std::iter::once(any).chain(choices).collect()
}

fn row(id: i64, info: &str, threat: i64, level: i64) -> EventRow {
    let org = ["Example CERT", "Harbour Bank CSIRT", "Northern Grid SOC"][usize::try_from(id % 3).unwrap()];
    EventRow {
        id,
        info: info.into(),
        published: id % 4 != 0,
        creator_org: org.into(),
        tags: vec![
            tag(1, "tlp:amber", "#ffc000"),
            tag(2, "admiralty-scale:source-reliability=\"b\"", "#0eb100"),
            tag(3, "misp-galaxy:threat-actor=\"Example Bear\"", "#0088cc"),
        ][..usize::try_from(id % 4).unwrap()]
            .to_vec(),
        attributes: Count(u64::try_from(id * 37 % 2_000).unwrap()),
        correlations: Some(Count(u64::try_from(id % 5).unwrap())),
        sightings: Count(u64::try_from(id % 7).unwrap()),
        proposals: Count(u64::try_from(id % 3).unwrap()),
        reports: Count(u64::try_from(id % 3).unwrap()),
        date: "2025-11-20".into(),
        modified: Moment(1_763_900_000 - id * 9_000),
        threat: Threat::from_id(threat),
        analysis: "Ongoing".into(),
        audience: Audience::of(level, org, Some("Energy sector")),
    }
}

impl EventIndexPage {
    pub(crate) fn sample() -> Self {
        let params = [
            ("org", "Example CERT"),
            ("tag", "tlp:amber"),
            ("sort", "timestamp"),
            ("direction", "desc"),
        ];
        let url = ListUrl::new("/events/index", &params);
        let titles = [
            "Phishing against payroll portals with look-alike domains under example.net",
            "Loader distributed through forged meeting invitations",
            "Scans for an unpatched VPN appliance, second wave with new addresses and a changed user agent",
            "Ransomware note and wallet of the incident at a regional utility",
            HOSTILE,
            "Command-and-control servers seen in sinkhole data",
        ];
        let rows = (0..24)
            .map(|n| {
                row(
                    12_345 - n,
                    titles[usize::try_from(n % 6).unwrap()],
                    1 + n % 4,
                    n % 5,
                )
            })
            .collect();
        let mut frame = frame("Events", Nav::Events);
        frame.search = "198.51.100.7".into();
        Self {
            frame,
            filter: EventFilter {
                text: String::new(),
                published: Choice::list([("", "Any"), ("1", "Yes"), ("0", "No")], ""),
                org: "Example CERT".into(),
                orgs: vec!["Example CERT".into(), HOSTILE.into()],
                tag: "tlp:amber".into(),
                tags: vec!["tlp:amber".into(), "tlp:green".into()],
                from: String::new(),
                until: String::new(),
                threat: with_any(Choice::threat_levels("")),
                analysis: with_any(Choice::analyses("")),
                distribution: with_any(Choice::distributions("", true, false)),
                proposals: Choice::list([("", "Any"), ("1", "Open ones")], ""),
            },
            chips: vec![
                FilterChip::new(&url, "org", "Creator", "Example CERT"),
                FilterChip::new(&url, "tag", "Tag", "tlp:amber"),
            ],
            pager: Pager {
                url,
                page: 2,
                per_page: 60,
                total: 12_345,
            },
            rows,
            can_add: true,
            can_delete: true,
            with_correlations: true,
            hidden: vec!["date"],
        }
    }

    pub(crate) fn sample_empty() -> Self {
        let url = ListUrl::new("/events/index", &[]);
        Self {
            chips: vec![],
            pager: Pager {
                url,
                page: 1,
                per_page: 60,
                total: 0,
            },
            rows: vec![],
            ..Self::sample()
        }
    }
}

impl EventFormPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Add event", Nav::AddEvent),
            id: None,
            info: String::new(),
            date: "2025-11-24".into(),
            distribution: Choice::distributions("1", true, false),
            sharing_groups: Choice::list([("1", "Energy sector")], "1"),
            threat: Choice::threat_levels("4"),
            analysis: Choice::analyses("0"),
            extends_uuid: HOSTILE.into(),
            errors: Errors([("info".into(), "Info cannot be empty.".into())].into()),
        }
    }
}

pub(crate) fn head() -> EventHead {
    EventHead {
        id: 12_341,
        uuid: "5f2c1e9a-7d4b-4a61-9b0e-3c8d2f6a1b47".into(),
        info: format!("Scans for an unpatched VPN appliance, second wave {HOSTILE}"),
        published: true,
        published_at: Some(Moment(1_763_800_000)),
        changed_since: false,
        date: "2025-11-20".into(),
        threat: Threat::High,
        analysis: "Ongoing".into(),
        audience: Audience::of(2, "Example CERT", None),
        creator: OrgLink {
            id: 4,
            name: "Harbour Bank CSIRT".into(),
        },
        owner: OrgLink {
            id: 1,
            name: "Example CERT".into(),
        },
        creator_user: Some("grace@bank.example".into()),
        tags: tags(),
        modified: Moment(1_763_890_000),
        attributes: Count(100_000),
        objects: Count(3),
        sightings: SightingCounts {
            seen: Count(48),
            false_positive: Count(2),
            expired: Count(1),
        },
        proposals: Count(4),
        extends: Some(EventLink {
            id: 0,
            info: "0b2f6a5e-0000-4000-8000-000000000001".into(),
        }),
        extended_by: vec![EventLink {
            id: 12_344,
            info: "Follow-up with host traces".into(),
        }],
        correlation_disabled: false,
        locked: true,
    }
}

impl EventPage {
    pub(crate) fn sample() -> Self {
        let mut frame = frame("Event 12341", Nav::Events);
        frame.flashes.push(flash(FlashKind::Success, "Event published."));
        let related = |id, info: &str, shared| RelatedEvent {
            id,
            info: info.into(),
            date: "2025-11-02".into(),
            org: "Northern Grid SOC".into(),
            shared: Count(shared),
            example: "198.51.100.7".into(),
        };
        Self {
            frame,
            event: head(),
            rights: EventRights {
                modify: true,
                publish: true,
                propose: true,
                delegate: true,
            },
            proposals: (1..3).map(proposals::row).collect(),
            proposals_more: true,
            related: vec![
                related(11_802, "First wave of scans for the VPN appliance", 17),
                related(10_977, "Sinkhole data, week 44", 3),
                related(9_120, HOSTILE, 1),
            ],
            related_total: Count(14),
            reports: vec![ReportRow {
                id: 2,
                name: "Timeline of the second wave".into(),
                modified: Moment(1_763_880_000),
                audience: Audience::of(5, "Example CERT", None),
            }],
            discussion: Some((Discussion::sample(), Count(3), Some(7))),
            offer: Some((7, HOSTILE.into())),
            can_write_reports: true,
            thread: Thread::sample(),
            table: AttributeTable::sample(),
            add_form: Some(form()),
        }
    }
}

impl EventGraphPage {
    pub(crate) fn sample() -> Self {
        let value = |_| GraphValue {
            kind: "text".into(),
            value: HOSTILE.into(),
            list: ListUrl::new("/attributes/index", &[("value", HOSTILE)]),
        };
        let other = |id| GraphEvent {
            id,
            info: HOSTILE.into(),
            org: HOSTILE.into(),
            date: "2025-11-23".into(),
            shared: Count(2),
        };
        Self {
            frame: frame("Correlation of event 7", Nav::Events),
            id: 7,
            info: HOSTILE.into(),
            values: (0..3).map(value).collect(),
            others: (1..3).map(other).collect(),
            lines: vec![(0, 0), (1, 1), (2, 1)],
            cut_off: true,
        }
    }
}
