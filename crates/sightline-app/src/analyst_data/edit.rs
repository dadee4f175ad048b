//! Editing one's own organisation's notes, opinions and relationships (spec 03 section 13, spec 05 section 6).

use super::draft::overlay;
use super::shown::{Shown, shown_one};
use super::{capture, find_to_change, record, require_write};
use crate::Ctx;
use sightline_core::AppResult;
use sightline_db::analyst_data::{self, Key};
use sightline_misp::input::AnalystIn;
use sightline_misp::records::{AnalystKind, EntityRef};

/// Changes what the body has of text, sharing and authors; its uuid, its organisations and what it hangs on stay.
/// Those inside the body are added or, when newer, taken over.
pub async fn edit(ctx: &Ctx, kind: Option<AnalystKind>, key: Key, body: AnalystIn) -> AppResult<Shown> {
    require_write(ctx)?;
    ctx.write(move |ctx, tx| {
        let known = find_to_change(ctx, tx, kind, key)?;
        let data = overlay(ctx, tx, &known, &body)?;
        analyst_data::update(tx, &data)?;
        record(ctx, tx, "edit", &data)?;
        let inside = EntityRef {
            kind: data.kind().entity(),
            uuid: data.uuid,
        };
        capture(ctx, tx, inside, body.analyst_data(), |_| ())?;
        shown_one(ctx, tx, data)
    })
    .await
}
