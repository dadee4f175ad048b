//! Who has seen an attribute, when and from where.

use crate::layout::Frame;
use crate::pages::attributes::SightingCounts;
use crate::pages::list::Pager;
use crate::pages::moment::{Count, Moment};
use askama::Template;

/// Height of the chart in units of its drawing.
const HEIGHT: u64 = 48;
/// Width of a column with its gap.
const STEP: usize = 10;

/// `GET /sightings/listSightings/{attribute id}/attribute`. Its form posts `type`, `source`, `date` to
/// `/sightings/add/{attribute id}`.
#[derive(Clone, Debug, Template)]
#[template(path = "sightings/list.html")]
pub struct SightingListPage {
    /// The frame.
    pub frame: Frame,
    /// The attribute.
    pub attribute_id: i64,
    /// Its type.
    pub kind: String,
    /// Its value.
    pub value: String,
    /// The event's id.
    pub event_id: i64,
    /// The event's title.
    pub event_info: String,
    /// How often it was seen in all.
    pub counts: SightingCounts,
    /// The last months.
    pub chart: SightingChart,
    /// Where we are.
    pub pager: Pager,
    /// The sightings, latest first.
    pub rows: Vec<SightingRow>,
    /// May add sightings.
    pub can_sight: bool,
}

/// One sighting.
#[derive(Clone, Debug, Default)]
pub struct SightingRow {
    /// Id.
    pub id: i64,
    /// When.
    pub at: Moment,
    /// Who; `None` where names are not told.
    pub org: Option<String>,
    /// Sighting, false positive, expiration.
    pub kind: SightingKind,
    /// What reported it.
    pub source: String,
    /// May be deleted.
    pub can_delete: bool,
}

/// The types in words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the three types")]
pub enum SightingKind {
    #[default]
    Seen,
    FalsePositive,
    Expiration,
}

impl SightingKind {
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Seen => "Seen",
            Self::FalsePositive => "False positive",
            Self::Expiration => "Expires",
        }
    }

    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Seen => "info",
            Self::FalsePositive => "warning",
            Self::Expiration => "muted-mark",
        }
    }
}

/// Columns of the same length of time: sightings below, false positives on top of them.
#[derive(Clone, Debug, Default)]
pub struct SightingChart {
    /// When the first column begins.
    pub from: Moment,
    /// Days per column.
    pub days: u64,
    /// Seen and false positive, the oldest first.
    pub columns: Vec<(u64, u64)>,
}

/// A rectangle of the chart.
struct Bar {
    x: usize,
    y: u64,
    height: u64,
    class: &'static str,
}

impl SightingChart {
    fn is_empty(&self) -> bool {
        self.columns.iter().all(|(seen, wrong)| seen + wrong == 0)
    }

    fn width(&self) -> usize {
        self.columns.len() * STEP
    }

    fn height(&self) -> u64 {
        HEIGHT
    }

    fn total(&self) -> Count {
        Count(self.columns.iter().map(|(seen, wrong)| seen + wrong).sum())
    }

    fn largest(&self) -> Count {
        Count(
            self.columns
                .iter()
                .map(|(seen, wrong)| seen + wrong)
                .max()
                .unwrap_or(0),
        )
    }

    /// What is there is drawn at least one unit high.
    fn bars(&self) -> Vec<Bar> {
        let largest = self.largest().0.max(1);
        let scaled = |count: u64| {
            if count == 0 {
                0
            } else {
                (count * HEIGHT / largest).max(1)
            }
        };
        let mut bars = Vec::new();
        for (place, (seen, wrong)) in self.columns.iter().enumerate() {
            let (low, high) = (scaled(*seen), scaled(*wrong));
            for (height, below, class) in [(low, 0, "seen"), (high, low, "wrong")] {
                if height > 0 {
                    bars.push(Bar {
                        x: place * STEP,
                        y: HEIGHT.saturating_sub(below + height),
                        height: height.min(HEIGHT.saturating_sub(below)),
                        class,
                    });
                }
            }
        }
        bars
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fill_the_height_and_never_leave_it() {
        let chart = SightingChart {
            columns: vec![(0, 0), (99, 1), (1, 0), (0, 100)],
            ..SightingChart::default()
        };
        let bars: Vec<_> = chart
            .bars()
            .iter()
            .map(|bar| (bar.x, bar.y, bar.height, bar.class))
            .collect();
        assert_eq!(
            bars,
            [
                (10, 1, 47, "seen"),
                (10, 0, 1, "wrong"),
                (20, 47, 1, "seen"),
                (30, 0, 48, "wrong"),
            ]
        );
        assert_eq!((chart.total().0, chart.largest().0), (201, 100));
        assert!(SightingChart::default().is_empty());
    }
}
