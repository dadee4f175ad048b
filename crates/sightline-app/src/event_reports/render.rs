//! A report as sanitised HTML, with its references resolved for the reader.

use super::{CONTENT_BYTES, Key, find};
use crate::Ctx;
use crate::events::{self, EventKey};
use sightline_core::ids::EventId;
use sightline_core::{AppError, AppResult};
use sightline_db::attribute_window::{Order, WindowFilter, window};
use sightline_db::entities::{self, Entity};
use sightline_db::{Tx, objects, tags};
use sightline_formats::markdown::{Document, Reference, Shown};
use sightline_misp::records::EntityKind;
use std::collections::HashMap;
use uuid::Uuid;

/// Safe HTML: made here, element by element, and never taken from the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered(pub String);

/// A report of the database, rendered.
pub async fn rendered(ctx: &Ctx, key: Key) -> AppResult<Rendered> {
    let (report, _) = ctx.read(move |ctx, tx| find(ctx, tx, key)).await?;
    html(ctx, report.content).await
}

/// A text that is being written, rendered for its writer. Nothing is stored.
pub async fn written(ctx: &Ctx, content: String) -> AppResult<Rendered> {
    html(ctx, content).await
}

async fn html(ctx: &Ctx, content: String) -> AppResult<Rendered> {
    if content.len() > CONTENT_BYTES {
        return Err(AppError::TooLarge(format!(
            "A report of more than {CONTENT_BYTES} bytes is only shown as it was written."
        )));
    }
    let parse = move || Document::parse(&content);
    let document = tokio::task::spawn_blocking(parse)
        .await
        .map_err(AppError::internal)?;
    let (document, known) = ctx
        .read(move |ctx, tx| {
            let known = resolve(ctx, tx, document.references())?;
            Ok((document, known))
        })
        .await?;
    let html = move || document.html(|reference| known.get(reference).cloned());
    let html = tokio::task::spawn_blocking(html)
        .await
        .map_err(AppError::internal)?;
    Ok(Rendered(html))
}

/// What the caller may see of what a text refers to. What is hidden is not in the map, like what does not exist.
fn resolve(ctx: &Ctx, tx: &mut Tx<'_>, references: &[Reference]) -> AppResult<HashMap<Reference, Shown>> {
    let mut known = HashMap::new();
    for kind in [EntityKind::Attribute, EntityKind::Object] {
        let uuids: Vec<Uuid> = references
            .iter()
            .filter_map(|reference| match reference {
                Reference::Attribute { uuid, .. } if kind == EntityKind::Attribute => Some(*uuid),
                Reference::Object { uuid } if kind == EntityKind::Object => Some(*uuid),
                _ => None,
            })
            .collect();
        let found: HashMap<Uuid, Entity> = entities::find(tx, ctx.visible(), kind, &uuids)?
            .into_iter()
            .map(|entity| (entity.of.uuid, entity))
            .collect();
        for reference in references {
            let uuid = match reference {
                Reference::Attribute { uuid, .. } if kind == EntityKind::Attribute => uuid,
                Reference::Object { uuid } if kind == EntityKind::Object => uuid,
                _ => continue,
            };
            if let Some(entity) = found.get(uuid) {
                known.insert(reference.clone(), shown(entity));
            }
        }
    }
    Ok(known)
}

fn shown(entity: &Entity) -> Shown {
    let event = entity.event_id.unwrap_or_default();
    let anchor = match entity.of.kind {
        EntityKind::Attribute => format!("#attribute-{}", entity.id),
        _ => format!("#object-{}", entity.id),
    };
    Shown {
        href: format!("/events/view/{event}{anchor}"),
        label: entity.label.to_lowercase(),
        text: entity.title.clone(),
    }
}

/// Something that a report may refer to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// As it is written into the text.
    pub markup: String,
    /// `object`, `tag`, or an attribute's type.
    pub label: String,
    /// A value or name.
    pub text: String,
}

/// Most offers of one look-up: a list that a person reads.
const TARGETS: usize = 20;

/// Attributes, objects and tags of a visible event whose value or name holds `text`.
pub async fn targets(ctx: &Ctx, event: EventKey, text: String) -> AppResult<(EventId, Vec<Target>)> {
    ctx.read(move |ctx, tx| {
        let event = events::find(ctx, tx, &event)?;
        let text = text.trim().to_lowercase();
        let mut offers = Vec::new();
        let filter = WindowFilter {
            text: Some(text.clone()),
            deleted: Some(false),
            ..WindowFilter::default()
        };
        let limit = u64::try_from(TARGETS).unwrap_or(u64::MAX);
        let (found, _) = window(tx, ctx.visible(), &[event.id.0], &filter, Order::Value, 0, limit)?;
        for attribute in found {
            offers.push(Target {
                markup: format!("@[attribute]({})", attribute.uuid),
                label: attribute.kind.name().to_owned(),
                text: attribute.value().into_owned(),
            });
        }
        for object in objects::named(tx, ctx.visible(), event.id, &text, TARGETS)? {
            offers.push(Target {
                markup: format!("@[object]({})", object.uuid),
                label: "object".into(),
                text: object.name,
            });
        }
        for (_, tag) in tags::of_events(tx, &[event.id.0])? {
            if tag.tag.name.to_lowercase().contains(&text) {
                offers.push(Target {
                    markup: format!("@[tag]({})", tag.tag.name),
                    label: "tag".into(),
                    text: tag.tag.name,
                });
            }
        }
        offers.truncate(TARGETS);
        Ok((event.id, offers))
    })
    .await
}
