//! From where users were seen.

use crate::{DbResult, Tx, params};
use sightline_core::ids::UserId;

/// Most users of one address that a look-up names.
const NAMED: u32 = 1_000;

/// A user and when it was last seen at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Who.
    pub user_id: UserId,
    /// Its e-mail address.
    pub email: String,
    /// When, in Unix seconds.
    pub last_seen: i64,
}

/// Notes that a user was seen.
pub fn note(tx: &mut Tx<'_>, user: UserId, ip: &str, now: i64) -> DbResult<()> {
    tx.exec(
        "INSERT INTO user_ips (ip, user_id, last_seen) VALUES ($1, $2, $3) \
         ON CONFLICT (ip, user_id) DO UPDATE SET last_seen = excluded.last_seen",
        params![ip, user, now],
    )?;
    Ok(())
}

/// Who was seen at an address, the latest first.
pub fn at(tx: &mut Tx<'_>, ip: &str) -> DbResult<Vec<Seen>> {
    tx.all(
        "SELECT i.user_id, u.email, i.last_seen FROM user_ips i JOIN users u ON u.id = i.user_id \
         WHERE i.ip = $1 ORDER BY i.last_seen DESC, i.user_id LIMIT $2",
        params![ip, NAMED],
        |row| {
            Ok(Seen {
                user_id: UserId(row.int(0)?),
                email: row.text(1)?,
                last_seen: row.int(2)?,
            })
        },
    )
}
