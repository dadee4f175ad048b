//! Removing a user with its keys, sessions and settings. What it made stays.

use super::rights::{changeable, require_admin, require_another_site_admin};
use super::{columns, record};
use crate::Ctx;
use serde_json::Value;
use sightline_core::ids::UserId;
use sightline_core::{AppError, AppResult};
use sightline_db::users;

/// Removes a user that the caller administers; nobody removes itself.
pub async fn delete(ctx: &Ctx, id: UserId) -> AppResult<()> {
    require_admin(ctx)?;
    ctx.write(move |ctx, tx| {
        let user = changeable(ctx, tx, id)?;
        if id == ctx.caller.user_id {
            return Err(AppError::Refused("You cannot delete your own account.".into()));
        }
        require_another_site_admin(tx, &user)?;
        users::delete(tx, id)?;
        record(ctx, tx, "delete", &user, Value::Object(columns(&user)))
    })
    .await
}
