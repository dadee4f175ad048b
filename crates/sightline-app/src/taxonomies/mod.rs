//! Taxonomies (spec 07 section 1): reading them, what people set on them, the tags that are made of them, and which tags
//! exclude each other. Their files are loaded by `knowledge`.

mod exclusive;
mod manage;
mod tags;
#[cfg(test)]
mod tests;

pub(crate) use exclusive::excludes;
pub use exclusive::{Conflict, Conflicts, conflicts};
pub use manage::{delete, import, normalise, set_enabled, set_highlighted, set_required};
pub use sightline_db::taxonomies::{Counted, Filter};
pub use tags::{make, set_hidden};

use crate::Ctx;
use crate::tags::{is_same_name, lister, may_see};
use sightline_core::ids::{TagId, TaxonomyId};
use sightline_core::limits::PAGE_ROWS_MAX;
use sightline_core::{AppError, AppResult};
use sightline_db::{Tx, tags as tag_rows, taxonomies};
use sightline_misp::fold::fold;
use sightline_misp::records::{Tag, Taxonomy, TaxonomyTag};
use std::collections::HashMap;

/// How a request names a taxonomy: digits are an id, anything else a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaxonomyKey {
    /// The row's id.
    Id(TaxonomyId),
    /// What its tags begin with.
    Namespace(String),
}

impl TaxonomyKey {
    /// Reads what stands in a URL.
    pub fn parse(text: &str) -> Self {
        text.parse().map_or_else(
            |_| Self::Namespace(text.to_owned()),
            |id| Self::Id(TaxonomyId(id)),
        )
    }

    fn find(&self, tx: &mut Tx<'_>) -> AppResult<Taxonomy> {
        let found = match self {
            Self::Id(id) => taxonomies::by_id(tx, *id)?,
            Self::Namespace(namespace) => taxonomies::by_namespace(tx, namespace)?,
        };
        found.ok_or_else(|| AppError::not_found("Taxonomy not found."))
    }
}

/// A tag that a taxonomy makes, and what is known of it here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What the taxonomy says.
    pub says: TaxonomyTag,
    /// The tag, when it exists and the caller may see it.
    pub existing: Option<Tag>,
    /// Visible events that have it.
    pub events: i64,
    /// Visible attributes that have it.
    pub attributes: i64,
}

/// A taxonomy with its tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// The taxonomy.
    pub taxonomy: Taxonomy,
    /// Its tags, in its order.
    pub entries: Vec<Entry>,
}

/// A page, from 1, of the taxonomies, and how many there are in all.
pub async fn index(ctx: &Ctx, filter: Filter, page: u32, limit: u32) -> AppResult<(Vec<Counted>, i64)> {
    let limit = limit.clamp(1, PAGE_ROWS_MAX);
    let offset = i64::from(page.saturating_sub(1)) * i64::from(limit);
    ctx.read(move |ctx, tx| Ok(taxonomies::list(tx, lister(ctx), &filter, limit, offset)?))
        .await
}

/// A taxonomy with its tags, uncounted.
pub async fn view(ctx: &Ctx, key: TaxonomyKey) -> AppResult<Whole> {
    ctx.read(move |ctx, tx| {
        let taxonomy = key.find(tx)?;
        whole(ctx, tx, taxonomy)
    })
    .await
}

/// A taxonomy with those of its tags that contain a text, by name, and how often the caller sees each.
pub async fn usage(ctx: &Ctx, key: TaxonomyKey, filter: Option<String>) -> AppResult<Whole> {
    ctx.read(move |ctx, tx| {
        let taxonomy = key.find(tx)?;
        let mut found = whole(ctx, tx, taxonomy)?;
        if let Some(text) = filter.map(|text| text.to_lowercase()) {
            found
                .entries
                .retain(|entry| entry.says.tag.to_lowercase().contains(&text));
        }
        found
            .entries
            .sort_by_cached_key(|entry| entry.says.tag.to_lowercase());
        count(ctx, tx, &mut found.entries)?;
        Ok(found)
    })
    .await
}

/// What tags mean, in the words of their taxonomies.
#[derive(Clone, Debug, Default)]
pub struct Meanings(HashMap<String, String>);

impl Meanings {
    /// What a tag means; `None` when no taxonomy makes it.
    pub fn of(&self, name: &str) -> Option<&str> {
        self.0.get(&fold(name)).map(String::as_str)
    }
}

/// What these tags mean.
pub async fn meanings(ctx: &Ctx, names: Vec<String>) -> AppResult<Meanings> {
    ctx.read(move |_, tx| {
        let said = taxonomies::tags_of_names(tx, &names)?;
        Ok(Meanings(
            said.into_iter()
                .map(|says| (fold(&says.tag), says.expanded))
                .collect(),
        ))
    })
    .await
}

/// The file of a taxonomy.
pub async fn export(ctx: &Ctx, key: TaxonomyKey) -> AppResult<String> {
    ctx.read(move |_, tx| {
        let taxonomy = key.find(tx)?;
        taxonomies::content(tx, taxonomy.id)?.ok_or_else(|| AppError::not_found("Taxonomy not found."))
    })
    .await
}

fn whole(ctx: &Ctx, tx: &mut Tx<'_>, taxonomy: Taxonomy) -> AppResult<Whole> {
    let said = taxonomies::tags(tx, taxonomy.id)?;
    let names: Vec<String> = said.iter().map(|says| says.tag.clone()).collect();
    let mut existing = tag_rows::by_names(tx, &names)?;
    existing.retain(|tag| may_see(ctx, tag));
    let entries = said
        .into_iter()
        .map(|says| Entry {
            existing: of_name(&existing, &says.tag),
            says,
            events: 0,
            attributes: 0,
        })
        .collect();
    Ok(Whole { taxonomy, entries })
}

/// The tag of this name; of several that differ in case the one that is spelled so, else the oldest.
fn of_name(tags: &[Tag], name: &str) -> Option<Tag> {
    tags.iter()
        .find(|tag| tag.name == name)
        .or_else(|| tags.iter().find(|tag| is_same_name(&tag.name, name)))
        .cloned()
}

fn count(ctx: &Ctx, tx: &mut Tx<'_>, entries: &mut [Entry]) -> AppResult<()> {
    let ids: Vec<i64> = entries
        .iter()
        .filter_map(|entry| entry.existing.as_ref())
        .map(|tag| tag.id.0)
        .collect();
    let events: HashMap<TagId, i64> = tag_rows::event_counts(tx, ctx.visible(), Some(&ids))?
        .into_iter()
        .collect();
    let attributes: HashMap<TagId, i64> = tag_rows::attribute_counts(tx, ctx.visible(), Some(&ids))?
        .into_iter()
        .collect();
    for entry in entries {
        if let Some(tag) = &entry.existing {
            entry.events = events.get(&tag.id).copied().unwrap_or(0);
            entry.attributes = attributes.get(&tag.id).copied().unwrap_or(0);
        }
    }
    Ok(())
}
