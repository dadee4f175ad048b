//! Browser sessions, and the failures that pause a log-in.

use crate::{DbResult, Tx, params};
use sightline_core::ids::UserId;

/// A session as kept; the token itself is only in the browser.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of a session")]
pub struct Session {
    /// SHA-256 of the token.
    pub token_hash: Vec<u8>,
    pub user_id: UserId,
    pub csrf: String,
    pub created: i64,
    pub last_seen: i64,
    pub expires: i64,
    pub ip: String,
    pub user_agent: String,
}

/// Writes a new session and forgets those that are over.
pub fn insert(tx: &mut Tx<'_>, session: &Session) -> DbResult<()> {
    tx.exec(
        "DELETE FROM sessions WHERE expires < $1",
        params![session.created],
    )?;
    tx.exec(
        "INSERT INTO sessions (token_hash, user_id, csrf, created, last_seen, expires, ip, user_agent) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            &session.token_hash,
            session.user_id,
            &session.csrf,
            session.created,
            session.last_seen,
            session.expires,
            &session.ip,
            &session.user_agent
        ],
    )?;
    Ok(())
}

/// The session of a token that is not over yet.
pub fn live(tx: &mut Tx<'_>, token_hash: &[u8], now: i64) -> DbResult<Option<Session>> {
    tx.first(
        "SELECT token_hash, user_id, csrf, created, last_seen, expires, ip, user_agent FROM sessions \
         WHERE token_hash = $1 AND expires > $2",
        params![token_hash, now],
        |row| {
            Ok(Session {
                token_hash: row.bytes(0)?,
                user_id: UserId(row.int(1)?),
                csrf: row.text(2)?,
                created: row.int(3)?,
                last_seen: row.int(4)?,
                expires: row.int(5)?,
                ip: row.text(6)?,
                user_agent: row.text(7)?,
            })
        },
    )
}

/// Notes that a session was used and when it now ends.
pub fn seen(tx: &mut Tx<'_>, token_hash: &[u8], now: i64, expires: i64) -> DbResult<()> {
    tx.exec(
        "UPDATE sessions SET last_seen = $2, expires = $3 WHERE token_hash = $1",
        params![token_hash, now, expires],
    )?;
    Ok(())
}

/// Ends one session.
pub fn end(tx: &mut Tx<'_>, token_hash: &[u8]) -> DbResult<()> {
    tx.exec("DELETE FROM sessions WHERE token_hash = $1", params![token_hash])?;
    Ok(())
}

/// Ends all sessions of a user, except one.
pub fn end_all(tx: &mut Tx<'_>, user: UserId, except: Option<&[u8]>) -> DbResult<()> {
    tx.exec(
        "DELETE FROM sessions WHERE user_id = $1 AND token_hash <> $2",
        params![user, except.unwrap_or_default()],
    )?;
    Ok(())
}

/// How many failures of this address and name still count, and when the last of them is forgotten.
pub fn failures(tx: &mut Tx<'_>, ip: &str, username: &str, now: i64) -> DbResult<(i64, i64)> {
    let found = tx.first(
        "SELECT COUNT(*), COALESCE(MAX(expires), 0) FROM login_failures \
         WHERE ip = $1 AND username = $2 AND expires > $3",
        params![ip, username, now],
        |row| Ok((row.int(0)?, row.int(1)?)),
    )?;
    Ok(found.unwrap_or_default())
}

/// Notes a failure and forgets those that no longer count.
pub fn add_failure(tx: &mut Tx<'_>, ip: &str, username: &str, now: i64, expires: i64) -> DbResult<()> {
    tx.exec("DELETE FROM login_failures WHERE expires <= $1", params![now])?;
    tx.exec(
        "INSERT INTO login_failures (ip, username, expires) VALUES ($1, $2, $3)",
        params![ip, username, expires],
    )?;
    Ok(())
}

/// Forgets the failures of an address and name after a success.
pub fn forget_failures(tx: &mut Tx<'_>, ip: &str, username: &str) -> DbResult<()> {
    tx.exec(
        "DELETE FROM login_failures WHERE ip = $1 AND username = $2",
        params![ip, username],
    )?;
    Ok(())
}
