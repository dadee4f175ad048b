//! Merging attributes, inside and outside objects.

use super::Merged;
use super::objects::Rows;
use crate::Ctx;
use crate::attributes::{Incoming, Placed, adjust_tags, differs, overlay, record_edit, store_new};
use crate::sharing_groups::{Resolver, Wish};
use sightline_core::ids::{ObjectId, SharingGroupId};
use sightline_core::{AppResult, random};
use sightline_db::{Tx, attributes, proposals};
use sightline_misp::fold::value_key;
use sightline_misp::input::{AttributeDraft, AttributeIn, Defaults, EventIn, Loose};
use sightline_misp::records::{Attribute, Distribution, Event, Object};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Attributes handled at once: bounds memory and the size of a look-up by uuid.
const BATCH: usize = 5_000;

/// What tells two attributes of an event apart: type, category and the keys of both halves (spec 02 section 6).
type Identity = (i64, i64, i64, i64);

pub(super) fn merge(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    event: &Event,
    input: &EventIn,
    objects: &Rows,
    is_new: bool,
    merged: &mut Merged,
) -> AppResult<()> {
    let alone = input.attributes.0.iter().map(|body| (body, None));
    let inside = input
        .objects
        .0
        .iter()
        .zip(objects)
        .filter_map(|(body, row)| Some((body, row.as_ref()?)));
    let inside = inside.flat_map(|(body, row)| body.attributes.0.iter().map(move |a| (a, Some(row))));
    let all: Vec<(&AttributeIn, Option<&Object>)> = alone.chain(inside).collect();
    let mut merge = Merge {
        ctx,
        event,
        is_new,
        defaults: Defaults {
            now: ctx.now(),
            distribution: ctx.settings().events.attribute_distribution(),
        },
        groups: Resolver::default(),
        uuids: HashSet::new(),
        identities: HashSet::new(),
    };
    for batch in all.chunks(BATCH) {
        merge.batch(tx, batch, merged)?;
    }
    Ok(())
}

struct Merge<'a> {
    ctx: &'a Ctx,
    event: &'a Event,
    is_new: bool,
    defaults: Defaults,
    groups: Resolver,
    /// Uuids that this body has used.
    uuids: HashSet<Uuid>,
    /// Live attributes outside objects that this body has brought.
    identities: HashSet<Identity>,
}

impl Merge<'_> {
    fn batch(
        &mut self,
        tx: &mut Tx<'_>,
        batch: &[(&AttributeIn, Option<&Object>)],
        merged: &mut Merged,
    ) -> AppResult<()> {
        let uuids: Vec<Uuid> = batch.iter().filter_map(|(body, _)| uuid_of(body)).collect();
        let stored: HashMap<Uuid, Attribute> = attributes::by_uuids(tx, &uuids)?
            .into_iter()
            .map(|a| (a.uuid, a))
            .collect();
        let mut placed = Vec::with_capacity(batch.len());
        for (body, object) in batch {
            let uuid = uuid_of(body);
            if uuid.is_some_and(|uuid| !self.uuids.insert(uuid)) {
                merged.drop_item(|| format!("attribute {}: the uuid occurs twice", uuid.unwrap_or_default()));
                continue;
            }
            let object_id = object.map_or(ObjectId(0), |object| object.id);
            match uuid.and_then(|uuid| stored.get(&uuid)) {
                Some(known)
                    if known.event_id != self.event.id || known.object_id != object_id || self.is_new =>
                {
                    merged.drop_item(|| {
                        format!("attribute {}: the uuid belongs to another attribute", known.uuid)
                    });
                }
                Some(known) => self.renew(tx, known, body, merged)?,
                None => {
                    if let Some(incoming) = self.admit(tx, body, *object, merged)? {
                        placed.push(Placed {
                            incoming,
                            object: object_id,
                        });
                    }
                }
            }
        }
        if !self.is_new {
            self.drop_stored_twins(tx, &mut placed, merged)?;
        }
        merged.attributes_added += placed.len();
        let live = placed.iter().filter(|p| !p.incoming.draft.deleted).count();
        merged.live_delta += i64::try_from(live).unwrap_or(0);
        store_new(self.ctx, tx, self.event, placed)?;
        Ok(())
    }

    /// A new attribute, unless it is invalid, repeats another of this body, or may not be shared as it says.
    fn admit(
        &mut self,
        tx: &mut Tx<'_>,
        body: &AttributeIn,
        object: Option<&Object>,
        merged: &mut Merged,
    ) -> AppResult<Option<Incoming>> {
        let mut incoming = match Incoming::from_input(body, self.defaults) {
            Ok(incoming) => incoming,
            Err(fields) => {
                let value: String = body.value.text().unwrap_or_default().chars().take(80).collect();
                merged.drop_item(|| format!("attribute \"{value}\": {fields}"));
                return Ok(None);
            }
        };
        if !self.share(tx, &mut incoming, body, SharingGroupId(0), merged)? {
            return Ok(None);
        }
        let draft = &mut incoming.draft;
        draft.uuid = Some(draft.uuid.unwrap_or_else(random::uuid));
        match object {
            None => {
                draft.object_relation = None;
                if !draft.deleted && !self.identities.insert(identity(draft)) {
                    merged.drop_item(|| format!("attribute \"{}\": it occurs twice", draft.value()));
                    return Ok(None);
                }
            }
            Some(object) => {
                if draft.object_relation.is_none() {
                    merged.drop_item(|| {
                        format!(
                            "attribute \"{}\": Object attribute sent, but no object_relation set.",
                            draft.value()
                        )
                    });
                    return Ok(None);
                }
                draft.first_seen = draft.first_seen.or(object.first_seen);
                draft.last_seen = draft.last_seen.or(object.last_seen);
                draft.deleted |= object.deleted;
            }
        }
        Ok(Some(incoming))
    }

    /// Puts an attribute into the group that its body names, or leaves it in the one where it is.
    fn share(
        &mut self,
        tx: &mut Tx<'_>,
        incoming: &mut Incoming,
        body: &AttributeIn,
        kept: SharingGroupId,
        merged: &mut Merged,
    ) -> AppResult<bool> {
        let draft = &mut incoming.draft;
        if draft.distribution != Distribution::SharingGroup {
            return Ok(true);
        }
        let wish = Wish::new(&body.sharing_group_id, body.sharing_group.as_deref()).keeping(kept);
        match self.groups.resolve(self.ctx, tx, wish)? {
            Some(group) => {
                draft.sharing_group_id = group;
                Ok(true)
            }
            None => {
                merged.drop_item(|| {
                    format!(
                        "attribute \"{}\": its sharing group may not be used",
                        draft.value()
                    )
                });
                Ok(false)
            }
        }
    }

    /// Replaces a stored attribute by a newer copy.
    fn renew(
        &mut self,
        tx: &mut Tx<'_>,
        known: &Attribute,
        body: &AttributeIn,
        merged: &mut Merged,
    ) -> AppResult<()> {
        if body
            .timestamp
            .int()
            .is_some_and(|t| t > 0 && t <= known.timestamp)
        {
            return Ok(());
        }
        let mut full = overlay(known, body);
        full.uuid = Loose::Absent;
        let mut incoming = match Incoming::from_input(&full, self.defaults) {
            Ok(incoming) => incoming,
            Err(fields) => {
                merged.drop_item(|| format!("attribute {}: {fields}", known.uuid));
                return Ok(());
            }
        };
        if !self.share(tx, &mut incoming, body, known.sharing_group_id, merged)? {
            return Ok(());
        }
        let draft = incoming.draft;
        let after = Attribute {
            kind: draft.kind,
            category: draft.category,
            value1: draft.value1,
            value2: draft.value2,
            to_ids: draft.to_ids,
            timestamp: draft.timestamp,
            distribution: draft.distribution,
            sharing_group_id: draft.sharing_group_id,
            comment: draft.comment,
            deleted: draft.deleted,
            disable_correlation: draft.disable_correlation,
            first_seen: draft.first_seen,
            last_seen: draft.last_seen,
            ..known.clone()
        };
        attributes::update(tx, &after)?;
        if differs(known, &after) {
            record_edit(self.ctx, tx, known, &after)?;
        }
        if let Some(bytes) = incoming.bytes {
            self.ctx
                .platform
                .files
                .replace(tx, self.event.id, after.id, &bytes)?;
        }
        if after.deleted && !known.deleted {
            proposals::close_of_attributes(tx, &[after.id.0], self.ctx.now())?;
        }
        adjust_tags(self.ctx, tx, self.event, after.id, &incoming.tags)?;
        merged.attributes_changed += 1;
        merged.live_delta += i64::from(known.deleted) - i64::from(after.deleted);
        Ok(())
    }

    /// Drops new attributes outside objects that the event already has.
    fn drop_stored_twins(
        &self,
        tx: &mut Tx<'_>,
        placed: &mut Vec<Placed>,
        merged: &mut Merged,
    ) -> AppResult<()> {
        let keys: Vec<i64> = placed
            .iter()
            .filter(|p| p.object.0 == 0 && !p.incoming.draft.deleted)
            .map(|p| value_key(&p.incoming.draft.value1))
            .collect();
        if keys.is_empty() {
            return Ok(());
        }
        let known: HashSet<Identity> = attributes::duplicates(tx, self.event.id, &keys)?
            .iter()
            .map(identity_of_stored)
            .collect();
        placed.retain(|p| {
            let draft = &p.incoming.draft;
            let twin = p.object.0 == 0 && !draft.deleted && known.contains(&identity(draft));
            if twin {
                merged.drop_item(|| format!("attribute \"{}\": the event already has it", draft.value()));
            }
            !twin
        });
        Ok(())
    }
}

fn uuid_of(body: &AttributeIn) -> Option<Uuid> {
    body.uuid.filled().and_then(|text| Uuid::try_parse(&text).ok())
}

fn identity(draft: &AttributeDraft) -> Identity {
    (
        draft.kind.code(),
        draft.category.code(),
        value_key(&draft.value1),
        value_key(&draft.value2),
    )
}

fn identity_of_stored(a: &Attribute) -> Identity {
    (
        a.kind.code(),
        a.category.code(),
        value_key(&a.value1),
        value_key(&a.value2),
    )
}
