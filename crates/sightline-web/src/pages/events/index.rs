//! The event index: filters, one line per event, pages with the true total.

use crate::layout::Frame;
use crate::pages::list::{FilterChip, ListUrl, Pager, SortColumn};
use crate::pages::moment::{Count, Moment};
use crate::pages::tag_pill::TagPill;
use crate::pages::wording::{Audience, Choice, Threat};
use askama::Template;

/// `GET /events/index`.
#[derive(Clone, Debug, Template)]
#[template(path = "events/index.html")]
pub struct EventIndexPage {
    /// The frame.
    pub frame: Frame,
    /// What the list is narrowed to.
    pub filter: EventFilter,
    /// The filters in force.
    pub chips: Vec<FilterChip>,
    /// Where we are; its address carries the filters and the order.
    pub pager: Pager,
    /// The events.
    pub rows: Vec<EventRow>,
    /// May add events.
    pub can_add: bool,
    /// May delete the events that are selected; the post goes to `/events/delete` with `id` a JSON list.
    pub can_delete: bool,
    /// Correlations are counted.
    pub with_correlations: bool,
    /// Columns that the visitor does not want to see.
    pub hidden: Vec<&'static str>,
}

impl EventIndexPage {
    /// The address without any filter.
    fn plain(&self) -> &'static str {
        "/events/index"
    }

    /// The classes that hide columns.
    fn hiding(&self) -> String {
        self.hidden.iter().map(|name| format!(" hide-{name}")).collect()
    }

    fn column(&self, field: &str, label: &str, numeric: bool) -> SortColumn {
        SortColumn::new(&self.pager.url, field, label, numeric)
    }

    /// This list with one parameter set, for links in cells.
    fn narrowed(&self, name: &str, value: &str) -> ListUrl {
        self.pager.url.with("page", "").with(name, value)
    }
}

/// The fields of the filter bar. They are sent as `all`, `published`, `org`, `tag`, `from`, `until`, `threatlevel`,
/// `analysis`, `distribution`, `hasproposal`.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// Anything: title, value, uuid, tag, organisation.
    pub text: String,
    /// Any, `1`, `0`.
    pub published: Vec<Choice>,
    /// Creator organisation.
    pub org: String,
    /// Organisations to offer.
    pub orgs: Vec<String>,
    /// Tag name.
    pub tag: String,
    /// Tags to offer.
    pub tags: Vec<String>,
    /// First date.
    pub from: String,
    /// Last date.
    pub until: String,
    /// Any and the four levels.
    pub threat: Vec<Choice>,
    /// Any and the three states.
    pub analysis: Vec<Choice>,
    /// Any and the levels.
    pub distribution: Vec<Choice>,
    /// Any, with open proposals, without.
    pub proposals: Vec<Choice>,
}

/// One event of the index.
#[derive(Clone, Debug, Default)]
pub struct EventRow {
    /// Id.
    pub id: i64,
    /// Title.
    pub info: String,
    /// Published or not.
    pub published: bool,
    /// Who created it.
    pub creator_org: String,
    /// Tags.
    pub tags: Vec<TagPill>,
    /// Live attributes.
    pub attributes: Count,
    /// Other events that share a value; `None` where not counted.
    pub correlations: Option<Count>,
    /// Sightings.
    pub sightings: Count,
    /// Open proposals.
    pub proposals: Count,
    /// Reports.
    pub reports: Count,
    /// The event's date.
    pub date: String,
    /// Last change.
    pub modified: Moment,
    /// Threat level.
    pub threat: Threat,
    /// State of analysis, in a word.
    pub analysis: String,
    /// Who can see it.
    pub audience: Audience,
}
