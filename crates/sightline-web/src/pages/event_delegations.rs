//! Offers to hand an event over: the list, one offer with the decision on it, and the form that makes one.

use crate::layout::Frame;
use crate::pages::errors::Errors;
use crate::pages::list::Pager;
use crate::pages::moment::Count;
use crate::pages::wording::{Audience, Choice};
use askama::Template;

/// `GET /event_delegations/index`, with `context=issued` those of the own organisation.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "event_delegations/index.html")]
pub struct DelegationIndexPage {
    /// The frame.
    pub frame: Frame,
    /// What the own organisation offers, instead of what is offered to it.
    pub issued: bool,
    /// Where we are.
    pub pager: Pager,
    /// The offers.
    pub rows: Vec<DelegationRow>,
}

/// An offer.
#[derive(Clone, Debug, Default)]
pub struct DelegationRow {
    /// Its id.
    pub id: i64,
    /// The event's id.
    pub event_id: i64,
    /// The event's title.
    pub event_info: String,
    /// The event's date.
    pub event_date: String,
    /// Attributes of the event.
    pub attributes: Count,
    /// Who offers it.
    pub requester: String,
    /// Who is to take it.
    pub recipient: String,
    /// To the people there.
    pub message: String,
    /// Who shall see the event afterwards; `None` leaves it to the recipient.
    pub audience: Option<Audience>,
}

/// `GET /event_delegations/view/{id}`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "event_delegations/view.html")]
pub struct DelegationPage {
    /// The frame.
    pub frame: Frame,
    /// The offer.
    pub offer: DelegationRow,
    /// May take the event.
    pub can_accept: bool,
    /// May close the offer; the own one is withdrawn, another one declined.
    pub can_close: bool,
    /// It is the own organisation's.
    pub issued: bool,
    /// Who shall see the event, where the offer leaves it open.
    pub distribution: Vec<Choice>,
    /// Sharing groups to choose from.
    pub groups: Vec<Choice>,
}

/// `GET /event_delegations/delegateEvent/{event}`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "event_delegations/form.html")]
pub struct DelegationFormPage {
    /// The frame.
    pub frame: Frame,
    /// The event's id.
    pub event_id: i64,
    /// The event's title.
    pub event_info: String,
    /// Who may take it.
    pub orgs: Vec<Choice>,
    /// To the people there.
    pub message: String,
    /// Who shall see the event afterwards, or the recipient decides.
    pub distribution: Vec<Choice>,
    /// Sharing groups to choose from.
    pub groups: Vec<Choice>,
    /// What is wrong with the form.
    pub errors: Errors,
}
