//! Notes, opinions and relationships below what they hang on: a thread to read and to write in place.

use super::list::ListUrl;
use super::moment::{Count, Moment};
use super::wording::{Audience, Choice};
use crate::layout::Frame;
use askama::{Template, filters::HtmlSafe};

/// What hangs on one thing. Answer to `GET /analyst_data/thread/{kind}/{uuid}` for a script, and to every change below it.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "analyst_data/thread.html")]
pub struct Thread {
    /// The kind of what it hangs on, as on the wire.
    pub kind: String,
    /// Which one.
    pub uuid: String,
    /// Notes, opinions and relationships, replies below what they answer.
    pub entries: Vec<Entry>,
    /// May write.
    pub can_write: bool,
    /// Who may see a new one.
    pub distribution: Vec<Choice>,
    /// The session's token, for forms without a script.
    pub csrf_token: String,
    /// Also carries the new count to where the page shows it.
    pub with_marker: bool,
}

impl HtmlSafe for Thread {}

impl Thread {
    /// How many there are: beside the heading, or sent along to be put there.
    pub(crate) fn marker(&self, out_of_band: bool) -> Marker {
        Marker {
            uuid: self.uuid.clone(),
            count: Count(self.entries.len().try_into().unwrap_or(u64::MAX)),
            out_of_band,
        }
    }
}

/// One note, opinion or relationship.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// Uuid.
    pub uuid: String,
    /// `Note`, `Opinion` or `Relationship`.
    pub kind: &'static str,
    /// How deep below the thing, from 0.
    pub depth: usize,
    /// The organisation that wrote it.
    pub org: String,
    /// Who of it.
    pub authors: String,
    /// Last change.
    pub modified: Moment,
    /// Who can see it.
    pub audience: Audience,
    /// The note, the opinion's comment, or the relationship's type.
    pub text: String,
    /// The opinion, 0 to 100.
    pub opinion: Option<i64>,
    /// What a relationship points to.
    pub related: Option<Related>,
    /// May be changed and deleted.
    pub can_edit: bool,
    /// There are replies that are not shown.
    pub cut: bool,
    /// Who may see it, to choose from.
    pub distribution: Vec<Choice>,
}

impl Entry {
    /// The opinion in a word.
    fn stance(&self) -> &'static str {
        match self.opinion {
            Some(0..=20) => "strongly disagrees",
            Some(21..=40) => "disagrees",
            Some(41..=60) => "is neutral",
            Some(61..=80) => "agrees",
            _ => "strongly agrees",
        }
    }
}

/// The other end of a relationship.
#[derive(Clone, Debug, Default)]
pub struct Related {
    /// `event`, `ip-dst`, …
    pub label: String,
    /// Title or value; the uuid of what is not visible.
    pub text: String,
    /// Where it is, if it has a page.
    pub href: Option<ListUrl>,
}

/// How many hang on an attribute, in its row.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "analyst_data/marker.html")]
pub struct Marker {
    /// The attribute's uuid.
    pub uuid: String,
    /// How many.
    pub count: Count,
    /// Sent beside something else, to be put where it belongs.
    pub out_of_band: bool,
}

impl HtmlSafe for Marker {}

/// A thread as a page of its own, for those who come without a script or by a link.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "analyst_data/page.html")]
pub struct ThreadPage {
    /// The frame.
    pub frame: Frame,
    /// What it is about.
    pub title: String,
    /// Where that is.
    pub back: Option<ListUrl>,
    /// The thread.
    pub thread: Thread,
}
