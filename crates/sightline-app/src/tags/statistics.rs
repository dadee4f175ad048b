//! How often each tag is used on the events that the caller sees.

use super::lister;
use crate::Ctx;
use sightline_core::AppResult;
use sightline_core::ids::TagId;
use sightline_db::tags::{self, ListFilter};
use std::collections::HashMap;

/// Name and number of events of every tag in use; most used first, or by name.
pub async fn statistics(ctx: &Ctx, by_name: bool) -> AppResult<Vec<(String, i64)>> {
    let counts: HashMap<TagId, i64> = ctx
        .counted(&ctx.platform.counts.events_of_tags, ctx.visible(), |ctx, tx| {
            Ok(tags::event_counts(tx, ctx.visible(), None)?.into_iter().collect())
        })
        .await?;
    ctx.read(move |ctx, tx| {
        let mut named: Vec<(String, i64)> = tags::list(tx, lister(ctx), &ListFilter::default())?
            .into_iter()
            .filter_map(|tag| Some((tag.name, *counts.get(&tag.id)?)))
            .collect();
        if !by_name {
            // Stable: tags used equally often stay in the order of their names.
            named.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        }
        Ok(named)
    })
    .await
}
