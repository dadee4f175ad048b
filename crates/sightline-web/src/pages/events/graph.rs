//! What an event shares with others, drawn: its values on the left, the other events on the right.

use crate::layout::Frame;
use crate::pages::list::ListUrl;
use crate::pages::moment::Count;
use askama::Template;

/// Height of a row, so that a finger hits it.
const ROW: usize = 28;
/// Where the lines leave the values and reach the events.
const FROM: usize = 400;
const TO: usize = 560;
const WIDTH: usize = 960;
/// Characters of a label that fit.
const LABEL: usize = 48;

/// `GET /events/graph/{id}`.
#[derive(Clone, Debug, Template)]
#[template(path = "events/graph.html")]
pub struct EventGraphPage {
    /// The frame.
    pub frame: Frame,
    /// The event.
    pub id: i64,
    /// Its title.
    pub info: String,
    /// The values that it shares.
    pub values: Vec<GraphValue>,
    /// The events that it shares them with.
    pub others: Vec<GraphEvent>,
    /// Positions of a value and of an event that holds it, too.
    pub lines: Vec<(usize, usize)>,
    /// There would be more.
    pub cut_off: bool,
}

/// A shared value.
#[derive(Clone, Debug)]
pub struct GraphValue {
    /// Its type.
    pub kind: String,
    /// The value.
    pub value: String,
    /// The attributes with the value.
    pub list: ListUrl,
}

/// An event that holds a value, too.
#[derive(Clone, Debug)]
pub struct GraphEvent {
    /// Its id.
    pub id: i64,
    /// Its title.
    pub info: String,
    /// Who made it.
    pub org: String,
    /// Its date.
    pub date: String,
    /// How many of the values it holds.
    pub shared: Count,
}

/// The beginning of a text.
fn short(text: &str) -> String {
    if text.chars().count() <= LABEL {
        return text.to_owned();
    }
    let mut start: String = text.chars().take(LABEL - 1).collect();
    start.push('…');
    start
}

impl EventGraphPage {
    fn width(&self) -> usize {
        WIDTH
    }

    fn from(&self) -> usize {
        FROM
    }

    fn to(&self) -> usize {
        TO
    }

    fn height(&self) -> usize {
        self.values.len().max(self.others.len()) * ROW
    }

    /// The middle of a row of one of two columns, the shorter of which stands in the middle of the other.
    fn middle(&self, at: &usize, rows: usize) -> usize {
        let all = self.values.len().max(self.others.len());
        all.saturating_sub(rows) * ROW / 2 + at * ROW + ROW / 2
    }

    fn value_y(&self, at: &usize) -> usize {
        self.middle(at, self.values.len())
    }

    fn event_y(&self, at: &usize) -> usize {
        self.middle(at, self.others.len())
    }
}

impl GraphValue {
    fn label(&self) -> String {
        short(&self.value)
    }
}

impl GraphEvent {
    fn label(&self) -> String {
        short(&self.info)
    }
}
