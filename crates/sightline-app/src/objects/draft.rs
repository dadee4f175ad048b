//! From a loose body to an object's row (spec 01 section 5).

use crate::Ctx;
use sightline_core::ids::{ObjectId, SharingGroupId};
use sightline_core::{AppResult, FieldErrors, random};
use sightline_misp::datetime::parse_lenient;
use sightline_misp::input::{Loose, ObjectIn};
use sightline_misp::records::{Distribution, Event, Object};
use uuid::Uuid;

/// A validated row without an id.
pub(crate) fn draft(ctx: &Ctx, event: &Event, body: &ObjectIn) -> AppResult<Object> {
    let mut errors = FieldErrors::default();
    let uuid = uuid_field(&body.uuid, "uuid", &mut errors);
    let template_uuid = uuid_field(&body.template_uuid, "template_uuid", &mut errors);
    let name = required(&body.name, "name", &mut errors);
    let meta_category = required(&body.meta_category, "meta-category", &mut errors);
    // Feeds carry objects without a description; `objects/add` asks for one before it comes here.
    let description = body.description.filled().unwrap_or_default();
    let distribution = distribution(&body.distribution, Distribution::Inherit, &mut errors);
    let first_seen = moment(&body.first_seen, "first_seen", ctx.now(), &mut errors);
    let last_seen = moment(&body.last_seen, "last_seen", ctx.now(), &mut errors);
    if let (Some(from), Some(to)) = (first_seen, last_seen)
        && to < from
    {
        errors.add(
            "last_seen",
            "Last seen value should be greater than first seen value",
        );
    }
    errors.into_result()?;
    Ok(Object {
        id: ObjectId(0),
        uuid: uuid.unwrap_or_else(random::uuid),
        event_id: event.id,
        name,
        meta_category,
        description,
        template_uuid,
        template_version: body.template_version.int().filter(|v| *v > 0).unwrap_or(1),
        timestamp: body
            .timestamp
            .int()
            .filter(|t| *t > 0)
            .unwrap_or_else(|| ctx.now()),
        distribution,
        sharing_group_id: match distribution {
            Distribution::SharingGroup => SharingGroupId(body.sharing_group_id.int().unwrap_or(0)),
            _ => SharingGroupId(0),
        },
        comment: body.comment.text().unwrap_or_default(),
        deleted: body.deleted.flag() == Some(true),
        first_seen,
        last_seen,
    })
}

fn required(field: &Loose, name: &str, errors: &mut FieldErrors) -> String {
    field.filled().unwrap_or_else(|| {
        errors.add(name, format!("{name} cannot be empty."));
        String::new()
    })
}

fn uuid_field(field: &Loose, name: &str, errors: &mut FieldErrors) -> Option<Uuid> {
    let text = field.filled()?;
    let uuid = Uuid::try_parse(&text).ok();
    if uuid.is_none() {
        errors.add(name, "Please provide a valid RFC 4122 UUID");
    }
    uuid
}

pub(super) fn distribution(field: &Loose, default: Distribution, errors: &mut FieldErrors) -> Distribution {
    match field.filled() {
        None => default,
        Some(text) => text.parse().ok().and_then(Distribution::from_number).unwrap_or_else(|| {
            errors.add(
                "distribution",
                "Options: Your organisation only, This community only, Connected communities, All communities, \
                 Sharing group, Inherit event",
            );
            default
        }),
    }
}

pub(super) fn moment(field: &Loose, name: &str, now: i64, errors: &mut FieldErrors) -> Option<i64> {
    let text = field.filled()?;
    let micros = parse_lenient(&text, now);
    if micros.is_none() {
        errors.add(name, "Invalid ISO 8601 format");
    }
    micros
}
