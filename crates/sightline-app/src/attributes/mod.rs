//! Attributes: finding, adding, editing, deleting, restoring, and their files.

mod add;
pub mod bulk;
mod delete;
mod edit;
mod found;
mod incoming;
mod store;
#[cfg(test)]
mod tests;
mod view;
mod window;

pub(crate) use add::add_one;
pub use add::{AddOutcome, add};
pub(crate) use delete::remove_batch;
pub use delete::{delete, delete_many, restore};
pub(crate) use edit::{apply as apply_edit, differs, record as record_edit};
pub use edit::{edit, toggle_to_ids};
pub use found::{Found, found};
pub(crate) use incoming::{Incoming, overlay};
pub(crate) use store::{Placed, adjust_tags, soft_delete_in, store_new};
pub use view::{File, Shown, base64, download, exists, from_base64, tags_of, view};
pub use window::{SightingCount, Window, counts, window, window_of};

pub use sightline_db::attribute_window::{Order, WindowFilter};

use crate::{Ctx, events as app_events};
use sightline_core::ids::AttributeId;
use sightline_core::{AppError, AppResult};
use sightline_db::{Tx, attributes, objects};
use sightline_misp::records::{Attribute, Event};
use uuid::Uuid;

/// How a request names an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttributeKey {
    /// The row's id.
    Id(AttributeId),
    /// The uuid that all instances share.
    Uuid(Uuid),
}

impl AttributeKey {
    /// Digits are an id, a uuid is a uuid, anything else names nothing.
    pub fn parse(text: &str) -> AppResult<Self> {
        if let Ok(id) = text.parse() {
            return Ok(Self::Id(AttributeId(id)));
        }
        Uuid::try_parse(text)
            .map(Self::Uuid)
            .map_err(|_| invalid_attribute())
    }
}

/// What the reference says of an attribute that is not there or not visible.
pub fn invalid_attribute() -> AppError {
    AppError::not_found("Invalid attribute")
}

/// The attribute and its event, if the caller may see both. Soft-deleted ones are found.
pub fn find(ctx: &Ctx, tx: &mut Tx<'_>, key: &AttributeKey) -> AppResult<(Attribute, Event)> {
    let found = match key {
        AttributeKey::Id(id) => attributes::find(tx, ctx.visible(), Some(*id), None)?,
        AttributeKey::Uuid(uuid) => attributes::find(tx, ctx.visible(), None, Some(*uuid))?,
    };
    found.ok_or_else(invalid_attribute)
}

/// As [`find`], to change it: until the transaction ends nobody else does.
pub(crate) fn find_to_change(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    key: &AttributeKey,
) -> AppResult<(Attribute, Event)> {
    match key {
        AttributeKey::Id(id) => attributes::lock(tx, Some(*id), None)?,
        AttributeKey::Uuid(uuid) => attributes::lock(tx, None, Some(*uuid))?,
    }
    find(ctx, tx, key)
}

/// "Touch": the attribute's, its object's and its event's timestamps are now; the event is unpublished
/// (spec 03 section 1.4).
pub fn touch(ctx: &Ctx, tx: &mut Tx<'_>, attribute: &Attribute) -> AppResult<()> {
    attributes::set_timestamp(tx, attribute.id, ctx.now())?;
    if attribute.object_id.0 != 0 {
        objects::set_timestamp(tx, attribute.object_id, ctx.now())?;
    }
    app_events::unpublish(ctx, tx, attribute.event_id)
}
