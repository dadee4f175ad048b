//! Editing an object (spec 03 section 5): an attribute list in the body is authoritative.

use super::add::{capture_analyst_data, checked_attributes, record};
use super::draft::{distribution, moment};
use super::{ObjectKey, delete, find_to_change};
use crate::analyst_data;
use crate::attributes::{Placed, soft_delete_in, store_new};
use crate::events::{may_modify, unpublish};
use crate::sharing_groups::{self, Wish};
use crate::{Ctx, attributes as app_attributes, changes};
use serde_json::{Value, json};
use sightline_core::ids::{ObjectId, SharingGroupId};
use sightline_core::{AppError, AppResult, FieldErrors, Permission};
use sightline_db::{Tx, attributes, events, objects};
use sightline_misp::input::{AttributeIn, Loose, ObjectIn};
use sightline_misp::records::{Attribute, Distribution, Event, Object};
use std::collections::HashSet;
use uuid::Uuid;

/// Applies a partial body; the object's id.
pub async fn edit(
    ctx: &Ctx,
    key: ObjectKey,
    mut body: ObjectIn,
    has_attributes: bool,
) -> AppResult<ObjectId> {
    ctx.require(Permission::Add)?;
    analyst_data::name_attributes(&mut body.attributes.0);
    ctx.write(move |ctx, tx| {
        let (before, event) = find_to_change(ctx, tx, &key)?;
        if !may_modify(ctx, &event) {
            return Err(AppError::Forbidden(
                "Insufficient permissions to edit this object.".into(),
            ));
        }
        let after = fields(ctx, tx, &before, &body)?;
        objects::update(tx, &after)?;
        if has_attributes {
            merge_attributes(ctx, tx, &event, &after, &body.attributes.0)?;
        }
        if body.deleted.flag() == Some(true) {
            delete::soft(ctx, tx, &after, &event)?;
        }
        capture_analyst_data(ctx, tx, &after, &body)?;
        record(ctx, tx, event.id, &after, "edit", changed(&before, &after))?;
        unpublish(ctx, tx, event.id)?;
        Ok(after.id)
    })
    .await
}

/// Field -> `[old, new]`. What became of the attributes stands in rows of their own.
fn changed(before: &Object, after: &Object) -> Value {
    let columns = |object: &Object| {
        changes::fields(json!({
            "comment": object.comment,
            "template_version": object.template_version,
            "distribution": object.distribution.number(),
            "sharing_group_id": object.sharing_group_id,
            "first_seen": object.first_seen,
            "last_seen": object.last_seen,
        }))
    };
    changes::between(&columns(before), &columns(after))
}

/// Only comment, template version, distribution and dates may change.
fn fields(ctx: &Ctx, tx: &mut Tx<'_>, before: &Object, body: &ObjectIn) -> AppResult<Object> {
    let mut after = before.clone();
    let mut errors = FieldErrors::default();
    if body.comment.is_given() {
        after.comment = body.comment.text().unwrap_or_default();
    }
    if let Some(version) = body.template_version.int().filter(|v| *v > 0) {
        after.template_version = version;
    }
    after.distribution = distribution(&body.distribution, before.distribution, &mut errors);
    if body.first_seen != Loose::Absent {
        after.first_seen = moment(&body.first_seen, "first_seen", ctx.now(), &mut errors);
    }
    if body.last_seen != Loose::Absent {
        after.last_seen = moment(&body.last_seen, "last_seen", ctx.now(), &mut errors);
    }
    errors.into_result()?;
    after.sharing_group_id = match after.distribution {
        Distribution::SharingGroup => {
            let wish = Wish::new(&body.sharing_group_id, body.sharing_group.as_deref());
            sharing_groups::choose(ctx, tx, wish.keeping(before.sharing_group_id))?
        }
        _ => SharingGroupId(0),
    };
    after.timestamp = ctx.now();
    Ok(after)
}

/// Known uuids are updated, others added, the rest of the live attributes is soft-deleted.
fn merge_attributes(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    event: &Event,
    object: &Object,
    bodies: &[AttributeIn],
) -> AppResult<()> {
    let live = attributes::live_of_object(tx, object.id, event.id)?;
    let named = |body: &AttributeIn| -> Option<Attribute> {
        let uuid = body.uuid.filled().and_then(|text| Uuid::try_parse(&text).ok())?;
        live.iter().find(|known| known.uuid == uuid).cloned()
    };
    let mut kept = HashSet::new();
    let mut new = Vec::new();
    for body in bodies {
        match named(body) {
            Some(known) => {
                kept.insert(known.id);
                app_attributes::apply_edit(ctx, tx, event, &known, body)?;
            }
            None => new.push(body.clone()),
        }
    }
    let incoming = checked_attributes(ctx, tx, object, &new)?;
    let placed: Vec<Placed> = incoming
        .into_iter()
        .map(|incoming| Placed {
            incoming,
            object: object.id,
        })
        .collect();
    let added = store_new(ctx, tx, event, placed)?;
    let mut delta = i64::try_from(added.iter().filter(|a| !a.deleted).count()).unwrap_or(0);
    for mut gone in live.into_iter().filter(|known| !kept.contains(&known.id)) {
        soft_delete_in(ctx, tx, &mut gone)?;
        delta -= 1;
    }
    Ok(events::add_to_count(tx, event.id, delta)?)
}
