//! Adding, editing and deleting roles, and choosing the default one: site administrators only.

use super::{RoleIn, fields, invalid_role};
use crate::{Ctx, changes};
use serde_json::{Map, Value, json};
use sightline_core::ids::{RoleId, UserId};
use sightline_core::{AppError, AppResult, FieldErrors, Permission};
use sightline_db::audit::Change;
use sightline_db::roles::{self, Role};
use sightline_db::{Tx, users};

/// Adds a role.
pub async fn add(ctx: &Ctx, body: RoleIn) -> AppResult<Role> {
    ctx.require(Permission::SiteAdmin)?;
    ctx.write(move |ctx, tx| {
        let mut role = Role {
            created: ctx.now(),
            modified: ctx.now(),
            // The reference's columns are empty on a role that it added, null on one that it came with.
            memory_limit: Some(String::new()),
            max_execution_time: Some(String::new()),
            ..Role::default()
        };
        checked(tx, &mut role, &body)?;
        role.id = roles::insert(tx, &role)?;
        record(ctx, tx, "add", &role, Value::Object(columns(&role)))?;
        Ok(role)
    })
    .await
}

/// Changes what the body names; without `permission` the role loses its rights over events. Refused when nobody
/// could administer the site afterwards.
pub async fn edit(ctx: &Ctx, id: RoleId, body: RoleIn) -> AppResult<Role> {
    ctx.require(Permission::SiteAdmin)?;
    ctx.write(move |ctx, tx| {
        let before = roles::by_id(tx, id)?.ok_or_else(invalid_role)?;
        let mut role = before.clone();
        checked(tx, &mut role, &body)?;
        role.modified = ctx.now();
        roles::update(tx, &role)?;
        if !users::other_site_admin(tx, UserId(0))? {
            return Err(AppError::Refused(
                "Without this role nobody could administer the site any more.".into(),
            ));
        }
        record(
            ctx,
            tx,
            "edit",
            &role,
            changes::between(&columns(&before), &columns(&role)),
        )?;
        Ok(role)
    })
    .await
}

fn checked(tx: &mut Tx<'_>, role: &mut Role, body: &RoleIn) -> AppResult<()> {
    let mut errors = FieldErrors::default();
    fields::apply(role, body, &mut errors);
    if roles::by_name(tx, &role.name)?.is_some_and(|other| other.id != role.id) {
        errors.add("name", "A role with this name already exists.");
    }
    errors.into_result()
}

/// Removes a role that no user has and that is not the default one.
pub async fn delete(ctx: &Ctx, id: RoleId) -> AppResult<()> {
    ctx.require(Permission::SiteAdmin)?;
    ctx.write(move |ctx, tx| {
        let role = roles::by_id(tx, id)?.ok_or_else(invalid_role)?;
        if roles::is_used(tx, id)? {
            return Err(AppError::Refused(
                "It is not possible to delete role that is assigned to users.".into(),
            ));
        }
        if role.default_role {
            return Err(AppError::Refused(
                "This is the default role: choose another one first.".into(),
            ));
        }
        roles::delete(tx, id)?;
        record(ctx, tx, "delete", &role, Value::Object(columns(&role)))
    })
    .await
}

/// Makes a role the one that new users get.
pub async fn set_default(ctx: &Ctx, id: RoleId) -> AppResult<()> {
    ctx.require(Permission::SiteAdmin)?;
    ctx.write(move |ctx, tx| {
        let role = roles::by_id(tx, id)?.ok_or_else(invalid_role)?;
        roles::set_default(tx, id)?;
        record(
            ctx,
            tx,
            "edit",
            &role,
            json!({"default_role": [role.default_role, true]}),
        )
    })
    .await
}

fn columns(role: &Role) -> Map<String, Value> {
    let mut columns = changes::fields(json!({
        "name": role.name,
        "restricted_to_site_admin": role.restricted_to_site_admin,
        "enforce_rate_limit": role.enforce_rate_limit,
        "rate_limit_count": role.rate_limit_count,
        "memory_limit": role.memory_limit,
        "max_execution_time": role.max_execution_time,
    }));
    for permission in Permission::ALL {
        columns.insert(permission.name().into(), role.permissions.has(*permission).into());
    }
    columns
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, action: &str, role: &Role, fields: Value) -> AppResult<()> {
    ctx.audit(
        tx,
        &Change {
            action,
            model: "Role",
            id: role.id.0,
            title: &role.name,
            event: None,
            fields,
        },
    )
}
