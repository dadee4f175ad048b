//! One line of the attribute table: an attribute, or the head of an object.

use super::tagging::TagEditor;
use crate::pages::analyst_data::Marker;
use crate::pages::events::EventLink;
use crate::pages::moment::{Count, Moment};
use crate::pages::proposals::ProposedChange;
use crate::pages::wording::Audience;
use askama::{Template, filters::HtmlSafe};

/// Longer values are folded to this many characters in the table.
const PREVIEW_CHARS: usize = 160;

/// One attribute.
#[derive(Clone, Debug, Default)]
pub struct AttributeRow {
    /// Id.
    pub id: i64,
    /// Uuid.
    pub uuid: String,
    /// Last change.
    pub modified: Moment,
    /// Category.
    pub category: String,
    /// Type.
    pub kind: String,
    /// The whole value.
    pub value: String,
    /// Where the file can be had, for attachments and samples.
    pub download: Option<String>,
    /// Tags.
    pub tags: TagEditor,
    /// Comment.
    pub comment: String,
    /// Goes to detection systems.
    pub to_ids: bool,
    /// Who can see it.
    pub audience: Audience,
    /// Sightings.
    pub sightings: SightingCell,
    /// How many notes and opinions there are.
    pub notes: Marker,
    /// May be shown its notes: there are some, or the user may write one.
    pub can_annotate: bool,
    /// Other events with this value, the first few.
    pub related: Vec<EventLink>,
    /// How many more there are.
    pub related_more: u64,
    /// Does not correlate.
    pub correlation_disabled: bool,
    /// What it is within its object.
    pub relation: Option<String>,
    /// The object it belongs to, 0 for none.
    pub object_id: i64,
    /// First seen, to the minute in UTC.
    pub first_seen: Option<String>,
    /// Last seen, to the minute in UTC.
    pub last_seen: Option<String>,
    /// Names of lists of harmless values that it is on.
    pub warnings: Vec<String>,
    /// Feeds that know the value, from their caches.
    pub feeds: Vec<String>,
    /// Marked as deleted.
    pub deleted: bool,
    /// Open proposals about it.
    pub proposals: Vec<ProposedChange>,
    /// May be changed and deleted.
    pub can_modify: bool,
    /// The event that it comes from, in a table of several; `None` for the page's own.
    pub source: Option<EventLink>,
    /// A change or deletion may be proposed.
    pub can_propose: bool,
}

impl AttributeRow {
    /// The head of a value that is too long for a table.
    pub(crate) fn preview(&self) -> Option<String> {
        let cut = self.value.char_indices().nth(PREVIEW_CHARS).map(|(at, _)| at)?;
        self.value.get(..cut).map(str::to_owned)
    }

    pub(crate) fn length(&self) -> Count {
        Count(self.value.chars().count().try_into().unwrap_or(u64::MAX))
    }

    pub(crate) fn is_object_part(&self) -> bool {
        self.object_id > 0
    }

    /// The value's first line, shortened, for labels and confirmations.
    pub(crate) fn subject(&self) -> String {
        self.value
            .lines()
            .next()
            .unwrap_or_default()
            .chars()
            .take(120)
            .collect()
    }
}

/// The head of an object; its attributes follow.
#[derive(Clone, Debug, Default)]
pub struct ObjectRow {
    /// Id.
    pub id: i64,
    /// Uuid.
    pub uuid: String,
    /// The template's name.
    pub name: String,
    /// `network`, `file`, …
    pub meta_category: String,
    /// Comment.
    pub comment: String,
    /// Live attributes.
    pub count: Count,
    /// Last change.
    pub modified: Moment,
    /// Who can see it.
    pub audience: Audience,
    /// What it points to.
    pub references: Vec<Reference>,
    /// How many point to it.
    pub referenced_by: Count,
    /// Marked as deleted.
    pub deleted: bool,
    /// May be changed and deleted.
    pub can_modify: bool,
    /// The event that it comes from, in a table of several; `None` for the page's own.
    pub source: Option<EventLink>,
}

/// From an object to another object or attribute.
#[derive(Clone, Debug, Default)]
pub struct Reference {
    /// How: `drops`, `connects-to`, …
    pub relationship: String,
    /// What: the other object's name or the attribute's value.
    pub target: String,
}

/// One attribute's line, as the answer to a change. Swapped in place of the old line.
#[derive(Clone, Debug, Template)]
#[template(path = "attributes/row.html")]
pub struct AttributeRowFragment {
    /// The line.
    pub row: AttributeRow,
}

/// How often something was seen, by kind.
#[derive(Clone, Copy, Debug, Default)]
pub struct SightingCounts {
    /// Seen.
    pub seen: Count,
    /// Said to be a false positive.
    pub false_positive: Count,
    /// Said to have expired.
    pub expired: Count,
}

/// The counts of one attribute with the buttons that add to them. Answer to `POST /sightings/add/{attribute_id}` with
/// `type` 0 or 1.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "attributes/sightings.html")]
pub struct SightingCell {
    /// The attribute.
    pub attribute_id: i64,
    /// The counts.
    pub counts: SightingCounts,
    /// May add sightings.
    pub can_sight: bool,
}

impl HtmlSafe for SightingCell {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_values_are_folded_and_never_inside_a_character() {
        let short = AttributeRow {
            value: "é".repeat(PREVIEW_CHARS),
            ..AttributeRow::default()
        };
        assert_eq!(short.preview(), None);
        let long = AttributeRow {
            value: "é".repeat(PREVIEW_CHARS + 1),
            ..AttributeRow::default()
        };
        assert_eq!(long.preview().unwrap().chars().count(), PREVIEW_CHARS);
        assert_eq!(long.length().0, 161);
    }
}
