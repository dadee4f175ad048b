//! Roles: which permissions users hold (spec 05 section 3). Everybody reads them, site administrators change them.

mod fields;
mod manage;

pub use fields::{RoleIn, permission_level};
pub use manage::{add, delete, edit, set_default};
pub use sightline_db::roles::Role;

use crate::Ctx;
use sightline_core::ids::RoleId;
use sightline_core::{AppError, AppResult};
use sightline_db::{Tx, roles};

/// What the reference says of a role that is not there.
pub fn invalid_role() -> AppError {
    AppError::not_found("Invalid Role.")
}

/// Every role, by id.
pub async fn all(ctx: &Ctx) -> AppResult<Vec<Role>> {
    ctx.read(|_, tx| Ok(roles::all(tx)?)).await
}

/// A page of roles, from 1, by id, and how many there are.
pub async fn index(ctx: &Ctx, page: u32, limit: u32) -> AppResult<(Vec<Role>, i64)> {
    let offset = i64::from(page.saturating_sub(1)) * i64::from(limit);
    ctx.read(move |_, tx| Ok(roles::page(tx, limit, offset)?)).await
}

/// One role.
pub async fn view(ctx: &Ctx, id: RoleId) -> AppResult<Role> {
    ctx.read(move |_, tx| roles::by_id(tx, id)?.ok_or_else(invalid_role))
        .await
}

/// Its name; empty when the role is gone.
pub fn name_of(tx: &mut Tx<'_>, id: RoleId) -> AppResult<String> {
    Ok(roles::by_id(tx, id)?.map(|role| role.name).unwrap_or_default())
}
