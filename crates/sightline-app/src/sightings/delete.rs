//! Deleting a sighting (spec 05 section 6).

use super::add::record;
use super::{SightingKey, find, invalid_sighting};
use crate::Ctx;
use sightline_core::{AppResult, Permission};
use sightline_db::sightings;
use sightline_misp::records::Sighting;

/// Whether the caller may delete this sighting.
pub fn may_delete(ctx: &Ctx, sighting: &Sighting) -> bool {
    let own = sighting.org_id == ctx.caller.org_id
        && ctx.caller.may(Permission::Sighting)
        && ctx.caller.may(Permission::ModifyOrg);
    own || ctx.caller.is_site_admin()
}

/// Deletes a sighting of the caller's own organisation; a site administrator deletes any.
pub async fn delete(ctx: &Ctx, key: SightingKey) -> AppResult<()> {
    ctx.require(Permission::Sighting)?;
    ctx.require(Permission::ModifyOrg)?;
    ctx.write(move |ctx, tx| {
        let found = find(ctx, tx, key)?;
        if !may_delete(ctx, &found.sighting) {
            return Err(invalid_sighting());
        }
        // Before the row goes: who could see it is read from it.
        record(ctx, tx, "delete", &found.sighting, &found.attribute.value())?;
        Ok(sightings::delete(tx, found.sighting.id)?)
    })
    .await
}
