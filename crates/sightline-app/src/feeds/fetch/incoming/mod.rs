//! An event on its way in from a MISP feed: out of its wrappers, checked against the rules, with the feed's own
//! settings applied (spec 06 A.5, steps 4 and 5).

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use sightline_core::Timestamp;
use sightline_formats::feed_rules::{EventFacts, FeedRules};
use sightline_formats::feed_settings::FeedSettings;
use sightline_misp::feeds::Feed;
use sightline_misp::input::{AttributeIn, EventIn, EventReportIn, Loose, ObjectIn, SharingGroupIn, TagIn};
use sightline_misp::records::Distribution;
use std::fmt;
use std::io::{self, BufReader, Read};
use uuid::Uuid;

/// Files up to this size are read whole, which parses faster; larger ones as a stream, which needs less memory.
const WHOLE_BYTES: u64 = 8 << 20;

/// `{"Event": …}`, the same in `response`, or in a list of one.
struct EventFile(Option<Box<EventIn>>);

impl<'de> Deserialize<'de> for EventFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EventFileVisitor)
    }
}

struct EventFileVisitor;

impl<'de> Visitor<'de> for EventFileVisitor {
    type Value = EventFile;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<EventFile, A::Error> {
        let mut found = EventFile(None);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "Event" => found = EventFile(Some(map.next_value()?)),
                "response" => found = map.next_value()?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<EventFile, A::Error> {
        let first = seq.next_element()?.unwrap_or(EventFile(None));
        match seq.next_element::<IgnoredAny>()? {
            None => Ok(first),
            Some(_) => Err(serde::de::Error::custom("more than one event in a file")),
        }
    }
}

/// Reads an event's file of `size` bytes. `Err` says what is wrong, for the job's log.
pub(in crate::feeds) fn read_event(file: impl Read, size: u64) -> Result<Box<EventIn>, String> {
    let parsed: Result<EventFile, String> = if size <= WHOLE_BYTES {
        whole(file).map_err(|e| e.to_string()).and_then(|text| {
            serde_json::from_slice(&without_nul(text)).map_err(|e| format!("it is not readable as JSON: {e}"))
        })
    } else {
        serde_json::from_reader(BufReader::with_capacity(256 << 10, file))
            .map_err(|e| format!("it is not readable as JSON: {e}"))
    };
    parsed?.0.ok_or_else(|| "there is no event in it".into())
}

/// Leaves out the escapes of NUL, which no database keeps in text: one of them must not cost an event.
fn without_nul(text: Vec<u8>) -> Vec<u8> {
    const NUL: &[u8] = br"\u0000";
    if !text.windows(NUL.len()).any(|window| window == NUL) {
        return text;
    }
    let mut clean = Vec::with_capacity(text.len());
    let mut rest = text.as_slice();
    while let Some((first, others)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(NUL) {
            rest = after;
        } else if let (b'\\', Some((escaped, after))) = (first, others.split_first()) {
            clean.extend([*first, *escaped]);
            rest = after;
        } else {
            clean.push(*first);
            rest = others;
        }
    }
    clean
}

fn whole(mut file: impl Read) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    file.read_to_end(&mut text)?;
    Ok(text)
}

/// What a feed does to every event.
#[derive(Clone, Debug)]
pub(in crate::feeds) struct Plan {
    pub(in crate::feeds) rules: FeedRules,
    pub(in crate::feeds) settings: FeedSettings,
    pub(in crate::feeds) distribution: Distribution,
    /// Of distribution 4.
    pub(in crate::feeds) sharing_group: i64,
    /// Names of the tags that every event gets.
    pub(in crate::feeds) tags: Vec<String>,
    /// What `to_ids` of every attribute becomes.
    pub(in crate::feeds) to_ids: Option<bool>,
}

impl Plan {
    /// `to_ids` as the feed's two switches ask for; "off" wins.
    pub(in crate::feeds) fn forced_to_ids(feed: &Feed) -> Option<bool> {
        match (feed.override_ids, feed.force_to_ids) {
            (true, _) => Some(false),
            (false, true) => Some(true),
            (false, false) => None,
        }
    }

    /// Whether the rules let the event in.
    pub(in crate::feeds) fn allows(&self, event: &EventIn, now: Timestamp) -> bool {
        let text = |field: Option<&Loose>| field.and_then(Loose::text).unwrap_or_default();
        let tags: Vec<String> = tags_of(event).collect();
        let orgc = event.orgc.as_deref();
        let facts = EventFacts {
            tags: &tags,
            orgc_name: &text(orgc.map(|org| &org.name)),
            orgc_uuid: &text(orgc.map(|org| &org.uuid)),
            timestamp: event.timestamp.int().unwrap_or_default(),
            publish_timestamp: event.publish_timestamp.int().filter(|at| *at > 0),
        };
        self.rules.allows_event(facts, now)
    }

    /// Makes the event what this instance keeps. `Err` when the file holds another event than the manifest says.
    pub(in crate::feeds) fn apply(&self, event: &mut EventIn, uuid: Uuid) -> Result<(), String> {
        let named = event.uuid.filled().and_then(|text| Uuid::try_parse(&text).ok());
        if named.is_some_and(|named| named != uuid) {
            return Err("the file holds another event".into());
        }
        event.uuid = Loose::Text(uuid.to_string());
        self.share(event);
        drop_analyst_data(event);
        // A number would be read as the id of an event of this instance.
        if event
            .extends_uuid
            .filled()
            .is_some_and(|text| Uuid::try_parse(&text).is_err())
        {
            event.extends_uuid = Loose::Absent;
        }
        if self.settings.unpublish_event {
            event.published = Loose::Bool(false);
        }
        if self.settings.disable_correlation {
            event.disable_correlation = Loose::Bool(true);
        }
        if let Some(to_ids) = self.to_ids {
            attributes_of(event).for_each(|attribute| attribute.to_ids = Loose::Bool(to_ids));
        }
        for tag in self.added_tags() {
            let named = tag.name.filled().unwrap_or_default().to_lowercase();
            if !tags_of(event).any(|name| name.to_lowercase() == named) {
                event.tags.0.push(tag);
            }
        }
        Ok(())
    }

    /// The tags that every event gets.
    pub(in crate::feeds) fn added_tags(&self) -> impl Iterator<Item = TagIn> {
        self.tags.iter().map(|tag| TagIn {
            name: Loose::Text(tag.clone()),
            ..TagIn::default()
        })
    }

    fn share(&self, event: &mut EventIn) {
        let inherit = self.distribution == Distribution::Inherit;
        if inherit {
            keep(
                &mut event.distribution,
                &event.sharing_group,
                Distribution::OrganisationOnly,
            );
        } else {
            event.distribution = Loose::Int(self.distribution.number());
            event.sharing_group = None;
        }
        event.sharing_group_id = Loose::Int(self.sharing_group);
        let settle = |distribution: &mut Loose, group: &mut Option<Box<SharingGroupIn>>, id: &mut Loose| {
            *id = Loose::Absent;
            if inherit {
                keep(distribution, group, Distribution::Inherit);
            } else {
                *distribution = Loose::Int(Distribution::Inherit.number());
                *group = None;
            }
        };
        for object in &mut event.objects.0 {
            settle(
                &mut object.distribution,
                &mut object.sharing_group,
                &mut object.sharing_group_id,
            );
        }
        for report in &mut event.reports.0 {
            settle(
                &mut report.distribution,
                &mut report.sharing_group,
                &mut report.sharing_group_id,
            );
        }
        for attribute in attributes_of(event) {
            settle(
                &mut attribute.distribution,
                &mut attribute.sharing_group,
                &mut attribute.sharing_group_id,
            );
        }
    }
}

/// Keeps what a feed says about sharing, as far as it means something here: a sharing group that is not described
/// would be a number of another instance, so such a record stays with the organisation that fetched it.
fn keep(distribution: &mut Loose, group: &Option<Box<SharingGroupIn>>, missing: Distribution) {
    let kept = match distribution.int().and_then(Distribution::from_number) {
        Some(Distribution::SharingGroup) if group.is_none() => Distribution::OrganisationOnly,
        Some(Distribution::Inherit) => missing,
        Some(given) => given,
        None => missing,
    };
    *distribution = Loose::Int(kept.number());
}

/// A feed's format has no notes (spec 06 A.1): who wrote one could not be told from who fetched it.
fn drop_analyst_data(event: &mut EventIn) {
    event.drop_analyst_data();
    event.objects.0.iter_mut().for_each(ObjectIn::drop_analyst_data);
    event
        .reports
        .0
        .iter_mut()
        .for_each(EventReportIn::drop_analyst_data);
    attributes_of(event).for_each(AttributeIn::drop_analyst_data);
}

fn attributes_of(event: &mut EventIn) -> impl Iterator<Item = &mut AttributeIn> {
    let inside = event
        .objects
        .0
        .iter_mut()
        .flat_map(|object| &mut object.attributes.0);
    event.attributes.0.iter_mut().chain(inside)
}

fn tags_of(event: &EventIn) -> impl Iterator<Item = String> {
    event
        .tags
        .0
        .iter()
        .chain(&event.event_tags.0)
        .filter_map(|tag| tag.unwrapped().name.filled())
}

#[cfg(test)]
mod tests;
