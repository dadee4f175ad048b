//! How far cached feeds hold the same values.

use crate::layout::Frame;
use crate::pages::moment::Count;
use askama::Template;

/// `GET /feeds/compareFeeds`: one row and one column for every cached feed.
#[derive(Clone, Debug, Template)]
#[template(path = "feeds/overlap.html")]
pub struct FeedOverlapPage {
    /// The frame.
    pub frame: Frame,
    /// The feeds.
    pub rows: Vec<OverlapRow>,
}

/// A feed beside all of them.
#[derive(Clone, Debug)]
pub struct OverlapRow {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// How many values it holds.
    pub values: Count,
    /// What it has in common with each; `None` for itself.
    pub cells: Vec<Option<OverlapCell>>,
}

/// What two feeds have in common.
#[derive(Clone, Debug)]
pub struct OverlapCell {
    /// The other feed.
    pub other: String,
    /// Values that both hold.
    pub count: Count,
    /// Of a hundred values of the row's feed.
    pub percentage: i64,
}

impl OverlapCell {
    /// How dark the cell is, in four steps.
    fn class(&self) -> &'static str {
        match self.percentage {
            75.. => "share-4",
            50..75 => "share-3",
            25..50 => "share-2",
            1..25 => "share-1",
            _ => "share-0",
        }
    }
}
