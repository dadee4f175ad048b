//! The page of one event.

use crate::layout::Frame;
use crate::pages::analyst_data::Thread;
use crate::pages::attributes::{AttributeForm, AttributeTable, SightingCounts, TagEditor};
use crate::pages::moment::{Count, Moment};
use crate::pages::proposals::ProposalRow;
use crate::pages::threads::Discussion;
use crate::pages::wording::{Audience, Threat};
use askama::Template;

/// Extensions named on the page before "and so many more".
const EXTENSIONS: usize = 15;

/// `GET /events/view/{id}`.
#[derive(Clone, Debug, Template)]
#[template(path = "events/view.html")]
pub struct EventPage {
    /// The frame.
    pub frame: Frame,
    /// The event itself.
    pub event: EventHead,
    /// What the user may do with it.
    pub rights: EventRights,
    /// Events that share values, the strongest first.
    pub related: Vec<RelatedEvent>,
    /// All of them, when `related` is cut short.
    pub related_total: Count,
    /// Reports.
    pub reports: Vec<ReportRow>,
    /// Open proposals of new attributes, the first of them.
    pub proposals: Vec<ProposalRow>,
    /// There are more open proposals than these.
    pub proposals_more: bool,
    /// The offer that hands it over, and to whom.
    pub offer: Option<(i64, String)>,
    /// May write and import reports.
    pub can_write_reports: bool,
    /// Notes, opinions and relationships.
    pub thread: Thread,
    /// What people say about it, how many posts there are, and the thread; `None` where discussions are off.
    pub discussion: Option<(Discussion, Count, Option<i64>)>,
    /// The attribute table with its first window.
    pub table: AttributeTable,
    /// The form for new attributes, or for proposing one; `None` without the right.
    pub add_form: Option<AttributeForm>,
}

impl EventPage {
    /// How many related events are not shown.
    fn related_hidden(&self) -> Count {
        let shown = self.related.len().try_into().unwrap_or(u64::MAX);
        Count(self.related_total.0.saturating_sub(shown))
    }

    /// The extensions that are named: the first few.
    fn extensions_shown(&self) -> impl Iterator<Item = &EventLink> {
        self.event.extended_by.iter().take(EXTENSIONS)
    }

    /// How many extensions are not named.
    fn extensions_hidden(&self) -> Count {
        let hidden = self.event.extended_by.len().saturating_sub(EXTENSIONS);
        Count(hidden.try_into().unwrap_or(u64::MAX))
    }

    fn can_tag(&self) -> bool {
        self.event.tags.can_tag || self.event.tags.can_tag_locally
    }
}

/// The metadata of an event.
#[derive(Clone, Debug, Default)]
pub struct EventHead {
    /// Id.
    pub id: i64,
    /// Uuid.
    pub uuid: String,
    /// Title.
    pub info: String,
    /// Published or not.
    pub published: bool,
    /// Last published.
    pub published_at: Option<Moment>,
    /// Changed since it was last published.
    pub changed_since: bool,
    /// The event's date.
    pub date: String,
    /// Threat level.
    pub threat: Threat,
    /// Analysis in a word.
    pub analysis: String,
    /// Who can see it.
    pub audience: Audience,
    /// Who created it.
    pub creator: OrgLink,
    /// Who owns the copy on this instance.
    pub owner: OrgLink,
    /// The creator's e-mail, where it may be seen.
    pub creator_user: Option<String>,
    /// Tags.
    pub tags: TagEditor,
    /// Last change.
    pub modified: Moment,
    /// Live attributes, those in objects included.
    pub attributes: Count,
    /// Objects.
    pub objects: Count,
    /// Sightings of all attributes.
    pub sightings: SightingCounts,
    /// Open proposals, those about attributes too.
    pub proposals: Count,
    /// The event that this one adds to.
    pub extends: Option<EventLink>,
    /// The events that add to this one.
    pub extended_by: Vec<EventLink>,
    /// Correlation is switched off for it.
    pub correlation_disabled: bool,
    /// Came from another instance and is changed only there.
    pub locked: bool,
}

/// An organisation by name.
#[derive(Clone, Debug, Default)]
pub struct OrgLink {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
}

/// Another event, by title.
#[derive(Clone, Debug, Default)]
pub struct EventLink {
    /// Id; 0 where the event is not on this instance.
    pub id: i64,
    /// Title, or the uuid of an event that is not here.
    pub info: String,
}

/// What the user may do with an event.
#[derive(Clone, Copy, Debug, Default)]
pub struct EventRights {
    /// Edit, delete, add and change attributes.
    pub modify: bool,
    /// Publish and unpublish.
    pub publish: bool,
    /// Propose what may not be changed.
    pub propose: bool,
    /// Offer the event to another organisation.
    pub delegate: bool,
}

/// An event that shares values with this one.
#[derive(Clone, Debug, Default)]
pub struct RelatedEvent {
    /// Id.
    pub id: i64,
    /// Title.
    pub info: String,
    /// Its date.
    pub date: String,
    /// Who created it.
    pub org: String,
    /// How many values are shared.
    pub shared: Count,
    /// One shared value, as the reason.
    pub example: String,
}

/// A report of the event.
#[derive(Clone, Debug, Default)]
pub struct ReportRow {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Last change.
    pub modified: Moment,
    /// Who can see it.
    pub audience: Audience,
}
