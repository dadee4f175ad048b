//! Making the tags of a taxonomy, and hiding them.

use super::manage::{find, record};
use super::of_name;
use crate::Ctx;
use crate::tags::{may_see, require_tagger};
use serde_json::json;
use sightline_core::ids::TaxonomyId;
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::{Tx, tags, taxonomies};
use sightline_misp::records::{Tag, Taxonomy, TaxonomyTag};

/// Makes the named tags of a taxonomy, all of them when none is named, and shows those that were hidden.
pub async fn make(ctx: &Ctx, id: TaxonomyId, names: Option<Vec<String>>) -> AppResult<()> {
    ctx.require(Permission::SiteAdmin)?;
    ctx.write(move |ctx, tx| {
        let taxonomy = find(tx, id)?;
        let wanted = wanted(tx, &taxonomy, names.as_deref())?;
        let existing = existing(tx, &wanted)?;
        let mut made = Vec::new();
        for says in &wanted {
            match of_name(&existing, &says.tag) {
                Some(tag) if tag.hide_tag => {
                    tags::update(
                        tx,
                        &Tag {
                            hide_tag: false,
                            ..tag
                        },
                    )?;
                    made.push(&says.tag);
                }
                Some(_) => {}
                None => {
                    tags::insert(tx, &new(says))?;
                    made.push(&says.tag);
                }
            }
        }
        if made.is_empty() {
            return Ok(());
        }
        record(ctx, tx, "add_tags", &taxonomy, json!({"tags": made}))
    })
    .await
}

fn new(says: &TaxonomyTag) -> Tag {
    Tag {
        name: says.tag.clone(),
        colour: says.colour.clone(),
        exportable: true,
        numerical_value: says
            .numerical_value
            .as_deref()
            .and_then(|number| number.parse().ok()),
        ..Tag::default()
    }
}

/// Hides the named tags of a taxonomy, all of them when none is named, or shows them again. Who only tags can hide no
/// tag that is kept from them.
pub async fn set_hidden(
    ctx: &Ctx,
    id: TaxonomyId,
    names: Option<Vec<String>>,
    hidden: bool,
) -> AppResult<()> {
    require_tagger(ctx)?;
    ctx.write(move |ctx, tx| {
        let taxonomy = find(tx, id)?;
        hide(ctx, tx, &taxonomy, names.as_deref(), hidden)
    })
    .await
}

pub(super) fn hide(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    taxonomy: &Taxonomy,
    names: Option<&[String]>,
    hidden: bool,
) -> AppResult<()> {
    let wanted = wanted(tx, taxonomy, names)?;
    let mut changed = Vec::new();
    for tag in existing(tx, &wanted)? {
        if tag.hide_tag != hidden && may_see(ctx, &tag) {
            let tag = Tag {
                hide_tag: hidden,
                ..tag
            };
            tags::update(tx, &tag)?;
            changed.push(tag.name);
        }
    }
    if changed.is_empty() {
        return Ok(());
    }
    let action = if hidden { "hide_tags" } else { "show_tags" };
    record(ctx, tx, action, taxonomy, json!({"tags": changed}))
}

/// The tags that are meant; a name that the taxonomy does not make is refused.
fn wanted(tx: &mut Tx<'_>, taxonomy: &Taxonomy, names: Option<&[String]>) -> AppResult<Vec<TaxonomyTag>> {
    let mut said = taxonomies::tags(tx, taxonomy.id)?;
    if let Some(names) = names {
        if let Some(foreign) = names
            .iter()
            .find(|name| !said.iter().any(|says| crate::tags::is_same_name(&says.tag, name)))
        {
            return Err(AppError::Refused(format!(
                "Taxonomy `{}` does not make the tag `{foreign}`.",
                taxonomy.namespace
            )));
        }
        said.retain(|says| {
            names
                .iter()
                .any(|name| crate::tags::is_same_name(&says.tag, name))
        });
    }
    Ok(said)
}

fn existing(tx: &mut Tx<'_>, wanted: &[TaxonomyTag]) -> AppResult<Vec<Tag>> {
    let names: Vec<String> = wanted.iter().map(|says| says.tag.clone()).collect();
    Ok(tags::by_names(tx, &names)?)
}
