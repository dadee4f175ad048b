//! Writing settings.

use super::{HIDDEN_COLUMNS, may_touch, require_settable, values};
use crate::{Ctx, mail};
use serde_json::{Value, json};
use sightline_core::ids::UserId;
use sightline_core::{AppError, AppResult};
use sightline_db::Tx;
use sightline_db::audit::Change;
use sightline_db::user_settings::{self, UserSetting};

/// Longest value, in bytes of JSON; a dashboard with dozens of widgets fits many times.
const VALUE_BYTES: usize = 1 << 20;

/// Sets a value, replacing an older one.
pub async fn set(ctx: &Ctx, user: UserId, name: &str, value: Value) -> AppResult<UserSetting> {
    ctx.require_writing()?;
    require_settable(ctx, name)?;
    let (name, value) = (name.to_owned(), meant(value));
    if value.to_string().len() > VALUE_BYTES {
        return Err(AppError::field("value", "The value is too long."));
    }
    values::check(&name, &value)?;
    match name.as_str() {
        "publish_alert_filter" => mail::check_alert_filter(&value)?,
        "periodic_notification_filters" => mail::check_filters(&value)?,
        _ => {}
    }
    ctx.write(move |ctx, tx| {
        if !may_touch(ctx, tx, user)? {
            return Err(AppError::NotAllowed("Invalid setting.".into()));
        }
        let before = user_settings::get(tx, user, &name)?.map(|setting| setting.value);
        user_settings::set(tx, user, &name, &value, ctx.now())?;
        let setting = user_settings::get(tx, user, &name)?;
        let setting = setting.ok_or_else(|| AppError::internal("a setting is gone that was just written"))?;
        let action = if before.is_some() { "edit" } else { "add" };
        record(
            ctx,
            tx,
            action,
            &setting,
            json!({"value": [before, setting.value]}),
        )?;
        Ok(setting)
    })
    .await
}

/// The page that the caller starts on: a path of this site.
pub async fn set_home_page(ctx: &Ctx, path: &str) -> AppResult<UserSetting> {
    if !values::is_home(path) {
        return Err(AppError::field(
            "path",
            "The path has to be one of this site, such as /events/index.",
        ));
    }
    set(ctx, ctx.caller.user_id, "homepage", json!({"path": path})).await
}

/// Hides a column of the caller's list of events, or shows it again; whether it is hidden now.
pub async fn toggle_column(ctx: &Ctx, column: &str) -> AppResult<bool> {
    let user = ctx.caller.user_id;
    let mut hidden = super::hidden_columns(ctx).await?;
    let was = hidden.len();
    hidden.retain(|one| one != column);
    let hides = hidden.len() == was;
    if hides {
        hidden.push(column.to_owned());
    }
    set(ctx, user, HIDDEN_COLUMNS, json!(hidden)).await?;
    Ok(hides)
}

/// Removes a setting by name; its id.
pub async fn delete(ctx: &Ctx, user: UserId, name: &str) -> AppResult<i64> {
    let name = name.to_owned();
    remove(ctx, move |tx| Ok(user_settings::get(tx, user, &name)?)).await
}

/// Removes a setting by id.
pub async fn delete_by_id(ctx: &Ctx, id: i64) -> AppResult<i64> {
    remove(ctx, move |tx| Ok(user_settings::by_id(tx, id)?)).await
}

async fn remove<F>(ctx: &Ctx, find: F) -> AppResult<i64>
where
    F: FnOnce(&mut Tx<'_>) -> AppResult<Option<UserSetting>> + Clone + Send + 'static,
{
    ctx.require_writing()?;
    ctx.write(move |ctx, tx| {
        let invalid = || AppError::not_found("Invalid user setting.");
        let setting = find(tx)?.ok_or_else(invalid)?;
        if !may_touch(ctx, tx, setting.user_id)? {
            return Err(invalid());
        }
        require_settable(ctx, &setting.setting)?;
        user_settings::delete(tx, setting.id)?;
        record(ctx, tx, "delete", &setting, json!({"value": setting.value}))?;
        Ok(setting.id)
    })
    .await
}

/// Nothing is an empty list; a text that holds JSON is that JSON, as forms send it.
fn meant(value: Value) -> Value {
    match value {
        Value::Null => json!([]),
        Value::String(text) if text.trim().is_empty() => json!([]),
        Value::String(text) => match serde_json::from_str(&text) {
            Ok(inner @ (Value::Array(_) | Value::Object(_))) => inner,
            _ => Value::String(text),
        },
        other => other,
    }
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, action: &str, setting: &UserSetting, fields: Value) -> AppResult<()> {
    ctx.audit(
        tx,
        &Change {
            action,
            model: "UserSetting",
            id: setting.id,
            title: &format!("{} of user {}", setting.setting, setting.user_id),
            event: None,
            fields,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_value_means() {
        for (given, expected) in [
            (json!(null), json!([])),
            (json!("  "), json!([])),
            (json!("{\"a\": 1}"), json!({"a": 1})),
            (json!("5"), json!("5")),
            (json!(1), json!(1)),
        ] {
            assert_eq!(meant(given.clone()), expected, "{given}");
        }
    }
}
