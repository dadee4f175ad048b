//! Objects and the references between them.

mod add;
mod delete;
mod draft;
mod edit;
mod references;
mod view;

pub(crate) use add::add_in;
pub use add::{NewObject, add};
pub use delete::delete;
pub(crate) use draft::draft;
pub use edit::edit;
pub(crate) use references::{ReferenceDraft, resolve_target};
pub use references::{add_reference, delete_reference, find_reference};
pub use view::{Shown, view};

use crate::Ctx;
use sightline_core::ids::ObjectId;
use sightline_core::{AppError, AppResult};
use sightline_db::{Tx, objects};
use sightline_misp::records::{Event, Object};
use uuid::Uuid;

/// How a request names an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectKey {
    /// The row's id.
    Id(ObjectId),
    /// The uuid that all instances share.
    Uuid(Uuid),
}

impl ObjectKey {
    /// Digits are an id, a uuid is a uuid, anything else names nothing.
    pub fn parse(text: &str) -> AppResult<Self> {
        if let Ok(id) = text.parse() {
            return Ok(Self::Id(ObjectId(id)));
        }
        Uuid::try_parse(text)
            .map(Self::Uuid)
            .map_err(|_| invalid_object())
    }
}

/// What the reference says of an object that is not there or not visible.
pub fn invalid_object() -> AppError {
    AppError::not_found("Invalid object.")
}

/// The object and its event, if the caller may see both. Soft-deleted ones are found.
pub fn find(ctx: &Ctx, tx: &mut Tx<'_>, key: &ObjectKey) -> AppResult<(Object, Event)> {
    let found = match key {
        ObjectKey::Id(id) => objects::find(tx, ctx.visible(), Some(*id), None)?,
        ObjectKey::Uuid(uuid) => objects::find(tx, ctx.visible(), None, Some(*uuid))?,
    };
    found.ok_or_else(invalid_object)
}

/// As [`find`], to change it: until the transaction ends nobody else does.
fn find_to_change(ctx: &Ctx, tx: &mut Tx<'_>, key: &ObjectKey) -> AppResult<(Object, Event)> {
    match key {
        ObjectKey::Id(id) => objects::lock(tx, Some(*id), None)?,
        ObjectKey::Uuid(uuid) => objects::lock(tx, None, Some(*uuid))?,
    }
    find(ctx, tx, key)
}
