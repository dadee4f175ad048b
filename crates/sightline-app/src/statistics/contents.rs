//! What there is: attributes by type and category, tags, sightings.

use crate::{Ctx, sightings, tags as app_tags};
use sightline_core::AppResult;
use sightline_core::ids::OrgId;
use sightline_db::organisations;
use sightline_db::statistics::{self, By};
use sightline_misp::types::{AttributeType, Category};
use std::collections::BTreeMap;

/// Name of a type or category -> number of attributes, by name.
pub async fn attributes(ctx: &Ctx, by: By) -> AppResult<BTreeMap<String, i64>> {
    let mut counts = BTreeMap::new();
    for (_, code, count) in counted_by(ctx, by).await? {
        *counts.entry(name_of(by, code)).or_insert(0) += count;
    }
    Ok(counts)
}

async fn counted_by(ctx: &Ctx, by: By) -> AppResult<Vec<(OrgId, i64, i64)>> {
    let key = (ctx.visible(), by);
    ctx.counted(&ctx.platform.counts.attributes_by, key, move |ctx, tx| {
        Ok(statistics::attributes_by(tx, ctx.visible(), by)?)
    })
    .await
}

fn name_of(by: By, code: i64) -> String {
    let name = match by {
        By::Type => AttributeType::from_code(code).map(AttributeType::name),
        By::Category => Category::from_code(code).map(Category::name),
    };
    name.unwrap_or_default().to_owned()
}

/// The types of one organisation's attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram {
    /// The organisation; `None` for all together.
    pub org: Option<String>,
    /// Type -> number of attributes, by name.
    pub types: BTreeMap<String, i64>,
    /// Of all types.
    pub total: i64,
}

/// Of all organisations together, then of each, the largest first.
pub async fn histogram(ctx: &Ctx) -> AppResult<Vec<Histogram>> {
    let counts = counted_by(ctx, By::Type).await?;
    ctx.read(|_, tx| {
        let mut by_org: BTreeMap<OrgId, BTreeMap<String, i64>> = BTreeMap::new();
        let mut all = BTreeMap::new();
        for (org, code, count) in counts {
            let name = name_of(By::Type, code);
            *all.entry(name.clone()).or_insert(0) += count;
            *by_org.entry(org).or_default().entry(name).or_insert(0) += count;
        }
        let ids: Vec<i64> = by_org.keys().map(|org| org.0).collect();
        let names = organisations::refs(tx, &ids)?;
        let made = |org: Option<String>, types: BTreeMap<String, i64>| Histogram {
            org,
            total: types.values().sum(),
            types,
        };
        let mut each: Vec<Histogram> = by_org
            .into_iter()
            .map(|(org, types)| {
                let name = names.iter().find(|known| known.id == org);
                made(
                    Some(name.map(|known| known.name.clone()).unwrap_or_default()),
                    types,
                )
            })
            .collect();
        each.sort_by_key(|histogram| std::cmp::Reverse(histogram.total));
        each.insert(0, made(None, all));
        Ok(each)
    })
    .await
}

/// Name and number of events of every tag in use, most used first.
pub async fn tags(ctx: &Ctx) -> AppResult<Vec<(String, i64)>> {
    Ok(app_tags::statistics(ctx, false).await?.0)
}

/// Where sightings come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// Source and number of its sightings, most first.
    pub top: Vec<(String, i64)>,
    /// Event -> number of sightings that name a source.
    pub events: BTreeMap<i64, i64>,
}

/// Sources of the sightings that the caller is shown.
pub async fn sources(ctx: &Ctx) -> AppResult<Sources> {
    let mut found = Sources::default();
    let mut by_source: BTreeMap<String, i64> = BTreeMap::new();
    for (source, event, count) in sightings::counts_by_source(ctx).await? {
        *by_source.entry(source).or_insert(0) += count;
        *found.events.entry(event.0).or_insert(0) += count;
    }
    found.top = by_source.into_iter().collect();
    found.top.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    Ok(found)
}
