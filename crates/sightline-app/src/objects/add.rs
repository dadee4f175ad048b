//! Adding an object to an event that is there (spec 03 section 5).

use super::draft;
use crate::Ctx;
use crate::analyst_data;
use crate::attributes::{Incoming, Placed, store_new};
use crate::events::{EventKey, find_to_change, require_modify, unpublish};
use crate::sharing_groups::{self, Wish};
use serde_json::{Value, json};
use sightline_core::ids::{EventId, ObjectId};
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::audit::Change;
use sightline_db::{Tx, attributes, events, objects};
use sightline_misp::input::{AttributeIn, Defaults, ObjectIn};
use sightline_misp::records::{Attribute, Distribution, EntityKind, EntityRef, Event, Object};
use uuid::Uuid;

/// A new object and its attributes.
#[derive(Debug)]
pub struct NewObject {
    /// The row.
    pub object: Object,
    /// Its attributes, in request order.
    pub attributes: Vec<Attribute>,
}

/// Adds an object. With `break_on_duplicate`, one with the same template and the same attributes is refused.
pub async fn add(
    ctx: &Ctx,
    key: EventKey,
    mut body: ObjectIn,
    break_on_duplicate: bool,
) -> AppResult<NewObject> {
    ctx.require(Permission::Add)?;
    analyst_data::name_attributes(&mut body.attributes.0);
    ctx.write(move |ctx, tx| {
        let event = find_to_change(ctx, tx, &key).map_err(|_| AppError::not_found("Invalid event."))?;
        require_modify(ctx, &event)?;
        add_in(ctx, tx, &event, &body, break_on_duplicate)
    })
    .await
}

/// Adds an object within a transaction, to an event that the caller may modify.
pub(crate) fn add_in(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    event: &Event,
    body: &ObjectIn,
    break_on_duplicate: bool,
) -> AppResult<NewObject> {
    let object = checked(ctx, tx, event, body)?;
    let incoming = checked_attributes(ctx, tx, &object, &body.attributes.0)?;
    if break_on_duplicate {
        refuse_duplicate(tx, event, &object, &incoming)?;
    }
    let new = store(ctx, tx, event, object, incoming)?;
    capture_analyst_data(ctx, tx, &new.object, body)?;
    unpublish(ctx, tx, event.id)?;
    Ok(new)
}

/// Takes what hangs on an object and on its attributes.
pub(super) fn capture_analyst_data(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    object: &Object,
    body: &ObjectIn,
) -> AppResult<()> {
    let on = EntityRef {
        kind: EntityKind::Object,
        uuid: object.uuid,
    };
    analyst_data::capture(ctx, tx, on, body.analyst_data(), |_| ())?;
    analyst_data::capture_on_attributes(ctx, tx, object.event_id, body.attributes.0.iter(), |_| ())
}

fn refused(message: impl Into<String>) -> AppError {
    AppError::Refused(message.into())
}

fn checked(ctx: &Ctx, tx: &mut Tx<'_>, event: &Event, body: &ObjectIn) -> AppResult<Object> {
    if body.attributes.0.is_empty() {
        return Err(refused("Could not save the object as no attributes were set."));
    }
    if [
        &body.name,
        &body.meta_category,
        &body.description,
        &body.template_uuid,
        &body.template_version,
    ]
    .iter()
    .any(|field| field.filled().is_none())
    {
        let name = body.name.text().unwrap_or_default();
        return Err(refused(format!(
            "Object could not be saved.\ntemplate: No valid template found and object lacking template information. \
             ({name})"
        )));
    }
    let mut object = draft(ctx, event, body).map_err(|error| match error {
        AppError::Invalid(fields) => refused(format!("Object could not be saved.\n{fields}")),
        other => other,
    })?;
    if object.distribution == Distribution::SharingGroup {
        let wish = Wish::new(&body.sharing_group_id, body.sharing_group.as_deref());
        object.sharing_group_id = sharing_groups::choose(ctx, tx, wish)?;
    }
    if !objects::by_uuids(tx, &[object.uuid])?.is_empty() {
        return Err(refused(
            "Object could not be saved.\nuuid: The UUID provided is not unique",
        ));
    }
    Ok(object)
}

/// Validates every attribute; one that fails refuses the whole object.
pub(super) fn checked_attributes(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    object: &Object,
    bodies: &[AttributeIn],
) -> AppResult<Vec<Incoming>> {
    let defaults = Defaults {
        now: ctx.now(),
        distribution: Distribution::Inherit,
    };
    let mut all = Vec::with_capacity(bodies.len());
    for body in bodies {
        let relation = body.object_relation.filled().unwrap_or_default();
        let failed = |fields: &sightline_core::FieldErrors| {
            refused(format!(
                "Could not save object as at least one attribute has failed validation ({relation}). {}",
                json!(fields.0)
            ))
        };
        let mut incoming = Incoming::from_input(body, defaults).map_err(|fields| failed(&fields))?;
        if relation.is_empty() {
            return Err(failed(&sightline_core::FieldErrors::one(
                "object_relation",
                "Object attribute sent, but no object_relation set.",
            )));
        }
        if incoming.draft.distribution == Distribution::SharingGroup {
            let wish = Wish::new(&body.sharing_group_id, body.sharing_group.as_deref());
            incoming.draft.sharing_group_id = sharing_groups::choose(ctx, tx, wish)?;
        }
        incoming.draft.first_seen = incoming.draft.first_seen.or(object.first_seen);
        incoming.draft.last_seen = incoming.draft.last_seen.or(object.last_seen);
        all.push(incoming);
    }
    let mut uuids: Vec<Uuid> = all.iter().filter_map(|incoming| incoming.draft.uuid).collect();
    let given = uuids.len();
    uuids.sort_unstable();
    uuids.dedup();
    if uuids.len() < given || !attributes::by_uuids(tx, &uuids)?.is_empty() {
        return Err(refused(
            "Could not save object as at least one attribute has failed validation. {\"uuid\":[\"The UUID provided is \
             not unique\"]}",
        ));
    }
    Ok(all)
}

/// The parts of an attribute that make two objects the same: relation, category, type, value.
type Part = (Option<String>, i64, i64, String);

fn refuse_duplicate(tx: &mut Tx<'_>, event: &Event, object: &Object, incoming: &[Incoming]) -> AppResult<()> {
    let Some(template) = object.template_uuid else {
        return Ok(());
    };
    let mut wanted: Vec<Part> = incoming
        .iter()
        .map(|i| &i.draft)
        .map(|d| {
            (
                d.object_relation.clone(),
                d.category.code(),
                d.kind.code(),
                d.value().into_owned(),
            )
        })
        .collect();
    wanted.sort_unstable();
    for candidate in objects::of_template(tx, event.id, template)? {
        let mut parts: Vec<Part> = attributes::live_of_object(tx, candidate.id, event.id)?
            .iter()
            .map(|a| {
                (
                    a.object_relation.clone(),
                    a.category.code(),
                    a.kind.code(),
                    a.value().into_owned(),
                )
            })
            .collect();
        parts.sort_unstable();
        if parts == wanted {
            return Err(refused(format!(
                "Object could not be saved.\nvalue: Duplicate object found (id: {}, uuid: {}). Since breakOnDuplicate \
                 is set the object will not be added.",
                candidate.id, candidate.uuid
            )));
        }
    }
    Ok(())
}

fn store(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    event: &Event,
    mut object: Object,
    incoming: Vec<Incoming>,
) -> AppResult<NewObject> {
    object.id = tx
        .allocate_ids("objects", 1)?
        .first()
        .copied()
        .map(ObjectId)
        .ok_or_else(|| AppError::internal("no id was allocated"))?;
    objects::insert_many(tx, std::slice::from_ref(&object))?;
    let placed: Vec<Placed> = incoming
        .into_iter()
        .map(|incoming| Placed {
            incoming,
            object: object.id,
        })
        .collect();
    let attributes = store_new(ctx, tx, event, placed)?;
    let live = attributes.iter().filter(|a| !a.deleted).count();
    events::add_to_count(tx, event.id, i64::try_from(live).unwrap_or(0))?;
    let made = json!({"uuid": object.uuid, "name": object.name, "attributes": attributes.len()});
    record(ctx, tx, event.id, &object, "add", made)?;
    Ok(NewObject { object, attributes })
}

pub(super) fn record(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    event: EventId,
    object: &Object,
    action: &str,
    fields: Value,
) -> AppResult<()> {
    ctx.audit(
        tx,
        &Change {
            action,
            model: "Object",
            id: object.id.0,
            title: &object.name,
            event: Some(event),
            fields,
        },
    )
}
