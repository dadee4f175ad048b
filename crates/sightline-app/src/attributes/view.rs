//! Reading attributes: one with what hangs on it, its file.

use super::{AttributeKey, find};
use crate::Ctx;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sightline_core::ids::AttributeId;
use sightline_core::{AppError, AppResult};
use sightline_db::tags;
use sightline_misp::records::{AttachedTag, Attribute};
use std::collections::HashMap;
use uuid::Uuid;

/// An attribute as `attributes/view` shows it.
#[derive(Debug)]
pub struct Shown {
    /// The row.
    pub attribute: Attribute,
    /// The uuid of its event.
    pub event_uuid: Uuid,
    /// Exportable tags.
    pub tags: Vec<AttachedTag>,
    /// The file in base64, for attachments and samples.
    pub data: Option<String>,
}

/// One visible, live attribute.
pub async fn view(ctx: &Ctx, key: AttributeKey) -> AppResult<Shown> {
    ctx.read(move |ctx, tx| {
        let invalid = || AppError::NotAllowed("Invalid attribute".into());
        let (attribute, event) = find(ctx, tx, &key).map_err(|_| invalid())?;
        if attribute.deleted {
            return Err(invalid());
        }
        let tags = tags::of_attributes(tx, &[attribute.id.0])?;
        let data = if attribute.kind.is_attachment() {
            Some(base64(
                &ctx.platform
                    .files
                    .load(event.id, attribute.id)?
                    .unwrap_or_default(),
            ))
        } else {
            None
        };
        Ok(Shown {
            event_uuid: event.uuid,
            tags: tags
                .into_iter()
                .map(|(_, tag)| tag)
                .filter(|tag| tag.tag.exportable)
                .collect(),
            data,
            attribute,
        })
    })
    .await
}

/// `NotFound` unless the caller may see the attribute, deleted or not.
pub async fn exists(ctx: &Ctx, key: AttributeKey) -> AppResult<()> {
    ctx.read(move |ctx, tx| find(ctx, tx, &key).map(drop)).await
}

/// The exportable tags of some attributes that the caller has just been shown.
pub async fn tags_of(ctx: &Ctx, shown: &[Attribute]) -> AppResult<HashMap<AttributeId, Vec<AttachedTag>>> {
    let ids: Vec<i64> = shown.iter().map(|a| a.id.0).collect();
    ctx.read(move |_, tx| {
        let mut by_id: HashMap<AttributeId, Vec<AttachedTag>> = HashMap::new();
        for (id, tag) in tags::of_attributes(tx, &ids)? {
            if tag.tag.exportable {
                by_id.entry(id).or_default().push(tag);
            }
        }
        Ok(by_id)
    })
    .await
}

/// Bytes in the base64 that the wire carries.
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Bytes that the wire carries in base64; white space in it is ignored.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    let packed: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    STANDARD.decode(packed).ok()
}

/// A file to hand out.
#[derive(Debug)]
pub struct File {
    /// What the uploader called it; for display only.
    pub name: String,
    /// As stored: a sample stays in its encrypted archive.
    pub bytes: Vec<u8>,
}

/// The stored file of an attribute, named by id or uuid.
pub async fn download(ctx: &Ctx, named: &str) -> AppResult<File> {
    let denied = || {
        AppError::Forbidden(
            "Attribute does not exist or you do not have the permission to download this attribute.".into(),
        )
    };
    let key = AttributeKey::parse(named).map_err(|_| denied())?;
    ctx.read(move |ctx, tx| {
        let (attribute, event) = find(ctx, tx, &key).map_err(|_| denied())?;
        if !attribute.kind.is_attachment() || attribute.deleted {
            return Err(denied());
        }
        let bytes = ctx
            .platform
            .files
            .load(event.id, attribute.id)?
            .ok_or_else(denied)?;
        let name = if attribute.kind.is_composite() {
            format!("{}.zip", attribute.value1)
        } else {
            attribute.value1
        };
        Ok(File { name, bytes })
    })
    .await
}
