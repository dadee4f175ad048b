//! Adding a report to an event that is there (spec 03 section 10).

use super::list::{Detail, detail};
use super::{fields, record};
use crate::events::{EventKey, find_to_change, require_modify, unpublish};
use crate::{Ctx, analyst_data};
use sightline_core::ids::{EventReportId, SharingGroupId};
use sightline_core::{AppError, AppResult, Permission, random};
use sightline_db::{Tx, event_reports};
use sightline_misp::input::EventReportIn;
use sightline_misp::records::{EntityKind, EntityRef, EventReport};
use uuid::Uuid;

/// Adds a report.
pub async fn add(ctx: &Ctx, event: EventKey, body: EventReportIn) -> AppResult<Detail> {
    ctx.require(Permission::Add)?;
    ctx.write(move |ctx, tx| add_in(ctx, tx, &event, &body)).await
}

pub(super) fn add_in(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    event: &EventKey,
    body: &EventReportIn,
) -> AppResult<Detail> {
    let event = find_to_change(ctx, tx, event)?;
    require_modify(ctx, &event)?;
    let uuid = match body.uuid.filled() {
        Some(text) => Uuid::try_parse(&text)
            .map_err(|_| AppError::field("uuid", "Please provide a valid RFC 4122 UUID"))?,
        None => random::uuid(),
    };
    let mut report = EventReport {
        id: EventReportId(0),
        uuid,
        event_id: event.id,
        name: String::new(),
        content: String::new(),
        distribution: ctx.settings().events.attribute_distribution(),
        sharing_group_id: SharingGroupId(0),
        timestamp: ctx.now(),
        deleted: false,
    };
    fields::apply(ctx, tx, &mut report, body)?;
    report.id = event_reports::insert_if_new(tx, &report)?
        .ok_or_else(|| AppError::field("uuid", "The UUID provided is not unique"))?;
    record(ctx, tx, &report, "add")?;
    let on = EntityRef {
        kind: EntityKind::EventReport,
        uuid,
    };
    analyst_data::capture(ctx, tx, on, body.analyst_data(), |_| ())?;
    unpublish(ctx, tx, event.id)?;
    detail(ctx, tx, report, event)
}
