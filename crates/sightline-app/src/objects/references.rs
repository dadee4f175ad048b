//! References from an object to an object or attribute of the same event, or of the event that it extends
//! (spec 01 section 5.1).

use super::{ObjectKey, find, find_to_change, invalid_object};
use crate::Ctx;
use crate::events::{may_modify, unpublish};
use serde_json::json;
use sightline_core::ids::{EventId, ObjectReferenceId};
use sightline_core::{AppError, AppResult, Permission, random};
use sightline_db::audit::Change;
use sightline_db::{Tx, attributes, objects};
use sightline_misp::input::ObjectReferenceIn;
use sightline_misp::records::{Event, Object, ObjectReference, ReferencedType};
use uuid::Uuid;

/// A reference of a body, before its ends are looked up.
pub(crate) struct ReferenceDraft {
    pub(crate) uuid: Option<Uuid>,
    pub(crate) referenced_uuid: Uuid,
    pub(crate) timestamp: i64,
    relationship_type: String,
    comment: String,
    deleted: bool,
}

impl ReferenceDraft {
    /// `None` when the body names no target, or names itself by something that is no uuid.
    pub(crate) fn from_input(body: &ObjectReferenceIn, now: i64) -> Option<Self> {
        let uuid = match body.uuid.filled() {
            Some(text) => Some(Uuid::try_parse(&text).ok()?),
            None => None,
        };
        Some(Self {
            uuid,
            referenced_uuid: Uuid::try_parse(&body.referenced_uuid.filled()?).ok()?,
            timestamp: body.timestamp.int().filter(|t| *t > 0).unwrap_or(now),
            relationship_type: body.relationship_type.text().unwrap_or_default(),
            comment: body.comment.text().unwrap_or_default(),
            deleted: body.deleted.flag() == Some(true),
        })
    }

    /// The row from `source` to `target`, without an id.
    pub(crate) fn placed(&self, source: &Object, target: Target) -> ObjectReference {
        ObjectReference {
            id: ObjectReferenceId(0),
            uuid: self.uuid.unwrap_or_else(random::uuid),
            timestamp: self.timestamp,
            object_id: source.id,
            event_id: source.event_id,
            source_uuid: source.uuid,
            referenced_uuid: self.referenced_uuid,
            referenced_id: target.id,
            referenced_type: target.kind,
            relationship_type: self.relationship_type.clone(),
            comment: self.comment.clone(),
            deleted: self.deleted,
        }
    }

    /// A stored row with what a newer copy may change.
    pub(crate) fn renewing(&self, known: &ObjectReference) -> ObjectReference {
        ObjectReference {
            timestamp: self.timestamp,
            relationship_type: self.relationship_type.clone(),
            comment: self.comment.clone(),
            deleted: self.deleted,
            ..known.clone()
        }
    }
}

/// The end of a reference.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    id: i64,
    kind: ReferencedType,
    event: EventId,
}

/// The object or attribute of this uuid, if it is in the event or in the one that the event extends.
/// In the extended event only what the caller sees counts: the event may be anybody's.
pub(crate) fn resolve_target(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    event: &Event,
    uuid: Uuid,
) -> AppResult<Option<Target>> {
    let Some(target) = any_target(tx, uuid)? else {
        return Ok(None);
    };
    if target.event == event.id {
        return Ok(Some(target));
    }
    let seen = match target.kind {
        ReferencedType::Object => objects::find(tx, ctx.visible(), None, Some(uuid))?.map(|(_, of)| of),
        ReferencedType::Attribute => attributes::find(tx, ctx.visible(), None, Some(uuid))?.map(|(_, of)| of),
    };
    Ok(seen
        .filter(|of| event.extends_uuid == Some(of.uuid))
        .map(|_| target))
}

fn any_target(tx: &mut Tx<'_>, uuid: Uuid) -> AppResult<Option<Target>> {
    if let Some(object) = objects::by_uuids(tx, &[uuid])?.pop() {
        return Ok(Some(Target {
            id: object.id.0,
            kind: ReferencedType::Object,
            event: object.event_id,
        }));
    }
    let attribute = attributes::by_uuids(tx, &[uuid])?.pop();
    Ok(attribute.map(|a| Target {
        id: a.id.0,
        kind: ReferencedType::Attribute,
        event: a.event_id,
    }))
}

/// Adds a reference that starts at `source`.
pub async fn add_reference(
    ctx: &Ctx,
    source: ObjectKey,
    body: ObjectReferenceIn,
) -> AppResult<ObjectReference> {
    ctx.require(Permission::Add)?;
    ctx.write(move |ctx, tx| {
        let (object, event) = find_to_change(ctx, tx, &source)?;
        if !may_modify(ctx, &event) {
            return Err(invalid_object());
        }
        let draft = ReferenceDraft::from_input(&body, ctx.now())
            .ok_or_else(|| AppError::not_found("Invalid target."))?;
        let target = resolve_target(ctx, tx, &event, draft.referenced_uuid)?.ok_or_else(|| {
            AppError::not_found("Invalid target. Target has to be within the same event or extending it.")
        })?;
        if let Some(uuid) = draft.uuid
            && objects::reference(tx, None, Some(uuid))?.is_some()
        {
            return Err(AppError::field("uuid", "The UUID provided is not unique"));
        }
        let mut reference = draft.placed(&object, target);
        reference.id = objects::insert_reference(tx, &reference)?;
        objects::set_timestamp(tx, object.id, ctx.now())?;
        unpublish(ctx, tx, event.id)?;
        record(ctx, tx, &reference, "add")?;
        Ok(reference)
    })
    .await
}

/// The reference, if the caller may see the object that it starts at.
pub async fn find_reference(ctx: &Ctx, key: ObjectKey) -> AppResult<ObjectReference> {
    ctx.read(move |ctx, tx| Ok(visible(ctx, tx, &key)?.0)).await
}

fn visible(ctx: &Ctx, tx: &mut Tx<'_>, key: &ObjectKey) -> AppResult<(ObjectReference, Event)> {
    let invalid = || AppError::not_found("Invalid object reference.");
    let found = match key {
        ObjectKey::Id(id) => objects::reference(tx, Some(ObjectReferenceId(id.0)), None)?,
        ObjectKey::Uuid(uuid) => objects::reference(tx, None, Some(*uuid))?,
    };
    let reference = found.ok_or_else(invalid)?;
    let (_, event) = find(ctx, tx, &ObjectKey::Id(reference.object_id)).map_err(|_| invalid())?;
    Ok((reference, event))
}

/// Deletes a reference, softly or for good.
pub async fn delete_reference(ctx: &Ctx, key: ObjectKey, hard: bool) -> AppResult<ObjectReferenceId> {
    ctx.require(Permission::Add)?;
    ctx.write(move |ctx, tx| {
        let (seen, _) = visible(ctx, tx, &key)?;
        find_to_change(ctx, tx, &ObjectKey::Id(seen.object_id))?;
        let (reference, event) = visible(ctx, tx, &key)?;
        if !may_modify(ctx, &event) {
            return Err(AppError::Forbidden("Invalid object reference.".into()));
        }
        // Before the row goes: who could see it is read from it.
        record(ctx, tx, &reference, if hard { "delete" } else { "soft_delete" })?;
        if hard {
            objects::delete_reference(tx, reference.id)?;
        } else {
            let gone = ObjectReference {
                deleted: true,
                timestamp: ctx.now(),
                ..reference.clone()
            };
            objects::update_reference(tx, &gone)?;
        }
        objects::set_timestamp(tx, reference.object_id, ctx.now())?;
        unpublish(ctx, tx, event.id)?;
        Ok(reference.id)
    })
    .await
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, reference: &ObjectReference, action: &str) -> AppResult<()> {
    ctx.audit(
        tx,
        &Change {
            action,
            model: "ObjectReference",
            id: reference.id.0,
            title: &reference.relationship_type,
            event: Some(reference.event_id),
            fields: json!({
                "source_uuid": reference.source_uuid, "referenced_uuid": reference.referenced_uuid,
                "relationship_type": reference.relationship_type,
            }),
        },
    )
}
