//! `/attributes/restSearch`: attributes, each with its event, object and tags (spec 04 section 4).

use super::surroundings::{Neighbours, Shown, write_tag};
use super::{Answer, Commas, viewer};
use crate::correlations::{self, Related};
use crate::events::document::write_proposal;
use crate::galaxies::{Blocks, On};
use crate::{Ctx, proposals, sightings};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sightline_core::AppResult;
use sightline_core::ids::AttributeId;
use sightline_core::limits::CHUNK_ROWS;
use sightline_db::Tx;
use sightline_db::search::{AttributeCursor, AttributeRow, AttributeRows};
use sightline_misp::json::{Buffer, ObjectWriter, write_object};
use sightline_misp::records::{AttachedTag, AttributeShape};
use sightline_query::{AttributeSearch, Include, Includes};
use std::collections::HashMap;

/// The answer to a search for attributes.
#[derive(Debug)]
pub struct AttributeAnswer {
    rows: AttributeRows,
    includes: Includes,
    shown: Shown,
    neighbours: Neighbours,
    commas: Commas,
    started: bool,
}

/// What hangs on the attributes of one chunk.
#[derive(Default)]
struct Hangers {
    tags: HashMap<AttributeId, Vec<AttachedTag>>,
    galaxies: Blocks,
    sightings: HashMap<AttributeId, Vec<sightings::Shown>>,
    related: HashMap<AttributeId, Related>,
    proposals: HashMap<AttributeId, Vec<proposals::Shown>>,
}

impl AttributeAnswer {
    /// Starts the search.
    pub fn open(ctx: &Ctx, tx: &mut Tx<'_>, search: AttributeSearch) -> AppResult<Self> {
        let cursor = AttributeCursor::open(tx, viewer(ctx), &search.filter, &search.order, search.paging)?;
        Ok(Self {
            rows: AttributeRows::new(cursor, CHUNK_ROWS),
            shown: Shown::of(ctx, &search.includes),
            neighbours: Neighbours::new(&search.includes),
            includes: search.includes,
            commas: Commas::default(),
            started: false,
        })
    }

    /// How many attributes match, or stand on this page.
    pub fn total(&self) -> i64 {
        self.rows.total()
    }

    fn hangers(&self, ctx: &Ctx, tx: &mut Tx<'_>, rows: &[AttributeRow]) -> AppResult<Hangers> {
        let ids: Vec<i64> = rows.iter().map(|row| row.attribute.id.0).collect();
        let mut hangers = Hangers {
            tags: self.shown.of_attributes(tx, &ids)?,
            ..Hangers::default()
        };
        if self.includes.has(Include::Galaxy) {
            hangers.galaxies = Blocks::of(ctx, tx, hangers.tags.values().flatten(), On::Attribute)?;
        }
        if self.includes.has(Include::Correlations) {
            let attributes: Vec<_> = rows.iter().map(|row| row.attribute.clone()).collect();
            hangers.related = correlations::of_attributes(ctx, tx, &attributes)?;
        }
        if self.includes.has(Include::Sightings) {
            hangers.sightings = sightings::shown_of_attributes(ctx, tx, &ids)?;
        }
        if self.includes.has(Include::Proposals) {
            hangers.proposals = proposals::of_attributes(tx, &ids)?;
        }
        Ok(hangers)
    }

    fn write(
        &self,
        ctx: &Ctx,
        o: &mut ObjectWriter<'_>,
        row: &AttributeRow,
        hangers: &Hangers,
    ) -> AppResult<()> {
        let attribute = &row.attribute;
        attribute.write(o, AttributeShape::Flat);
        if self.includes.has(Include::Attachments) && attribute.kind.is_attachment() {
            let bytes = ctx
                .platform
                .files
                .load(attribute.event_id, attribute.id)?
                .unwrap_or_default();
            o.text("data", &STANDARD.encode(bytes));
        }
        let neighbour = self.neighbours.of(attribute.event_id);
        if let Some(neighbour) = neighbour {
            if self.includes.has(Include::EventUuid) {
                o.uuid("event_uuid", neighbour.event.uuid);
            }
            o.key("Event").extend_from_slice(&neighbour.json);
        }
        if let Some(object) = row.object {
            o.object("Object", |o| {
                o.number("id", object.id);
                o.number("distribution", object.distribution.number());
                o.number("sharing_group_id", object.sharing_group_id);
            });
        }
        let inherited = neighbour
            .filter(|_| self.includes.has(Include::EventTags))
            .map(|neighbour| &neighbour.tags);
        let own = hangers
            .tags
            .get(&attribute.id)
            .into_iter()
            .flatten()
            .map(|tag| (tag, false));
        let all = own.chain(inherited.into_iter().flatten().map(|tag| (tag, true)));
        let mut tags = all.peekable();
        if tags.peek().is_some() {
            o.list("Tag", tags, |out, (tag, inherited)| {
                write_tag(out, tag, inherited);
            });
        }
        if self.includes.has(Include::Galaxy) {
            let tags = hangers.tags.get(&attribute.id).map_or(&[][..], Vec::as_slice);
            hangers.galaxies.write(o.key("Galaxy"), tags, On::Attribute);
        }
        if let Some(seen) = hangers.sightings.get(&attribute.id) {
            o.list("Sighting", seen, |out, shown| {
                write_object(out, |o| {
                    shown
                        .sighting
                        .write_in_event(o, attribute.uuid, shown.org.as_ref());
                });
            });
        }
        if self.includes.has(Include::Correlations) {
            let related = hangers.related.get(&attribute.id);
            let list = related.into_iter().flat_map(|related| &related.attributes);
            o.list("RelatedAttribute", list, |out, related| {
                write_object(out, |o| related.write(o));
            });
        }
        if self.includes.has(Include::Proposals) {
            let event = neighbour.map_or_else(Default::default, |neighbour| neighbour.event.uuid);
            let open = hangers.proposals.get(&attribute.id).into_iter().flatten();
            o.list("ShadowAttribute", open, |out, shown| {
                write_proposal(out, event, shown);
            });
        }
        Ok(())
    }
}

impl Answer for AttributeAnswer {
    fn step(&mut self, ctx: &Ctx, tx: &mut Tx<'_>, out: &mut Buffer) -> AppResult<bool> {
        if !self.started {
            self.started = true;
            out.extend_from_slice(b"{\"response\": {\"Attribute\": [");
        }
        let rows = self.rows.next(&ctx.platform.db, tx)?;
        if rows.is_empty() {
            out.extend_from_slice(b"]}}\n");
            return Ok(false);
        }
        self.neighbours.load(
            tx,
            viewer(ctx),
            self.shown,
            rows.iter().map(|row| row.attribute.event_id),
        )?;
        let hangers = self.hangers(ctx, tx, &rows)?;
        for row in &rows {
            self.commas.next(out);
            let mut o = ObjectWriter::new(out);
            self.write(ctx, &mut o, row, &hangers)?;
        }
        Ok(true)
    }
}
