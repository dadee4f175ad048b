//! Samples of delegation, discussions, the list of analyst data and acting on all results.

use super::{HOSTILE, frame};
use crate::layout::Nav;
use crate::pages::analyst_list::{AnalystListPage, AnalystRow};
use crate::pages::attributes::{BulkPage, BulkPreview};
use crate::pages::errors::Errors;
use crate::pages::event_delegations::{
    DelegationFormPage, DelegationIndexPage, DelegationPage, DelegationRow,
};
use crate::pages::list::{FilterChip, ListUrl, Pager};
use crate::pages::moment::{Count, Moment};
use crate::pages::threads::{
    Discussion, DiscussionIndexPage, DiscussionPage, DiscussionRow, Piece, PostFormPage, PostRow,
};
use crate::pages::wording::{Audience, Choice};

fn offer(id: i64) -> DelegationRow {
    DelegationRow {
        id,
        event_id: 12_341,
        event_info: HOSTILE.into(),
        event_date: "2025-11-23".into(),
        attributes: Count(211),
        requester: HOSTILE.into(),
        recipient: HOSTILE.into(),
        message: HOSTILE.into(),
        audience: (id == 2).then(|| Audience::of(3, HOSTILE, None)),
    }
}

impl DelegationIndexPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Delegation", Nav::Delegations),
            issued: false,
            pager: Pager::of(ListUrl::new("/event_delegations/index", &[]), 1, 60, 2),
            rows: vec![offer(1), offer(2)],
        }
    }
}

impl DelegationPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Delegation", Nav::Delegations),
            offer: offer(1),
            can_accept: true,
            can_close: true,
            issued: false,
            distribution: Choice::distributions("0", true, false),
            groups: Choice::list([(7, HOSTILE)], ""),
        }
    }
}

impl DelegationFormPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Offer an event", Nav::Events),
            event_id: 12_341,
            event_info: HOSTILE.into(),
            orgs: Choice::list([(4, HOSTILE)], ""),
            message: HOSTILE.into(),
            distribution: Choice::distributions("0", true, false),
            groups: Choice::list([(7, HOSTILE)], ""),
            errors: Errors([("message".to_owned(), HOSTILE.to_owned())].into()),
        }
    }
}

impl AnalystListPage {
    pub(crate) fn sample() -> Self {
        let url = ListUrl::new("/analyst_data/index/Relationship", &[("text", HOSTILE)]);
        let row = |opinion: Option<i64>| AnalystRow {
            href: ListUrl::new(
                "/analyst_data/thread/Event/0ef1ba61-5b1f-4c6a-8a56-0ab8c6bd1c1c",
                &[],
            ),
            org: HOSTILE.into(),
            authors: HOSTILE.into(),
            modified: Moment(1_763_880_000),
            text: HOSTILE.into(),
            opinion,
            on: ("event".into(), HOSTILE.into()),
            related: Some(("ip-dst".into(), HOSTILE.into())),
            audience: Audience::of(5, HOSTILE, None),
        };
        Self {
            frame: frame("Analyst data", Nav::AnalystData),
            tabs: vec![
                (url.clone(), "Notes", false),
                (url.clone(), "Relationships", true),
            ],
            kind: "Relationship",
            text: HOSTILE.into(),
            org: HOSTILE.into(),
            on: HOSTILE.into(),
            chips: vec![FilterChip::new(&url, "text", "Text", HOSTILE)],
            pager: Pager::of(url, 1, 60, 61),
            rows: vec![row(None), row(Some(80))],
        }
    }
}

impl BulkPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Act on all results", Nav::Attributes),
            filters: vec![("value".into(), "Value".into(), HOSTILE.into())],
            back: ListUrl::new("/attributes/index", &[("value", HOSTILE)]),
            actions: Choice::list([("tag", "Attach a tag")], "tag"),
            tag: HOSTILE.into(),
            distribution: Choice::distributions("5", true, true),
            groups: Choice::list([(7, HOSTILE)], ""),
            errors: Errors([("tag".to_owned(), HOSTILE.to_owned())].into()),
            preview: Some(BulkPreview {
                action: "Attach a tag".into(),
                fields: vec![("tag".into(), HOSTILE.into())],
                matched: Count(37_000),
                event_count: Count(12),
                counts: Some((Count(36_000), Count(500))),
                refused: vec![(Count(500), "may not be changed by you")],
                job: Some(7),
                events: vec![(12_341, HOSTILE.into(), Count(20_000))],
                sample: vec![(12_341, "domain".into(), HOSTILE.into(), "changes")],
            }),
        }
    }
}

impl Discussion {
    pub(crate) fn sample() -> Self {
        let post = |id| PostRow {
            id,
            answers: id - 1,
            org: HOSTILE.into(),
            email: (id == 1).then(|| HOSTILE.into()),
            at: Moment(1_763_880_000),
            edited: id == 2,
            text: Piece::all(&format!(
                "{HOSTILE} [event]5[/event] [quote]{HOSTILE}[/quote] [code]{HOSTILE}[/code] [link]https://a.example/{HOSTILE}[/link]"
            )),
            can_edit: id == 1,
        };
        Self {
            event_id: 12_341,
            posts: (1..4).map(post).collect(),
            can_write: true,
            csrf_token: "token-of-the-sample".into(),
        }
    }
}

impl DiscussionIndexPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Discussions", Nav::Discussions),
            pager: Pager::of(ListUrl::new("/threads/index", &[]), 1, 60, 1),
            rows: vec![DiscussionRow {
                id: 7,
                event_id: 12_341,
                event_info: HOSTILE.into(),
                posts: Count(3),
                modified: Moment(1_763_880_000),
            }],
        }
    }
}

impl DiscussionPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Discussion", Nav::Discussions),
            event_info: HOSTILE.into(),
            pager: Pager::of(ListUrl::new("/threads/view/7", &[]), 1, 60, 3),
            discussion: Discussion::sample(),
        }
    }
}

impl PostFormPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Edit the post", Nav::Discussions),
            id: 1,
            event_id: 12_341,
            message: HOSTILE.into(),
            errors: Errors([("message".to_owned(), HOSTILE.to_owned())].into()),
        }
    }
}
