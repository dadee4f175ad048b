//! Warninglists (spec 07 section 4): reading them, what people set on them, lists of this instance's own, and which values
//! they know. Their files are loaded by `knowledge`.

mod known;
mod manage;
#[cfg(test)]
mod tests;

pub use known::{Known, Warninglists, check_values, reload};
pub use manage::{
    Chosen, NewWarninglist, Toggled, add, delete, edit, entries_of_text, import, set_enabled, toggle,
};
pub use sightline_db::warninglists::Filter;
pub use sightline_knowledge::library::Entry;

use crate::Ctx;
use sightline_core::ids::WarninglistId;
use sightline_core::limits::PAGE_ROWS_MAX;
use sightline_core::{AppError, AppResult};
use sightline_db::warninglists;
use sightline_misp::records::{Warninglist, WarninglistEntry};

/// Entries that one read brings.
pub const ENTRIES: u32 = 20_000;

/// A page, from 1, of the warninglists, newest first, and how many there are in all.
pub async fn index(ctx: &Ctx, filter: Filter, page: u32, limit: u32) -> AppResult<(Vec<Warninglist>, i64)> {
    let limit = limit.clamp(1, PAGE_ROWS_MAX);
    let offset = i64::from(page.saturating_sub(1)) * i64::from(limit);
    ctx.read(move |_, tx| Ok(warninglists::list(tx, &filter, limit, offset)?))
        .await
}

/// One warninglist, without its entries.
pub async fn view(ctx: &Ctx, id: WarninglistId) -> AppResult<Warninglist> {
    ctx.read(move |_, tx| warninglists::by_id(tx, id)?.ok_or_else(not_found))
        .await
}

/// Entries of a list that [`view`] has brought, after a position; at most [`ENTRIES`], none when all have been read. A conflict
/// when the list has had a new version and the old one is being swept away: half of it is not a list.
pub async fn entries(ctx: &Ctx, list: &Warninglist, after: i64) -> AppResult<Vec<WarninglistEntry>> {
    let content = list.content_id;
    let found = ctx
        .read(move |_, tx| Ok(warninglists::entries(tx, content, after, ENTRIES)?))
        .await?;
    let next = found.first().map_or(list.entry_count + 1, |first| first.position);
    if next != after + 1 {
        return Err(AppError::Conflict(format!(
            "The warninglist {} has changed while it was read.",
            list.name
        )));
    }
    Ok(found)
}

/// What the reference says when there is no such list.
pub fn not_found() -> AppError {
    AppError::not_found("Warninglist not found.")
}
