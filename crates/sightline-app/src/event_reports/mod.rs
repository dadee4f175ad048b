//! Event reports: Markdown that belongs to an event (spec 01 section 12, spec 03 section 10).

mod add;
mod delete;
mod edit;
mod extract;
mod fields;
mod import;
mod list;
mod render;

pub use add::add;
pub use delete::{delete, restore};
pub use edit::edit;
pub use extract::{Choice, Outcome, Suggestion, extract, save_extracted};
pub use import::import_from_url;
pub use list::{Detail, Filter, Listed, Scope, count, index, page, view};
pub use render::{Rendered, Target, rendered, targets, written};

use crate::Ctx;
use crate::events::require_modify;
use serde_json::json;
use sightline_core::ids::EventReportId;
use sightline_core::{AppError, AppResult};
use sightline_db::audit::Change;
pub use sightline_db::event_reports::Key;
use sightline_db::{Tx, event_reports};
use sightline_misp::records::{Event, EventReport};
use uuid::Uuid;

/// Longest report that is taken or rendered, in bytes: a long book. One that came by synchronisation may be longer; it
/// is kept and shown as it is.
pub const CONTENT_BYTES: usize = 1024 * 1024;
/// Longest name, in characters: it is a title.
pub const NAME_CHARS: usize = 255;

/// Digits are an id, a uuid is a uuid, anything else names nothing.
pub fn key(text: &str) -> AppResult<Key> {
    if let Ok(id) = text.parse() {
        return Ok(Key::Id(EventReportId(id)));
    }
    Uuid::try_parse(text).map(Key::Uuid).map_err(|_| invalid_report())
}

/// What the reference says of a report that is not there or not visible.
pub fn invalid_report() -> AppError {
    AppError::not_found("Invalid report")
}

/// The report and its event, if the caller may see both. A deleted one is found by those who own its event.
pub(crate) fn find(ctx: &Ctx, tx: &mut Tx<'_>, key: Key) -> AppResult<(EventReport, Event)> {
    event_reports::find(tx, ctx.visible(), key)?.ok_or_else(invalid_report)
}

/// As [`find`], to change it: the caller may, and until the transaction ends nobody else does. The event is the one
/// that the report is in; nothing that a request says can make it another.
fn find_to_change(ctx: &Ctx, tx: &mut Tx<'_>, key: Key) -> AppResult<(EventReport, Event)> {
    event_reports::lock(tx, key)?;
    let (report, event) = find(ctx, tx, key)?;
    require_modify(ctx, &event)?;
    Ok((report, event))
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, report: &EventReport, action: &str) -> AppResult<()> {
    ctx.audit(
        tx,
        &Change {
            action,
            model: "EventReport",
            id: report.id.0,
            title: &report.name,
            event: Some(report.event_id),
            fields: json!({
                "uuid": report.uuid, "name": report.name, "distribution": report.distribution.number(),
                "sharing_group_id": report.sharing_group_id, "bytes": report.content.len(),
            }),
        },
    )
}
