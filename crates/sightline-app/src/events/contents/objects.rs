//! Merging objects. Their attributes are merged with the others.

use super::Merged;
use crate::Ctx;
use crate::objects::draft;
use crate::sharing_groups::{Resolver, Wish};
use sightline_core::ids::{ObjectId, SharingGroupId};
use sightline_core::{AppError, AppResult};
use sightline_db::{Tx, objects};
use sightline_misp::input::{EventIn, ObjectIn};
use sightline_misp::records::{Distribution, Event, Object};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// For each object of the body: its row, or `None` when it and its attributes are left alone.
pub(super) type Rows = Vec<Option<Object>>;

pub(super) fn merge(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    event: &Event,
    input: &EventIn,
    is_new: bool,
    merged: &mut Merged,
) -> AppResult<Rows> {
    let bodies = &input.objects.0;
    let stored = stored(tx, bodies)?;
    let ids = tx.allocate_ids("objects", bodies.len())?;
    let mut groups = Resolver::default();
    let mut seen = HashSet::new();
    let mut rows = Vec::with_capacity(bodies.len());
    let mut added = Vec::new();
    for (body, id) in bodies.iter().zip(ids) {
        let mut object = match draft(ctx, event, body) {
            Ok(object) => object,
            Err(AppError::Invalid(fields)) => {
                merged.drop_item(|| format!("object {}: {fields}", body.name.text().unwrap_or_default()));
                rows.push(None);
                continue;
            }
            Err(error) => return Err(error),
        };
        if object.distribution == Distribution::SharingGroup {
            let wish = Wish::new(&body.sharing_group_id, body.sharing_group.as_deref());
            let kept = stored
                .get(&object.uuid)
                .filter(|known| known.event_id == event.id)
                .map_or(SharingGroupId(0), |known| known.sharing_group_id);
            match groups.resolve(ctx, tx, wish.keeping(kept))? {
                Some(group) => object.sharing_group_id = group,
                None => {
                    merged.drop_item(|| format!("object {}: its sharing group may not be used", object.name));
                    rows.push(None);
                    continue;
                }
            }
        }
        let repeated = !seen.insert(object.uuid);
        match stored.get(&object.uuid) {
            Some(known) if known.event_id != event.id || is_new || repeated => {
                merged.drop_item(|| format!("object {}: the uuid belongs to another object", object.uuid));
                rows.push(None);
            }
            Some(known) => rows.push(renew(tx, known, object, body)?),
            None if repeated => rows.push(None),
            None => {
                object.id = ObjectId(id);
                added.push(object.clone());
                rows.push(Some(object));
            }
        }
    }
    objects::insert_many(tx, &added)?;
    merged.objects_added += added.len();
    Ok(rows)
}

fn stored(tx: &mut Tx<'_>, bodies: &[ObjectIn]) -> AppResult<HashMap<Uuid, Object>> {
    let uuids: Vec<Uuid> = bodies
        .iter()
        .filter_map(|body| Uuid::try_parse(&body.uuid.filled()?).ok())
        .collect();
    if uuids.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(objects::by_uuids(tx, &uuids)?
        .into_iter()
        .map(|object| (object.uuid, object))
        .collect())
}

/// A newer copy replaces what an edit may change; an older one is left alone with its attributes.
fn renew(tx: &mut Tx<'_>, known: &Object, newer: Object, body: &ObjectIn) -> AppResult<Option<Object>> {
    if body
        .timestamp
        .int()
        .is_some_and(|t| t > 0 && t <= known.timestamp)
    {
        return Ok(None);
    }
    let mut object = Object {
        id: known.id,
        ..newer
    };
    // A body that says nothing of sharing must not show the object to more people than before.
    if body.distribution.filled().is_none() {
        object.distribution = known.distribution;
        object.sharing_group_id = known.sharing_group_id;
    }
    objects::update(tx, &object)?;
    Ok(Some(object))
}
