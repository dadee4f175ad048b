//! Galaxies and their clusters (spec 07 section 2): what tags of the form `misp-galaxy:<type>="<cluster>"` mean.

mod answer;
mod attach;
mod block;
mod clusters;
#[cfg(test)]
mod tests;

pub use answer::{ClusterAnswer, Shape, Window};
pub use attach::{attach, attach_to_all, detach};
pub(crate) use block::{Blocks, On};
pub use clusters::{ClusterKey, Whole, invalid_cluster, meant, view as view_cluster};
pub use sightline_db::galaxies::{ClusterFilter, Filter};

use crate::Ctx;
use sightline_core::ids::GalaxyId;
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::audit::Change;
use sightline_db::{Tx, galaxies, knowledge_files};
use sightline_misp::records::Galaxy;
use uuid::Uuid;

/// How a request names a galaxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GalaxyKey {
    /// The row's id.
    Id(GalaxyId),
    /// The uuid.
    Uuid(Uuid),
}

impl GalaxyKey {
    /// Digits are an id, a uuid is a uuid, anything else names nothing.
    pub fn parse(text: &str) -> AppResult<Self> {
        if let Ok(id) = text.parse() {
            return Ok(Self::Id(GalaxyId(id)));
        }
        Uuid::try_parse(text)
            .map(Self::Uuid)
            .map_err(|_| AppError::not_found("Invalid Galaxy."))
    }
}

fn look_up(tx: &mut Tx<'_>, key: GalaxyKey) -> AppResult<Option<Galaxy>> {
    Ok(match key {
        GalaxyKey::Id(id) => galaxies::by_id(tx, id)?,
        GalaxyKey::Uuid(uuid) => galaxies::by_uuid(tx, uuid)?,
    })
}

/// The galaxy, or what the reference says of one that is not there.
pub fn find(tx: &mut Tx<'_>, key: GalaxyKey) -> AppResult<Galaxy> {
    look_up(tx, key)?.ok_or_else(|| AppError::not_found("Invalid Galaxy."))
}

/// A page, from 1, of galaxies, and how many there are in all.
pub async fn index(ctx: &Ctx, filter: Filter, page: u32, limit: u32) -> AppResult<(Vec<Galaxy>, i64)> {
    let offset = i64::from(page.saturating_sub(1)) * i64::from(limit);
    ctx.read(move |_, tx| Ok(galaxies::list(tx, &filter, limit, offset)?))
        .await
}

/// Enables a galaxy, disables it, or, where nothing is said, the other of both; what it is now.
pub async fn set_enabled(ctx: &Ctx, key: GalaxyKey, enabled: Option<bool>) -> AppResult<Galaxy> {
    ctx.require(Permission::SiteAdmin)?;
    ctx.write(move |ctx, tx| {
        let mut galaxy = find_to_change(tx, key)?;
        galaxy.enabled = enabled.unwrap_or(!galaxy.enabled);
        galaxies::set_enabled(tx, galaxy.id, galaxy.enabled)?;
        let action = if galaxy.enabled { "enable" } else { "disable" };
        record(ctx, tx, action, &galaxy)?;
        Ok(galaxy)
    })
    .await
}

/// Removes a galaxy with all of its clusters; the next update brings back what its files hold. What is tagged stays tagged.
pub async fn delete(ctx: &Ctx, key: GalaxyKey) -> AppResult<Galaxy> {
    ctx.require(Permission::SiteAdmin)?;
    ctx.write(move |ctx, tx| {
        let galaxy = find_to_change(tx, key)?;
        galaxies::remove_of_galaxy(tx, galaxy.id)?;
        galaxies::delete(tx, galaxy.id)?;
        knowledge_files::forget(tx, "galaxies", galaxy.id.0)?;
        record(ctx, tx, "delete", &galaxy)?;
        Ok(galaxy)
    })
    .await
}

fn find_to_change(tx: &mut Tx<'_>, key: GalaxyKey) -> AppResult<Galaxy> {
    let unknown = || AppError::not_found("Invalid galaxy.");
    let found = look_up(tx, key)?.ok_or_else(unknown)?;
    tx.lock_row("galaxies", found.id.0)?;
    look_up(tx, GalaxyKey::Id(found.id))?.ok_or_else(unknown)
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, action: &str, galaxy: &Galaxy) -> AppResult<()> {
    ctx.audit(
        tx,
        &Change {
            action,
            model: "Galaxy",
            id: galaxy.id.0,
            title: &galaxy.name,
            event: None,
            fields: serde_json::json!({"type": galaxy.kind, "enabled": galaxy.enabled}),
        },
    )
}
