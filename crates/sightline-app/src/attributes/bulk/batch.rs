//! Some attributes of the set, with what is needed to say what becomes of each.

use super::{Action, Verdict};
use crate::Ctx;
use crate::attributes::edit::refuse_duplicate;
use crate::events::may_modify;
use crate::tags::may_tag_locally;
use sightline_core::ids::{AttributeId, EventId, TagId};
use sightline_core::{AppError, AppResult};
use sightline_db::{Tx, attribute_changes, attributes, events, tags};
use sightline_misp::fold::value_key;
use sightline_misp::records::{AttachedTag, Attribute, Event};
use std::collections::{HashMap, HashSet};

/// The values that this run has brought back or would: event, type, category and the keys of both halves.
pub(super) type Restored = HashSet<(EventId, i64, i64, i64, i64)>;

/// Attributes that the caller sees, in id order.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) attributes: Vec<Attribute>,
    pub(super) events: HashMap<EventId, Event>,
    tags: HashMap<AttributeId, Vec<AttachedTag>>,
}

impl Batch {
    /// Reads them; `to_change` keeps others from changing their events until the transaction ends.
    pub(super) fn load(
        ctx: &Ctx,
        tx: &mut Tx<'_>,
        action: &Action,
        ids: &[i64],
        to_change: bool,
    ) -> AppResult<Self> {
        let event_ids = attribute_changes::events_of(tx, ids)?;
        if to_change {
            events::lock_many(tx, &event_ids)?;
        }
        let mut batch = Self {
            attributes: attributes::by_ids(tx, ctx.visible(), ids)?,
            ..Self::default()
        };
        for event in events::by_ids(tx, ctx.visible(), &event_ids)? {
            batch.events.insert(event.id, event);
        }
        if !action.tags().is_empty() {
            for (attribute, attached) in tags::of_attributes(tx, ids)? {
                if action.tags().contains(&attached.tag.id) {
                    batch.tags.entry(attribute).or_default().push(attached);
                }
            }
        }
        Ok(batch)
    }

    /// What becomes of each, in order.
    pub(super) fn judge(
        &self,
        ctx: &Ctx,
        tx: &mut Tx<'_>,
        action: &Action,
        restored: &mut Restored,
    ) -> AppResult<Vec<Verdict>> {
        self.attributes
            .iter()
            .map(|attribute| self.judge_one(ctx, tx, action, attribute, restored))
            .collect()
    }

    fn judge_one(
        &self,
        ctx: &Ctx,
        tx: &mut Tx<'_>,
        action: &Action,
        attribute: &Attribute,
        restored: &mut Restored,
    ) -> AppResult<Verdict> {
        let owner = self.may_modify(ctx, attribute);
        let change = |differs: bool| {
            if differs {
                Verdict::Change
            } else {
                Verdict::Unchanged
            }
        };
        Ok(match action {
            Action::Tag { local, .. } if !(owner || *local && may_tag_locally(ctx)) => Verdict::NotPermitted,
            Action::Tag { tags, .. } => change(tags.iter().any(|tag| !self.has(attribute, *tag))),
            Action::Untag { local, .. } => {
                if self.attached(attribute, *local).next().is_none() {
                    Verdict::Unchanged
                } else if self.removable(ctx, attribute, *local).next().is_none() {
                    Verdict::NotPermitted
                } else {
                    Verdict::Change
                }
            }
            _ if !owner => Verdict::NotPermitted,
            Action::ToIds { to_ids } => change(attribute.to_ids != *to_ids),
            Action::DisableCorrelation { disable_correlation } => {
                change(attribute.disable_correlation != *disable_correlation)
            }
            Action::Distribution {
                distribution,
                sharing_group_id,
            } => change(
                (attribute.distribution.number(), attribute.sharing_group_id)
                    != (*distribution, *sharing_group_id),
            ),
            Action::Delete { hard } => change(*hard || !attribute.deleted),
            Action::Restore if !attribute.deleted => Verdict::Unchanged,
            Action::Restore => restoring(tx, attribute, restored)?,
        })
    }

    fn may_modify(&self, ctx: &Ctx, attribute: &Attribute) -> bool {
        self.events
            .get(&attribute.event_id)
            .is_some_and(|event| may_modify(ctx, event))
    }

    /// Whether the attribute has the tag, locally or not.
    pub(super) fn has(&self, attribute: &Attribute, tag: TagId) -> bool {
        self.attached(attribute, None)
            .any(|attached| attached.tag.id == tag)
    }

    /// The attachments that the action is about.
    fn attached(&self, attribute: &Attribute, local: Option<bool>) -> impl Iterator<Item = &AttachedTag> {
        self.tags
            .get(&attribute.id)
            .into_iter()
            .flatten()
            .filter(move |attached| local.is_none_or(|local| attached.local == local))
    }

    /// Those of them that the caller may take off.
    pub(super) fn removable(
        &self,
        ctx: &Ctx,
        attribute: &Attribute,
        local: Option<bool>,
    ) -> impl Iterator<Item = &AttachedTag> {
        let owner = self.may_modify(ctx, attribute);
        let locally = may_tag_locally(ctx);
        self.attached(attribute, local)
            .filter(move |attached| owner || attached.local && locally)
    }
}

/// Live attributes outside objects stay unique.
fn restoring(tx: &mut Tx<'_>, attribute: &Attribute, restored: &mut Restored) -> AppResult<Verdict> {
    let mut live = attribute.clone();
    live.deleted = false;
    match refuse_duplicate(tx, &live) {
        Ok(()) => {}
        Err(AppError::Invalid(_)) => return Ok(Verdict::Duplicate),
        Err(error) => return Err(error),
    }
    let key = (
        live.event_id,
        live.kind.code(),
        live.category.code(),
        value_key(&live.value1),
        value_key(&live.value2),
    );
    Ok(if live.object_id.0 != 0 || restored.insert(key) {
        Verdict::Change
    } else {
        Verdict::Duplicate
    })
}
