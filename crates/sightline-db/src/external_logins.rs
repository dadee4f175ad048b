//! Users whom others vouch for: how they are found, and log-ins that are on their way through a provider.

use crate::{DbResult, Tx, params};
use sightline_core::ids::UserId;

/// The user of a subject.
pub fn by_sub(tx: &mut Tx<'_>, sub: &str) -> DbResult<Option<UserId>> {
    tx.first("SELECT id FROM users WHERE sub = $1", params![sub], |row| {
        Ok(UserId(row.int(0)?))
    })
}

/// The users, two at most, that a reverse proxy calls so.
pub fn by_key(tx: &mut Tx<'_>, key: &str) -> DbResult<Vec<UserId>> {
    tx.all(
        "SELECT id FROM users WHERE external_auth_required AND external_auth_key = $1 ORDER BY id LIMIT 2",
        params![key],
        |row| Ok(UserId(row.int(0)?)),
    )
}

/// A browser that has left for the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departure {
    /// SHA-256 of the state that the provider sends back.
    pub state_hash: Vec<u8>,
    /// What the token must repeat.
    pub nonce: String,
    /// The secret behind the challenge that the provider was given.
    pub verifier: String,
    /// Where to go afterwards.
    pub next: String,
    /// Where the browser is.
    pub ip: String,
    /// Until when it may come back.
    pub expires: i64,
}

/// Writes a departure; forgets those that are over, and of the same address all but the newest `most`.
pub fn depart(tx: &mut Tx<'_>, departure: &Departure, now: i64, most: u32) -> DbResult<()> {
    tx.exec("DELETE FROM oidc_departures WHERE expires <= $1", params![now])?;
    tx.exec(
        "INSERT INTO oidc_departures (state_hash, nonce, verifier, next, ip, expires) VALUES ($1, $2, $3, $4, $5, $6)",
        params![
            &departure.state_hash,
            &departure.nonce,
            &departure.verifier,
            &departure.next,
            &departure.ip,
            departure.expires
        ],
    )?;
    tx.exec(
        "DELETE FROM oidc_departures WHERE ip = $1 AND state_hash NOT IN \
         (SELECT state_hash FROM oidc_departures WHERE ip = $1 ORDER BY expires DESC, state_hash LIMIT $2)",
        params![&departure.ip, i64::from(most)],
    )?;
    Ok(())
}

/// Takes a departure that is not over: nobody takes it twice.
pub fn arrive(tx: &mut Tx<'_>, state_hash: &[u8], now: i64) -> DbResult<Option<Departure>> {
    let found = tx.first(
        "DELETE FROM oidc_departures WHERE state_hash = $1 \
         RETURNING state_hash, nonce, verifier, next, ip, expires",
        params![state_hash],
        |row| {
            Ok(Departure {
                state_hash: row.bytes(0)?,
                nonce: row.text(1)?,
                verifier: row.text(2)?,
                next: row.text(3)?,
                ip: row.text(4)?,
                expires: row.int(5)?,
            })
        },
    )?;
    Ok(found.filter(|departure| departure.expires > now))
}
