//! Users: one's own profile, and managing others as an administrator (spec 05 section 6).

mod add;
mod delete;
mod edit;
mod fields;
mod rights;
mod view;

pub use add::{Added, add};
pub(crate) use add::{add_with, random_sid};
pub use delete::delete;
pub use edit::{edit, edit_own, reset_password};
pub use fields::UserIn;
pub(crate) use fields::is_email;
pub use rights::require_password_change;
pub(crate) use rights::{
    changeable, is_last_site_admin, may_administer, require_admin, require_self_management,
};
pub use sightline_db::users::{Filter, User};
pub use view::{Listed, UserView, administered, assignable_roles, find, index, org_admins, view};

use crate::{Caller, Ctx, changes};
use serde_json::{Map, Value, json};
use sightline_core::ids::UserId;
use sightline_core::{AppError, AppResult};
use sightline_db::audit::Change;
use sightline_db::users::Standing;
use sightline_db::{Tx, users};

/// What the reference says of a user that is not there, or not one that the caller administers.
pub fn invalid_user() -> AppError {
    AppError::not_found("Invalid user")
}

/// The user's e-mail address; empty when the user is gone.
pub fn email_of(tx: &mut Tx<'_>, id: UserId) -> AppResult<String> {
    Ok(users::by_id(tx, id)?.map(|user| user.email).unwrap_or_default())
}

/// The user as a caller with its present rights; `None` when it is gone, disabled or expired.
pub fn caller(tx: &mut Tx<'_>, now: i64, id: UserId) -> AppResult<Option<Caller>> {
    Ok(users::standing(tx, id)?
        .filter(|standing| is_active(standing, now))
        .map(Caller::from))
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
            searches: standing.searches,
        }
    }
}

/// The columns for the audit log, without secrets.
pub(crate) fn columns(user: &User) -> Map<String, Value> {
    changes::fields(json!({
        "email": user.email,
        "org_id": user.org_id,
        "role_id": user.role_id,
        "change_pw": user.change_pw,
        "autoalert": user.autoalert,
        "contactalert": user.contactalert,
        "notification_daily": user.notification_daily,
        "notification_weekly": user.notification_weekly,
        "notification_monthly": user.notification_monthly,
        "disabled": user.disabled,
        "termsaccepted": user.termsaccepted,
        "gpgkey": user.gpgkey,
        "certif_public": user.certif_public,
        "nids_sid": user.nids_sid,
        "newsread": user.newsread,
        "expiration": user.expiration,
        "last_pw_change": user.last_pw_change,
        "sub": user.sub,
        "external_auth_required": user.external_auth_required,
        "external_auth_key": user.external_auth_key,
    }))
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, action: &str, user: &User, fields: Value) -> AppResult<()> {
    ctx.audit(
        tx,
        &Change {
            action,
            model: "User",
            id: user.id.0,
            title: &user.email,
            event: None,
            fields,
        },
    )
}
