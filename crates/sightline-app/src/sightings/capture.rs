//! Sightings that arrive inside events, or from another instance.

use super::add::{kind, moment, record};
use crate::events::{self, EventKey};
use crate::{Ctx, organisations};
use sightline_core::ids::{AttributeId, OrgId};
use sightline_core::{AppResult, Permission, random};
use sightline_db::{Tx, attributes, sightings};
use sightline_misp::input::{Loose, SightingIn};
use sightline_misp::records::{Event, Sighting, SightingType};
use std::collections::HashMap;
use uuid::Uuid;

/// Stores the sightings of an attribute that has just come in. Those that are known by their uuid, or that say nothing
/// sensible, are passed over, as are all of a sender who may not add sightings.
pub fn capture(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    event: &Event,
    attribute: AttributeId,
    list: &[SightingIn],
) -> AppResult<()> {
    if list.is_empty() || !ctx.caller.may(Permission::Sighting) {
        return Ok(());
    }
    let new = list.iter().map(|input| (attribute, input));
    store(ctx, tx, event, new)?;
    Ok(())
}

/// Stores sightings that another instance sends of the attributes of one event (`bulkSaveSightings`); how many are new.
pub async fn save_all(ctx: &Ctx, key: EventKey, list: Vec<SightingIn>) -> AppResult<usize> {
    ctx.require(Permission::Sighting)
        .or_else(|error| ctx.require(Permission::Sync).map_err(|_| error))?;
    ctx.write(move |ctx, tx| {
        let event = events::find(ctx, tx, &key)?;
        let uuids: Vec<Uuid> = list
            .iter()
            .filter_map(|input| uuid_of(&input.attribute_uuid))
            .collect();
        let ids: Vec<i64> = attributes::by_uuids(tx, &uuids)?
            .iter()
            .filter(|a| a.event_id == event.id)
            .map(|a| a.id.0)
            .collect();
        let known: HashMap<Uuid, AttributeId> = attributes::by_ids(tx, ctx.visible(), &ids)?
            .into_iter()
            .filter(|a| !a.deleted)
            .map(|a| (a.uuid, a.id))
            .collect();
        let of_known = |input| -> Option<(AttributeId, &SightingIn)> {
            let input: &SightingIn = input;
            Some((*known.get(&uuid_of(&input.attribute_uuid)?)?, input))
        };
        let stored = store(ctx, tx, &event, list.iter().filter_map(of_known))?;
        for sighting in &stored {
            record(ctx, tx, "add", sighting, &event.info)?;
        }
        Ok(stored.len())
    })
    .await
}

fn store<'a>(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    event: &Event,
    inputs: impl Iterator<Item = (AttributeId, &'a SightingIn)>,
) -> AppResult<Vec<Sighting>> {
    let mut new = Vec::new();
    for (attribute, input) in inputs {
        if let Some(sighting) = decoded(ctx, tx, event, attribute, input)? {
            new.push(sighting);
        }
    }
    let uuids: Vec<Uuid> = new.iter().map(|sighting: &Sighting| sighting.uuid).collect();
    let mut taken = sightings::known_uuids(tx, &uuids)?;
    new.retain(|sighting| taken.insert(sighting.uuid));
    keep_last_expirations(tx, &mut new)?;
    sightings::insert_many(tx, &mut new)?;
    Ok(new)
}

fn decoded(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    event: &Event,
    attribute_id: AttributeId,
    input: &SightingIn,
) -> AppResult<Option<Sighting>> {
    let Some(kind) = kind(&input.kind) else {
        return Ok(None);
    };
    // Only those who synchronise speak for others.
    let org_id = match &input.organisation {
        Some(org)
            if ctx.caller.may(Permission::Sync) && (org.uuid.filled().or(org.name.filled())).is_some() =>
        {
            organisations::capture(ctx, tx, org)?
        }
        _ => ctx.caller.org_id,
    };
    let at = if input.date_sighting.is_given() {
        &input.date_sighting
    } else {
        &input.timestamp
    };
    Ok(Some(Sighting {
        uuid: uuid_of(&input.uuid).unwrap_or_else(random::uuid),
        attribute_id,
        event_id: event.id,
        org_id,
        date_sighting: moment(at, ctx.now()),
        source: input.source.text().unwrap_or_default(),
        kind,
        ..Sighting::default()
    }))
}

/// Of an organisation's expirations of an attribute only the last one stays.
fn keep_last_expirations(tx: &mut Tx<'_>, new: &mut Vec<Sighting>) -> AppResult<()> {
    let mut last: HashMap<(OrgId, AttributeId), Uuid> = HashMap::new();
    for sighting in new.iter().filter(|s| s.kind == SightingType::Expiration) {
        last.insert((sighting.org_id, sighting.attribute_id), sighting.uuid);
    }
    for (org, attribute) in last.keys() {
        sightings::delete_expirations(tx, *org, &[attribute.0])?;
    }
    new.retain(|s| {
        s.kind != SightingType::Expiration || last.get(&(s.org_id, s.attribute_id)) == Some(&s.uuid)
    });
    Ok(())
}

fn uuid_of(input: &Loose) -> Option<Uuid> {
    input.filled().and_then(|text| Uuid::try_parse(&text).ok())
}
