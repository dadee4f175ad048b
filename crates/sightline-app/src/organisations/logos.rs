//! Logos: PNG and JPEG only, looked at before they are kept (`docs/adr/0003-logos.md`).

use super::find;
use super::list::find_visible;
use crate::Ctx;
use serde_json::{Value, json};
use sightline_core::limits::LOGO_BYTES;
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::Tx;
use sightline_db::audit::Change;
use sightline_db::organisations;
pub use sightline_db::organisations::Logo;
use sightline_formats::picture::Picture;
use sightline_misp::records::Organisation;

/// The logo of an organisation that the caller may see.
pub async fn logo(ctx: &Ctx, key: &str) -> AppResult<Logo> {
    let key = key.to_owned();
    ctx.read(move |ctx, tx| {
        let org = find_visible(ctx, tx, &key)?;
        organisations::logo(tx, org.id)?.ok_or_else(|| AppError::not_found("There is no logo."))
    })
    .await
}

/// Stores a logo in place of the old one. The bytes say what they are; a name or a type that came with them is not
/// asked. For site administrators.
pub async fn set_logo(ctx: &Ctx, key: &str, image: Vec<u8>) -> AppResult<()> {
    ctx.require(Permission::SiteAdmin)?;
    if image.len() > LOGO_BYTES {
        return Err(AppError::field(
            "logo",
            format!("The picture is larger than {} KiB.", LOGO_BYTES / 1024),
        ));
    }
    let picture = Picture::of(&image).map_err(|why| AppError::field("logo", why.to_string()))?;
    let key = key.to_owned();
    ctx.write(move |ctx, tx| {
        let org = find(tx, &key)?;
        let logo = Logo {
            kind: picture.kind.media_type().into(),
            image,
            modified: ctx.now(),
        };
        organisations::store_logo(tx, org.id, &logo)?;
        let size = format!("{} x {}", picture.width, picture.height);
        record(
            ctx,
            tx,
            &org,
            json!({"logo": {"type": logo.kind, "bytes": logo.image.len(), "size": size}}),
        )
    })
    .await
}

/// Removes a logo; an organisation without one stays as it is. For site administrators.
pub async fn remove_logo(ctx: &Ctx, key: &str) -> AppResult<()> {
    ctx.require(Permission::SiteAdmin)?;
    let key = key.to_owned();
    ctx.write(move |ctx, tx| {
        let org = find(tx, &key)?;
        if organisations::remove_logo(tx, org.id)? {
            record(ctx, tx, &org, json!({"logo": null}))?;
        }
        Ok(())
    })
    .await
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, org: &Organisation, fields: Value) -> AppResult<()> {
    ctx.audit(
        tx,
        &Change {
            action: "edit",
            model: "Organisation",
            id: org.id.0,
            title: &org.name,
            event: None,
            fields,
        },
    )
}
