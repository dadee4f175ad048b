//! `<uuid>.json`: an event as feeds carry it: uuids and no ids of this instance, live content only.

use super::{Audience, CHUNK_BYTES, Chunks, told, write_tags};
use crate::events::{EventKey, find, invalid_event};
use crate::{Ctx, organisations};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sightline_core::AppResult;
use sightline_core::ids::{AttributeId, ObjectId};
use sightline_core::limits::CHUNK_ROWS;
use sightline_db::{Tx, attributes, event_reports, objects, tags};
use sightline_misp::datetime::format_micros;
use sightline_misp::json::{Buffer, ObjectWriter, write_object};
use sightline_misp::records::{AttachedTag, Attribute, Event, Object, ObjectReference};
use std::collections::HashMap;
use uuid::Uuid;

/// Objects per read; each brings its attributes and references.
const CHUNK_OBJECTS: usize = 200;
/// Live attributes outside objects.
const LIVE: attributes::Selection = attributes::Selection {
    deleted: Some(false),
    to_ids: None,
    flatten: false,
};

/// An event's document.
#[derive(Debug)]
pub struct EventFile {
    event: Event,
    audience: Audience,
    step: Step,
    /// Whether the list at hand has no element yet.
    empty: bool,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Head,
    Attributes(AttributeId),
    Objects(ObjectId),
    Done,
}

impl EventFile {
    /// The document of a published event that the audience may read.
    ///
    /// # Errors
    /// `NotFound` for any other event.
    pub fn open(ctx: &Ctx, tx: &mut Tx<'_>, uuid: Uuid, audience: Audience) -> AppResult<Self> {
        let event = find(ctx, tx, &EventKey::Uuid(uuid))?;
        if !audience.may_read_event(&event) {
            return Err(invalid_event());
        }
        Ok(Self {
            event,
            audience,
            step: Step::Head,
            empty: true,
        })
    }

    fn head(&self, tx: &mut Tx<'_>, out: &mut Buffer) -> AppResult<()> {
        let event = &self.event;
        let orgc = organisations::reference(tx, event.orgc_id)?;
        let tags: Vec<AttachedTag> = tags::of_events(tx, &[event.id.0])?
            .into_iter()
            .map(|(_, attached)| attached)
            .collect();
        out.extend_from_slice(b"{\"Event\":");
        let mut o = ObjectWriter::new(out);
        o.uuid("uuid", event.uuid);
        o.text("info", &event.info);
        o.text("date", &event.date);
        o.number("threat_level_id", event.threat_level.number());
        o.number("analysis", event.analysis.number());
        o.number("timestamp", event.timestamp);
        o.number("publish_timestamp", event.publish_timestamp);
        o.flag("published", event.published);
        o.number("distribution", told(event.distribution).number());
        o.flag("disable_correlation", event.disable_correlation);
        event.write_extends(&mut o);
        o.object("Orgc", |o| {
            o.text("name", &orgc.name);
            o.uuid("uuid", orgc.uuid);
        });
        write_tags(&mut o, &tags);
        o.leave_open();
        out.extend_from_slice(b",\"Attribute\":[");
        Ok(())
    }

    fn attributes(
        &mut self,
        ctx: &Ctx,
        tx: &mut Tx<'_>,
        out: &mut Buffer,
        after: AttributeId,
    ) -> AppResult<Step> {
        let page = attributes::page_of_event(tx, ctx.visible(), self.event.id, LIVE, after, CHUNK_ROWS)?;
        let tags = tags_of(tx, &page)?;
        let audience = self.audience;
        for attribute in page.iter().filter(|a| audience.may_read(a.distribution)) {
            self.separate(out);
            write_attribute(ctx, out, attribute, &tags)?;
        }
        Ok(match page.last().filter(|_| page.len() == CHUNK_ROWS) {
            Some(last) => Step::Attributes(last.id),
            None => {
                out.extend_from_slice(b"],\"Object\":[");
                self.empty = true;
                Step::Objects(ObjectId(0))
            }
        })
    }

    fn objects(&mut self, ctx: &Ctx, tx: &mut Tx<'_>, out: &mut Buffer, after: ObjectId) -> AppResult<Step> {
        let event = self.event.id;
        let page = objects::page_of_event(tx, ctx.visible(), event, Some(false), after, CHUNK_OBJECTS)?;
        let ids: Vec<i64> = page.iter().map(|object| object.id.0).collect();
        let (inside, references) = if ids.is_empty() {
            (Vec::new(), Vec::new())
        } else {
            (
                attributes::of_objects(tx, ctx.visible(), event, &ids, LIVE)?,
                objects::references_of(tx, &ids)?,
            )
        };
        let tags = tags_of(tx, &inside)?;
        let audience = self.audience;
        for object in page
            .iter()
            .filter(|object| audience.may_read(object.distribution))
        {
            self.separate(out);
            let mut written = Buffer::from(*b"[");
            for attribute in inside.iter().filter(|a| a.object_id == object.id) {
                if audience.may_read(attribute.distribution) {
                    if written.len() > 1 {
                        written.push(b',');
                    }
                    write_attribute(ctx, &mut written, attribute, &tags)?;
                }
            }
            written.push(b']');
            let own = references
                .iter()
                .filter(|r| r.object_id == object.id && !r.deleted);
            write_object_with(out, object, own, &written);
        }
        Ok(match page.last().filter(|_| page.len() == CHUNK_OBJECTS) {
            Some(last) => Step::Objects(last.id),
            None => {
                self.tail(ctx, tx, out)?;
                Step::Done
            }
        })
    }

    fn tail(&self, ctx: &Ctx, tx: &mut Tx<'_>, out: &mut Buffer) -> AppResult<()> {
        let reports = event_reports::of_event(tx, ctx.visible(), self.event.id, Some(false))?;
        out.push(b']');
        let mut o = ObjectWriter::resume(out);
        let readable = reports
            .iter()
            .filter(|report| self.audience.may_read(report.distribution));
        o.list("EventReport", readable, |out, report| {
            write_object(out, |o| {
                o.uuid("uuid", report.uuid);
                o.text("name", &report.name);
                o.text("content", &report.content);
                o.number("distribution", told(report.distribution).number());
                o.number("timestamp", report.timestamp);
                o.flag("deleted", report.deleted);
            });
        });
        drop(o);
        out.push(b'}');
        Ok(())
    }

    fn separate(&mut self, out: &mut Buffer) {
        if !self.empty {
            out.push(b',');
        }
        self.empty = false;
    }
}

impl Chunks for EventFile {
    fn next(&mut self, ctx: &Ctx, tx: &mut Tx<'_>, out: &mut Buffer) -> AppResult<bool> {
        while out.len() < CHUNK_BYTES {
            self.step = match self.step {
                Step::Head => {
                    self.head(tx, out)?;
                    Step::Attributes(AttributeId(0))
                }
                Step::Attributes(after) => self.attributes(ctx, tx, out, after)?,
                Step::Objects(after) => self.objects(ctx, tx, out, after)?,
                Step::Done => return Ok(false),
            };
        }
        Ok(!matches!(self.step, Step::Done))
    }
}

type Tags = HashMap<AttributeId, Vec<AttachedTag>>;

fn tags_of(tx: &mut Tx<'_>, page: &[Attribute]) -> AppResult<Tags> {
    let ids: Vec<i64> = page.iter().map(|attribute| attribute.id.0).collect();
    let mut by_attribute = Tags::new();
    if !ids.is_empty() {
        for (id, attached) in tags::of_attributes(tx, &ids)? {
            by_attribute.entry(id).or_default().push(attached);
        }
    }
    Ok(by_attribute)
}

fn write_attribute(ctx: &Ctx, out: &mut Buffer, a: &Attribute, tags: &Tags) -> AppResult<()> {
    let data = if a.kind.is_attachment() {
        ctx.platform.files.load(a.event_id, a.id)?
    } else {
        None
    };
    write_object(out, |o| {
        o.uuid("uuid", a.uuid);
        o.text("type", a.kind.name());
        o.text("category", a.category.name());
        o.text("value", &a.value());
        o.flag("to_ids", a.to_ids);
        o.number("timestamp", a.timestamp);
        o.number("distribution", told(a.distribution).number());
        o.text("comment", &a.comment);
        o.flag("disable_correlation", a.disable_correlation);
        o.flag("deleted", a.deleted);
        if let Some(relation) = &a.object_relation {
            o.text("object_relation", relation);
        }
        write_seen(o, a.first_seen, a.last_seen);
        if let Some(data) = data {
            o.text("data", &STANDARD.encode(data));
        }
        if let Some(tags) = tags.get(&a.id) {
            write_tags(o, tags);
        }
    });
    Ok(())
}

fn write_object_with<'r>(
    out: &mut Buffer,
    object: &Object,
    references: impl Iterator<Item = &'r ObjectReference>,
    attributes: &[u8],
) {
    write_object(out, |o| {
        o.uuid("uuid", object.uuid);
        o.text("name", &object.name);
        o.text("meta-category", &object.meta_category);
        o.text("description", &object.description);
        match object.template_uuid {
            Some(uuid) => o.uuid("template_uuid", uuid),
            None => o.null("template_uuid"),
        }
        o.number("template_version", object.template_version);
        o.number("timestamp", object.timestamp);
        o.number("distribution", told(object.distribution).number());
        o.text("comment", &object.comment);
        o.flag("deleted", object.deleted);
        write_seen(o, object.first_seen, object.last_seen);
        o.list("ObjectReference", references, |out, reference| {
            write_object(out, |o| {
                o.uuid("uuid", reference.uuid);
                o.number("timestamp", reference.timestamp);
                o.text("relationship_type", &reference.relationship_type);
                o.text("comment", &reference.comment);
                o.uuid("object_uuid", reference.source_uuid);
                o.uuid("referenced_uuid", reference.referenced_uuid);
            });
        });
        o.key("Attribute").extend_from_slice(attributes);
    });
}

fn write_seen(o: &mut ObjectWriter<'_>, first: Option<i64>, last: Option<i64>) {
    for (name, micros) in [("first_seen", first), ("last_seen", last)] {
        if let Some(micros) = micros {
            o.text(name, &format_micros(micros));
        }
    }
}
