//! Reading keys: never the key itself.

use super::{invalid_key, may_see};
use crate::Ctx;
use sightline_core::ids::{AuthKeyId, UserId};
use sightline_core::{AppResult, Permission};
use sightline_db::Tx;
use sightline_db::auth_keys::{self, AuthKey, Filter};
use sightline_db::users::{self, Standing};
use uuid::Uuid;

/// A key and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The key.
    pub key: AuthKey,
    /// Its user's address.
    pub email: String,
}

/// Which of the visible keys a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of this user.
    pub user: Option<UserId>,
    /// With these first characters.
    pub start: Option<String>,
    /// With these last characters.
    pub end: Option<String>,
}

/// A page of the keys that the caller may see, by id, and how many there are in all: all for a site administrator,
/// those of its organisation for its administrator, otherwise one's own.
pub async fn index(
    ctx: &Ctx,
    wanted: Wanted,
    limit: Option<u32>,
    offset: u32,
) -> AppResult<(Vec<Listed>, i64)> {
    let caller = &ctx.caller;
    let own_only = !caller.may(Permission::Admin);
    if own_only && wanted.user.is_some_and(|user| user != caller.user_id) {
        return Ok((Vec::new(), 0));
    }
    let filter = Filter {
        user: if own_only {
            Some(caller.user_id)
        } else {
            wanted.user
        },
        org: (!caller.is_site_admin()).then_some(caller.org_id),
        authkey_start: wanted.start,
        authkey_end: wanted.end,
    };
    ctx.read(move |_, tx| {
        let (rows, total) = auth_keys::list(tx, &filter, limit, offset)?;
        let listed = rows
            .into_iter()
            .map(|(key, email)| Listed { key, email })
            .collect();
        Ok((listed, total))
    })
    .await
}

/// The keys of one user that the caller may see.
pub async fn of_user(ctx: &Ctx, user: UserId) -> AppResult<Vec<AuthKey>> {
    let wanted = Wanted {
        user: Some(user),
        ..Wanted::default()
    };
    Ok(index(ctx, wanted, None, 0)
        .await?
        .0
        .into_iter()
        .map(|listed| listed.key)
        .collect())
}

/// One key, by id or uuid.
pub async fn find(ctx: &Ctx, key: &str) -> AppResult<Listed> {
    let key = key.to_owned();
    ctx.read(move |ctx, tx| {
        let (key, owner) = visible(ctx, tx, &key)?;
        Ok(Listed {
            key,
            email: owner.email,
        })
    })
    .await
}

/// A key that the caller may see, with its user.
pub(super) fn visible(ctx: &Ctx, tx: &mut Tx<'_>, key: &str) -> AppResult<(AuthKey, Standing)> {
    let uuid = Uuid::try_parse(key).ok();
    let id = key.parse().ok().map(AuthKeyId);
    let found = if id.is_some() || uuid.is_some() {
        auth_keys::find(tx, id, uuid)?
    } else {
        None
    };
    let key = found.ok_or_else(invalid_key)?;
    let owner = users::standing(tx, key.user_id)?
        .filter(|owner| may_see(ctx, owner))
        .ok_or_else(invalid_key)?;
    Ok((key, owner))
}
