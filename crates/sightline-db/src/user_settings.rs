//! What users set for themselves: a name and a JSON value.

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

impl Filter {
    fn push<'a>(&'a self, sql: &mut Sql<'a>) {
        sql.push(" FROM user_settings WHERE TRUE");
        if let Some(user) = self.user {
            sql.push(" AND user_id = ").bind(user);
        }
        if let Some(org) = self.org {
            sql.push(" AND user_id IN (SELECT id FROM users WHERE org_id = ")
                .bind(org)
                .push(")");
        }
        if let Some(setting) = &self.setting {
            sql.push(" AND setting = ").bind(setting);
        }
    }
}

/// A page of settings by id, and how many there are in all.
pub fn page(tx: &mut Tx<'_>, filter: &Filter, limit: u32, offset: u32) -> DbResult<(Vec<UserSetting>, i64)> {
    let mut count = Sql::new(tx.dialect(), "SELECT COUNT(*)");
    filter.push(&mut count);
    let total = tx.int(count.text(), count.values())?;
    let mut sql = Sql::new(tx.dialect(), &format!("SELECT {COLUMNS}"));
    filter.push(&mut sql);
    sql.push(" ORDER BY id LIMIT ")
        .bind(i64::from(limit))
        .push(" OFFSET ")
        .bind(i64::from(offset));
    Ok((tx.all(sql.text(), sql.values(), read)?, total))
}

/// All settings of a user by id: there are a handful of names.
pub fn of_user(tx: &mut Tx<'_>, user: UserId) -> DbResult<Vec<UserSetting>> {
    tx.all(
        &format!("SELECT {COLUMNS} FROM user_settings WHERE user_id = $1 ORDER BY id"),
        params![user],
        read,
    )
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
