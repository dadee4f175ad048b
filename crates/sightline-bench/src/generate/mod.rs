//! Events like those of real feeds, as the bytes that a feed serves. Deterministic, one event at a time: nothing but
//! the event in hand is in memory.

mod mix;
mod rng;
mod values;

pub(crate) use rng::Rng;

use mix::Kind;
use sightline_core::clock::date_of;
use sightline_misp::json::{Buffer, ObjectWriter, write_object};
use std::collections::HashSet;
use uuid::Uuid;

/// The time of the first event: 2024-01-01.
const BEGIN: i64 = 1_704_067_200;
/// Events are half an hour apart.
const STEP: i64 = 1_800;
/// How many organisations publish.
const ORGANISATIONS: u64 = 12;

/// An event as served by a feed.
#[derive(Clone, Debug)]
pub(crate) struct Generated {
    pub(crate) uuid: Uuid,
    /// `{"Event": {…}}`
    pub(crate) bytes: Vec<u8>,
    /// How many attributes it has, those in objects included.
    pub(crate) attributes: usize,
    /// Its entry in a feed's manifest.
    pub(crate) manifest: Vec<u8>,
}

/// Events with exactly `attributes` attributes together.
pub(crate) fn events(seed: u64, attributes: usize) -> impl Iterator<Item = Generated> {
    let mut sizes = Rng::new(seed);
    let mut left = attributes;
    let mut number = 0;
    std::iter::from_fn(move || {
        if left == 0 {
            return None;
        }
        let size = size(&mut sizes).min(left);
        left -= size;
        number += 1;
        Some(event(seed, number, size))
    })
}

/// One event of exactly `size` attributes. `number` tells it from the others of the same seed.
pub(crate) fn event(seed: u64, number: u64, size: usize) -> Generated {
    let mut writer = Writer {
        seed,
        rng: Rng::of(seed, number),
        time: BEGIN + STEP * i64::try_from(number).unwrap_or_default(),
        used: HashSet::with_capacity(size),
    };
    let uuid = writer.rng.uuid();
    let info = format!(
        "{} and {} seen {number}",
        values::word(&mut writer.rng),
        values::word(&mut writer.rng)
    );
    let orgc = writer.rng.below(ORGANISATIONS);
    let tags = writer.tags(mix::EVENT_TAGS, 2 + number % 3);
    let head = Head {
        uuid,
        info,
        orgc,
        orgc_uuid: Rng::of(seed, u64::MAX - orgc).uuid(),
        time: writer.time,
        tags,
    };
    let mut bytes = Buffer::with_capacity(size * 400 + 1_000);
    bytes.extend_from_slice(b"{\"Event\":");
    write_object(&mut bytes, |o| {
        head.write(o);
        writer.content(o, &head, size);
    });
    bytes.push(b'}');
    let mut manifest = Buffer::new();
    write_object(&mut manifest, |o| head.write_manifest(o));
    Generated {
        uuid,
        bytes,
        attributes: size,
        manifest,
    }
}

fn size(rng: &mut Rng) -> usize {
    let share = 1 + rng.below(100);
    let above = mix::SIZES
        .iter()
        .position(|(upto, _)| share <= *upto)
        .unwrap_or(1);
    let at = |n: usize| mix::SIZES.get(n).map_or(1, |(_, size)| *size);
    let (low, high) = (at(above.saturating_sub(1)), at(above));
    usize::try_from(low + rng.below(high.saturating_sub(low))).unwrap_or(1)
}

struct Head {
    uuid: Uuid,
    info: String,
    orgc: u64,
    orgc_uuid: Uuid,
    time: i64,
    tags: Vec<mix::Tag>,
}

impl Head {
    fn write(&self, o: &mut ObjectWriter<'_>) {
        o.uuid("uuid", self.uuid);
        o.text("info", &self.info);
        o.text("date", &date_of(self.time));
        o.text("threat_level_id", "2");
        o.text("analysis", "1");
        o.flag("published", true);
        o.number("timestamp", self.time);
        o.number("publish_timestamp", self.time + 600);
        o.text("extends_uuid", "");
        self.write_shared(o);
    }

    fn write_manifest(&self, o: &mut ObjectWriter<'_>) {
        o.text("info", &self.info);
        o.text("date", &date_of(self.time));
        o.count("threat_level_id", 2);
        o.count("analysis", 1);
        o.count("timestamp", self.time);
        self.write_shared(o);
    }

    fn write_shared(&self, o: &mut ObjectWriter<'_>) {
        o.object("Orgc", |o| {
            o.text("name", &format!("BENCH-{:02}", self.orgc));
            o.uuid("uuid", self.orgc_uuid);
        });
        write_tags(o, &self.tags);
    }
}

fn write_tags(o: &mut ObjectWriter<'_>, tags: &[mix::Tag]) {
    o.list("Tag", tags, |out, (name, colour)| {
        write_object(out, |o| {
            o.text("name", name);
            o.text("colour", colour);
        });
    });
}

struct Writer {
    seed: u64,
    rng: Rng,
    time: i64,
    /// Values of this event: a feed does not repeat itself within an event.
    used: HashSet<(&'static str, String)>,
}

impl Writer {
    fn content(&mut self, o: &mut ObjectWriter<'_>, head: &Head, size: usize) {
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
    fn tags(&mut self, from: &[(mix::Tag, u64)], most: u64) -> Vec<mix::Tag> {
        let mut tags = Vec::new();
        for _ in 0..=self.rng.below(most) {
            tags.extend(self.rng.weighted(from).filter(|tag| !tags.contains(tag)));
        }
        tags
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn attributes(event: &Value) -> usize {
        let alone = event["Attribute"].as_array().unwrap().len();
        let objects = event["Object"].as_array().unwrap();
        alone
            + objects
                .iter()
                .map(|o| o["Attribute"].as_array().unwrap().len())
                .sum::<usize>()
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes_and_exactly_the_wanted_attributes() {
        let all: Vec<Generated> = events(1, 5_000).collect();
        let again: Vec<Generated> = events(1, 5_000).collect();
        assert!(
            all.iter()
                .zip(&again)
                .all(|(a, b)| a.bytes == b.bytes && a.uuid == b.uuid)
        );
        assert_ne!(all[0].bytes, events(2, 5_000).next().unwrap().bytes);
        let mut counted = 0;
        for one in &all {
            let parsed: Value = serde_json::from_slice(&one.bytes).unwrap();
            assert_eq!(attributes(&parsed["Event"]), one.attributes);
            assert_eq!(parsed["Event"]["uuid"], one.uuid.to_string());
            counted += one.attributes;
        }
        assert_eq!(counted, 5_000);
    }

    #[test]
    fn the_mix_is_that_of_real_feeds() {
        let one = event(3, 1, 20_000);
        let parsed: Value = serde_json::from_slice(&one.bytes).unwrap();
        let list = parsed["Event"]["Attribute"].as_array().unwrap();
        let share = |kind: &str| list.iter().filter(|a| a["type"] == kind).count() * 100 / list.len();
        assert!((52..=58).contains(&share("domain")), "{}", share("domain"));
        assert!((28..=34).contains(&share("url")), "{}", share("url"));
        let tagged = list.iter().filter(|a| a.get("Tag").is_some()).count() * 100 / list.len();
        assert!((38..=44).contains(&tagged), "{tagged}");
        assert!(!parsed["Event"]["Object"].as_array().unwrap().is_empty());
    }

    #[test]
    fn values_recur_in_other_events() {
        let values = |number: u64| -> HashSet<String> {
            let parsed: Value = serde_json::from_slice(&event(4, number, 2_000).bytes).unwrap();
            let list = parsed["Event"]["Attribute"].as_array().unwrap();
            list.iter()
                .map(|a| a["value"].as_str().unwrap().to_owned())
                .collect()
        };
        assert!(values(1).intersection(&values(2)).count() > 5);
    }
}
