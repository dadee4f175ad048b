//! Editing an attribute (spec 03 section 4).

use super::{AttributeKey, Incoming, adjust_tags, find, find_to_change, overlay};
use crate::Ctx;
use crate::analyst_data;
use crate::events::{require_modify, unpublish};
use crate::sharing_groups::{self, Wish};
use serde_json::{Map, Value, json};
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::audit::Change;
use sightline_db::{Tx, attributes, events, objects, proposals};
use sightline_misp::fold::fold;
use sightline_misp::input::{AttributeIn, Defaults, Loose};
use sightline_misp::records::{Attribute, Distribution, EntityKind, EntityRef, Event};

/// Applies a partial body; the attribute after the edit.
pub async fn edit(ctx: &Ctx, key: AttributeKey, input: AttributeIn) -> AppResult<Attribute> {
    ctx.require(Permission::Add)?;
    ctx.write(move |ctx, tx| {
        let (before, event) = find_to_change(ctx, tx, &key)?;
        require_modify(ctx, &event)?;
        if input
            .timestamp
            .int()
            .is_some_and(|t| t > 0 && t <= before.timestamp)
        {
            return Err(AppError::NotAllowed(
                "Attribute could not be saved: Attribute in the request not newer than the local copy."
                    .into(),
            ));
        }
        let after = apply(ctx, tx, &event, &before, &input)?;
        let on = EntityRef {
            kind: EntityKind::Attribute,
            uuid: after.uuid,
        };
        analyst_data::capture(ctx, tx, on, input.analyst_data(), |_| ())?;
        unpublish(ctx, tx, event.id)?;
        Ok(after)
    })
    .await
}

/// Flips the IDS flag.
pub async fn toggle_to_ids(ctx: &Ctx, key: AttributeKey) -> AppResult<Attribute> {
    let to_ids = ctx.read(move |ctx, tx| Ok(find(ctx, tx, &key)?.0.to_ids)).await?;
    edit(
        ctx,
        key,
        AttributeIn {
            to_ids: Loose::Bool(!to_ids),
            ..AttributeIn::default()
        },
    )
    .await
}

/// Validates, writes, keeps the counts, the tags and the audit trail. Does not touch the event's publication.
pub(crate) fn apply(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    event: &Event,
    before: &Attribute,
    input: &AttributeIn,
) -> AppResult<Attribute> {
    let defaults = Defaults {
        now: ctx.now(),
        distribution: before.distribution,
    };
    let mut full = overlay(before, input);
    // The uuid names the row; it is not a new value.
    full.uuid = Loose::Absent;
    let incoming = Incoming::from_input(&full, defaults).map_err(AppError::Invalid)?;
    let mut draft = incoming.draft;
    if draft.distribution == Distribution::SharingGroup {
        let wish = Wish::new(&input.sharing_group_id, input.sharing_group.as_deref());
        draft.sharing_group_id = sharing_groups::choose(ctx, tx, wish.keeping(before.sharing_group_id))?;
    }
    let mut after = before.clone();
    after.kind = draft.kind;
    after.category = draft.category;
    after.value1 = draft.value1;
    after.value2 = draft.value2;
    after.to_ids = draft.to_ids;
    after.timestamp = draft.timestamp;
    after.distribution = draft.distribution;
    after.sharing_group_id = draft.sharing_group_id;
    after.comment = draft.comment;
    after.deleted = draft.deleted;
    after.disable_correlation = draft.disable_correlation;
    after.first_seen = draft.first_seen;
    after.last_seen = draft.last_seen;
    refuse_duplicate(tx, &after)?;
    attributes::update(tx, &after)?;
    if let Some(bytes) = incoming.bytes {
        ctx.platform.files.replace(tx, event.id, after.id, &bytes)?;
    }
    adjust_tags(ctx, tx, event, after.id, &incoming.tags)?;
    if after.deleted != before.deleted {
        events::add_to_count(tx, event.id, if after.deleted { -1 } else { 1 })?;
    }
    if after.deleted && !before.deleted {
        objects::soft_delete_references(tx, &[after.uuid], ctx.now())?;
        proposals::close_of_attributes(tx, &[after.id.0], ctx.now())?;
    }
    if after.object_id.0 != 0 {
        objects::set_timestamp(tx, after.object_id, ctx.now())?;
    }
    record(ctx, tx, before, &after)?;
    Ok(after)
}

/// Records an edit with old and new values.
pub(crate) fn record(ctx: &Ctx, tx: &mut Tx<'_>, before: &Attribute, after: &Attribute) -> AppResult<()> {
    ctx.audit(
        tx,
        &Change {
            action: if after.deleted && !before.deleted {
                "soft_delete"
            } else {
                "edit"
            },
            model: "Attribute",
            id: after.id.0,
            title: &after.value(),
            event: Some(after.event_id),
            fields: Value::Object(changed(before, after)),
        },
    )
}

/// Whether anything but the timestamp is different.
pub(crate) fn differs(before: &Attribute, after: &Attribute) -> bool {
    !changed(before, after).is_empty()
}

/// Live attributes outside objects stay unique; a row is never its own duplicate (spec 02 section 6).
pub(crate) fn refuse_duplicate(tx: &mut Tx<'_>, attribute: &Attribute) -> AppResult<()> {
    if attribute.deleted || attribute.object_id.0 != 0 {
        return Ok(());
    }
    let key = sightline_misp::fold::value_key(&attribute.value1);
    let twin = attributes::duplicates(tx, attribute.event_id, &[key])?
        .into_iter()
        .any(|known| {
            known.id != attribute.id
                && known.kind == attribute.kind
                && known.category == attribute.category
                && fold(&known.value1) == fold(&attribute.value1)
                && fold(&known.value2) == fold(&attribute.value2)
        });
    if twin {
        return Err(AppError::field(
            "value",
            "A similar attribute already exists for this event.",
        ));
    }
    Ok(())
}

fn changed(before: &Attribute, after: &Attribute) -> Map<String, Value> {
    let pairs = [
        ("type", json!(before.kind.name()), json!(after.kind.name())),
        (
            "category",
            json!(before.category.name()),
            json!(after.category.name()),
        ),
        ("value", json!(before.value()), json!(after.value())),
        ("to_ids", json!(before.to_ids), json!(after.to_ids)),
        ("comment", json!(before.comment), json!(after.comment)),
        (
            "distribution",
            json!(before.distribution.number()),
            json!(after.distribution.number()),
        ),
        (
            "sharing_group_id",
            json!(before.sharing_group_id),
            json!(after.sharing_group_id),
        ),
        ("deleted", json!(before.deleted), json!(after.deleted)),
        (
            "disable_correlation",
            json!(before.disable_correlation),
            json!(after.disable_correlation),
        ),
        ("first_seen", json!(before.first_seen), json!(after.first_seen)),
        ("last_seen", json!(before.last_seen), json!(after.last_seen)),
    ];
    pairs
        .into_iter()
        .filter(|(_, old, new)| old != new)
        .map(|(field, old, new)| (field.to_owned(), json!([old, new])))
        .collect()
}
