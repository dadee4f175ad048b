//! Merging references between objects. They come last: their targets must be stored.

use super::Merged;
use crate::Ctx;
use crate::objects::{ReferenceDraft, resolve_target};
use sightline_core::AppResult;
use sightline_db::{Tx, objects};
use sightline_misp::input::EventIn;
use sightline_misp::records::Event;
use uuid::Uuid;

pub(super) fn merge(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    event: &Event,
    input: &EventIn,
    merged: &mut Merged,
) -> AppResult<()> {
    for body in input
        .objects
        .0
        .iter()
        .filter(|body| !body.references.0.is_empty())
    {
        let uuid = body.uuid.filled().and_then(|text| Uuid::try_parse(&text).ok());
        let Some(source) = uuid
            .map(|uuid| objects::by_uuids(tx, &[uuid]))
            .transpose()?
            .and_then(|mut found| found.pop())
        else {
            continue;
        };
        if source.event_id != event.id {
            continue;
        }
        for reference in &body.references.0 {
            let Some(draft) = ReferenceDraft::from_input(reference, ctx.now()) else {
                merged.drop_item(|| format!("reference of object {}: it names no target", source.uuid));
                continue;
            };
            match draft
                .uuid
                .map(|uuid| objects::reference(tx, None, Some(uuid)))
                .transpose()?
                .flatten()
            {
                Some(known) if known.object_id != source.id => {
                    merged.drop_item(|| {
                        format!("reference {}: the uuid belongs to another object", known.uuid)
                    });
                }
                Some(known) if draft.timestamp > known.timestamp => {
                    objects::update_reference(tx, &draft.renewing(&known))?;
                }
                Some(_) => {}
                None => match resolve_target(ctx, tx, event, draft.referenced_uuid)? {
                    Some(target) => {
                        objects::insert_reference(tx, &draft.placed(&source, target))?;
                    }
                    None => merged.drop_item(|| {
                        format!(
                            "reference to {}: the target is not in this event",
                            draft.referenced_uuid
                        )
                    }),
                },
            }
        }
    }
    Ok(())
}
