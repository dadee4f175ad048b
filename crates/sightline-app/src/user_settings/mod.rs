//! What users set for themselves (spec 03 section 12). Administrators may do it for those whom they administer.

mod list;
mod manage;
mod values;

pub use list::{SETTING_ROWS, Whose, get, hidden_columns, home_page, index, view};
pub use manage::{delete, delete_by_id, set, set_home_page, toggle_column};
pub use sightline_db::user_settings::UserSetting;
pub use values::COLUMNS;

use crate::Ctx;
use sightline_core::ids::UserId;
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::{Tx, users};

/// The names that can be set, and the permission that a name asks for.
const NAMES: [(&str, Option<Permission>); 8] = [
    ("publish_alert_filter", None),
    ("dashboard_access", Some(Permission::SiteAdmin)),
    ("dashboard", None),
    ("homepage", None),
    ("default_restsearch_parameters", None),
    ("tag_numerical_value_override", None),
    (HIDDEN_COLUMNS, None),
    ("periodic_notification_filters", None),
];

const HIDDEN_COLUMNS: &str = "event_index_hide_columns";

/// Set by the platform, shown to its user, never settable.
const INTERNAL: &str = "oidc";

fn is_known(name: &str) -> bool {
    name == INTERNAL || NAMES.iter().any(|(known, _)| *known == name)
}

/// `NotAllowed` unless the caller may set this name.
fn require_settable(ctx: &Ctx, name: &str) -> AppResult<()> {
    let known = NAMES.iter().find(|(known, _)| *known == name);
    let (_, restriction) = known.ok_or_else(|| AppError::NotAllowed("Invalid setting.".into()))?;
    match restriction {
        Some(permission) if !ctx.caller.may(*permission) => Err(AppError::NotAllowed(format!(
            "This setting is restricted and requires the following permission(s): {}",
            permission.name()
        ))),
        _ => Ok(()),
    }
}

/// Whether the settings of a user are the caller's business: its own, or those of users whom it administers.
fn may_touch(ctx: &Ctx, tx: &mut Tx<'_>, user: UserId) -> AppResult<bool> {
    let caller = &ctx.caller;
    let Some(owner) = users::standing(tx, user)? else {
        return Ok(false);
    };
    let administers = || {
        caller.may(Permission::Admin)
            && owner.org_id == caller.org_id
            && !owner.permissions.has(Permission::SiteAdmin)
    };
    Ok(caller.is_site_admin() || user == caller.user_id || administers())
}
