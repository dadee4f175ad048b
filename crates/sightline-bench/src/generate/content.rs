//! What an event carries: attributes, objects, references, a report.

use super::mix::{self, Kind};
use super::rng::Rng;
use super::{Head, values};
use sightline_core::clock::date_of;
use sightline_misp::json::{ObjectWriter, write_object};
use std::collections::HashSet;
use uuid::Uuid;

/// The content of one event in the making.
pub(super) struct Writer {
    seed: u64,
    pub(super) rng: Rng,
    time: i64,
    /// Values of this event: a feed does not repeat itself within an event.
    used: HashSet<(&'static str, String)>,
}

impl Writer {
    pub(super) fn new(seed: u64, rng: Rng, time: i64) -> Self {
        Self {
            seed,
            rng,
            time,
            used: HashSet::new(),
        }
    }

    pub(super) fn content(&mut self, o: &mut ObjectWriter<'_>, head: &Head, size: usize) {
        let mut left = size;
        let mut objects = Vec::new();
        let out = o.key("Attribute");
        out.push(b'[');
        let mut first = true;
        while left > 0 {
            let object = self.rng.below(10_000) < mix::IN_OBJECTS;
            match self
                .rng
                .weighted(mix::OBJECTS)
                .filter(|template| object && template.4.len() <= left)
            {
                Some(template) => {
                    left -= template.4.len();
                    objects.push(template);
                }
                None => {
                    left -= 1;
                    let Some(kind) = self.rng.weighted(mix::TYPES) else {
                        continue;
                    };
                    if !first {
                        out.push(b',');
                    }
                    first = false;
                    write_object(out, |o| self.attribute(o, kind, None));
                }
            }
        }
        out.push(b']');
        let mut previous = None;
        o.list("Object", &objects, |out, template| {
            write_object(out, |o| self.object(o, template, &mut previous));
        });
        if self.rng.chance(mix::REPORTED) {
            o.list("EventReport", [head], |out, head| {
                write_object(out, |o| {
                    o.uuid("uuid", self.rng.uuid());
                    o.text("name", &format!("Report on {}", head.info));
                    let words: Vec<String> = (0..20).map(|_| values::sentence(&mut self.rng)).collect();
                    o.text("content", &format!("# {}\n\n{}\n", head.info, words.join(" ")));
                    o.number("timestamp", self.time);
                });
            });
        }
    }

    fn object(&mut self, o: &mut ObjectWriter<'_>, template: &mix::Template, previous: &mut Option<Uuid>) {
        let (name, meta, template_uuid, version, elements) = template;
        let uuid = self.rng.uuid();
        o.text("name", name);
        o.text("meta-category", meta);
        o.text("description", "An object of the benches");
        o.text("template_uuid", template_uuid);
        o.text("template_version", version);
        o.uuid("uuid", uuid);
        o.number("timestamp", self.time);
        o.text("comment", "");
        let target = previous.replace(uuid).filter(|_| self.rng.chance(300));
        o.list("ObjectReference", target, |out, target| {
            write_object(out, |o| {
                o.uuid("uuid", self.rng.uuid());
                o.uuid("object_uuid", uuid);
                o.uuid("referenced_uuid", target);
                o.text("relationship_type", "related-to");
                o.number("timestamp", self.time);
            });
        });
        o.list("Attribute", *elements, |out, (relation, kind)| {
            write_object(out, |o| self.attribute(o, *kind, Some(relation)));
        });
    }

    fn attribute(&mut self, o: &mut ObjectWriter<'_>, kind: Kind, relation: Option<&str>) {
        o.uuid("uuid", self.rng.uuid());
        o.text("type", kind.name);
        o.text("category", kind.category);
        o.text("value", &self.value(kind.name));
        o.flag("to_ids", kind.to_ids);
        let age = i64::try_from(self.rng.below(4_096)).unwrap_or_default();
        o.number("timestamp", self.time - age);
        o.flag("disable_correlation", false);
        if let Some(relation) = relation {
            o.text("object_relation", relation);
        }
        let commented = relation.is_none() && self.rng.chance(mix::COMMENTED);
        let comment = if commented {
            format!("seen with {}", values::word(&mut self.rng))
        } else {
            String::new()
        };
        o.text("comment", &comment);
        if self.rng.chance(mix::FIRST_SEEN) {
            o.text(
                "first_seen",
                &format!("{}T12:00:00.000000+00:00", date_of(self.time - 86_400)),
            );
        }
        if self.rng.chance(mix::TAGGED) {
            let tags = self.tags(mix::ATTRIBUTE_TAGS, 2);
            write_tags(o, &tags);
        }
    }

    /// A value that this event does not have yet; often one that other events have.
    fn value(&mut self, kind: &'static str) -> String {
        let mut value = if self.rng.chance(mix::REPEATED) {
            let rank = self.rng.rank();
            let of_kind = kind.bytes().fold(rank, |hash, byte| {
                hash.wrapping_mul(0x100_0000_01b3) ^ u64::from(byte)
            });
            values::value(kind, &mut Rng::of(self.seed, of_kind))
        } else {
            values::value(kind, &mut self.rng)
        };
        while !self.used.insert((kind, value.clone())) {
            value = values::value(kind, &mut self.rng);
        }
        value
    }

    /// One to `most` different tags.
    pub(super) fn tags(&mut self, from: &[(mix::Tag, u64)], most: u64) -> Vec<mix::Tag> {
        let mut tags = Vec::new();
        for _ in 0..=self.rng.below(most) {
            tags.extend(self.rng.weighted(from).filter(|tag| !tags.contains(tag)));
        }
        tags
    }
}

pub(super) fn write_tags(o: &mut ObjectWriter<'_>, tags: &[mix::Tag]) {
    o.list("Tag", tags, |out, (name, colour)| {
        write_object(out, |o| {
            o.text("name", name);
            o.text("colour", colour);
        });
    });
}
