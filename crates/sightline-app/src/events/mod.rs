//! Events: finding, adding, editing, publishing, deleting, and their JSON document.

mod add;
mod contents;
mod delete;
pub mod document;
mod edit;
mod extensions;
mod fields;
mod publish;
mod summary;
#[cfg(test)]
mod tests;

pub use add::{Added, Source, add, add_in};
pub(crate) use add::{claimed_creator, count_refusal};
pub use contents::Merged;
pub use delete::{delete, delete_in};
pub use edit::{edit, edit_in};
pub(crate) use extensions::to_merge;
pub use extensions::{Strategy, edit_strategy};
pub(crate) use publish::publish_in;
pub use publish::{publish, unpublish_event};
pub use summary::{Row, Summary, rows, summary};

use crate::Ctx;
use sightline_core::ids::EventId;
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::{Tx, events};
use sightline_misp::records::Event;
use uuid::Uuid;

/// How a request names an event: by id or by uuid (spec 03 section 1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKey {
    /// The row's id.
    Id(EventId),
    /// The uuid that all instances share.
    Uuid(Uuid),
}

impl EventKey {
    /// Digits are an id, a uuid is a uuid, anything else names nothing.
    pub fn parse(text: &str) -> AppResult<Self> {
        if let Ok(id) = text.parse() {
            return Ok(Self::Id(EventId(id)));
        }
        Uuid::try_parse(text).map(Self::Uuid).map_err(|_| invalid_event())
    }
}

/// What the reference says of an event that is not there or not visible.
pub fn invalid_event() -> AppError {
    AppError::not_found("Invalid event")
}

/// The event, if the caller may see it.
pub fn find(ctx: &Ctx, tx: &mut Tx<'_>, key: &EventKey) -> AppResult<Event> {
    let event = match key {
        EventKey::Id(id) => events::by_id(tx, ctx.visible(), *id)?,
        EventKey::Uuid(uuid) => events::by_uuid(tx, ctx.visible(), *uuid)?,
    };
    event.ok_or_else(invalid_event)
}

/// As [`find`], to change it or what is in it: until the transaction ends nobody else does.
pub fn find_to_change(ctx: &Ctx, tx: &mut Tx<'_>, key: &EventKey) -> AppResult<Event> {
    match key {
        EventKey::Id(id) => events::lock(tx, Some(*id), None)?,
        EventKey::Uuid(uuid) => events::lock(tx, None, Some(*uuid))?,
    }
    find(ctx, tx, key)
}

/// Whether the caller may change the event's content (spec 05 section 6).
pub fn may_modify(ctx: &Ctx, event: &Event) -> bool {
    let caller = &ctx.caller;
    caller.is_site_admin()
        || caller.permissions.has(Permission::ModifyOrg) && event.orgc_id == caller.org_id
        || caller.permissions.has(Permission::Modify) && event.user_id == caller.user_id
}

/// `Forbidden` unless the caller may change the event's content; PyMISP reads this very sentence as "propose instead".
pub fn require_modify(ctx: &Ctx, event: &Event) -> AppResult<()> {
    if may_modify(ctx, event) {
        Ok(())
    } else {
        Err(AppError::Forbidden(
            "You do not have permission to do that.".into(),
        ))
    }
}

/// A change of content unpublishes: `published = false`, `timestamp = now` (spec 03 section 1.4).
pub fn unpublish(ctx: &Ctx, tx: &mut Tx<'_>, event: EventId) -> AppResult<()> {
    Ok(events::unpublish_at(tx, event, ctx.now())?)
}

/// Id and timestamp of those of the uuids that the caller may see.
pub async fn timestamps(ctx: &Ctx, uuids: Vec<Uuid>) -> AppResult<Vec<(Uuid, EventId, i64)>> {
    ctx.read(move |ctx, tx| {
        let mut seen = Vec::new();
        for (uuid, id, timestamp) in events::timestamps(tx, &uuids)? {
            if events::by_id(tx, ctx.visible(), id)?.is_some() {
                seen.push((uuid, id, timestamp));
            }
        }
        Ok(seen)
    })
    .await
}
