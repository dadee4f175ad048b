//! API keys (spec 05 section 1): what a request proves with one, and managing one's own and those of others.

mod authenticate;
mod failures;
pub use failures::note_failure;
mod fields;
mod list;
mod manage;

pub use authenticate::{KeyUse, authenticate};
pub use fields::AuthKeyIn;
pub use list::{Listed, Wanted, find, index, of_user};
pub use manage::{NewKey, add, delete, edit, reset};
pub use sightline_db::auth_keys::AuthKey;

pub(crate) use authenticate::renew;
pub(crate) use fields::moment;
pub(crate) use manage::issue;

use crate::Ctx;
use sha2::{Digest, Sha256};
use sightline_core::ids::UserId;
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::users::{self, Standing};

/// What is kept of a key. A key is 40 random characters, 238 bits: a plain hash is as strong as it is.
pub(crate) fn hash(key: &str) -> Vec<u8> {
    Sha256::digest(key.as_bytes()).to_vec()
}

/// What the reference says of a key that is not there or not visible.
pub fn invalid_key() -> AppError {
    AppError::not_found("Invalid AuthKey.")
}

fn no_privileges() -> AppError {
    AppError::NotAllowed(
        "Invalid user or insufficient privileges to interact with an authkey for the given user.".into(),
    )
}

/// Whether the caller may see the keys of a user: its own, those of its organisation as its administrator.
fn may_see(ctx: &Ctx, owner: &Standing) -> bool {
    let caller = &ctx.caller;
    caller.is_site_admin()
        || owner.user_id == caller.user_id
        || caller.may(Permission::Admin) && owner.org_id == caller.org_id
}

/// Whether the caller may make, change and remove the keys of a user: as `may_see`, but administrators' keys are
/// their own business, and a role that may not use the API gets no key.
fn may_manage(ctx: &Ctx, owner: &Standing) -> bool {
    let caller = &ctx.caller;
    let of_user = |permission| owner.permissions.has(permission);
    let administered = || {
        let privileged = of_user(Permission::Admin) || of_user(Permission::SiteAdmin);
        owner.org_id == caller.org_id && !privileged && of_user(Permission::Auth)
    };
    !caller.read_only
        && (caller.is_site_admin()
            || owner.user_id == caller.user_id && caller.may(Permission::Auth)
            || caller.may(Permission::Admin) && administered())
}

/// Whether a page may offer the caller to manage the keys of this user.
pub async fn manages(ctx: &Ctx, owner: UserId) -> AppResult<bool> {
    ctx.read(move |ctx, tx| {
        let standing = users::standing(tx, owner)?;
        Ok(standing.is_some_and(|standing| may_manage(ctx, &standing)))
    })
    .await
}
