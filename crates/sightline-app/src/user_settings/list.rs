//! Reading settings.

use super::values::is_home;
use super::{HIDDEN_COLUMNS, is_known, may_touch};
use crate::Ctx;
use serde_json::Value;
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

/// Settings in one answer, and how many come when nothing is said: clients take the list for whole.
pub const SETTING_ROWS: u32 = 10_000;

/// A page, from 1, of settings by id, and how many there are in all; nobody's where the caller may not look.
pub async fn index(
    ctx: &Ctx,
    whose: Whose,
    setting: Option<String>,
    page: u32,
    limit: u32,
) -> AppResult<(Vec<UserSetting>, i64)> {
    let offset = page.saturating_sub(1).saturating_mul(limit);
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
        Ok(user_settings::page(tx, &filter, limit, offset)?)
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

/// One setting by id.
pub async fn view(ctx: &Ctx, id: i64) -> AppResult<UserSetting> {
    ctx.read(move |ctx, tx| match user_settings::by_id(tx, id)? {
        Some(found) if may_touch(ctx, tx, found.user_id)? => Ok(found),
        _ => Err(AppError::not_found("Invalid user setting.")),
    })
    .await
}

async fn own(ctx: &Ctx, name: &'static str) -> AppResult<Option<Value>> {
    let user = ctx.caller.user_id;
    let found = ctx
        .read(move |_, tx| Ok(user_settings::get(tx, user, name)?))
        .await?;
    Ok(found.map(|setting| setting.value))
}

/// Where the caller starts, when it has said so.
pub async fn home_page(ctx: &Ctx) -> AppResult<Option<String>> {
    let value = own(ctx, "homepage").await?;
    let path = value.as_ref().and_then(|value| value.get("path")?.as_str());
    Ok(path.filter(|path| is_home(path)).map(str::to_owned))
}

/// The columns that the caller does not want to see in the list of events.
pub async fn hidden_columns(ctx: &Ctx) -> AppResult<Vec<String>> {
    let value = own(ctx, HIDDEN_COLUMNS).await?.unwrap_or_default();
    let names = value.as_array().into_iter().flatten().filter_map(Value::as_str);
    Ok(names.map(str::to_owned).collect())
}
