//! Export formats (spec 09 part A): attributes go in one by one, bytes come out. Nothing is kept of what was written
//! but what a format needs to know later, and that is bounded.

mod attack;
mod context;
mod csv;
mod hosts;
mod kunai;
mod lines;
mod netfilter;
mod nids;
mod once;
mod openioc;
mod rpz;
mod xml;
mod yara;
mod zeek;

#[cfg(test)]
mod tests;

pub use attack::AttackSightings;
pub use context::{Context, Markup};
pub use csv::{Columns, Csv, text_cell};
pub use hosts::Hosts;
pub use kunai::Kunai;
pub use lines::{Cache, HashKind, Hashes, Values};
pub use netfilter::Netfilter;
pub use nids::{Nids, Sensor};
pub use openioc::OpenIoc;
pub use rpz::{Rpz, Zone};
pub use xml::XmlWriter;
pub use yara::{YaraFile, YaraJson};
pub use zeek::{IntelKind, ZeekIntel};

use sightline_misp::json::Buffer;
use sightline_misp::records::{Attribute, Event};
use sightline_misp::types::AttributeType;
use uuid::Uuid;

/// One attribute and what stands around it.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// The attribute.
    pub attribute: &'a Attribute,
    /// Its event.
    pub event: &'a EventHead,
    /// The names of its own tags.
    pub tags: &'a [&'a str],
    /// The object that holds it.
    pub object: Option<&'a ObjectHead>,
}

impl Row<'_> {
    /// The half of the value that is a file's checksum, if one is.
    fn hash(&self) -> Option<(&'static str, &str)> {
        let name = self.attribute.kind.name();
        match name.split_once('|') {
            Some(("filename", hash)) => Some((hash, &self.attribute.value2)),
            _ if self.attribute.kind == AttributeType::MalwareSample => Some(("md5", &self.attribute.value2)),
            _ if lines::is_hash(self.attribute.kind) => Some((name, &self.attribute.value1)),
            _ => None,
        }
    }
}

/// What exports say about an event.
#[derive(Clone, Debug)]
pub struct EventHead {
    /// The event.
    pub event: Event,
    /// The name of the organisation that owns it here.
    pub owner: String,
    /// The name of the organisation that made it.
    pub creator: String,
    /// The names of its tags.
    pub tags: Vec<String>,
}

/// What exports say about an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectHead {
    /// Its uuid.
    pub uuid: Uuid,
    /// Its name.
    pub name: String,
    /// Its meta-category.
    pub meta_category: String,
}

/// What stands around an attribute that a format reads; the rest is not looked up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Tags of the attribute.
    pub tags: bool,
    /// Tags of the event.
    pub event_tags: bool,
    /// The names of the event's organisations.
    pub orgs: bool,
    /// The object.
    pub objects: bool,
}

/// A format on its way. Rows come in passes: each sees all rows of its types once, in one order.
pub trait Export: Send {
    /// The types of each pass; an empty list stands for all.
    fn passes(&self) -> &'static [&'static [AttributeType]] {
        &[&[]]
    }

    /// What it reads of a row's surroundings.
    fn needs(&self) -> Needs {
        Needs::default()
    }

    /// What stands before the first row.
    fn begin(&mut self, _out: &mut Buffer) {}

    /// What stands before the rows of a pass, the first one too.
    fn begin_pass(&mut self, _pass: usize, _out: &mut Buffer) {}

    /// One row; what the format has no use for is left out.
    fn row(&mut self, row: &Row<'_>, out: &mut Buffer);

    /// What stands after the last row.
    fn end(&mut self, _out: &mut Buffer) {}
}

/// Whether a character may stand in a comment line or a description: no control characters, and none that turns the
/// direction of a reader's text.
fn is_plain(c: char) -> bool {
    !(c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' | '\u{61c}'))
}

/// Text in one line: what is not plain becomes a space.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if is_plain(c) { c } else { ' ' }).collect()
}

/// A line that tells of a row which has no form in the format, so that nothing is missing in silence.
fn cannot(out: &mut Buffer, comment: &str, row: &Row<'_>, why: &str) {
    out.extend_from_slice(
        format!("{comment} Attribute {} is left out: {why}.\n", row.attribute.id).as_bytes(),
    );
}
