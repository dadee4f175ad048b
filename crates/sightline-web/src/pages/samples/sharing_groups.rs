//! Samples of sharing groups.

use super::{HOSTILE, frame};
use crate::layout::Nav;
use crate::pages::errors::Errors;
use crate::pages::list::{ListUrl, Pager};
use crate::pages::moment::{Count, Moment};
use crate::pages::sharing_groups::{
    MemberRow, SharingGroupFormPage, SharingGroupIndexPage, SharingGroupPage, SharingGroupRow,
};

pub(super) fn group(id: i64, name: &str) -> SharingGroupRow {
    SharingGroupRow {
        id,
        uuid: "55f6ea5e-0000-4000-8000-000000000002".into(),
        name: name.into(),
        releasability: "Banks of the harbour".into(),
        description: "Incidents at the harbour banks".into(),
        creator: "Example CERT".into(),
        creator_id: 1,
        members: Count(2),
        active: true,
        everyone_here: id == 1,
        hides_members: id == 3,
        concealed: id == 3,
        ..SharingGroupRow::default()
    }
}

impl SharingGroupIndexPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Sharing groups", Nav::SharingGroups),
            scope: "active".into(),
            query: HOSTILE.into(),
            pager: Pager {
                url: ListUrl::new("/sharing_groups/index", &[]),
                page: 1,
                per_page: 60,
                total: 3,
            },
            rows: vec![
                group(1, "Energy sector"),
                group(2, HOSTILE),
                group(3, "Quiet circle"),
            ],
            can_add: true,
        }
    }
}

impl SharingGroupPage {
    pub(crate) fn sample() -> Self {
        let member = |id, name: &str, extend| MemberRow {
            id,
            name: name.into(),
            local: extend,
            extend,
        };
        Self {
            frame: frame("Energy sector", Nav::SharingGroups),
            group: group(2, "Energy sector"),
            members: vec![member(1, "Example CERT", true), member(2, HOSTILE, false)],
            brought_by: "Example CERT".into(),
            created: Moment(1_735_700_000),
            modified: Moment(1_760_000_000),
            offers: vec!["Harbour Bank CSIRT".into(), HOSTILE.into()],
            typed: HOSTILE.into(),
            errors: Errors([("org".into(), "Invalid organisation.".into())].into()),
            can_edit: true,
            can_delete: true,
        }
    }

    pub(crate) fn sample_concealed() -> Self {
        Self {
            group: group(3, "Quiet circle"),
            members: Vec::new(),
            errors: Errors::default(),
            can_edit: false,
            can_delete: false,
            ..Self::sample()
        }
    }
}

impl SharingGroupFormPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Add sharing group", Nav::SharingGroups),
            name: HOSTILE.into(),
            active: true,
            can_hide: true,
            join: true,
            own_org: "Example CERT".into(),
            errors: Errors([("name".into(), "Name cannot be empty.".into())].into()),
            ..Self::default()
        }
    }
}
