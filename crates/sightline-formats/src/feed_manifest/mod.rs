//! The index of a MISP feed, `manifest.json` (spec 06 A.1).

use std::fmt;
use std::io::{self, Read, Write};

use serde::Deserializer;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Value, json};
use sightline_core::Timestamp;

#[cfg(test)]
mod tests;

/// What a feed tells about one event before it is downloaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ManifestEntry {
    /// The event, lower case.
    pub uuid: String,
    /// When it was changed, Unix seconds.
    pub timestamp: Timestamp,
    /// Its title.
    pub info: String,
    /// Name of the creator organisation.
    pub orgc_name: String,
    /// Uuid of the creator organisation.
    pub orgc_uuid: String,
    /// Its tags.
    pub tags: Vec<ManifestTag>,
    /// Its date, `YYYY-MM-DD`.
    pub date: String,
    /// 0 to 2.
    pub analysis: i64,
    /// 1 to 4.
    pub threat_level_id: i64,
    /// When it was published; many generators do not tell.
    pub publish_timestamp: Option<Timestamp>,
}

/// A tag as far as a manifest knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ManifestTag {
    /// The name.
    pub name: String,
    /// `#rrggbb`, empty when not told.
    pub colour: String,
}

/// An entry that cannot be used; the others can.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("manifest entry \"{key}\": {reason}")]
pub struct BrokenEntry {
    /// The entry's key, cut to a readable length.
    pub key: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

/// Longest part of a broken key that is repeated in a message, in characters.
const SHOWN_KEY: usize = 80;

/// Reads a manifest as a stream and hands over each entry in turn; one entry is in memory at a time.
///
/// # Errors
/// When the document is no JSON object or breaks off; entries before that were handed over.
pub fn read_manifest(
    reader: impl Read,
    on_entry: impl FnMut(Result<ManifestEntry, BrokenEntry>),
) -> Result<(), serde_json::Error> {
    let mut document = serde_json::Deserializer::from_reader(reader);
    document.deserialize_any(Entries(on_entry))?;
    document.end()
}

struct Entries<F>(F);

impl<'de, F: FnMut(Result<ManifestEntry, BrokenEntry>)> Visitor<'de> for Entries<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of events by uuid")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            let value = map.next_value::<Value>()?;
            (self.0)(entry(&key, &value));
        }
        Ok(())
    }

    /// A PHP generator writes an empty manifest as an empty list.
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        match seq.next_element::<IgnoredAny>()? {
            None => Ok(()),
            Some(_) => Err(serde::de::Error::invalid_type(serde::de::Unexpected::Seq, &self)),
        }
    }
}

fn entry(key: &str, value: &Value) -> Result<ManifestEntry, BrokenEntry> {
    let broken = |reason| BrokenEntry {
        key: key.chars().take(SHOWN_KEY).collect(),
        reason,
    };
    if !is_uuid(key) {
        return Err(broken("the key is no uuid"));
    }
    let fields = value.as_object().ok_or_else(|| broken("not an object"))?;
    let timestamp = fields
        .get("timestamp")
        .and_then(number)
        .ok_or_else(|| broken("no timestamp"))?;
    let orgc = fields
        .get("Orgc")
        .or_else(|| fields.get("orgc"))
        .unwrap_or(&Value::Null);
    let tags = fields
        .get("Tag")
        .or_else(|| fields.get("tag"))
        .and_then(Value::as_array);
    Ok(ManifestEntry {
        uuid: key.to_ascii_lowercase(),
        timestamp,
        info: text(fields.get("info")),
        orgc_name: text(orgc.get("name")),
        orgc_uuid: text(orgc.get("uuid")),
        tags: tags.into_iter().flatten().filter_map(tag).collect(),
        date: text(fields.get("date")),
        analysis: fields.get("analysis").and_then(number).unwrap_or_default(),
        threat_level_id: fields.get("threat_level_id").and_then(number).unwrap_or(4),
        publish_timestamp: fields
            .get("publish_timestamp")
            .and_then(number)
            .filter(|at| *at > 0),
    })
}

/// A tag object, or its bare name.
fn tag(value: &Value) -> Option<ManifestTag> {
    let name = value.as_str().or_else(|| value.get("name")?.as_str())?;
    Some(ManifestTag {
        name: name.to_owned(),
        colour: text(value.get("colour")),
    })
}

fn text(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// Eight, four, four, four and twelve hex digits: the key becomes part of an address, so nothing else may be in it.
fn is_uuid(key: &str) -> bool {
    let lengths = key.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && key.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

impl ManifestEntry {
    /// The value under the event's uuid; all scalars are text, as the usual generator writes them.
    pub fn to_json(&self) -> Value {
        let tag = |tag: &ManifestTag| json!({"name": tag.name, "colour": tag.colour, "local": "0", "relationship_type": ""});
        let mut value = json!({
            "Orgc": {"name": self.orgc_name, "uuid": self.orgc_uuid},
            "Tag": self.tags.iter().map(tag).collect::<Vec<_>>(),
            "info": self.info,
            "date": self.date,
            "analysis": self.analysis.to_string(),
            "threat_level_id": self.threat_level_id.to_string(),
            "timestamp": self.timestamp.to_string(),
        });
        if let (Some(at), Some(fields)) = (self.publish_timestamp, value.as_object_mut()) {
            fields.insert("publish_timestamp".into(), at.to_string().into());
        }
        value
    }
}

/// Writes `manifest.json` piece by piece.
#[derive(Debug)]
pub struct ManifestWriter<W> {
    out: W,
    separator: &'static str,
}

impl<W: Write> ManifestWriter<W> {
    /// Nothing is written before the first entry or `finish`.
    pub fn new(out: W) -> Self {
        Self { out, separator: "{" }
    }

    /// Appends one event.
    ///
    /// # Errors
    /// What the writer says.
    pub fn add(&mut self, entry: &ManifestEntry) -> io::Result<()> {
        write!(
            self.out,
            "{}{}:{}",
            self.separator,
            Value::from(entry.uuid.as_str()),
            entry.to_json()
        )?;
        self.separator = ",";
        Ok(())
    }

    /// Closes the object and gives the writer back.
    ///
    /// # Errors
    /// What the writer says.
    pub fn finish(mut self) -> io::Result<W> {
        let end = if self.separator == "{" { "{}" } else { "}" };
        self.out.write_all(end.as_bytes())?;
        Ok(self.out)
    }
}
