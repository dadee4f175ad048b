//! What is in a collection.

use super::manage::record;
use super::{CollectionKey, find, find_to_modify, invalid_collection};
use crate::Ctx;
use serde::Deserialize;
use serde_json::json;
use sightline_core::ids::CollectionElementId;
use sightline_core::limits::TEXT_CHARS;
use sightline_core::{AppError, AppResult, Permission, random};
use sightline_db::{Tx, collections, events};
use sightline_misp::input::Loose;
use sightline_misp::records::{Collection, CollectionElement, ElementType};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Most elements of one collection: it is read and shown whole.
const ELEMENTS: usize = 5_000;

/// An element as clients send it. Its own id and uuid are the server's; its collection is the one addressed.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields of the wire, spec 07 section 9")]
pub struct ElementIn {
    pub element_uuid: Loose,
    pub element_type: Loose,
    pub description: Loose,
}

/// A body, checked.
struct Wanted {
    uuid: Uuid,
    kind: ElementType,
    /// `None` when nothing is said.
    description: Option<String>,
}

impl ElementIn {
    /// What is meant. Without a type, an event that the caller sees tells it; whatever else has that uuid does not.
    fn wanted(&self, ctx: &Ctx, tx: &mut Tx<'_>) -> AppResult<Wanted> {
        let uuid = self
            .element_uuid
            .filled()
            .and_then(|text| Uuid::try_parse(&text).ok())
            .ok_or_else(|| AppError::field("element_uuid", "Please provide a valid RFC 4122 UUID"))?;
        let kind = match self.element_type.filled() {
            Some(word) => ElementType::parse(&word),
            None => events::by_uuid(tx, ctx.visible(), uuid)?.map(|_| ElementType::Event),
        };
        let description = self.description.text().map(|text| text.trim().to_owned());
        if description
            .as_ref()
            .is_some_and(|text| text.chars().count() > TEXT_CHARS)
        {
            return Err(AppError::field(
                "description",
                format!("The text is longer than {TEXT_CHARS} characters."),
            ));
        }
        Ok(Wanted {
            uuid,
            kind: kind.ok_or_else(|| AppError::field("element_type", "Invalid object type."))?,
            description,
        })
    }
}

/// The elements of a collection that the caller sees.
pub async fn element_list(ctx: &Ctx, key: CollectionKey) -> AppResult<Vec<CollectionElement>> {
    ctx.read(move |ctx, tx| {
        let collection = find(ctx, tx, key)?;
        Ok(collections::elements(tx, ctx.visible(), collection.id)?)
    })
    .await
}

/// Puts a record into a collection.
pub async fn add_element(ctx: &Ctx, key: CollectionKey, body: ElementIn) -> AppResult<CollectionElement> {
    ctx.require(Permission::Modify)?;
    ctx.write(move |ctx, tx| {
        let collection = find_to_modify(ctx, tx, key)?;
        let wanted = body.wanted(ctx, tx)?;
        let added = insert(tx, &collection, &wanted)?
            .ok_or_else(|| AppError::field("element_uuid", "The collection holds this element already."))?;
        require_room(tx, &collection)?;
        touch(ctx, tx, &collection)?;
        record(
            ctx,
            tx,
            "edit",
            &collection,
            json!({"elements_added": [added.element_uuid]}),
        )?;
        Ok(added)
    })
    .await
}

/// Takes a record out of its collection.
pub async fn delete_element(ctx: &Ctx, id: CollectionElementId) -> AppResult<()> {
    ctx.require(Permission::Modify)?;
    ctx.write(move |ctx, tx| {
        let element = collections::element(tx, ctx.visible(), id)?.ok_or_else(invalid_collection)?;
        let collection = find_to_modify(ctx, tx, CollectionKey::Id(element.collection_id))?;
        collections::delete_elements(tx, &[id.0])?;
        touch(ctx, tx, &collection)?;
        record(
            ctx,
            tx,
            "edit",
            &collection,
            json!({"elements_removed": [element.element_uuid]}),
        )
    })
    .await
}

fn touch(ctx: &Ctx, tx: &mut Tx<'_>, collection: &Collection) -> AppResult<()> {
    let touched = Collection {
        modified: ctx.now(),
        ..collection.clone()
    };
    Ok(collections::update(tx, &touched)?)
}

fn insert(tx: &mut Tx<'_>, collection: &Collection, wanted: &Wanted) -> AppResult<Option<CollectionElement>> {
    let mut element = CollectionElement {
        id: CollectionElementId(0),
        uuid: random::uuid(),
        element_uuid: wanted.uuid,
        element_type: wanted.kind,
        collection_id: collection.id,
        description: wanted.description.clone().unwrap_or_default(),
    };
    let Some(id) = collections::insert_element(tx, &element)? else {
        return Ok(None);
    };
    element.id = id;
    Ok(Some(element))
}

/// After all that a request brings has been put in: the collection's row is locked, so nobody else adds to it.
fn require_room(tx: &mut Tx<'_>, collection: &Collection) -> AppResult<()> {
    if collections::size(tx, collection.id)? > i64::try_from(ELEMENTS).unwrap_or(i64::MAX) {
        return Err(too_many());
    }
    Ok(())
}

fn too_many() -> AppError {
    AppError::TooLarge(format!("A collection holds at most {ELEMENTS} elements."))
}

/// Makes the elements that the caller sees those of the list. What it does not see it cannot have listed, so that stays.
pub(super) fn replace(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    collection: &Collection,
    list: &[ElementIn],
) -> AppResult<()> {
    if list.len() > ELEMENTS {
        return Err(too_many());
    }
    let held = collections::elements(tx, ctx.visible(), collection.id)?;
    let known: HashMap<Uuid, &CollectionElement> = held
        .iter()
        .map(|element| (element.element_uuid, element))
        .collect();
    let (mut kept, mut added) = (HashSet::new(), Vec::new());
    for body in list {
        let wanted = body.wanted(ctx, tx)?;
        if !kept.insert(wanted.uuid) {
            continue;
        }
        match known.get(&wanted.uuid) {
            Some(known) => {
                if let Some(description) = wanted
                    .description
                    .filter(|description| *description != known.description)
                {
                    collections::describe_element(tx, known.id, &description)?;
                }
            }
            None => added.extend(insert(tx, collection, &wanted)?.map(|element| element.element_uuid)),
        }
    }
    let gone: Vec<&CollectionElement> = held
        .iter()
        .filter(|element| !kept.contains(&element.element_uuid))
        .collect();
    let ids: Vec<i64> = gone.iter().map(|element| element.id.0).collect();
    collections::delete_elements(tx, &ids)?;
    require_room(tx, collection)?;
    if !added.is_empty() || !gone.is_empty() {
        let removed: Vec<Uuid> = gone.iter().map(|element| element.element_uuid).collect();
        record(
            ctx,
            tx,
            "edit",
            collection,
            json!({"elements_added": added, "elements_removed": removed}),
        )?;
    }
    Ok(())
}
