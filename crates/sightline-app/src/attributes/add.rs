//! Adding attributes to an event that is there (spec 03 section 4).

use super::{Incoming, Placed, overlay, store_new};
use crate::Ctx;
use crate::analyst_data;
use crate::events::{EventKey, find_to_change, require_modify, unpublish};
use crate::sharing_groups::{self, Wish};
use serde_json::json;
use sightline_core::ids::{EventId, ObjectId};
use sightline_core::{AppError, AppResult, FieldErrors, Permission};
use sightline_db::audit::Change;
use sightline_db::{Tx, attributes, events};
use sightline_misp::fold::{fold, value_key};
use sightline_misp::input::{AttributeDraft, AttributeIn, Defaults};
use sightline_misp::records::{Attribute, Distribution, EntityKind, EntityRef, Event};
use std::collections::BTreeMap;

/// What became of each attribute of a request, by its position.
#[derive(Debug, Default)]
pub struct AddOutcome {
    /// Stored rows, in request order.
    pub stored: Vec<Attribute>,
    /// Position -> what is wrong.
    pub errors: BTreeMap<usize, FieldErrors>,
}

/// Adds attributes. With `break_on_duplicate` off, one that is there already is renewed instead of refused.
pub async fn add(
    ctx: &Ctx,
    key: EventKey,
    inputs: Vec<AttributeIn>,
    break_on_duplicate: bool,
) -> AppResult<(EventId, AddOutcome)> {
    ctx.require(Permission::Add)?;
    ctx.write(move |ctx, tx| {
        let event = find_to_change(ctx, tx, &key)?;
        require_modify(ctx, &event)?;
        let mut outcome = AddOutcome::default();
        for (position, input) in inputs.iter().enumerate() {
            match add_one(ctx, tx, &event, input, break_on_duplicate) {
                Ok(attribute) => {
                    let on = EntityRef {
                        kind: EntityKind::Attribute,
                        uuid: attribute.uuid,
                    };
                    analyst_data::capture(ctx, tx, on, input.analyst_data(), |_| ())?;
                    outcome.stored.push(attribute);
                }
                Err(AppError::Invalid(fields)) => {
                    outcome.errors.insert(position, fields);
                }
                Err(error) => return Err(error),
            }
        }
        if !outcome.stored.is_empty() {
            unpublish(ctx, tx, event.id)?;
        }
        Ok((event.id, outcome))
    })
    .await
}

/// Adds one attribute to an event that the caller may change. Does not touch the event's publication.
pub(crate) fn add_one(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    event: &Event,
    input: &AttributeIn,
    break_on_duplicate: bool,
) -> AppResult<Attribute> {
    let defaults = Defaults {
        now: ctx.now(),
        distribution: ctx.settings().events.attribute_distribution(),
    };
    let mut incoming = Incoming::from_input(input, defaults).map_err(AppError::Invalid)?;
    if input.object_id.int().is_some_and(|id| id != 0) && incoming.draft.object_relation.is_none() {
        return Err(AppError::field(
            "object_relation",
            "Object attribute sent, but no object_relation set.",
        ));
    }
    if incoming.draft.distribution == Distribution::SharingGroup {
        let wish = Wish::new(&input.sharing_group_id, input.sharing_group.as_deref());
        incoming.draft.sharing_group_id = sharing_groups::choose(ctx, tx, wish)?;
    }
    if let Some(uuid) = incoming.draft.uuid
        && !attributes::by_uuids(tx, &[uuid])?.is_empty()
    {
        return Err(AppError::field("uuid", "The UUID provided is not unique"));
    }
    if !incoming.draft.deleted
        && let Some(twin) = duplicate_of(tx, event.id, &incoming.draft)?
    {
        if break_on_duplicate {
            return Err(AppError::field(
                "value",
                "A similar attribute already exists for this event.",
            ));
        }
        return renew(ctx, tx, twin, input, defaults);
    }
    incoming.draft.object_relation = None;
    let live = i64::from(!incoming.draft.deleted);
    let placed = Placed {
        incoming,
        object: ObjectId(0),
    };
    let attribute = store_new(ctx, tx, event, vec![placed])?
        .into_iter()
        .next()
        .ok_or_else(|| AppError::internal("an attribute was stored but not returned"))?;
    events::add_to_count(tx, event.id, live)?;
    record(ctx, tx, &attribute, "add")?;
    Ok(attribute)
}

/// The live attribute outside objects with the same type, category and folded value (spec 02 section 6).
pub(crate) fn duplicate_of(
    tx: &mut Tx<'_>,
    event: EventId,
    draft: &AttributeDraft,
) -> AppResult<Option<Attribute>> {
    let candidates = attributes::duplicates(tx, event, &[value_key(&draft.value1)])?;
    Ok(candidates.into_iter().find(|known| {
        known.kind == draft.kind
            && known.category == draft.category
            && fold(&known.value1) == fold(&draft.value1)
            && fold(&known.value2) == fold(&draft.value2)
    }))
}

fn renew(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    mut twin: Attribute,
    input: &AttributeIn,
    defaults: Defaults,
) -> AppResult<Attribute> {
    let full = overlay(&twin, input);
    let mut draft = AttributeDraft::from_input(&full, defaults).map_err(AppError::Invalid)?;
    // A body without a distribution may still name another group for one that is there already.
    if draft.distribution == Distribution::SharingGroup {
        let wish = Wish::new(&input.sharing_group_id, input.sharing_group.as_deref());
        draft.sharing_group_id = sharing_groups::choose(ctx, tx, wish.keeping(twin.sharing_group_id))?;
    }
    twin.to_ids = draft.to_ids;
    twin.comment = draft.comment;
    twin.distribution = draft.distribution;
    twin.sharing_group_id = draft.sharing_group_id;
    twin.first_seen = draft.first_seen;
    twin.last_seen = draft.last_seen;
    twin.disable_correlation = draft.disable_correlation;
    twin.timestamp = ctx.now();
    attributes::update(tx, &twin)?;
    record(ctx, tx, &twin, "edit")?;
    Ok(twin)
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, attribute: &Attribute, action: &str) -> AppResult<()> {
    ctx.audit(
        tx,
        &Change {
            action,
            model: "Attribute",
            id: attribute.id.0,
            title: &attribute.value(),
            event: Some(attribute.event_id),
            fields: json!({
                "type": attribute.kind.name(), "category": attribute.category.name(),
                "value": attribute.value(), "to_ids": attribute.to_ids,
                "distribution": attribute.distribution.number(),
            }),
        },
    )
}
