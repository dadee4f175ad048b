//! Attributes: the table of an event by windows, its rows and forms, the list over all events, tagging and sighting.

mod bulk;
mod edit;
mod index;
mod row;
mod table;
mod tagging;

pub use bulk::{BulkPage, BulkPreview};
pub use edit::{AttributeForm, AttributeRowEdit, TypeDefaults, TypeMap};
pub use index::{AttributeIndexPage, AttributeIndexRow};
pub use row::{AttributeRow, AttributeRowFragment, ObjectRow, Reference, SightingCell, SightingCounts};
pub use table::{AttributeFilter, AttributeLine, AttributeTable, AttributeTableFragment, AttributeWindow};
pub use tagging::{BundleOffer, TagEditor, TagOffer, TagPicker, TagTarget};
