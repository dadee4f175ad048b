//! Samples of taxonomies.

use super::{HOSTILE, frame};
use crate::layout::Nav;
use crate::pages::list::{ListUrl, Pager};
use crate::pages::moment::Count;
use crate::pages::tag_pill::TagPill;
use crate::pages::taxonomies::{TagState, TaxonomyEntry, TaxonomyIndexPage, TaxonomyPage, TaxonomyRow};

fn row(id: i64, enabled: bool) -> TaxonomyRow {
    TaxonomyRow {
        id,
        namespace: HOSTILE.into(),
        description: HOSTILE.into(),
        version: 3,
        enabled,
        exclusive: enabled,
        required: enabled,
        highlighted: enabled,
        total: Count(8),
        current: Count(3),
    }
}

impl TaxonomyIndexPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Taxonomies", Nav::Taxonomies),
            query: HOSTILE.into(),
            only_enabled: true,
            pager: Pager::of(ListUrl::new("/taxonomies/index", &[]), 1, 60, 2),
            rows: vec![row(1, true), row(2, false)],
            can_manage: true,
        }
    }
}

impl TaxonomyPage {
    pub(crate) fn sample() -> Self {
        let entry = |state| TaxonomyEntry {
            pill: TagPill {
                name: HOSTILE.into(),
                colour: "#FFC000".into(),
                ..TagPill::default()
            },
            expanded: HOSTILE.into(),
            description: HOSTILE.into(),
            weight: Some("50".into()),
            exclusive: true,
            state,
            events: Count(12),
            attributes: Count(1),
        };
        Self {
            frame: frame("Taxonomy", Nav::Taxonomies),
            taxonomy: row(1, true),
            query: HOSTILE.into(),
            entries: [TagState::Offered, TagState::Hidden, TagState::Missing]
                .map(entry)
                .into(),
            can_manage: true,
        }
    }
}
