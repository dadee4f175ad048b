//! Deleting a sighting (spec 05 section 6).

use super::add::record;
use super::{SightingKey, find, invalid_sighting};
use crate::Ctx;
use sightline_core::{AppResult, Permission};
use sightline_db::sightings;

/// Deletes a sighting of the caller's own organisation; a site administrator deletes any.
pub async fn delete(ctx: &Ctx, key: SightingKey) -> AppResult<()> {
    ctx.require(Permission::Sighting)?;
    ctx.require(Permission::ModifyOrg)?;
    ctx.write(move |ctx, tx| {
        let found = find(ctx, tx, key)?;
        if found.sighting.org_id != ctx.caller.org_id && !ctx.caller.is_site_admin() {
            return Err(invalid_sighting());
        }
        sightings::delete(tx, found.sighting.id)?;
        record(ctx, tx, "delete", &found.sighting, &found.attribute.value())
    })
    .await
}
