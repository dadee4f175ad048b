//! Reading settings.

use super::{is_known, may_touch};
use crate::Ctx;
use sightline_core::ids::UserId;
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::user_settings::{self, Filter, UserSetting};

/// Whose settings a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Whose {
    /// The caller's.
    #[default]
    Own,
    /// One user's.
    User(UserId),
    /// Those of all users of the caller's organisation.
    Org,
    /// Everybody's.
    All,
}

/// A page of settings by id, and how many there are; nobody's where the caller may not look.
pub async fn index(
    ctx: &Ctx,
    whose: Whose,
    setting: Option<String>,
    page: u32,
    limit: u32,
) -> AppResult<(Vec<UserSetting>, i64)> {
    ctx.read(move |ctx, tx| {
        let caller = &ctx.caller;
        let mut filter = Filter {
            setting,
            ..Filter::default()
        };
        match whose {
            Whose::User(user) if may_touch(ctx, tx, user)? => filter.user = Some(user),
            Whose::User(_) => return Ok((Vec::new(), 0)),
            Whose::All if caller.is_site_admin() => {}
            Whose::Org | Whose::All if caller.may(Permission::Admin) => filter.org = Some(caller.org_id),
            Whose::Own | Whose::Org | Whose::All => filter.user = Some(caller.user_id),
        }
        let offset = i64::from(page.saturating_sub(1)) * i64::from(limit);
        Ok(user_settings::list(tx, &filter, limit, offset)?)
    })
    .await
}

/// One setting. Unknown, unset and not the caller's business look alike.
pub async fn get(ctx: &Ctx, user: UserId, name: &str) -> AppResult<UserSetting> {
    let name = name.to_owned();
    ctx.read(move |ctx, tx| {
        let found = if is_known(&name) && may_touch(ctx, tx, user)? {
            user_settings::get(tx, user, &name)?
        } else {
            None
        };
        found.ok_or_else(|| AppError::not_found("Invalid setting."))
    })
    .await
}
