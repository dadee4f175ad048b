//! Records in the words of the pages: tags as pills, distributions as audiences.

use crate::pages::tag_pill::TagPill;
use crate::pages::wording::Audience;
use sightline_misp::records::{AttachedTag, Distribution};

/// Tags as pills.
pub(super) fn pills(tags: &[AttachedTag]) -> Vec<TagPill> {
    tags.iter()
        .map(|attached| TagPill {
            id: attached.tag.id.0,
            name: attached.tag.name.clone(),
            colour: attached.tag.colour.clone(),
            local: attached.local,
            relationship: attached.relationship_type.clone().filter(|text| !text.is_empty()),
        })
        .collect()
}

/// Who sees a record.
pub(super) fn audience(distribution: Distribution, owner: &str, group: Option<&str>) -> Audience {
    Audience::of(distribution.number(), owner, group)
}
