//! The platform's records and their JSON shape (spec 01). A record is what the database keeps, typed; its `write`
//! is the wire.

mod analyst_data;
mod attribute;
mod blocklist;
mod bookmark;
mod collection;
mod correlation;
mod distribution;
mod entity;
mod event;
mod event_delegation;
mod event_report;
mod news;
mod object;
mod organisation;
mod proposal;
mod sharing_group;
mod sighting;
mod tag;
mod tag_collection;
mod taxonomy;
mod thread;
mod warninglist;

pub use analyst_data::{AnalystContent, AnalystData, AnalystKind};
pub use attribute::{Attribute, AttributeShape};
pub use blocklist::{Blocklist, BlocklistEntry};
pub use bookmark::Bookmark;
pub use collection::{Collection, CollectionElement, ElementType};
pub use correlation::{CorrelationExclusion, CorrelationRule, Selector};
pub use distribution::{Analysis, Distribution, ThreatLevel};
pub use entity::{EntityKind, EntityRef};
pub use event::{Event, EventRef};
pub use event_delegation::EventDelegation;
pub use event_report::EventReport;
pub use news::News;
pub use object::{Object, ObjectReference, ReferenceTarget, ReferencedType};
pub use organisation::{OrgRef, Organisation};
pub use proposal::Proposal;
pub use sharing_group::{SharingGroup, SharingGroupOrg, SharingGroupServer};
pub use sighting::{Sighting, SightingType};
pub use tag::{AttachedTag, Tag};
pub use tag_collection::{TagCollection, TagCollectionTag};
pub use taxonomy::{Taxonomy, TaxonomyTag};
pub use thread::{Post, Thread};
pub use warninglist::{Warninglist, WarninglistEntry};
