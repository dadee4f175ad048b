//! Events like those of real feeds, as the bytes that a feed serves. Deterministic, one event at a time: nothing but
//! the event in hand is in memory.

mod content;
mod mix;
mod rng;
#[cfg(test)]
mod tests;
mod values;

pub(crate) use rng::Rng;

use content::{Writer, write_tags};
use sightline_core::clock::date_of;
use sightline_misp::json::{Buffer, ObjectWriter, write_object};
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
    let time = BEGIN + STEP * i64::try_from(number).unwrap_or_default();
    let mut writer = Writer::new(seed, Rng::of(seed, number), time);
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
        time,
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
