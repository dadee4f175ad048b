//! Adding, editing and deleting collections.

use super::elements::{self, ElementIn};
use super::{CollectionKey, Whole, find_to_modify, require_group, whole};
use crate::{Ctx, changes};
use serde::Deserialize;
use serde_json::{Value, json};
use sightline_core::ids::{CollectionId, SharingGroupId};
use sightline_core::limits::{NAME_CHARS, TEXT_CHARS};
use sightline_core::{AppError, AppResult, FieldErrors, Permission, random};
use sightline_db::audit::Change;
use sightline_db::{Tx, Visible, collections};
use sightline_misp::datetime::parse_lenient;
use sightline_misp::input::{Loose, LooseList};
use sightline_misp::records::{Collection, Distribution};
use uuid::Uuid;

/// A collection as clients send it. Organisations and user are the caller's, whatever is said.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields of the wire, spec 07 section 9")]
pub struct CollectionIn {
    /// Of a new collection only.
    pub uuid: Loose,
    pub name: Loose,
    #[serde(rename = "type")]
    pub kind: Loose,
    pub description: Loose,
    pub distribution: Loose,
    pub sharing_group_id: Loose,
    /// When the sender changed it: an edit that is not newer is refused.
    pub modified: Loose,
    /// Authoritative where given.
    #[serde(rename = "CollectionElement")]
    pub elements: Option<LooseList<ElementIn>>,
}

impl CollectionIn {
    fn apply(&self, ctx: &Ctx, tx: &mut Tx<'_>, collection: &mut Collection) -> AppResult<()> {
        let mut errors = FieldErrors::default();
        for (input, field, target, longest) in [
            (&self.name, "name", &mut collection.name, NAME_CHARS),
            (&self.kind, "type", &mut collection.kind, NAME_CHARS),
            (
                &self.description,
                "description",
                &mut collection.description,
                TEXT_CHARS,
            ),
        ] {
            if let Some(text) = input.text() {
                text.trim().clone_into(target);
            }
            if target.chars().count() > longest {
                errors.add(field, format!("The text is longer than {longest} characters."));
            }
        }
        if collection.name.is_empty() {
            errors.add("name", "Name cannot be empty.");
        }
        if collection.kind.is_empty() {
            errors.add("type", "Type cannot be empty.");
        }
        if let Some(level) = self.distribution.filled() {
            match level
                .parse()
                .ok()
                .and_then(Distribution::from_number)
                .filter(|level| *level != Distribution::Inherit)
            {
                Some(level) => collection.distribution = level,
                None => errors.add("distribution", "Options: 0 to 4"),
            }
        }
        errors.into_result()?;
        if let Some(id) = self.sharing_group_id.int() {
            collection.sharing_group_id = SharingGroupId(id);
        }
        require_group(ctx, tx, collection)
    }

    /// Unix seconds, where a time is given.
    fn modified(&self, now: i64) -> AppResult<Option<i64>> {
        let Some(text) = self.modified.filled() else {
            return Ok(None);
        };
        parse_lenient(&text, now)
            .map(|micros| Some(micros.div_euclid(1_000_000)))
            .ok_or_else(|| AppError::field("modified", "Expected datetime format: YYYY-MM-DD HH:MM:SS"))
    }
}

/// Adds a collection of the caller's organisation.
pub async fn add(ctx: &Ctx, body: CollectionIn) -> AppResult<Whole> {
    ctx.require(Permission::Modify)?;
    ctx.write(move |ctx, tx| {
        let uuid = match body.uuid.filled() {
            None => random::uuid(),
            Some(text) => Uuid::try_parse(&text)
                .map_err(|_| AppError::field("uuid", "Please provide a valid RFC 4122 UUID"))?,
        };
        let mut new = Collection {
            id: CollectionId(0),
            uuid,
            org_id: ctx.caller.org_id,
            orgc_id: ctx.caller.org_id,
            user_id: ctx.caller.user_id,
            created: ctx.now(),
            modified: body.modified(ctx.now())?.unwrap_or_else(|| ctx.now()),
            distribution: ctx.settings().events.distribution(),
            sharing_group_id: SharingGroupId(0),
            name: String::new(),
            kind: String::new(),
            description: String::new(),
        };
        body.apply(ctx, tx, &mut new)?;
        if collections::by_uuid(tx, Visible::everything(), uuid)?.is_some() {
            return Err(AppError::field("uuid", "The UUID provided is not unique"));
        }
        new.id = collections::insert(tx, &new)?;
        record(ctx, tx, "add", &new, columns(&new))?;
        if let Some(list) = &body.elements {
            elements::replace(ctx, tx, &new, &list.0)?;
        }
        whole(ctx, tx, new)
    })
    .await
}

/// Changes what the body says; a list of elements replaces those that the caller sees.
pub async fn edit(ctx: &Ctx, key: CollectionKey, body: CollectionIn) -> AppResult<Whole> {
    ctx.require(Permission::Modify)?;
    ctx.write(move |ctx, tx| {
        let before = find_to_modify(ctx, tx, key)?;
        let mut after = before.clone();
        after.modified = match body.modified(ctx.now())? {
            Some(given) if given <= before.modified => {
                return Err(AppError::Forbidden(
                    "Collection received older or same as local version.".into(),
                ));
            }
            Some(newer) => newer,
            None => ctx.now(),
        };
        body.apply(ctx, tx, &mut after)?;
        collections::update(tx, &after)?;
        let changed = changes::between(
            &changes::fields(columns(&before)),
            &changes::fields(columns(&after)),
        );
        record(ctx, tx, "edit", &after, changed)?;
        if let Some(list) = &body.elements {
            elements::replace(ctx, tx, &after, &list.0)?;
        }
        whole(ctx, tx, after)
    })
    .await
}

/// Removes a collection; what it names stays.
pub async fn delete(ctx: &Ctx, key: CollectionKey) -> AppResult<CollectionId> {
    ctx.require(Permission::Modify)?;
    ctx.write(move |ctx, tx| {
        let collection = find_to_modify(ctx, tx, key)?;
        collections::delete(tx, collection.id)?;
        record(ctx, tx, "delete", &collection, columns(&collection))?;
        Ok(collection.id)
    })
    .await
}

fn columns(collection: &Collection) -> Value {
    json!({
        "uuid": collection.uuid,
        "name": collection.name,
        "type": collection.kind,
        "description": collection.description,
        "distribution": collection.distribution.number(),
        "sharing_group_id": collection.sharing_group_id,
    })
}

pub(super) fn record(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    action: &str,
    collection: &Collection,
    fields: Value,
) -> AppResult<()> {
    ctx.audit(
        tx,
        &Change {
            action,
            model: "Collection",
            id: collection.id.0,
            title: &collection.name,
            event: None,
            fields,
        },
    )
}
