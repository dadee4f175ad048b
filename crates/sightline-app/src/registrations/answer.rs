//! Answering those who ask for an account.

use super::{KIND, Registration, record};
use crate::users::{self, Added, UserIn};
use crate::{Ctx, mail, organisations};
use serde::Deserialize;
use serde_json::Value;
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::{Tx, inbox};
use sightline_misp::input::Loose;
use uuid::Uuid;

/// What becomes of a registration that is accepted.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct AcceptIn {
    /// Id or uuid.
    pub org_id: Loose,
    /// The default role when it is not given.
    pub role_id: Loose,
}

/// A page, from 1, of those that wait, oldest first, and how many there are in all.
pub async fn index(ctx: &Ctx, page: u32, limit: u32) -> AppResult<(Vec<Registration>, i64)> {
    ctx.require(Permission::SiteAdmin)?;
    let offset = page.saturating_sub(1).saturating_mul(limit);
    ctx.read(move |_, tx| Ok(inbox::list(tx, limit, offset)?)).await
}

/// The one that a key, an id or a uuid, names; nobody else answers it meanwhile.
fn named(tx: &mut Tx<'_>, key: &str) -> AppResult<Registration> {
    let found = inbox::find_to_change(tx, key.parse().ok(), Uuid::try_parse(key).ok())?;
    found
        .filter(|message| message.kind == KIND)
        .ok_or_else(|| AppError::not_found("Invalid registration."))
}

/// Makes the account, in one step with the end of the registration.
pub async fn accept(ctx: &Ctx, key: &str, body: AcceptIn) -> AppResult<Added> {
    ctx.require(Permission::SiteAdmin)?;
    let org = body.org_id.filled().map(|org| org.trim().to_owned());
    let org = org
        .filter(|org| !org.is_empty() && org != "0")
        .ok_or_else(|| AppError::BadRequest("No organisation selected. Supply an Organisation ID".into()))?;
    let (key, role) = (key.to_owned(), body.role_id);
    users::add_with(ctx, None, move |ctx, tx| {
        let registration = named(tx, &key)?;
        let said = |field: &str| match registration.data.get(field).and_then(Value::as_str) {
            Some(text) => Loose::Text(text.to_owned()),
            None => Loose::Absent,
        };
        let user = UserIn {
            email: said("email"),
            gpgkey: said("pgp"),
            org_id: Loose::Text(organisations::find(tx, &org)?.id.to_string()),
            role_id: role.clone(),
            notify: Loose::Bool(mail::is_on(ctx)),
            ..UserIn::default()
        };
        inbox::delete(tx, registration.id)?;
        record(ctx, tx, "accept", &registration)?;
        Ok(user)
    })
    .await
}

/// Removes a registration without an account.
pub async fn discard(ctx: &Ctx, key: &str) -> AppResult<()> {
    ctx.require(Permission::SiteAdmin)?;
    let key = key.to_owned();
    ctx.write(move |ctx, tx| {
        let registration = named(tx, &key)?;
        inbox::delete(tx, registration.id)?;
        record(ctx, tx, "discard", &registration)
    })
    .await
}
