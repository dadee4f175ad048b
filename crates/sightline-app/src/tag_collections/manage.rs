//! Adding, editing and deleting bundles, putting tags in and taking them out, and importing what another instance lists.

use super::{Whole, find_to_edit, invalid_collection, look_up};
use crate::tags::{self, TagKey};
use crate::{Ctx, changes};
use serde::Deserialize;
use serde_json::{Value, json};
use sightline_core::ids::{TagCollectionId, TagId};
use sightline_core::limits::{NAME_CHARS, TEXT_CHARS};
use sightline_core::{AppError, AppResult, FieldErrors, Permission, random};
use sightline_db::audit::Change;
use sightline_db::{Tx, tag_collections};
use sightline_misp::input::{Loose, LooseList, TagIn};
use sightline_misp::records::{Tag, TagCollection};
use uuid::Uuid;

/// Most tags of one bundle: attaching it is one transaction.
const TAGS: usize = 500;
/// Most bundles in one import.
const IMPORTED: usize = 500;

/// A bundle as clients send it. Organisation and user are the caller's, whatever is said.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields of the wire, spec 07 section 9")]
pub struct TagCollectionIn {
    pub uuid: Loose,
    pub name: Loose,
    pub description: Loose,
    pub all_orgs: Loose,
    /// By [`import`] only.
    #[serde(rename = "TagCollectionTag")]
    pub tags: LooseList<MemberIn>,
    /// The tags that the caller wants in it, by name; not on the wire, where tags are put in and taken out one by one.
    #[serde(skip)]
    pub names: Option<Vec<String>>,
}

/// A tag of an imported bundle.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct MemberIn {
    /// The tag, by name.
    #[serde(rename = "Tag")]
    pub tag: Option<TagIn>,
}

impl TagCollectionIn {
    fn apply(&self, collection: &mut TagCollection) -> AppResult<()> {
        let mut errors = FieldErrors::default();
        if let Some(name) = self.name.text() {
            name.trim().clone_into(&mut collection.name);
        }
        if let Some(description) = self.description.text() {
            description.trim().clone_into(&mut collection.description);
        }
        match self.all_orgs.flag() {
            Some(all) => collection.all_orgs = all,
            None if !self.all_orgs.is_given() => {}
            None => errors.add("all_orgs", "The value has to be a boolean (true, false, 0 or 1)."),
        }
        if collection.name.is_empty() {
            errors.add("name", "Name cannot be empty.");
        } else if collection.name.chars().count() > NAME_CHARS {
            errors.add(
                "name",
                format!("The name is longer than {NAME_CHARS} characters."),
            );
        }
        if collection.description.chars().count() > TEXT_CHARS {
            errors.add(
                "description",
                format!("The description is longer than {TEXT_CHARS} characters."),
            );
        }
        errors.into_result()
    }

    /// The uuid that the body names, or a new one.
    fn uuid(&self) -> AppResult<Uuid> {
        match self.uuid.filled() {
            None => Ok(random::uuid()),
            Some(text) => Uuid::try_parse(&text)
                .map_err(|_| AppError::field("uuid", "Please provide a valid RFC 4122 UUID")),
        }
    }
}

/// Adds a bundle of the caller's organisation.
pub async fn add(ctx: &Ctx, body: TagCollectionIn) -> AppResult<Whole> {
    ctx.require(Permission::TagEditor)?;
    ctx.write(move |ctx, tx| {
        let id = insert(ctx, tx, &body)?;
        if let Some(names) = &body.names {
            let collection = find_to_edit(ctx, tx, id)?;
            set_tags(ctx, tx, &collection, names)?;
        }
        look_up(ctx, tx, id)?.ok_or_else(invalid_collection)
    })
    .await
}

fn insert(ctx: &Ctx, tx: &mut Tx<'_>, body: &TagCollectionIn) -> AppResult<TagCollectionId> {
    let mut new = TagCollection {
        uuid: body.uuid()?,
        org_id: ctx.caller.org_id,
        user_id: ctx.caller.user_id,
        ..TagCollection::default()
    };
    body.apply(&mut new)?;
    if tag_collections::uuid_exists(tx, new.uuid)? {
        return Err(AppError::field("uuid", "The UUID provided is not unique"));
    }
    new.id = tag_collections::insert(tx, &new)?;
    record(ctx, tx, "add", &new, columns(&new))?;
    Ok(new.id)
}

/// Changes name, description and who may use it, as far as the body says.
pub async fn edit(ctx: &Ctx, id: TagCollectionId, body: TagCollectionIn) -> AppResult<Whole> {
    ctx.require(Permission::TagEditor)?;
    ctx.write(move |ctx, tx| {
        let before = find_to_edit(ctx, tx, id)?;
        let mut after = before.clone();
        body.apply(&mut after)?;
        tag_collections::update(tx, &after)?;
        let changed = changes::between(
            &changes::fields(columns(&before)),
            &changes::fields(columns(&after)),
        );
        record(ctx, tx, "edit", &after, changed)?;
        if let Some(names) = &body.names {
            set_tags(ctx, tx, &after, names)?;
        }
        look_up(ctx, tx, id)?.ok_or_else(invalid_collection)
    })
    .await
}

/// Makes the tags that the caller sees in a bundle those of the list.
fn set_tags(ctx: &Ctx, tx: &mut Tx<'_>, collection: &TagCollection, names: &[String]) -> AppResult<()> {
    let mut wanted = Vec::with_capacity(names.len());
    for name in names {
        let found = TagKey::Name(name.clone()).find(tx)?;
        match found.filter(|tag| tags::may_see(ctx, tag)) {
            Some(tag) => wanted.push(tag),
            None => return Err(AppError::field("tags", format!("There is no tag {name}."))),
        }
    }
    let mut gone = Vec::new();
    for row in tag_collections::tags_of(tx, tags::lister(ctx), &[collection.id.0])? {
        if !wanted.iter().any(|tag| tag.id == row.tag.id) {
            tag_collections::remove_tag(tx, collection.id, row.tag.id)?;
            gone.push(row.tag.name);
        }
    }
    if !gone.is_empty() {
        record(ctx, tx, "edit", collection, json!({"tags_removed": gone}))?;
    }
    put_in(ctx, tx, collection, &wanted).map(drop)
}

/// Removes a bundle; its tags stay where they are.
pub async fn delete(ctx: &Ctx, id: TagCollectionId) -> AppResult<()> {
    ctx.require(Permission::TagEditor)?;
    ctx.write(move |ctx, tx| {
        let collection = find_to_edit(ctx, tx, id)?;
        tag_collections::delete(tx, id)?;
        record(ctx, tx, "delete", &collection, columns(&collection))
    })
    .await
}

/// Puts tags that are there and that the caller sees into a bundle. How many are new in it.
pub async fn add_tags(ctx: &Ctx, id: TagCollectionId, wanted: Vec<TagKey>) -> AppResult<usize> {
    ctx.require(Permission::TagEditor)?;
    ctx.write(move |ctx, tx| {
        let collection = find_to_edit(ctx, tx, id)?;
        let mut found = Vec::with_capacity(wanted.len());
        for key in wanted {
            found.push(visible_tag(ctx, tx, &key)?);
        }
        put_in(ctx, tx, &collection, &found)
    })
    .await
}

fn visible_tag(ctx: &Ctx, tx: &mut Tx<'_>, key: &TagKey) -> AppResult<Tag> {
    key.find(tx)?
        .filter(|tag| tags::may_see(ctx, tag))
        .ok_or_else(|| AppError::NotAllowed("Invalid Tag".into()))
}

fn put_in(ctx: &Ctx, tx: &mut Tx<'_>, collection: &TagCollection, found: &[Tag]) -> AppResult<usize> {
    let mut new = Vec::new();
    for tag in found {
        if tag_collections::add_tag(tx, collection.id, tag.id)? {
            new.push(tag.name.as_str());
        }
    }
    let held = tag_collections::tags_of(tx, sightline_db::tags::Lister::Everything, &[collection.id.0])?;
    if held.len() > TAGS {
        return Err(AppError::TooLarge(format!(
            "A tag collection holds at most {TAGS} tags."
        )));
    }
    if !new.is_empty() {
        record(ctx, tx, "edit", collection, json!({"tags_added": new}))?;
    }
    Ok(new.len())
}

/// Takes a tag out of a bundle.
pub async fn remove_tag(ctx: &Ctx, id: TagCollectionId, tag: TagId) -> AppResult<()> {
    ctx.require(Permission::TagEditor)?;
    ctx.write(move |ctx, tx| {
        let collection = find_to_edit(ctx, tx, id)?;
        let tag = visible_tag(ctx, tx, &TagKey::Id(tag))?;
        if !tag_collections::remove_tag(tx, id, tag.id)? {
            return Err(AppError::not_found("The tag is not in this collection."));
        }
        record(ctx, tx, "edit", &collection, json!({"tags_removed": [tag.name]}))
    })
    .await
}

/// What became of an import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// New here.
    pub added: usize,
    /// Not usable, or here already.
    pub skipped: usize,
}

/// Adds the bundles that another instance lists, with their tags by name. One that is here already stays as it is.
pub async fn import(ctx: &Ctx, list: Vec<TagCollectionIn>) -> AppResult<Imported> {
    ctx.require(Permission::TagEditor)?;
    if list.len() > IMPORTED {
        return Err(AppError::TooLarge(format!(
            "An import holds at most {IMPORTED} tag collections."
        )));
    }
    ctx.write(move |ctx, tx| {
        let mut imported = Imported::default();
        for body in list {
            let id = match insert(ctx, tx, &body) {
                Ok(id) => id,
                Err(AppError::Invalid(_)) => {
                    imported.skipped += 1;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let inputs: Vec<TagIn> = body.tags.0.into_iter().filter_map(|member| member.tag).collect();
            let map = tags::capture(ctx, tx, &inputs)?;
            let named = inputs.iter().filter_map(|input| map.get(&input.name.filled()?));
            let found: Vec<Tag> = named.filter(|tag| tags::may_see(ctx, tag)).cloned().collect();
            let collection = look_up(ctx, tx, id)?.ok_or_else(invalid_collection)?.collection;
            put_in(ctx, tx, &collection, &found)?;
            imported.added += 1;
        }
        Ok(imported)
    })
    .await
}

fn columns(collection: &TagCollection) -> Value {
    json!({
        "uuid": collection.uuid,
        "name": collection.name,
        "description": collection.description,
        "all_orgs": collection.all_orgs,
    })
}

fn record(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    action: &str,
    collection: &TagCollection,
    fields: Value,
) -> AppResult<()> {
    ctx.audit(
        tx,
        &Change {
            action,
            model: "TagCollection",
            id: collection.id.0,
            title: &collection.name,
            event: None,
            fields,
        },
    )
}
