//! What administrators do with taxonomies: switching, requiring, highlighting, importing, deleting, and mending the
//! spelling of tags.

use super::tags::hide;
use super::{TaxonomyKey, Whole, whole};
use crate::Ctx;
use crate::knowledge::store_taxonomy;
use serde_json::{Value, json};
use sightline_core::ids::TaxonomyId;
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::audit::Change;
use sightline_db::{Tx, knowledge_files, tags, taxonomies};
use sightline_knowledge::library::{TaxonomyFile, parse};
use sightline_misp::records::{Tag, Taxonomy};
use std::collections::HashSet;

/// What the reference says when there is no such taxonomy.
fn invalid() -> AppError {
    AppError::Refused("Invalid taxonomy.".into())
}

/// The taxonomy, to change it.
pub(super) fn find(tx: &mut Tx<'_>, id: TaxonomyId) -> AppResult<Taxonomy> {
    tx.lock_row("taxonomies", id.0)?;
    taxonomies::by_id(tx, id)?.ok_or_else(invalid)
}

/// Offers its tags, or no longer; then they are hidden, too.
pub async fn set_enabled(ctx: &Ctx, id: TaxonomyId, enabled: bool) -> AppResult<()> {
    ctx.require(Permission::SiteAdmin)?;
    ctx.write(move |ctx, tx| {
        let before = find(tx, id)?;
        if !enabled {
            hide(ctx, tx, &before, None, true)?;
        }
        let after = Taxonomy {
            enabled,
            ..before.clone()
        };
        change(
            ctx,
            tx,
            if enabled { "enable" } else { "disable" },
            &before,
            &after,
        )
    })
    .await
}

/// Says whether an event without any of its tags may be published; `None` says the contrary of now.
pub async fn set_required(ctx: &Ctx, id: TaxonomyId, required: Option<bool>) -> AppResult<()> {
    ctx.require(Permission::SiteAdmin)?;
    ctx.write(move |ctx, tx| {
        let before = find(tx, id)?;
        let after = Taxonomy {
            required: required.unwrap_or(!before.required),
            ..before.clone()
        };
        change(ctx, tx, "edit", &before, &after)
    })
    .await
}

/// Says whether its tags stand out; `None` says the contrary of now.
pub async fn set_highlighted(ctx: &Ctx, id: TaxonomyId, highlighted: Option<bool>) -> AppResult<()> {
    ctx.require(Permission::SiteAdmin)?;
    ctx.write(move |ctx, tx| {
        let before = find(tx, id)?;
        let after = Taxonomy {
            highlighted: highlighted.unwrap_or(!before.highlighted),
            ..before.clone()
        };
        change(ctx, tx, "edit", &before, &after)
    })
    .await
}

fn change(ctx: &Ctx, tx: &mut Tx<'_>, action: &str, before: &Taxonomy, after: &Taxonomy) -> AppResult<()> {
    if before == after {
        return Ok(());
    }
    taxonomies::set_flags(tx, after)?;
    let flags = |taxonomy: &Taxonomy| {
        crate::changes::fields(json!({
            "enabled": taxonomy.enabled,
            "required": taxonomy.required,
            "highlighted": taxonomy.highlighted,
        }))
    };
    record(
        ctx,
        tx,
        action,
        after,
        crate::changes::between(&flags(before), &flags(after)),
    )
}

pub(super) fn record(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    action: &str,
    taxonomy: &Taxonomy,
    fields: Value,
) -> AppResult<()> {
    ctx.audit(
        tx,
        &Change {
            action,
            model: "Taxonomy",
            id: taxonomy.id.0,
            title: &taxonomy.namespace,
            event: None,
            fields,
        },
    )
}

/// Removes a taxonomy; the tags that were made of it stay. The next update brings it back, when a source has it.
pub async fn delete(ctx: &Ctx, id: TaxonomyId) -> AppResult<()> {
    ctx.require(Permission::SiteAdmin)?;
    ctx.write(move |ctx, tx| {
        let taxonomy = find(tx, id)?;
        taxonomies::delete(tx, id)?;
        knowledge_files::forget(tx, "taxonomies", id.0)?;
        record(ctx, tx, "delete", &taxonomy, json!({"version": taxonomy.version}))
    })
    .await
}

/// Writes a taxonomy from the content of its file, in place of an older one of its namespace.
pub async fn import(ctx: &Ctx, content: Value) -> AppResult<Whole> {
    ctx.require(Permission::SiteAdmin)?;
    let file: TaxonomyFile = parse(content.to_string().as_bytes())
        .map_err(|problem| AppError::Refused(format!("Invalid taxonomy: {problem}")))?;
    if !file.is_for_events() {
        return Err(AppError::Refused(
            "Invalid taxonomy: `type` does not name `event`.".into(),
        ));
    }
    ctx.write(move |ctx, tx| {
        let key = TaxonomyKey::Namespace(file.namespace.clone());
        if store_taxonomy(tx, &file)?.is_none() {
            return Err(AppError::Refused(format!(
                "Taxonomy `{}` is here in version {} or newer.",
                file.namespace, file.version
            )));
        }
        let taxonomy = key.find(tx)?;
        record(ctx, tx, "import", &taxonomy, json!({"version": taxonomy.version}))?;
        whole(ctx, tx, taxonomy)
    })
    .await
}

/// Spells the tags that differ from a taxonomy's only in case as it does; how many were changed. One whose right spelling
/// is taken by another tag stays: attached tags are not moved between tags here.
pub async fn normalise(ctx: &Ctx) -> AppResult<usize> {
    ctx.require(Permission::SiteAdmin)?;
    ctx.write(move |ctx, tx| {
        let mut changed = 0;
        for taxonomy in taxonomies::all(tx)? {
            let names: Vec<String> = taxonomies::tags(tx, taxonomy.id)?
                .into_iter()
                .map(|says| says.tag)
                .collect();
            let existing = tags::by_names(tx, &names)?;
            let taken: HashSet<String> = existing.iter().map(|tag| tag.name.clone()).collect();
            let right: HashSet<&String> = names.iter().collect();
            for tag in existing.into_iter().filter(|tag| !right.contains(&tag.name)) {
                let spelling = names
                    .iter()
                    .find(|name| crate::tags::is_same_name(name, &tag.name) && !taken.contains(*name));
                if let Some(name) = spelling {
                    rename(ctx, tx, tag, name)?;
                    changed += 1;
                }
            }
        }
        Ok(changed)
    })
    .await
}

fn rename(ctx: &Ctx, tx: &mut Tx<'_>, mut tag: Tag, name: &str) -> AppResult<()> {
    let before = std::mem::replace(&mut tag.name, name.to_owned());
    tags::update(tx, &tag)?;
    ctx.audit(
        tx,
        &Change {
            action: "edit",
            model: "Tag",
            id: tag.id.0,
            title: &tag.name,
            event: None,
            fields: json!({"name": [before, name]}),
        },
    )
}
