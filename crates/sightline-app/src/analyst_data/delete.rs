//! Deleting a note, an opinion or a relationship (spec 03 section 13).

use super::{find_to_change, record, require_write};
use crate::Ctx;
use sightline_core::AppResult;
use sightline_db::analyst_data::blocklist::{self, Blocked};
use sightline_db::analyst_data::{self, Key};
use sightline_db::organisations;
use sightline_misp::records::{AnalystData, AnalystKind};

/// Deletes one; what others hung on it stays. With `block` its uuid does not come back by synchronisation.
pub async fn delete(ctx: &Ctx, kind: Option<AnalystKind>, key: Key, block: bool) -> AppResult<AnalystData> {
    require_write(ctx)?;
    ctx.write(move |ctx, tx| {
        let data = find_to_change(ctx, tx, kind, key)?;
        if block {
            let orgc = organisations::by_uuid(tx, data.orgc_uuid)?;
            let entry = Blocked {
                uuid: data.uuid,
                created: ctx.now(),
                orgc: orgc.map(|org| org.name).unwrap_or_default(),
                comment: "Deleted on this instance.".into(),
                ..Blocked::default()
            };
            blocklist::add(tx, &entry)?;
        }
        analyst_data::delete(tx, data.id)?;
        record(ctx, tx, "delete", &data)?;
        Ok(data)
    })
    .await
}
