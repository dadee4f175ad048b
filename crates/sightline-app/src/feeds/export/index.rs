//! `manifest.json` and `hashes.csv`.

use super::{Audience, CHUNK_BYTES, Chunks, leaves};
use crate::Ctx;
use sightline_core::AppResult;
use sightline_core::ids::{AttributeId, EventId, ObjectId};
use sightline_core::limits::CHUNK_ROWS;
use sightline_db::{Tx, attributes, feeds, objects, tags};
use sightline_formats::feed_hashes::push_hash_lines;
use sightline_formats::feed_manifest::{ManifestEntry, ManifestTag};
use sightline_misp::json::{Buffer, write_text};
use sightline_misp::records::{Attribute, Event};
use std::collections::{HashMap, HashSet, VecDeque};
use uuid::Uuid;

/// The index of the feed: one entry per published event.
#[derive(Debug)]
pub struct Manifest {
    audience: Audience,
    after: EventId,
    empty: bool,
}

impl Manifest {
    /// The manifest for an audience.
    pub fn new(audience: Audience) -> Self {
        Self {
            audience,
            after: EventId(0),
            empty: true,
        }
    }
}

impl Chunks for Manifest {
    fn next(&mut self, ctx: &Ctx, tx: &mut Tx<'_>, out: &mut Buffer) -> AppResult<bool> {
        if self.after.0 == 0 {
            out.push(b'{');
        }
        let page = feeds::published_page(tx, ctx.visible(), self.after, CHUNK_ROWS)?;
        let ids: Vec<i64> = page.iter().map(|(event, ..)| event.id.0).collect();
        let mut tags_of: HashMap<EventId, Vec<ManifestTag>> = HashMap::new();
        for (event, attached) in tags::of_events(tx, &ids)? {
            if leaves(&attached) {
                let tag = ManifestTag {
                    name: attached.tag.name,
                    colour: attached.tag.colour,
                };
                tags_of.entry(event).or_default().push(tag);
            }
        }
        let more = page.len() == CHUNK_ROWS;
        for (event, orgc_name, orgc_uuid) in page {
            self.after = event.id;
            if self.audience.may_read_event(&event) {
                if !self.empty {
                    out.push(b',');
                }
                self.empty = false;
                let tags = tags_of.remove(&event.id).unwrap_or_default();
                let entry = entry(event, orgc_name, orgc_uuid, tags);
                write_text(out, &entry.uuid);
                out.push(b':');
                out.extend_from_slice(entry.to_json().to_string().as_bytes());
            }
        }
        if !more {
            out.push(b'}');
        }
        Ok(more)
    }
}

fn entry(event: Event, orgc_name: String, orgc_uuid: Uuid, tags: Vec<ManifestTag>) -> ManifestEntry {
    ManifestEntry {
        uuid: event.uuid.to_string(),
        timestamp: event.timestamp,
        info: event.info,
        orgc_name,
        orgc_uuid: orgc_uuid.to_string(),
        tags,
        date: event.date,
        analysis: event.analysis.number(),
        threat_level_id: event.threat_level.number(),
        publish_timestamp: Some(event.publish_timestamp).filter(|at| *at > 0),
    }
}

/// The checksums of all values, for those who look values up without fetching events.
#[derive(Debug)]
pub struct Hashes {
    audience: Audience,
    /// Events of the page at hand whose values are still to be written.
    waiting: VecDeque<(EventId, Uuid)>,
    last_event: EventId,
    last_attribute: AttributeId,
    pages_end: bool,
}

impl Hashes {
    /// The list for an audience.
    pub fn new(audience: Audience) -> Self {
        Self {
            audience,
            waiting: VecDeque::new(),
            last_event: EventId(0),
            last_attribute: AttributeId(0),
            pages_end: false,
        }
    }

    /// The event whose values come next.
    fn current(&mut self, ctx: &Ctx, tx: &mut Tx<'_>) -> AppResult<Option<(EventId, Uuid)>> {
        while self.waiting.is_empty() && !self.pages_end {
            let page = feeds::published_page(tx, ctx.visible(), self.last_event, CHUNK_ROWS)?;
            self.pages_end = page.len() < CHUNK_ROWS;
            for (event, ..) in page {
                self.last_event = event.id;
                if self.audience.may_read_event(&event) {
                    self.waiting.push_back((event.id, event.uuid));
                }
            }
        }
        Ok(self.waiting.front().copied())
    }

    /// The objects of some attributes that the audience may not read, whatever is said of the attributes themselves.
    fn closed(&self, ctx: &Ctx, tx: &mut Tx<'_>, page: &[Attribute]) -> AppResult<HashSet<ObjectId>> {
        let mut ids: Vec<i64> = page.iter().map(|a| a.object_id.0).filter(|id| *id != 0).collect();
        ids.dedup();
        if ids.is_empty() || self.audience == Audience::Caller {
            return Ok(HashSet::new());
        }
        Ok(objects::by_ids(tx, ctx.visible(), &ids)?
            .into_iter()
            .filter(|object| !self.audience.may_read(object.distribution))
            .map(|object| object.id)
            .collect())
    }
}

impl Chunks for Hashes {
    fn next(&mut self, ctx: &Ctx, tx: &mut Tx<'_>, out: &mut Buffer) -> AppResult<bool> {
        let live = attributes::Selection {
            deleted: Some(false),
            to_ids: None,
            flatten: true,
        };
        let mut lines = String::new();
        while out.len() < CHUNK_BYTES {
            let Some((event, uuid)) = self.current(ctx, tx)? else {
                return Ok(false);
            };
            let page =
                attributes::page_of_event(tx, ctx.visible(), event, live, self.last_attribute, CHUNK_ROWS)?;
            let uuid = uuid.to_string();
            lines.clear();
            let closed = self.closed(ctx, tx, &page)?;
            let readable =
                |a: &&Attribute| self.audience.may_read(a.distribution) && !closed.contains(&a.object_id);
            for attribute in page.iter().filter(readable) {
                push_hash_lines(&uuid, attribute.kind.name(), &attribute.value(), &mut lines);
            }
            out.extend_from_slice(lines.as_bytes());
            match page.last().filter(|_| page.len() == CHUNK_ROWS) {
                Some(last) => self.last_attribute = last.id,
                None => {
                    self.waiting.pop_front();
                    self.last_attribute = AttributeId(0);
                }
            }
        }
        Ok(true)
    }
}
