//! Tag collections (spec 07 section 9): bundles of tags under one name, for an organisation or for all.

mod manage;
#[cfg(test)]
mod tests;

pub use manage::{Imported, TagCollectionIn, add, add_tags, delete, edit, import, remove_tag};
pub use sightline_db::tag_collections::Filter;

use crate::{Ctx, tags};
use sightline_core::ids::{OrgId, TagCollectionId};
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::tags::Lister;
use sightline_db::{Tx, organisations as db_organisations, tag_collections};
use sightline_misp::records::{OrgRef, TagCollection, TagCollectionTag};
use std::collections::HashMap;

/// A bundle with its tags, as far as the caller may see them, and its organisation.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(missing_docs, reason = "each holds what its name says")]
pub struct Whole {
    pub collection: TagCollection,
    pub tags: Vec<TagCollectionTag>,
    pub org: OrgRef,
}

/// What is said of a bundle that is not there or not visible.
pub fn invalid_collection() -> AppError {
    AppError::not_found("Invalid tag collection.")
}

/// Whether the caller may change a bundle that it sees: an editor of tags of its organisation.
pub fn may_edit(ctx: &Ctx, collection: &TagCollection) -> bool {
    ctx.caller.is_site_admin()
        || ctx.caller.may(Permission::TagEditor) && collection.org_id == ctx.caller.org_id
}

/// A page, from 1, of the bundles that the caller sees, and how many there are in all.
pub async fn index(ctx: &Ctx, filter: Filter, page: u32, limit: u32) -> AppResult<(Vec<Whole>, i64)> {
    let offset = i64::from(page.saturating_sub(1)) * i64::from(limit);
    ctx.read(move |ctx, tx| {
        let lister = tags::lister(ctx);
        let (found, total) = tag_collections::list(tx, lister, &filter, limit, offset)?;
        Ok((whole(tx, lister, found)?, total))
    })
    .await
}

/// One bundle.
pub async fn view(ctx: &Ctx, id: TagCollectionId) -> AppResult<Whole> {
    ctx.read(move |ctx, tx| look_up(ctx, tx, id)?.ok_or_else(invalid_collection))
        .await
}

/// The bundle, if the caller sees it.
pub fn look_up(ctx: &Ctx, tx: &mut Tx<'_>, id: TagCollectionId) -> AppResult<Option<Whole>> {
    let lister = tags::lister(ctx);
    let found = tag_collections::by_id(tx, lister, id)?;
    Ok(whole(tx, lister, found.into_iter().collect())?.pop())
}

fn whole(tx: &mut Tx<'_>, lister: Lister, found: Vec<TagCollection>) -> AppResult<Vec<Whole>> {
    let ids: Vec<i64> = found.iter().map(|collection| collection.id.0).collect();
    let mut tags: HashMap<TagCollectionId, Vec<TagCollectionTag>> = HashMap::new();
    for row in tag_collections::tags_of(tx, lister, &ids)? {
        tags.entry(row.collection_id).or_default().push(row);
    }
    let orgs: Vec<i64> = found.iter().map(|collection| collection.org_id.0).collect();
    let orgs: HashMap<OrgId, OrgRef> = db_organisations::refs(tx, &orgs)?
        .into_iter()
        .map(|org| (org.id, org))
        .collect();
    Ok(found
        .into_iter()
        .map(|collection| Whole {
            tags: tags.remove(&collection.id).unwrap_or_default(),
            org: orgs.get(&collection.org_id).cloned().unwrap_or_default(),
            collection,
        })
        .collect())
}

/// The bundle, if the caller may change it. One that it only sees is refused, one that it does not see is not there.
fn find_to_edit(ctx: &Ctx, tx: &mut Tx<'_>, id: TagCollectionId) -> AppResult<TagCollection> {
    tx.lock_row("tag_collections", id.0)?;
    let found = tag_collections::by_id(tx, tags::lister(ctx), id)?.ok_or_else(invalid_collection)?;
    if may_edit(ctx, &found) {
        Ok(found)
    } else {
        Err(AppError::Forbidden(
            "You do not have permission to do that.".into(),
        ))
    }
}
