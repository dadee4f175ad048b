//! One window of the attributes of an event, or of an event and those that extend it, with everything that the event
//! page shows of them.

use crate::analyst_data::counts_on;
use crate::correlations::{self, Related};
use crate::events::{EventKey, find, may_modify, to_merge};
use crate::feeds::cache::{self, FeedHits};
use crate::{Ctx, proposals, sightings};
use sightline_core::ids::AttributeId;
use sightline_core::{AppResult, Permission};
use sightline_db::attribute_window::{Order, WindowFilter, window as rows_of};
use sightline_db::{Tx, attributes, objects, tags};
use sightline_misp::records::{AttachedTag, Attribute, Event, Object, ObjectReference, SightingType};
use std::collections::HashMap;
use uuid::Uuid;

/// How many sightings of each kind an attribute has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "one number per sighting type")]
pub struct SightingCount {
    pub seen: u64,
    pub false_positive: u64,
    pub expired: u64,
}

/// Some attributes of an event with what hangs on them.
#[derive(Debug)]
#[expect(missing_docs, reason = "each holds what its name says, by attribute")]
pub struct Window {
    pub event: Event,
    /// Rows that the filter lets through in all.
    pub total: u64,
    pub rows: Vec<Attribute>,
    /// The objects that rows of the window belong to.
    pub objects: Vec<Object>,
    /// References that start at those objects.
    pub references: Vec<ObjectReference>,
    pub tags: HashMap<AttributeId, Vec<AttachedTag>>,
    pub sightings: HashMap<AttributeId, SightingCount>,
    pub related: HashMap<AttributeId, Related>,
    /// What cached feeds know.
    pub feeds: FeedHits,
    /// Open ones.
    pub proposals: HashMap<AttributeId, Vec<proposals::Shown>>,
    /// The caller may change the event; those that extend it are changed on their own pages.
    /// Notes, opinions and relationships, replies included.
    pub notes: HashMap<AttributeId, u64>,
    pub may_modify: bool,
    /// The events that extend it, when their rows are among these.
    pub extensions: Vec<Event>,
    /// May propose what it may not change.
    pub may_propose: bool,
}

impl Window {
    /// The event that a row comes from, when it is not the window's own.
    pub fn source(&self, row: &Attribute) -> Option<&Event> {
        self.extensions.iter().find(|event| event.id == row.event_id)
    }

    /// Whether the caller may change a row here.
    pub fn may_change(&self, row: &Attribute) -> bool {
        self.may_modify && row.event_id == self.event.id
    }
}

/// A window of a visible event; when `extended`, also of the events that extend it, as far as the caller sees them.
pub async fn window(
    ctx: &Ctx,
    key: EventKey,
    extended: bool,
    mut filter: WindowFilter,
    order: Order,
    offset: u64,
    limit: u64,
) -> AppResult<Window> {
    ctx.read(move |ctx, tx| {
        let event = find(ctx, tx, &key)?;
        let extensions = if extended {
            to_merge(ctx, tx, &event)?
        } else {
            Vec::new()
        };
        let members: Vec<&Event> = std::iter::once(&event).chain(&extensions).collect();
        if !members.iter().all(|member| sees_deleted(ctx, member)) {
            filter.deleted = Some(false);
        }
        let ids: Vec<i64> = members.iter().map(|member| member.id.0).collect();
        let (rows, total) = rows_of(tx, ctx.visible(), &ids, &filter, order, offset, limit)?;
        let window = surround(ctx, tx, event, rows, u64::try_from(total).unwrap_or(0))?;
        Ok(Window { extensions, ..window })
    })
    .await
}

/// One attribute as a window of its own, to redraw its row.
pub async fn window_of(ctx: &Ctx, id: AttributeId) -> AppResult<Window> {
    ctx.read(move |ctx, tx| {
        let (attribute, event) = super::find(ctx, tx, &super::AttributeKey::Id(id))?;
        surround(ctx, tx, event, vec![attribute], 1)
    })
    .await
}

/// Deleted rows are for the owner's organisation and for those who synchronise (spec 05 section 4).
fn sees_deleted(ctx: &Ctx, event: &Event) -> bool {
    event.org_id == ctx.caller.org_id || ctx.caller.may(Permission::Sync)
}

fn surround(ctx: &Ctx, tx: &mut Tx<'_>, event: Event, rows: Vec<Attribute>, total: u64) -> AppResult<Window> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id.0).collect();
    let mut object_ids: Vec<i64> = rows
        .iter()
        .map(|row| row.object_id.0)
        .filter(|id| *id != 0)
        .collect();
    object_ids.dedup();
    let mut by_attribute: HashMap<AttributeId, Vec<AttachedTag>> = HashMap::new();
    for (id, tag) in tags::of_attributes(tx, &ids)? {
        by_attribute.entry(id).or_default().push(tag);
    }
    let mut counts: HashMap<AttributeId, SightingCount> = HashMap::new();
    for (id, shown) in sightings::shown_of_attributes(ctx, tx, &ids)? {
        let count = counts.entry(id).or_default();
        for sighting in shown {
            match sighting.sighting.kind {
                SightingType::Sighting => count.seen += 1,
                SightingType::FalsePositive => count.false_positive += 1,
                SightingType::Expiration => count.expired += 1,
            }
        }
    }
    let may_modify = may_modify(ctx, &event);
    let uuids: Vec<Uuid> = rows.iter().map(|row| row.uuid).collect();
    let hung = counts_on(ctx, tx, &uuids)?;
    let notes = rows
        .iter()
        .filter_map(|row| Some((row.id, *hung.get(&row.uuid)?)));
    Ok(Window {
        proposals: proposals::of_attributes(tx, &ids)?,
        notes: notes.collect(),
        related: correlations::of_attributes(ctx, tx, &rows)?,
        feeds: cache::of_attributes(ctx, tx, &rows)?,
        objects: objects::by_ids(tx, ctx.visible(), &object_ids)?,
        references: objects::references_of(tx, &object_ids)?,
        tags: by_attribute,
        sightings: counts,
        extensions: Vec::new(),
        may_modify,
        may_propose: !may_modify && ctx.caller.may(Permission::Add),
        event,
        total,
        rows,
    })
}

/// How many live attributes stand outside and inside objects, and how many objects there are.
pub async fn counts(ctx: &Ctx, key: EventKey) -> AppResult<(u64, u64)> {
    ctx.read(move |ctx, tx| {
        let event = find(ctx, tx, &key)?;
        let (outside, inside) = attributes::counts(tx, ctx.visible(), event.id)?;
        let objects = objects::count(tx, ctx.visible(), event.id)?;
        Ok((
            u64::try_from(outside + inside).unwrap_or(0),
            u64::try_from(objects).unwrap_or(0),
        ))
    })
    .await
}
