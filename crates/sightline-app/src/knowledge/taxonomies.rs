//! Loading a taxonomy: it, the tags that it makes, and what those of them that exist look like.

use super::load::{File, Outcome, broken};
use crate::Ctx;
use sightline_core::AppResult;
use sightline_core::ids::TaxonomyId;
use sightline_db::{Tx, tags, taxonomies};
use sightline_knowledge::library::TaxonomyFile;
use sightline_misp::records::{Taxonomy, TaxonomyTag};

pub(super) async fn load(ctx: &Ctx, mut file: File) -> AppResult<Outcome> {
    let parsed: TaxonomyFile = match file.parse().await? {
        Ok(parsed) => parsed,
        Err(problem) => return broken(ctx, file, problem.to_string()).await,
    };
    ctx.write(move |ctx, tx| {
        let stored = if parsed.is_for_events() {
            store(tx, &parsed)?
        } else {
            None
        };
        file.keep(tx, ctx.now(), stored.unwrap_or_default().0)?;
        Ok(if stored.is_some() {
            Outcome::Loaded
        } else {
            Outcome::Kept
        })
    })
    .await
}

/// Writes a taxonomy unless one as new is there.
pub(crate) fn store(tx: &mut Tx<'_>, file: &TaxonomyFile) -> AppResult<Option<TaxonomyId>> {
    let known = taxonomies::by_namespace(tx, &file.namespace)?;
    if known.is_some_and(|known| known.version >= file.version) {
        return Ok(None);
    }
    let made: Vec<TaxonomyTag> = file
        .entries()
        .into_iter()
        .map(|entry| TaxonomyTag {
            tag: entry.tag,
            predicate: entry.predicate,
            expanded: entry.expanded,
            description: entry.description,
            colour: entry.colour,
            numerical_value: entry.numerical_value.map(|number| number.to_string()),
            exclusive_predicate: entry.exclusive_predicate,
        })
        .collect();
    let new = Taxonomy {
        namespace: file.namespace.clone(),
        description: file.description.clone(),
        version: file.version,
        exclusive: file.exclusive,
        ..Taxonomy::default()
    };
    let content = serde_json::to_string(file).map_err(sightline_core::AppError::internal)?;
    let id = taxonomies::put(tx, &new, &content, &made)?;
    refresh(tx, &made)?;
    Ok(Some(id))
}

/// Gives the tags that exist the spelling, the colour and the weight that their taxonomy says now.
fn refresh(tx: &mut Tx<'_>, made: &[TaxonomyTag]) -> AppResult<()> {
    let names: Vec<String> = made.iter().map(|tag| tag.tag.clone()).collect();
    let existing = tags::by_names(tx, &names)?;
    for (mut tag, says) in existing.into_iter().filter_map(|tag| {
        let says = made.iter().find(|made| made.tag == tag.name).or_else(|| {
            made.iter()
                .find(|made| crate::tags::is_same_name(&made.tag, &tag.name))
        })?;
        Some((tag, says))
    }) {
        // A spelling that another tag has already is left to whoever merges the two.
        if !names.contains(&tag.name) && tags::by_names(tx, std::slice::from_ref(&says.tag))?.len() == 1 {
            tag.name.clone_from(&says.tag);
        }
        tag.colour.clone_from(&says.colour);
        if let Some(number) = says.numerical_value.as_deref().and_then(|text| text.parse().ok()) {
            tag.numerical_value = Some(number);
        }
        tags::update(tx, &tag)?;
    }
    Ok(())
}
