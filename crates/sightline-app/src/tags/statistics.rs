//! How often each tag is used on the events that the caller sees.

use super::lister;
use crate::Ctx;
use sightline_core::AppResult;
use sightline_core::ids::TagId;
use sightline_db::tags::{self, ListFilter};
use sightline_db::taxonomies;
use sightline_knowledge::MachineTag;
use sightline_misp::records::Taxonomy;
use std::collections::{BTreeMap, HashMap};

/// Names and numbers.
pub(super) type Numbers = Vec<(String, i64)>;

/// Name and number of events of every tag in use, and the sums of all that begin with a taxonomy's namespace; most used
/// first, or by name.
pub async fn statistics(ctx: &Ctx, by_name: bool) -> AppResult<(Numbers, Numbers)> {
    let counts: HashMap<TagId, i64> = ctx
        .counted(&ctx.platform.counts.events_of_tags, ctx.visible(), |ctx, tx| {
            Ok(tags::event_counts(tx, ctx.visible(), None)?.into_iter().collect())
        })
        .await?;
    ctx.read(move |ctx, tx| {
        let mut named: Numbers = tags::list(tx, lister(ctx), &ListFilter::default())?
            .into_iter()
            .map(|tag| (tag.name, counts.get(&tag.id).copied().unwrap_or(0)))
            .collect();
        let mut sums = of_taxonomies(&taxonomies::all(tx)?, &named);
        named.retain(|(_, count)| *count > 0);
        if !by_name {
            // Stable: what is used equally often stays in the order of the names.
            named.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            sums.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        }
        Ok((named, sums))
    })
    .await
}

fn of_taxonomies(known: &[Taxonomy], tags: &[(String, i64)]) -> Numbers {
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    let spelled: HashMap<String, &Taxonomy> = known
        .iter()
        .map(|taxonomy| (taxonomy.namespace.to_lowercase(), taxonomy))
        .collect();
    for (name, count) in tags {
        let space = MachineTag::parse(name).map(|tag| tag.namespace.to_lowercase());
        if let Some(taxonomy) = space.and_then(|space| spelled.get(&space)) {
            *sums.entry(taxonomy.namespace.clone()).or_default() += count;
        }
    }
    sums.into_iter().collect()
}
