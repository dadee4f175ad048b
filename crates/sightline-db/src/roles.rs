//! Roles.

use crate::paging::paged;
use crate::{DbResult, Row, Sql, Tx, params};
use sightline_core::Permissions;
use sightline_core::ids::RoleId;

/// A role as kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 05 section 3.1")]
pub struct Role {
    pub id: RoleId,
    pub name: String,
    pub permissions: Permissions,
    pub default_role: bool,
    pub restricted_to_site_admin: bool,
    pub enforce_rate_limit: bool,
    pub rate_limit_count: i64,
    pub memory_limit: Option<String>,
    pub max_execution_time: Option<String>,
    pub created: i64,
    pub modified: i64,
}

const COLUMNS: &str = "id, name, permissions, default_role, restricted_to_site_admin, enforce_rate_limit, \
     rate_limit_count, memory_limit, max_execution_time, created, modified";

fn read(row: &Row<'_>) -> DbResult<Role> {
    Ok(Role {
        id: RoleId(row.int(0)?),
        name: row.text(1)?,
        permissions: Permissions::from_bits(row.int(2)?),
        default_role: row.bool(3)?,
        restricted_to_site_admin: row.bool(4)?,
        enforce_rate_limit: row.bool(5)?,
        rate_limit_count: row.int(6)?,
        memory_limit: row.opt_text(7)?,
        max_execution_time: row.opt_text(8)?,
        created: row.int(9)?,
        modified: row.int(10)?,
    })
}

/// Every role, in id order; there are few.
pub fn all(tx: &mut Tx<'_>) -> DbResult<Vec<Role>> {
    tx.all(&format!("SELECT {COLUMNS} FROM roles ORDER BY id"), &[], read)
}

/// A page of roles by id, and how many there are.
pub fn page(tx: &mut Tx<'_>, limit: u32, offset: i64) -> DbResult<(Vec<Role>, i64)> {
    let dialect = tx.dialect();
    let select = |what: &str| Sql::new(dialect, &format!("SELECT {what} FROM roles"));
    paged(tx, select, COLUMNS, "id", (limit, offset), read)
}

/// By id.
pub fn by_id(tx: &mut Tx<'_>, id: RoleId) -> DbResult<Option<Role>> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM roles WHERE id = $1"),
        params![id],
        read,
    )
}

/// By its exact name.
pub fn by_name(tx: &mut Tx<'_>, name: &str) -> DbResult<Option<Role>> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM roles WHERE name = $1"),
        params![name],
        read,
    )
}

/// The role of new users, if there is one.
pub fn default_role(tx: &mut Tx<'_>) -> DbResult<Option<Role>> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM roles WHERE default_role ORDER BY id LIMIT 1"),
        &[],
        read,
    )
}

/// Writes a new role; its `id` is ignored.
pub fn insert(tx: &mut Tx<'_>, role: &Role) -> DbResult<RoleId> {
    tx.int(
        "INSERT INTO roles (name, permissions, default_role, restricted_to_site_admin, enforce_rate_limit, \
         rate_limit_count, memory_limit, max_execution_time, created, modified) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
        params![
            &role.name,
            role.permissions.bits(),
            role.default_role,
            role.restricted_to_site_admin,
            role.enforce_rate_limit,
            role.rate_limit_count,
            role.memory_limit.as_deref(),
            role.max_execution_time.as_deref(),
            role.created,
            role.modified
        ],
    )
    .map(RoleId)
}

/// Writes a role back.
pub fn update(tx: &mut Tx<'_>, role: &Role) -> DbResult<()> {
    tx.exec(
        "UPDATE roles SET name = $2, permissions = $3, restricted_to_site_admin = $4, enforce_rate_limit = $5, \
         rate_limit_count = $6, memory_limit = $7, max_execution_time = $8, modified = $9 WHERE id = $1",
        params![
            role.id,
            &role.name,
            role.permissions.bits(),
            role.restricted_to_site_admin,
            role.enforce_rate_limit,
            role.rate_limit_count,
            role.memory_limit.as_deref(),
            role.max_execution_time.as_deref(),
            role.modified
        ],
    )?;
    Ok(())
}

/// Makes one role the default for new users.
pub fn set_default(tx: &mut Tx<'_>, id: RoleId) -> DbResult<()> {
    tx.exec("UPDATE roles SET default_role = (id = $1)", params![id])?;
    Ok(())
}

/// Whether a user has the role.
pub fn is_used(tx: &mut Tx<'_>, id: RoleId) -> DbResult<bool> {
    tx.exists("SELECT 1 FROM users WHERE role_id = $1", params![id])
}

/// Removes a role that no user has.
pub fn delete(tx: &mut Tx<'_>, id: RoleId) -> DbResult<()> {
    tx.exec("DELETE FROM roles WHERE id = $1", params![id])?;
    Ok(())
}
