//! The link in every mail that one has subscribed to: it needs no log-in, only the code that is in that mail.

use super::Subscription;
use crate::Ctx;
use serde_json::json;
use sightline_core::ids::UserId;
use sightline_core::{AppError, AppResult, random};
use sightline_db::audit::Change;
use sightline_db::{Tx, mail, users};

/// Characters of a code: 43 letters and digits hold 256 bits.
const CODE_CHARS: usize = 43;

/// Ends the subscription that a code and a word name, as the platform on the reader's behalf.
pub async fn unsubscribe(ctx: &Ctx, code: &str, word: &str) -> AppResult<Subscription> {
    let unknown = || AppError::not_found("This link is not valid.");
    let subscription = Subscription::ALL
        .into_iter()
        .find(|one| one.name() == word)
        .ok_or_else(unknown)?;
    let code = code.to_owned();
    ctx.write(move |ctx, tx| {
        let user = mail::user_of_code(tx, &code)?.ok_or_else(unknown)?;
        if mail::unsubscribe(tx, user, subscription)? {
            let email = users::by_id(tx, user)?.map(|user| user.email).unwrap_or_default();
            let change = Change {
                action: "edit",
                model: "User",
                id: user.0,
                title: &email,
                event: None,
                fields: json!({subscription.name(): [true, false]}),
            };
            ctx.audit(tx, &change)?;
        }
        Ok(subscription)
    })
    .await
}

/// The address that ends a subscription.
pub(super) fn address(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    user: UserId,
    subscription: Subscription,
) -> AppResult<String> {
    let code = mail::unsubscribe_code(tx, user, &random::alphanumeric(CODE_CHARS))?;
    let base = &ctx.platform.base_url;
    Ok(format!("{base}/users/unsubscribe/{code}/{}", subscription.name()))
}
