//! The terms of use, which an instance may ask everybody to accept in the browser.

use crate::{Ctx, users as app_users};
use serde_json::json;
use sightline_core::{AppError, AppResult};
use sightline_db::audit::Change;
use sightline_db::users;

/// The terms, and whether the caller has accepted them; `None` where there are none.
pub async fn terms(ctx: &Ctx) -> AppResult<Option<(String, bool)>> {
    let text = ctx.settings().access.terms.clone();
    if text.is_empty() {
        return Ok(None);
    }
    let id = ctx.caller.user_id;
    let accepted = ctx
        .read(move |_, tx| Ok(users::standing(tx, id)?.is_some_and(|standing| standing.termsaccepted)))
        .await?;
    Ok(Some((text, accepted)))
}

/// What is said where there are none.
pub fn no_terms() -> AppError {
    AppError::not_found("This instance has no terms of use.")
}

/// Accepts them.
pub async fn accept_terms(ctx: &Ctx) -> AppResult<()> {
    ctx.require_writing()?;
    ctx.write(|ctx, tx| {
        tx.lock_row("users", ctx.caller.user_id.0)?;
        let mut user = users::by_id(tx, ctx.caller.user_id)?.ok_or_else(app_users::invalid_user)?;
        let before = user.termsaccepted;
        user.termsaccepted = true;
        user.date_modified = ctx.now();
        users::update(tx, &user)?;
        ctx.audit(
            tx,
            &Change {
                action: "edit",
                model: "User",
                id: user.id.0,
                title: &user.email,
                event: None,
                fields: json!({"termsaccepted": [before, true]}),
            },
        )
    })
    .await
}
