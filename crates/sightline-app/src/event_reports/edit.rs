//! Editing a report (spec 03 section 10).

use super::list::{Detail, detail};
use super::{fields, find_to_change, record};
use crate::events::unpublish;
use crate::{Ctx, analyst_data};
use sightline_core::{AppResult, Permission};
use sightline_db::event_reports::{self, Key};
use sightline_misp::input::EventReportIn;
use sightline_misp::records::{EntityKind, EntityRef};

/// Applies a partial body; its time is always now.
pub async fn edit(ctx: &Ctx, key: Key, body: EventReportIn) -> AppResult<Detail> {
    ctx.require(Permission::Add)?;
    ctx.write(move |ctx, tx| {
        let (mut report, event) = find_to_change(ctx, tx, key)?;
        fields::apply(ctx, tx, &mut report, &body)?;
        report.timestamp = ctx.now();
        event_reports::update(tx, &report)?;
        record(ctx, tx, &report, "edit")?;
        let on = EntityRef {
            kind: EntityKind::EventReport,
            uuid: report.uuid,
        };
        analyst_data::capture(ctx, tx, on, body.analyst_data(), |_| ())?;
        unpublish(ctx, tx, event.id)?;
        detail(ctx, tx, report, event)
    })
    .await
}
