//! Tagging in place.

use super::words::pills;
use crate::http::{Answer, Input, Visit, fragment};
use crate::pages::attributes::{BundleOffer, TagEditor, TagOffer, TagPicker, TagTarget};
use crate::pages::moment::Count;
use crate::pages::tag_pill::TagPill;
use sightline_app::attributes::{self, AttributeKey};
use sightline_app::events::{self, EventKey};
use sightline_app::tags::{self, IndexFilter, Outcome, TagKey, TargetKey, Via, Wish};
use sightline_app::{tag_collections, taxonomies};
use sightline_core::ids::{AttributeId, TagId};
use sightline_core::{AppError, AppResult, Permission};
use sightline_misp::input::{Loose, TagIn};
use sightline_misp::records::Tag;

/// Tags offered at once.
const OFFERS: usize = 20;
/// Tag collections offered at once.
const BUNDLES: u32 = 5;

fn target(word: &str) -> TagTarget {
    if word.starts_with("event") {
        TagTarget::Event
    } else {
        TagTarget::Attribute
    }
}

/// The tags of a record with what the visitor may do with them.
async fn editor(visit: &Visit, target: TagTarget, id: i64) -> AppResult<TagEditor> {
    Ok(match target {
        TagTarget::Event => {
            let summary = events::summary(&visit.ctx, EventKey::Id(id.into())).await?;
            TagEditor {
                target,
                id,
                tags: pills(&summary.tags),
                can_tag: summary.may_tag,
                can_tag_locally: summary.may_tag_locally,
            }
        }
        TagTarget::Attribute => {
            let window = attributes::window_of(&visit.ctx, AttributeId(id)).await?;
            let tags = window
                .tags
                .get(&AttributeId(id))
                .map(Vec::as_slice)
                .unwrap_or_default();
            let tagger = visit.may(Permission::Tagger);
            TagEditor {
                target,
                id,
                tags: pills(tags),
                can_tag: tagger && window.may_modify,
                can_tag_locally: tagger && visit.ctx.is_host_org(),
            }
        }
    })
}

/// Tags with what their taxonomies say about them.
async fn offers(visit: &Visit, tags: Vec<Tag>) -> AppResult<Vec<TagOffer>> {
    let names = tags.iter().map(|tag| tag.name.clone()).collect();
    let meanings = taxonomies::meanings(&visit.ctx, names).await?;
    Ok(tags
        .into_iter()
        .map(|tag| TagOffer {
            meaning: meanings.of(&tag.name).unwrap_or_default().to_owned(),
            pill: TagPill {
                id: tag.id.0,
                name: tag.name,
                colour: tag.colour,
                ..TagPill::default()
            },
        })
        .collect())
}

pub(super) async fn picker(visit: Visit, input: Input) -> Answer {
    let (target, id) = (target(input.arg(0)), input.id(1)?);
    let rights = editor(&visit, target, id).await?;
    let query = input.query.get("q").to_owned();
    let found = tags::search(&visit.ctx, vec![format!("%{query}%")]).await?;
    let liked = IndexFilter {
        contains: (!query.is_empty()).then(|| query.clone()),
        favourites: true,
        without_counts: true,
        ..IndexFilter::default()
    };
    let (liked, _) = tags::index(&visit.ctx, liked, 1, u32::try_from(OFFERS).unwrap_or(u32::MAX)).await?;
    let first: Vec<TagId> = liked.iter().map(|one| one.tag.id).collect();
    let others = found.into_iter().filter(|tag| !first.contains(&tag.id));
    let all = liked.into_iter().map(|one| one.tag).chain(others);
    let mut offered: Vec<Tag> = all.filter(|tag| !tag.hide_tag).collect();
    let known = offered.iter().any(|tag| tag.name.eq_ignore_ascii_case(&query));
    let more = offered.len() > OFFERS;
    offered.truncate(OFFERS);
    let offers = offers(&visit, offered).await?;
    let filter = tag_collections::Filter {
        any: (!query.is_empty()).then(|| query.clone()),
        ..tag_collections::Filter::default()
    };
    let (bundles, _) = tag_collections::index(&visit.ctx, filter, 1, BUNDLES).await?;
    let bundles = bundles.into_iter().filter(|bundle| !bundle.tags.is_empty());
    fragment(
        &TagPicker {
            target,
            id,
            bundles: bundles
                .map(|bundle| BundleOffer {
                    id: bundle.collection.id.0,
                    name: bundle.collection.name,
                    tags: Count(u64::try_from(bundle.tags.len()).unwrap_or(0)),
                })
                .collect(),
            more,
            offers,
            can_create: visit.may(Permission::TagEditor) && !known,
            can_tag: rights.can_tag,
            can_tag_locally: rights.can_tag_locally,
            query,
        },
        None,
    )
}

fn key_of(target: TagTarget, id: i64) -> TargetKey {
    match target {
        TagTarget::Event => TargetKey::Event(EventKey::Id(id.into())),
        TagTarget::Attribute => TargetKey::Attribute(AttributeKey::Id(id.into())),
    }
}

async fn add(visit: Visit, input: Input, target: TagTarget) -> Answer {
    let id = input.id(0)?;
    let named = input.form.get("tag");
    let tag = if input.form.ticked("create") {
        tags::add(
            &visit.ctx,
            TagIn {
                name: Loose::from(named),
                ..TagIn::default()
            },
        )
        .await?
        .id
        .to_string()
    } else {
        named.to_owned()
    };
    let tag = TagKey::parse(&tag).ok_or_else(|| AppError::Refused("Choose a tag.".into()))?;
    let wish = Wish {
        tags: vec![tag],
        local: input.form.ticked("local"),
        relationship_type: None,
        via: Via::AddTag,
    };
    let outcome = tags::attach(&visit.ctx, key_of(target, id), wish).await?;
    let refusal = outcome.outcomes.iter().find_map(|one| match one {
        Outcome::Refused(reason) => Some(*reason),
        Outcome::Attached(_) | Outcome::Already(_) => None,
    });
    let attached = outcome
        .outcomes
        .iter()
        .any(|one| matches!(one, Outcome::Attached(_)));
    match refusal {
        Some(reason) if !attached => Err(AppError::Refused(reason.into())),
        Some(_) => fragment(
            &editor(&visit, target, id).await?,
            Some("Some of the tags added."),
        ),
        None => fragment(&editor(&visit, target, id).await?, Some("Tag added.")),
    }
}

async fn remove(visit: Visit, input: Input, target: TagTarget) -> Answer {
    let id = input.id(0)?;
    let tag = TagKey::parse(input.arg(1)).ok_or_else(|| AppError::Refused("Choose a tag.".into()))?;
    tags::detach(&visit.ctx, key_of(target, id), tag).await?;
    fragment(&editor(&visit, target, id).await?, Some("Tag removed."))
}

pub(super) async fn add_to_event(visit: Visit, input: Input) -> Answer {
    add(visit, input, TagTarget::Event).await
}

pub(super) async fn add_to_attribute(visit: Visit, input: Input) -> Answer {
    add(visit, input, TagTarget::Attribute).await
}

pub(super) async fn remove_from_event(visit: Visit, input: Input) -> Answer {
    remove(visit, input, TagTarget::Event).await
}

pub(super) async fn remove_from_attribute(visit: Visit, input: Input) -> Answer {
    remove(visit, input, TagTarget::Attribute).await
}
