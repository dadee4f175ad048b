//! What users set for themselves: a name and a JSON value.

use crate::paging::paged;
use crate::{DbResult, Row, Sql, Tx, params};
use sightline_core::ids::{OrgId, UserId};

/// A setting as kept.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the columns of a setting")]
pub struct UserSetting {
    pub id: i64,
    pub user_id: UserId,
    pub setting: String,
    pub value: serde_json::Value,
    pub timestamp: i64,
}

const COLUMNS: &str = "id, user_id, setting, value, timestamp";

fn read(row: &Row<'_>) -> DbResult<UserSetting> {
    Ok(UserSetting {
        id: row.int(0)?,
        user_id: UserId(row.int(1)?),
        setting: row.text(2)?,
        value: serde_json::from_str(row.str(3)?).unwrap_or_default(),
        timestamp: row.int(4)?,
    })
}

/// Which settings a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each restricts one column")]
pub struct Filter {
    pub user: Option<UserId>,
    /// Of the user.
    pub org: Option<OrgId>,
    pub setting: Option<String>,
}

/// Settings by id.
pub fn list(tx: &mut Tx<'_>, filter: &Filter, limit: u32, offset: i64) -> DbResult<(Vec<UserSetting>, i64)> {
    let dialect = tx.dialect();
    let select = |what: &str| {
        let mut sql = Sql::new(dialect, &format!("SELECT {what} FROM user_settings WHERE TRUE"));
        if let Some(user) = filter.user {
            sql.push(" AND user_id = ").bind(user);
        }
        if let Some(org) = filter.org {
            sql.push(" AND user_id IN (SELECT id FROM users WHERE org_id = ")
                .bind(org)
                .push(")");
        }
        if let Some(setting) = &filter.setting {
            sql.push(" AND setting = ").bind(setting);
        }
        sql
    };
    paged(tx, select, COLUMNS, "id", (limit, offset), read)
}

/// One setting.
pub fn get(tx: &mut Tx<'_>, user: UserId, setting: &str) -> DbResult<Option<UserSetting>> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM user_settings WHERE user_id = $1 AND setting = $2"),
        params![user, setting],
        read,
    )
}

/// One setting by id.
pub fn by_id(tx: &mut Tx<'_>, id: i64) -> DbResult<Option<UserSetting>> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM user_settings WHERE id = $1"),
        params![id],
        read,
    )
}

/// Writes a setting, replacing an older value.
pub fn set(
    tx: &mut Tx<'_>,
    user: UserId,
    setting: &str,
    value: &serde_json::Value,
    now: i64,
) -> DbResult<()> {
    tx.exec(
        "INSERT INTO user_settings (user_id, setting, value, timestamp) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (user_id, setting) DO UPDATE SET value = excluded.value, timestamp = excluded.timestamp",
        params![user, setting, value.to_string().as_str(), now],
    )?;
    Ok(())
}

/// Removes a setting.
pub fn delete(tx: &mut Tx<'_>, id: i64) -> DbResult<()> {
    tx.exec("DELETE FROM user_settings WHERE id = $1", params![id])?;
    Ok(())
}
