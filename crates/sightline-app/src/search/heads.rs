//! What exports say about the events and objects around a row; looked up once for a run of rows.

use super::surroundings::{Shown, orgs};
use crate::Ctx;
use sightline_core::AppResult;
use sightline_core::ids::{EventId, ObjectId};
use sightline_db::Tx;
use sightline_db::search::{self, AttributeRow};
use sightline_formats::exports::{EventHead, Needs, ObjectHead};
use std::collections::{HashMap, HashSet};

/// Events that are kept from chunk to chunk.
const KEPT: usize = 2_000;

/// The events of the last chunks and the objects of this one.
#[derive(Debug, Default)]
pub(super) struct Heads {
    events: HashMap<EventId, EventHead>,
    objects: HashMap<ObjectId, ObjectHead>,
}

impl Heads {
    /// Looks up what is missing for these rows.
    pub(super) fn load(
        &mut self,
        ctx: &Ctx,
        tx: &mut Tx<'_>,
        needs: Needs,
        shown: Shown,
        rows: &[AttributeRow],
    ) -> AppResult<()> {
        let wanted: HashSet<EventId> = rows.iter().map(|row| row.attribute.event_id).collect();
        if self.events.len() > KEPT {
            self.events.retain(|id, _| wanted.contains(id));
        }
        let missing: Vec<i64> = wanted
            .iter()
            .filter(|id| !self.events.contains_key(id))
            .map(|id| id.0)
            .collect();
        if !missing.is_empty() {
            self.load_events(ctx, tx, needs, shown, &missing)?;
        }
        self.objects.clear();
        if needs.objects {
            let mut ids: Vec<i64> = rows.iter().filter_map(|row| row.object).map(|o| o.id.0).collect();
            ids.sort_unstable();
            ids.dedup();
            if !ids.is_empty() {
                let objects = search::object_rows(tx, super::viewer(ctx), &ids)?;
                self.objects.extend(objects.into_iter().map(|object| {
                    let head = ObjectHead {
                        uuid: object.uuid,
                        name: object.name,
                        meta_category: object.meta_category,
                    };
                    (object.id, head)
                }));
            }
        }
        Ok(())
    }

    fn load_events(
        &mut self,
        ctx: &Ctx,
        tx: &mut Tx<'_>,
        needs: Needs,
        shown: Shown,
        ids: &[i64],
    ) -> AppResult<()> {
        let events = search::event_rows(tx, super::viewer(ctx), ids)?;
        let mut tags = if needs.event_tags {
            shown.of_events(tx, ids)?
        } else {
            HashMap::new()
        };
        let names = if needs.orgs {
            orgs(tx, events.iter().flat_map(|event| [event.org_id, event.orgc_id]))?
        } else {
            HashMap::new()
        };
        let name = |id| names.get(&id).map(|org| org.name.clone()).unwrap_or_default();
        for event in events {
            let head = EventHead {
                owner: name(event.org_id),
                creator: name(event.orgc_id),
                tags: tags
                    .remove(&event.id)
                    .into_iter()
                    .flatten()
                    .map(|attached| attached.tag.name)
                    .collect(),
                event,
            };
            self.events.insert(head.event.id, head);
        }
        Ok(())
    }

    pub(super) fn event(&self, id: EventId) -> Option<&EventHead> {
        self.events.get(&id)
    }

    pub(super) fn object(&self, id: ObjectId) -> Option<&ObjectHead> {
        self.objects.get(&id)
    }
}
