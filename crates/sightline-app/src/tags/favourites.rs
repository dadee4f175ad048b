//! Favourite tags: the few that a user looks for among many.

use super::may_see;
use crate::Ctx;
use sightline_core::ids::TagId;
use sightline_core::{AppError, AppResult};
use sightline_db::tags;

/// Makes a tag a favourite of the caller, or no longer; whether it is one now. No audit row: it is a matter of taste,
/// and nobody else's business.
pub async fn toggle_favourite(ctx: &Ctx, id: TagId) -> AppResult<bool> {
    ctx.require_writing()?;
    ctx.write(move |ctx, tx| {
        tags::by_id(tx, id)?
            .filter(|tag| may_see(ctx, tag))
            .ok_or_else(|| AppError::not_found("Invalid tag"))?;
        let user = ctx.caller.user_id;
        let on = !tags::is_favourite(tx, user, id)?;
        tags::set_favourite(tx, user, id, on)?;
        Ok(on)
    })
    .await
}
