//! How often something was seen, over time: what the page of an attribute draws.

use super::{Context, shown_to};
use crate::Ctx;
use sightline_core::AppResult;
use sightline_db::sightings;
use sightline_misp::records::SightingType;

/// Seconds in a day.
const DAY: i64 = 86_400;

/// Counts per type: sightings, false positives, expirations.
pub type Counts = [u64; 3];

/// The sightings that the caller is shown, counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// All of them, however old.
    pub total: Counts,
    /// When the first column begins, in Unix seconds.
    pub from: i64,
    /// Seconds per column.
    pub width: i64,
    /// One per column, the oldest first. The range is the administrator's setting; what lies ahead is left out.
    pub columns: Vec<Counts>,
}

/// The timeline of a visible attribute or event in so many columns.
pub async fn timeline(ctx: &Ctx, context: Context, columns: usize) -> AppResult<Timeline> {
    ctx.read(move |ctx, tx| {
        let scope = context.scope(ctx, tx)?;
        let count = i64::try_from(columns.max(1)).unwrap_or(1);
        let range = i64::from(ctx.settings().sightings.range.max(1)) * DAY;
        let width = range.div_euclid(count) + 1;
        let from = ctx.now() + 1 - width * count;
        let mut timeline = Timeline {
            total: [0; 3],
            from,
            width,
            columns: vec![[0; 3]; columns.max(1)],
        };
        for (kind, stretch, seen) in
            sightings::per_stretch(tx, ctx.visible(), shown_to(ctx), scope, from, width)?
        {
            let seen = u64::try_from(seen).unwrap_or(0);
            *of(&mut timeline.total, kind) += seen;
            let column = usize::try_from(stretch).ok();
            if let Some(column) = column.and_then(|at| timeline.columns.get_mut(at)) {
                *of(column, kind) += seen;
            }
        }
        Ok(timeline)
    })
    .await
}

fn of(counts: &mut Counts, kind: SightingType) -> &mut u64 {
    let [seen, false_positive, expired] = counts;
    match kind {
        SightingType::Sighting => seen,
        SightingType::FalsePositive => false_positive,
        SightingType::Expiration => expired,
    }
}
