//! Notes, opinions and relationships that an event carries: on itself, its attributes, objects and reports.

use super::Merged;
use crate::Ctx;
use crate::analyst_data::{capture, capture_on_attributes};
use sightline_core::AppResult;
use sightline_db::{Tx, event_reports, objects};
use sightline_misp::input::{EventIn, Loose};
use sightline_misp::records::{EntityKind, EntityRef, Event};
use uuid::Uuid;

pub(super) fn merge(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    event: &Event,
    input: &EventIn,
    merged: &mut Merged,
) -> AppResult<()> {
    let mut dropped = |why| merged.drop_item(|| why);
    let on = |kind, uuid| EntityRef { kind, uuid };
    let itself = on(EntityKind::Event, event.uuid);
    capture(ctx, tx, itself, input.analyst_data(), &mut dropped)?;
    let inside = input.objects.0.iter().flat_map(|object| &object.attributes.0);
    let attributes = input.attributes.0.iter().chain(inside);
    capture_on_attributes(ctx, tx, event.id, attributes, &mut dropped)?;
    for body in input
        .objects
        .0
        .iter()
        .filter(|body| body.analyst_data().next().is_some())
    {
        // Only on what is this event's: a uuid of another event's object was left out above.
        let Some(uuid) = named(&body.uuid) else { continue };
        if objects::by_uuids(tx, &[uuid])?
            .iter()
            .any(|known| known.event_id == event.id)
        {
            capture(
                ctx,
                tx,
                on(EntityKind::Object, uuid),
                body.analyst_data(),
                &mut dropped,
            )?;
        }
    }
    for body in input
        .reports
        .0
        .iter()
        .filter(|body| body.analyst_data().next().is_some())
    {
        let Some(uuid) = named(&body.uuid) else { continue };
        if event_reports::by_uuids(tx, &[uuid])?
            .iter()
            .any(|known| known.event_id == event.id)
        {
            capture(
                ctx,
                tx,
                on(EntityKind::EventReport, uuid),
                body.analyst_data(),
                &mut dropped,
            )?;
        }
    }
    Ok(())
}

fn named(uuid: &Loose) -> Option<Uuid> {
    uuid.filled().and_then(|text| Uuid::try_parse(&text).ok())
}
