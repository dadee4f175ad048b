//! Users.

use crate::Caller;
use sightline_core::AppResult;
use sightline_core::ids::UserId;
use sightline_db::users::Standing;
use sightline_db::{Tx, users};

/// The user's e-mail address; empty when the user is gone.
pub fn email_of(tx: &mut Tx<'_>, id: UserId) -> AppResult<String> {
    Ok(users::by_id(tx, id)?.map(|user| user.email).unwrap_or_default())
}

/// The user as a caller with its present rights; `None` when it is gone, disabled or expired.
pub fn caller(tx: &mut Tx<'_>, now: i64, id: UserId) -> AppResult<Option<Caller>> {
    Ok(users::standing(tx, id)?.filter(|standing| is_active(standing, now)).map(Caller::from))
}

/// Whether the user may do anything at all.
pub(crate) fn is_active(standing: &Standing, now: i64) -> bool {
    !standing.disabled && standing.expiration.is_none_or(|end| end == 0 || end > now)
}

impl From<Standing> for Caller {
    fn from(standing: Standing) -> Self {
        Self {
            user_id: standing.user_id,
            org_id: standing.org_id,
            email: standing.email,
            role_id: standing.role_id,
            permissions: standing.permissions,
            auth_key: None,
            read_only: false,
        }
    }
}
