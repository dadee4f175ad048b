//! Events: the index, the page of one event, its form.

mod form;
mod graph;
mod index;
mod view;

pub use form::EventFormPage;
pub use graph::{EventGraphPage, GraphEvent, GraphValue};
pub use index::{EventFilter, EventIndexPage, EventRow};
pub use view::{EventHead, EventLink, EventPage, EventRights, OrgLink, RelatedEvent, ReportRow};
