//! Merging event reports.

use super::Merged;
use crate::Ctx;
use crate::sharing_groups::{Resolver, Wish};
use sightline_core::ids::{EventReportId, SharingGroupId};
use sightline_core::{AppResult, random};
use sightline_db::{Tx, event_reports};
use sightline_misp::input::{EventIn, EventReportIn};
use sightline_misp::records::{Distribution, Event, EventReport};
use uuid::Uuid;

pub(super) fn merge(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    event: &Event,
    input: &EventIn,
    merged: &mut Merged,
) -> AppResult<()> {
    let mut groups = Resolver::default();
    for body in &input.reports.0 {
        let Some(mut report) = draft(ctx, event, body) else {
            merged.drop_item(|| "report: it has no name, or its uuid or distribution is invalid".into());
            continue;
        };
        let known = event_reports::by_uuids(tx, &[report.uuid])?.pop();
        if report.distribution == Distribution::SharingGroup {
            let wish = Wish::new(&body.sharing_group_id, body.sharing_group.as_deref());
            let kept = known
                .as_ref()
                .filter(|known| known.event_id == event.id)
                .map_or(SharingGroupId(0), |known| known.sharing_group_id);
            match groups.resolve(ctx, tx, wish.keeping(kept))? {
                Some(group) => report.sharing_group_id = group,
                None => {
                    merged.drop_item(|| {
                        format!("report \"{}\": its sharing group may not be used", report.name)
                    });
                    continue;
                }
            }
        }
        match known {
            Some(known) if known.event_id != event.id => {
                merged.drop_item(|| format!("report {}: the uuid belongs to another event", known.uuid));
            }
            Some(known) if report.timestamp > known.timestamp => {
                report.id = known.id;
                // A body that says nothing of sharing must not show the report to more people than before.
                if body.distribution.filled().is_none() {
                    report.distribution = known.distribution;
                    report.sharing_group_id = known.sharing_group_id;
                }
                event_reports::update(tx, &report)?;
            }
            Some(_) => {}
            None => {
                event_reports::insert_if_new(tx, &report)?;
            }
        }
    }
    Ok(())
}

fn draft(ctx: &Ctx, event: &Event, body: &EventReportIn) -> Option<EventReport> {
    let uuid = match body.uuid.filled() {
        Some(text) => Uuid::try_parse(&text).ok()?,
        None => random::uuid(),
    };
    let distribution = match body.distribution.filled() {
        Some(text) => Distribution::from_number(text.parse().ok()?)?,
        None => ctx.settings().events.attribute_distribution(),
    };
    Some(EventReport {
        id: EventReportId(0),
        uuid,
        event_id: event.id,
        name: body.name.filled()?,
        content: body.content.text().unwrap_or_default(),
        distribution,
        // Set when the group is chosen; none belongs to another distribution.
        sharing_group_id: SharingGroupId(0),
        timestamp: body
            .timestamp
            .int()
            .filter(|t| *t > 0)
            .unwrap_or_else(|| ctx.now()),
        deleted: body.deleted.flag() == Some(true),
    })
}
