//! Samples of proposals and of the list of sightings.

use super::{HOSTILE, frame};
use crate::layout::Nav;
use crate::pages::attributes::SightingCounts;
use crate::pages::list::{FilterChip, ListUrl, Pager};
use crate::pages::moment::{Count, Moment};
use crate::pages::proposals::{Back, Decision, ProposalIndexPage, ProposalRow, ProposedChange};
use crate::pages::sightings::{SightingChart, SightingKind, SightingListPage, SightingRow};
use crate::pages::wording::Choice;

fn decision(id: i64, back: Back) -> Decision {
    Decision {
        id,
        can_accept: true,
        can_discard: true,
        back,
    }
}

pub(crate) fn change(deletion: bool) -> ProposedChange {
    ProposedChange {
        org: "Harbour Bank CSIRT".into(),
        at: Moment(1_763_880_000),
        deletion,
        changes: vec![("value".into(), HOSTILE.into()), ("IDS".into(), "off".into())],
        decision: decision(7, Back::Row),
    }
}

pub(crate) fn row(id: i64) -> ProposalRow {
    ProposalRow {
        at: Moment(1_763_880_000 - id * 900),
        org: HOSTILE.into(),
        event_id: 12_341,
        event_info: "Scans for an unpatched VPN appliance".into(),
        attribute_id: id % 3 * 11,
        deletion: id % 3 == 1,
        category: "Network activity".into(),
        kind: "ip-dst".into(),
        value: "203.0.113.9".into(),
        comment: HOSTILE.into(),
        to_ids: id % 2 == 0,
        decided: id == 4,
        decision: decision(id, Back::List),
    }
}

impl ProposalIndexPage {
    pub(crate) fn sample() -> Self {
        let url = ListUrl::new("/shadow_attributes/index", &[("searchall", HOSTILE)]);
        Self {
            frame: frame("Proposals", Nav::Proposals),
            text: HOSTILE.into(),
            event: HOSTILE.into(),
            scope: Choice::list([("", "All events"), ("1", "My organisation's events")], ""),
            state: Choice::list([("", "Open"), ("1", "Decided"), ("2", "All")], "2"),
            chips: vec![FilterChip::new(&url, "searchall", "Text", HOSTILE)],
            pager: Pager {
                url,
                page: 1,
                per_page: 60,
                total: 61,
            },
            rows: (1..6).map(row).collect(),
        }
    }
}

impl SightingListPage {
    pub(crate) fn sample() -> Self {
        let kinds = [
            SightingKind::Seen,
            SightingKind::FalsePositive,
            SightingKind::Expiration,
        ];
        let row = |(id, kind): (i64, SightingKind)| SightingRow {
            id,
            at: Moment(1_763_880_000 - id * 900),
            org: (id != 2).then(|| HOSTILE.into()),
            kind,
            source: HOSTILE.into(),
            can_delete: id == 1,
        };
        Self {
            frame: frame("Sightings", Nav::Events),
            attribute_id: 14,
            kind: "ip-dst".into(),
            value: HOSTILE.into(),
            event_id: 12_341,
            event_info: HOSTILE.into(),
            counts: SightingCounts {
                seen: Count(211),
                false_positive: Count(3),
                expired: Count(1),
            },
            chart: SightingChart {
                from: Moment(1_732_350_000),
                days: 7,
                columns: (0..52).map(|n| (n * 7 % 23, u64::from(n % 9 == 0))).collect(),
            },
            pager: Pager {
                url: ListUrl::new("/sightings/listSightings/14/attribute", &[]),
                page: 1,
                per_page: 60,
                total: 215,
            },
            rows: (1..).zip(kinds).map(row).collect(),
            can_sight: true,
        }
    }
}
