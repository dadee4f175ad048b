//! `/objects/restSearch`: whole objects with their attributes and event (spec 04 section 5).

use super::surroundings::{Neighbours, Shown, write_tag};
use super::{Answer, Commas, viewer};
use crate::events::document::write_proposal;
use crate::{Ctx, proposals};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sightline_core::AppResult;
use sightline_core::ids::{AttributeId, ObjectId};
use sightline_db::Tx;
use sightline_db::search::{self, Page};
use sightline_misp::json::{Buffer, ObjectWriter, write_object};
use sightline_misp::records::{AttachedTag, Attribute, AttributeShape};
use sightline_query::{Flag3, Include, Includes, ObjectSearch};
use std::collections::HashMap;
use uuid::Uuid;

/// Objects per step; each brings a handful of attributes.
const STEP: usize = 200;

/// The answer to a search for objects.
#[derive(Debug)]
pub struct ObjectAnswer {
    page: Page,
    at: usize,
    deleted: Flag3,
    includes: Includes,
    shown: Shown,
    neighbours: Neighbours,
    commas: Commas,
    started: bool,
}

impl ObjectAnswer {
    /// Starts the search.
    pub fn open(ctx: &Ctx, tx: &mut Tx<'_>, search: ObjectSearch) -> AppResult<Self> {
        let page = search::objects(tx, viewer(ctx), &search.filter, search.paging)?;
        Ok(Self {
            page,
            at: 0,
            deleted: search.deleted,
            shown: Shown::of(ctx, &search.includes),
            neighbours: Neighbours::new(&search.includes),
            includes: search.includes,
            commas: Commas::default(),
            started: false,
        })
    }

    /// How many objects this page holds.
    pub fn total(&self) -> i64 {
        i64::try_from(self.page.ids.len()).unwrap_or(i64::MAX)
    }

    fn contents(
        &self,
        ctx: &Ctx,
        tx: &mut Tx<'_>,
        ids: &[i64],
    ) -> AppResult<HashMap<ObjectId, Vec<Attribute>>> {
        let mut contents: HashMap<ObjectId, Vec<Attribute>> = HashMap::new();
        if !self.includes.has(Include::Metadata) {
            let live = self.deleted == Flag3::No;
            for attribute in search::attributes_of_objects(tx, viewer(ctx), ids, live)? {
                contents.entry(attribute.object_id).or_default().push(attribute);
            }
        }
        Ok(contents)
    }

    fn write_attributes(
        &self,
        ctx: &Ctx,
        o: &mut ObjectWriter<'_>,
        attributes: &[Attribute],
        event: Uuid,
        tags: &HashMap<AttributeId, Vec<AttachedTag>>,
        proposals: &HashMap<AttributeId, Vec<proposals::Shown>>,
    ) -> AppResult<()> {
        let out = o.key("Attribute");
        out.push(b'[');
        let mut commas = Commas::default();
        for attribute in attributes {
            commas.next(out);
            let mut o = ObjectWriter::new(out);
            attribute.write(&mut o, AttributeShape::Flat);
            if self.includes.has(Include::Attachments) && attribute.kind.is_attachment() {
                let bytes = ctx
                    .platform
                    .files
                    .load(attribute.event_id, attribute.id)?
                    .unwrap_or_default();
                o.text("data", &STANDARD.encode(bytes));
            }
            if let Some(tags) = tags.get(&attribute.id) {
                o.list("Tag", tags, |out, tag| write_tag(out, tag, false));
            }
            if self.includes.has(Include::Proposals) {
                let open = proposals.get(&attribute.id).into_iter().flatten();
                o.list("ShadowAttribute", open, |out, shown| {
                    write_proposal(out, event, shown);
                });
            }
        }
        out.push(b']');
        Ok(())
    }
}

impl Answer for ObjectAnswer {
    fn step(&mut self, ctx: &Ctx, tx: &mut Tx<'_>, out: &mut Buffer) -> AppResult<bool> {
        if !self.started {
            self.started = true;
            out.extend_from_slice(b"{\"response\": [");
        }
        let ids: Vec<i64> = self.page.ids.iter().skip(self.at).take(STEP).copied().collect();
        if ids.is_empty() {
            out.extend_from_slice(b"]}\n");
            return Ok(false);
        }
        self.at += ids.len();
        let objects = search::object_rows(tx, viewer(ctx), &ids)?;
        self.neighbours.load(
            tx,
            viewer(ctx),
            self.shown,
            objects.iter().map(|object| object.event_id),
        )?;
        let contents = self.contents(ctx, tx, &ids)?;
        let attribute_ids: Vec<i64> = contents
            .values()
            .flatten()
            .map(|attribute| attribute.id.0)
            .collect();
        let tags = self.shown.of_attributes(tx, &attribute_ids)?;
        let proposals = if self.includes.has(Include::Proposals) {
            proposals::of_attributes(tx, &attribute_ids)?
        } else {
            HashMap::new()
        };
        for object in &objects {
            self.commas.next(out);
            let mut written = Ok(());
            write_object(out, |o| {
                o.object("Object", |o| {
                    object.write(o);
                    if let Some(neighbour) = self.neighbours.of(object.event_id) {
                        if self.includes.has(Include::EventUuid) {
                            o.uuid("event_uuid", neighbour.event.uuid);
                        }
                        o.key("Event").extend_from_slice(&neighbour.json);
                    }
                    if !self.includes.has(Include::Metadata) {
                        let inside = contents.get(&object.id).map_or(&[][..], Vec::as_slice);
                        let event = self.neighbours.of(object.event_id).map(|n| n.event.uuid);
                        written = self.write_attributes(
                            ctx,
                            o,
                            inside,
                            event.unwrap_or_default(),
                            &tags,
                            &proposals,
                        );
                    }
                });
            });
            written?;
        }
        Ok(true)
    }
}
