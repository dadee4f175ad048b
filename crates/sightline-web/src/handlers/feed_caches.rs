//! What cached feeds have in common.

use crate::http::{Answer, Input, Visit, done, page};
use crate::layout::Nav;
use crate::pages::feeds::{FeedOverlapPage, OverlapCell, OverlapRow};
use crate::pages::moment::Count;
use sightline_app::feeds::cache::{self, Compared, Scope};

pub(super) async fn compare(visit: Visit, _: Input) -> Answer {
    let compared = cache::compare(&visit.ctx).await?;
    let ids: Vec<i64> = compared.iter().map(|one| one.feed.id.0).collect();
    page(&FeedOverlapPage {
        frame: visit.frame("Overlap of feeds", Nav::Feeds),
        rows: compared.iter().map(|one| row(one, &ids)).collect(),
    })
}

fn row(compared: &Compared, columns: &[i64]) -> OverlapRow {
    let count = |number: i64| Count(u64::try_from(number).unwrap_or(0));
    let cell = |id: &i64| {
        let overlap = compared.others.iter().find(|other| other.feed.id.0 == *id)?;
        Some(OverlapCell {
            other: overlap.feed.name.clone(),
            count: count(overlap.count),
            percentage: overlap.percentage,
        })
    };
    OverlapRow {
        id: compared.feed.id.0,
        name: compared.feed.name.clone(),
        values: count(compared.values),
        cells: columns.iter().map(cell).collect(),
    }
}

pub(super) async fn cache(visit: Visit, _: Input) -> Answer {
    cache::request(&visit.ctx, Scope::All).await?;
    done(&visit, "/feeds/compareFeeds", "Feeds are being cached.")
}
