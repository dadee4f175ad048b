//! The platform's records and their JSON shape (spec 01). A record is what the database keeps, typed; its `write`
//! is the wire.

mod analyst_data;
mod attribute;
mod distribution;
mod entity;
mod event;
mod event_report;
mod object;
mod organisation;
mod sharing_group;
mod sighting;
mod tag;

pub use analyst_data::{AnalystContent, AnalystData, AnalystKind};
pub use attribute::{Attribute, AttributeShape};
pub use distribution::{Analysis, Distribution, ThreatLevel};
pub use entity::{EntityKind, EntityRef};
pub use event::{Event, EventRef};
pub use event_report::EventReport;
pub use object::{Object, ObjectReference, ReferenceTarget, ReferencedType};
pub use organisation::{OrgRef, Organisation};
pub use sharing_group::{SharingGroup, SharingGroupOrg, SharingGroupServer};
pub use sighting::{Sighting, SightingType};
pub use tag::{AttachedTag, Tag};
