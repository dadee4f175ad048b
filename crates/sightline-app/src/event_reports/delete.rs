//! Deleting a report, softly or for good, and bringing it back (spec 03 section 10).

use super::{Key, find_to_change, record};
use crate::Ctx;
use crate::events::unpublish;
use sightline_core::{AppResult, Permission};
use sightline_db::event_reports;
use sightline_misp::records::EventReport;

/// Deletes a report; the row as it was.
pub async fn delete(ctx: &Ctx, key: Key, hard: bool) -> AppResult<EventReport> {
    ctx.require(Permission::Add)?;
    ctx.write(move |ctx, tx| {
        let (report, event) = find_to_change(ctx, tx, key)?;
        // Before the row goes: who could see it is read from it.
        record(ctx, tx, &report, if hard { "delete" } else { "soft_delete" })?;
        if hard {
            event_reports::delete(tx, report.id)?;
        } else {
            let deleted = EventReport {
                deleted: true,
                timestamp: ctx.now(),
                ..report.clone()
            };
            event_reports::update(tx, &deleted)?;
        }
        unpublish(ctx, tx, event.id)?;
        Ok(report)
    })
    .await
}

/// Brings a softly deleted report back.
pub async fn restore(ctx: &Ctx, key: Key) -> AppResult<EventReport> {
    ctx.require(Permission::Add)?;
    ctx.write(move |ctx, tx| {
        let (mut report, event) = find_to_change(ctx, tx, key)?;
        if report.deleted {
            report.deleted = false;
            report.timestamp = ctx.now();
            event_reports::update(tx, &report)?;
            record(ctx, tx, &report, "undelete")?;
            unpublish(ctx, tx, event.id)?;
        }
        Ok(report)
    })
    .await
}
