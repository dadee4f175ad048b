//! Reading one object with its live attributes.

use super::{ObjectKey, find};
use crate::Ctx;
use sightline_core::AppResult;
use sightline_core::ids::AttributeId;
use sightline_db::{attributes, tags};
use sightline_misp::records::{AttachedTag, Attribute, Event, Object};
use std::collections::HashMap;

/// An object as `objects/view` shows it.
#[derive(Debug)]
pub struct Shown {
    /// The row.
    pub object: Object,
    /// Its event.
    pub event: Event,
    /// Its live attributes that the caller may see.
    pub attributes: Vec<Attribute>,
    /// Their exportable tags.
    pub tags: HashMap<AttributeId, Vec<AttachedTag>>,
}

/// One visible object.
pub async fn view(ctx: &Ctx, key: ObjectKey) -> AppResult<Shown> {
    ctx.read(move |ctx, tx| {
        let (object, event) = find(ctx, tx, &key)?;
        let selection = attributes::Selection {
            deleted: Some(object.deleted),
            ..attributes::Selection::default()
        };
        let attributes = attributes::of_objects(tx, ctx.visible(), event.id, &[object.id.0], selection)?;
        let ids: Vec<i64> = attributes.iter().map(|a| a.id.0).collect();
        let mut by_id: HashMap<AttributeId, Vec<AttachedTag>> = HashMap::new();
        if !ids.is_empty() {
            for (id, tag) in tags::of_attributes(tx, &ids)? {
                if tag.tag.exportable {
                    by_id.entry(id).or_default().push(tag);
                }
            }
        }
        Ok(Shown {
            object,
            event,
            attributes,
            tags: by_id,
        })
    })
    .await
}
