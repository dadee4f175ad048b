//! Collections (spec 07 section 9): dossiers of events and galaxy clusters, shared like events. What an
//! element says of an event is there for the collection's owner and for those who see that event.

mod elements;
mod manage;
#[cfg(test)]
mod tests;

pub use elements::{ElementIn, add_element, delete_element, element_list};
pub use manage::{CollectionIn, add, delete, edit};
pub use sightline_db::collections::Filter;

use crate::{Ctx, organisations, sharing_groups};
use sightline_core::ids::{CollectionId, OrgId};
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::{Tx, collections, events, organisations as db_organisations, sharing_groups as db_groups};
use sightline_misp::records::{Collection, CollectionElement, ElementType, Event, OrgRef, SharingGroup};
use std::collections::HashMap;
use uuid::Uuid;

/// How a request names a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CollectionKey {
    /// The row's id.
    Id(CollectionId),
    /// The uuid.
    Uuid(Uuid),
}

impl CollectionKey {
    /// Digits are an id, a uuid is a uuid, anything else names nothing.
    pub fn parse(text: &str) -> AppResult<Self> {
        if let Ok(id) = text.parse() {
            return Ok(Self::Id(CollectionId(id)));
        }
        Uuid::try_parse(text)
            .map(Self::Uuid)
            .map_err(|_| invalid_collection())
    }
}

/// What the reference says of a collection that is not there, not visible or not the caller's; the spelling is its own.
pub fn invalid_collection() -> AppError {
    AppError::NotAllowed("Invalid Collection or insuficient privileges".into())
}

/// A row of the index.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each holds what its name says")]
pub struct Listed {
    pub collection: Collection,
    /// Elements that the caller sees.
    pub elements: i64,
    pub org: OrgRef,
    pub orgc: OrgRef,
}

/// A collection with what is in it.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each holds what its name says")]
pub struct Whole {
    pub collection: Collection,
    pub elements: Vec<CollectionElement>,
    /// The events that elements name, as far as they are here.
    pub events: HashMap<Uuid, Event>,
    pub org: OrgRef,
    pub orgc: OrgRef,
    pub sharing_group: Option<SharingGroup>,
    pub may_modify: bool,
}

/// Whether the caller may change a collection: one that its organisation created (spec 05 section 6).
pub fn may_modify(ctx: &Ctx, collection: &Collection) -> bool {
    ctx.caller.is_site_admin()
        || ctx.caller.may(Permission::Modify) && collection.orgc_id == ctx.caller.org_id
}

fn find(ctx: &Ctx, tx: &mut Tx<'_>, key: CollectionKey) -> AppResult<Collection> {
    let found = match key {
        CollectionKey::Id(id) => collections::by_id(tx, ctx.visible(), id)?,
        CollectionKey::Uuid(uuid) => collections::by_uuid(tx, ctx.visible(), uuid)?,
    };
    found.ok_or_else(invalid_collection)
}

fn find_to_modify(ctx: &Ctx, tx: &mut Tx<'_>, key: CollectionKey) -> AppResult<Collection> {
    let id = find(ctx, tx, key)?.id;
    tx.lock_row("collections", id.0)?;
    // Again: what was read before the lock may be old.
    let found = find(ctx, tx, key)?;
    if may_modify(ctx, &found) {
        Ok(found)
    } else {
        Err(invalid_collection())
    }
}

/// A page, from 1, of the collections that the caller sees, and how many there are in all.
pub async fn index(ctx: &Ctx, filter: Filter, page: u32, limit: u32) -> AppResult<(Vec<Listed>, i64)> {
    let offset = i64::from(page.saturating_sub(1)) * i64::from(limit);
    ctx.read(move |ctx, tx| {
        let (found, total) = collections::list(tx, ctx.visible(), &filter, limit, offset)?;
        let ids: Vec<i64> = found.iter().map(|one| one.id.0).collect();
        let counts = collections::element_counts(tx, ctx.visible(), &ids)?;
        let orgs: Vec<i64> = found
            .iter()
            .flat_map(|one| [one.org_id.0, one.orgc_id.0])
            .collect();
        let orgs: HashMap<OrgId, OrgRef> = db_organisations::refs(tx, &orgs)?
            .into_iter()
            .map(|org| (org.id, org))
            .collect();
        let org = |id: OrgId| orgs.get(&id).cloned().unwrap_or_default();
        let listed = found.into_iter().map(|collection| Listed {
            elements: counts.get(&collection.id).copied().unwrap_or(0),
            org: org(collection.org_id),
            orgc: org(collection.orgc_id),
            collection,
        });
        Ok((listed.collect(), total))
    })
    .await
}

/// One collection with its elements.
pub async fn view(ctx: &Ctx, key: CollectionKey) -> AppResult<Whole> {
    ctx.read(move |ctx, tx| {
        let collection = find(ctx, tx, key)?;
        whole(ctx, tx, collection)
    })
    .await
}

fn whole(ctx: &Ctx, tx: &mut Tx<'_>, collection: Collection) -> AppResult<Whole> {
    let elements = collections::elements(tx, ctx.visible(), collection.id)?;
    let named: Vec<Uuid> = elements
        .iter()
        .filter(|element| element.element_type == ElementType::Event)
        .map(|element| element.element_uuid)
        .collect();
    let events = events::by_uuids(tx, ctx.visible(), &named)?;
    let group = match collection.sharing_group_id.0 {
        0 => None,
        id => db_groups::by_ids(tx, ctx.visible(), &[id])?.pop(),
    };
    Ok(Whole {
        elements,
        events: events.into_iter().map(|event| (event.uuid, event)).collect(),
        org: organisations::reference(tx, collection.org_id)?,
        orgc: organisations::reference(tx, collection.orgc_id)?,
        sharing_group: group,
        may_modify: may_modify(ctx, &collection),
        collection,
    })
}

/// The sharing group of a collection with distribution 4, checked; 0 for any other.
fn require_group(ctx: &Ctx, tx: &mut Tx<'_>, collection: &mut Collection) -> AppResult<()> {
    use sightline_misp::records::Distribution::SharingGroup;
    if collection.distribution != SharingGroup {
        collection.sharing_group_id = 0.into();
        return Ok(());
    }
    if collection.sharing_group_id.0 == 0 {
        return Err(AppError::field(
            "sharing_group_id",
            "If the distribution is set to \"Sharing Group\", a sharing group has to be selected.",
        ));
    }
    sharing_groups::require_choosable(ctx, tx, collection.sharing_group_id)
}
