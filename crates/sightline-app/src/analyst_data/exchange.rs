//! The exchange with other instances (spec 06 B.3): what is here, what is wanted, what is sent.

use super::capture::capture_from;
use crate::Ctx;
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::analyst_data::{self, Key, blocklist};
use sightline_misp::input::AnalystIn;
use sightline_misp::records::{AnalystKind, EntityKind, EntityRef};
use uuid::Uuid;

/// A record as an index names it: kind, uuid, last change in Unix seconds.
pub type Known = (AnalystKind, Uuid, i64);

/// Every visible record in short; of organisations by name, `!name` for all but one.
pub async fn minimal(ctx: &Ctx, organisations: Vec<String>) -> AppResult<Vec<Known>> {
    ctx.read(move |ctx, tx| {
        let (unwanted, wanted): (Vec<String>, Vec<String>) =
            organisations.into_iter().partition(|name| name.starts_with('!'));
        let unwanted: Vec<String> = unwanted
            .iter()
            .map(|name| name.trim_start_matches('!').to_owned())
            .collect();
        Ok(analyst_data::minimal(tx, ctx.visible(), &wanted, &unwanted)?)
    })
    .await
}

/// Which of the records of another instance it should send: those that are unknown here, and remote copies that are
/// older.
pub async fn wanted(ctx: &Ctx, offered: Vec<Known>) -> AppResult<Vec<Known>> {
    ctx.require(Permission::Sync)?;
    ctx.read(move |ctx, tx| {
        let mut wanted = Vec::new();
        for (kind, uuid, modified) in offered {
            if blocklist::contains(tx, uuid)? {
                continue;
            }
            let known = analyst_data::find(tx, ctx.visible(), Some(kind), Key::Uuid(uuid))?;
            if known.is_none_or(|known| known.locked && known.modified < modified) {
                wanted.push((kind, uuid, modified));
            }
        }
        Ok(wanted)
    })
    .await
}

/// Takes one record that another instance sends, with its replies. A reply that may not be taken is left out, with what
/// hangs on it; `Refused` when it is the record itself.
pub async fn push(ctx: &Ctx, kind: AnalystKind, body: AnalystIn) -> AppResult<()> {
    ctx.require(Permission::Sync)?;
    ctx.require(Permission::AnalystData)?;
    let named = |text: Option<String>| text.and_then(|text| Uuid::try_parse(&text).ok());
    let target = EntityRef {
        kind: body
            .object_type
            .filled()
            .and_then(|name| EntityKind::parse(&name))
            .ok_or_else(|| AppError::field("object_type", "Invalid object type."))?,
        uuid: named(body.object_uuid.filled())
            .ok_or_else(|| AppError::field("object_uuid", "Please provide a valid RFC 4122 UUID"))?,
    };
    ctx.write(move |ctx, tx| {
        let mut refused = None;
        capture_from(
            ctx,
            tx,
            target,
            std::iter::once((kind, &body)),
            &mut |level, why| {
                if level == 0 {
                    refused.get_or_insert(why);
                }
            },
        )?;
        refused.map_or(Ok(()), |why| Err(AppError::Refused(why)))
    })
    .await
}
