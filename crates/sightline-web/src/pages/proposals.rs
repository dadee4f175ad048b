//! Proposals: as they stand below an attribute, in rows of their own, and the list over all events.

use crate::layout::Frame;
use crate::pages::list::{FilterChip, Pager, SortColumn};
use crate::pages::moment::{Count, Moment};
use crate::pages::wording::Choice;
use askama::{Template, filters::HtmlSafe};

/// The buttons that accept and discard one proposal: `POST /shadow_attributes/accept/{id}` and `…/discard/{id}`.
#[derive(Clone, Copy, Debug, Default, Template)]
#[template(path = "proposals/decision.html")]
pub struct Decision {
    /// The proposal.
    pub id: i64,
    /// May do what it says.
    pub can_accept: bool,
    /// May close it.
    pub can_discard: bool,
    /// What is shown afterwards.
    pub back: Back,
}

impl HtmlSafe for Decision {}

/// Where a decision leads; the field `back` of the post.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Back {
    /// The attribute's line, in place of the old one.
    #[default]
    Row,
    /// The page of the event.
    Event,
    /// The list of proposals.
    List,
}

impl Back {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Row => "row",
            Self::Event => "event",
            Self::List => "list",
        }
    }

    /// From the field of a form.
    pub fn parse(word: &str) -> Self {
        match word {
            "event" => Self::Event,
            "list" => Self::List,
            _ => Self::Row,
        }
    }
}

/// What somebody would change about an attribute, below its value.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "proposals/change.html")]
pub struct ProposedChange {
    /// Who proposes.
    pub org: String,
    /// When.
    pub at: Moment,
    /// To delete the attribute.
    pub deletion: bool,
    /// What would be different, each as `name` and the new `value`.
    pub changes: Vec<(String, String)>,
    /// Its buttons.
    pub decision: Decision,
}

impl HtmlSafe for ProposedChange {}

/// One proposal in a table.
#[derive(Clone, Debug, Default)]
pub struct ProposalRow {
    /// When.
    pub at: Moment,
    /// Who proposes.
    pub org: String,
    /// The event's id.
    pub event_id: i64,
    /// The event's title.
    pub event_info: String,
    /// The attribute that it is about, 0 for a new one.
    pub attribute_id: i64,
    /// To delete the attribute.
    pub deletion: bool,
    /// Category.
    pub category: String,
    /// Type.
    pub kind: String,
    /// The whole value.
    pub value: String,
    /// Comment.
    pub comment: String,
    /// Goes to detection systems.
    pub to_ids: bool,
    /// Accepted or discarded.
    pub decided: bool,
    /// Its buttons.
    pub decision: Decision,
}

impl ProposalRow {
    fn what(&self) -> &'static str {
        match (self.attribute_id, self.deletion) {
            (0, _) => "New attribute",
            (_, true) => "Delete",
            (_, false) => "Change",
        }
    }

    fn event_url(&self) -> String {
        match self.attribute_id {
            0 => format!("/events/view/{}", self.event_id),
            id => format!("/events/view/{}#attribute-{id}", self.event_id),
        }
    }
}

/// `GET /shadow_attributes/index`. Fields: `searchall`, `event`, `own`, `deleted`.
#[derive(Clone, Debug, Template)]
#[template(path = "proposals/index.html")]
pub struct ProposalIndexPage {
    /// The frame.
    pub frame: Frame,
    /// Part of value or comment.
    pub text: String,
    /// The event, by id.
    pub event: String,
    /// All events, or those of the own organisation.
    pub scope: Vec<Choice>,
    /// Open, decided, both.
    pub state: Vec<Choice>,
    /// The filters in force.
    pub chips: Vec<FilterChip>,
    /// Where we are.
    pub pager: Pager,
    /// The proposals, latest first.
    pub rows: Vec<ProposalRow>,
}

impl ProposalIndexPage {
    fn column(&self, field: &str, label: &str) -> SortColumn {
        SortColumn::new(&self.pager.url, field, label, false)
    }

    fn count(&self) -> Count {
        Count(self.pager.total)
    }
}
