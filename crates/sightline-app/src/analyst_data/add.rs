//! Adding to a thing, here or elsewhere (spec 03 section 13).

use super::draft::draft;
use super::shown::{Shown, shown_one};
use super::{capture, own_org, record, require_write};
use crate::Ctx;
use sightline_core::{AppError, AppResult};
use sightline_db::analyst_data::{self, blocklist};
use sightline_misp::input::AnalystIn;
use sightline_misp::records::{AnalystKind, EntityRef};

/// Adds a note, an opinion or a relationship, with those inside it. Whether `target` is here, and whether the caller
/// may see it, makes no difference to the answer: a uuid must not tell what is hidden.
pub async fn add(ctx: &Ctx, kind: AnalystKind, target: EntityRef, body: AnalystIn) -> AppResult<Shown> {
    require_write(ctx)?;
    ctx.write(move |ctx, tx| {
        let own = own_org(ctx, tx)?;
        let mut data = draft(ctx, tx, kind, target, own, &body)?;
        if blocklist::contains(tx, data.uuid)? {
            return Err(AppError::Refused("Blocked by the analyst data blocklist.".into()));
        }
        data.id = analyst_data::insert(tx, &data)?
            .ok_or_else(|| AppError::field("uuid", "The UUID provided is not unique"))?;
        record(ctx, tx, "add", &data)?;
        let inside = EntityRef {
            kind: kind.entity(),
            uuid: data.uuid,
        };
        capture(ctx, tx, inside, body.analyst_data(), |_| ())?;
        shown_one(ctx, tx, data)
    })
    .await
}
