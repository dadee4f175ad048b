//! API keys. Only a hash is kept, beside the first and last four characters for people to recognise a key by.

use crate::{DbResult, Row, Sql, Tx, params};
use sightline_core::ids::{AuthKeyId, OrgId, UserId};
use uuid::Uuid;

/// A key as kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 05 section 1.3")]
pub struct AuthKey {
    pub id: AuthKeyId,
    pub uuid: Uuid,
    pub user_id: UserId,
    /// SHA-256 of the key.
    pub key_hash: Vec<u8>,
    pub authkey_start: String,
    pub authkey_end: String,
    pub created: i64,
    /// 0 for never.
    pub expiration: i64,
    pub read_only: bool,
    pub comment: String,
    /// Addresses and networks; `None` for any.
    pub allowed_ips: Option<Vec<String>>,
    pub unique_ips: Vec<String>,
    pub last_used: i64,
}

const COLUMNS: &str = "k.id, k.uuid, k.user_id, k.key_hash, k.authkey_start, k.authkey_end, k.created, k.expiration, \
     k.read_only, k.comment, k.allowed_ips, k.unique_ips, k.last_used";

fn read(row: &Row<'_>) -> DbResult<AuthKey> {
    Ok(AuthKey {
        id: AuthKeyId(row.int(0)?),
        uuid: row.uuid(1)?,
        user_id: UserId(row.int(2)?),
        key_hash: row.bytes(3)?,
        authkey_start: row.text(4)?,
        authkey_end: row.text(5)?,
        created: row.int(6)?,
        expiration: row.int(7)?,
        read_only: row.bool(8)?,
        comment: row.text(9)?,
        allowed_ips: row
            .opt_text(10)?
            .and_then(|list| serde_json::from_str(&list).ok()),
        unique_ips: serde_json::from_str(row.str(11)?).unwrap_or_default(),
        last_used: row.int(12)?,
    })
}

fn list_text(list: &[String]) -> String {
    serde_json::json!(list).to_string()
}

/// By the hash of the key.
pub fn by_hash(tx: &mut Tx<'_>, hash: &[u8]) -> DbResult<Option<AuthKey>> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM auth_keys k WHERE k.key_hash = $1"),
        params![hash],
        read,
    )
}

/// By id or uuid.
pub fn find(tx: &mut Tx<'_>, id: Option<AuthKeyId>, uuid: Option<Uuid>) -> DbResult<Option<AuthKey>> {
    match id {
        Some(id) => tx.first(
            &format!("SELECT {COLUMNS} FROM auth_keys k WHERE k.id = $1"),
            params![id],
            read,
        ),
        None => tx.first(
            &format!("SELECT {COLUMNS} FROM auth_keys k WHERE k.uuid = $1"),
            params![uuid],
            read,
        ),
    }
}

/// Which keys a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each restricts one column")]
pub struct Filter {
    pub user: Option<UserId>,
    /// Of the user.
    pub org: Option<OrgId>,
    pub authkey_start: Option<String>,
    pub authkey_end: Option<String>,
}

fn conditions<'a>(sql: &mut Sql<'a>, filter: &'a Filter) {
    if let Some(user) = filter.user {
        sql.push(" AND k.user_id = ").bind(user);
    }
    if let Some(org) = filter.org {
        sql.push(" AND u.org_id = ").bind(org);
    }
    if let Some(start) = &filter.authkey_start {
        sql.push(" AND k.authkey_start = ").bind(start);
    }
    if let Some(end) = &filter.authkey_end {
        sql.push(" AND k.authkey_end = ").bind(end);
    }
}

/// A page of keys by id, each with its user's address; and how many there are in all.
pub fn list(
    tx: &mut Tx<'_>,
    filter: &Filter,
    limit: Option<u32>,
    offset: u32,
) -> DbResult<(Vec<(AuthKey, String)>, i64)> {
    const FROM: &str = "FROM auth_keys k JOIN users u ON u.id = k.user_id WHERE TRUE";
    let mut count = Sql::new(tx.dialect(), &format!("SELECT COUNT(*) {FROM}"));
    conditions(&mut count, filter);
    let total = tx.int(count.text(), count.values())?;
    let mut sql = Sql::new(tx.dialect(), &format!("SELECT {COLUMNS}, u.email {FROM}"));
    conditions(&mut sql, filter);
    sql.push(" ORDER BY k.id LIMIT ")
        .bind(limit.map_or(i64::MAX, i64::from))
        .push(" OFFSET ")
        .bind(offset);
    let rows = tx.all(sql.text(), sql.values(), |row| Ok((read(row)?, row.text(13)?)))?;
    Ok((rows, total))
}

/// Writes a new key; its `id` is ignored.
pub fn insert(tx: &mut Tx<'_>, key: &AuthKey) -> DbResult<AuthKeyId> {
    tx.int(
        "INSERT INTO auth_keys (uuid, user_id, key_hash, authkey_start, authkey_end, created, expiration, read_only, \
         comment, allowed_ips, unique_ips) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id",
        params![
            key.uuid,
            key.user_id,
            &key.key_hash,
            &key.authkey_start,
            &key.authkey_end,
            key.created,
            key.expiration,
            key.read_only,
            &key.comment,
            key.allowed_ips.as_deref().map(list_text).as_deref(),
            list_text(&key.unique_ips).as_str()
        ],
    )
    .map(AuthKeyId)
}

/// Writes back what an edit may change.
pub fn update(tx: &mut Tx<'_>, key: &AuthKey) -> DbResult<()> {
    tx.exec(
        "UPDATE auth_keys SET comment = $2, allowed_ips = $3, expiration = $4, read_only = $5 WHERE id = $1",
        params![
            key.id,
            &key.comment,
            key.allowed_ips.as_deref().map(list_text).as_deref(),
            key.expiration,
            key.read_only
        ],
    )?;
    Ok(())
}

/// Notes that a key was used, and from where.
pub fn used(tx: &mut Tx<'_>, id: AuthKeyId, now: i64, unique_ips: &[String]) -> DbResult<()> {
    tx.exec(
        "UPDATE auth_keys SET last_used = $2, unique_ips = $3 WHERE id = $1",
        params![id, now, list_text(unique_ips).as_str()],
    )?;
    Ok(())
}

/// Ends the validity of a user's keys, all or one.
pub fn expire(tx: &mut Tx<'_>, user: UserId, only: Option<AuthKeyId>, now: i64) -> DbResult<()> {
    tx.exec(
        "UPDATE auth_keys SET expiration = $2 WHERE user_id = $1 AND (expiration = 0 OR expiration > $2) \
         AND (id = $3 OR $3 = 0)",
        params![user, now, only.unwrap_or_default()],
    )?;
    Ok(())
}

/// Removes a key.
pub fn delete(tx: &mut Tx<'_>, id: AuthKeyId) -> DbResult<()> {
    tx.exec("DELETE FROM auth_keys WHERE id = $1", params![id])?;
    Ok(())
}
