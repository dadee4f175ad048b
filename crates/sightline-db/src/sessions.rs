//! Browser sessions, and the failures that pause a log-in.

use crate::{DbResult, Row, Tx, params};
use sightline_core::ids::UserId;

/// Most sessions that a list shows: nobody has more in use.
const LISTED: u32 = 200;

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
    /// The password was right, the one-time password is still to come.
    pub otp_pending: bool,
}

const COLUMNS: &str = "token_hash, user_id, csrf, created, last_seen, expires, ip, user_agent, otp_pending";

fn read(row: &Row<'_>) -> DbResult<Session> {
    Ok(Session {
        token_hash: row.bytes(0)?,
        user_id: UserId(row.int(1)?),
        csrf: row.text(2)?,
        created: row.int(3)?,
        last_seen: row.int(4)?,
        expires: row.int(5)?,
        ip: row.text(6)?,
        user_agent: row.text(7)?,
        otp_pending: row.bool(8)?,
    })
}

/// Writes a new session and forgets those that are over.
pub fn insert(tx: &mut Tx<'_>, session: &Session) -> DbResult<()> {
    tx.exec(
        "DELETE FROM sessions WHERE expires < $1",
        params![session.created],
    )?;
    tx.exec(
        "INSERT INTO sessions (token_hash, user_id, csrf, created, last_seen, expires, ip, user_agent, otp_pending) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        params![
            &session.token_hash,
            session.user_id,
            &session.csrf,
            session.created,
            session.last_seen,
            session.expires,
            &session.ip,
            &session.user_agent,
            session.otp_pending
        ],
    )?;
    Ok(())
}

/// The session of a token that is not over yet.
pub fn live(tx: &mut Tx<'_>, token_hash: &[u8], now: i64) -> DbResult<Option<Session>> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM sessions WHERE token_hash = $1 AND expires > $2"),
        params![token_hash, now],
        read,
    )
}

/// The sessions of a user that are not over, the one used last first.
pub fn of_user(tx: &mut Tx<'_>, user: UserId, now: i64) -> DbResult<Vec<Session>> {
    tx.all(
        &format!(
            "SELECT {COLUMNS} FROM sessions WHERE user_id = $1 AND expires > $2 AND NOT otp_pending \
             ORDER BY last_seen DESC, created DESC LIMIT $3"
        ),
        params![user, now, LISTED],
        read,
    )
}

/// Remembers the secret that the user of a session is about to confirm.
pub fn set_candidate(tx: &mut Tx<'_>, token_hash: &[u8], secret: &str) -> DbResult<()> {
    tx.exec(
        "UPDATE sessions SET totp_candidate = $2 WHERE token_hash = $1",
        params![token_hash, secret],
    )?;
    Ok(())
}

/// That secret.
pub fn candidate(tx: &mut Tx<'_>, token_hash: &[u8]) -> DbResult<Option<String>> {
    Ok(tx
        .first(
            "SELECT totp_candidate FROM sessions WHERE token_hash = $1",
            params![token_hash],
            |row| row.opt_text(0),
        )?
        .flatten())
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

/// Ends one session of a user; whether there was one.
pub fn end_of_user(tx: &mut Tx<'_>, user: UserId, token_hash: &[u8]) -> DbResult<bool> {
    let ended = tx.exec(
        "DELETE FROM sessions WHERE user_id = $1 AND token_hash = $2",
        params![user, token_hash],
    )?;
    Ok(ended > 0)
}

/// Ends all sessions of a user, except one; how many.
pub fn end_all(tx: &mut Tx<'_>, user: UserId, except: Option<&[u8]>) -> DbResult<u64> {
    tx.exec(
        "DELETE FROM sessions WHERE user_id = $1 AND token_hash <> $2",
        params![user, except.unwrap_or_default()],
    )
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

/// Keeps other attempts of this address and name waiting until this transaction ends: those that count at the same moment
/// would all find room below the limit.
pub fn lock_failures(tx: &mut Tx<'_>, ip: &str, username: &str) -> DbResult<()> {
    tx.lock_name(&format!("log-in {ip} {username}"))
}

/// Notes a failure and forgets those that no longer count; its number.
pub fn add_failure(tx: &mut Tx<'_>, ip: &str, username: &str, now: i64, expires: i64) -> DbResult<i64> {
    tx.exec("DELETE FROM login_failures WHERE expires <= $1", params![now])?;
    tx.int(
        "INSERT INTO login_failures (ip, username, expires) VALUES ($1, $2, $3) RETURNING id",
        params![ip, username, expires],
    )
}

/// Takes back one failure that was none.
pub fn forget_failure(tx: &mut Tx<'_>, id: i64) -> DbResult<()> {
    tx.exec("DELETE FROM login_failures WHERE id = $1", params![id])?;
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
