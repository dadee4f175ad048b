//! What one-time passwords are checked against. The secret is read here and nowhere else.

use crate::{DbResult, Tx, params};
use sightline_core::ids::UserId;

/// The state of a user's one-time passwords. Says nothing of its secret when printed.
#[derive(Clone, PartialEq, Eq)]
pub struct OtpState {
    /// The shared secret, in base 32.
    pub secret: String,
    /// The last step of time whose code was taken.
    pub step: i64,
    /// The number of the next paper code.
    pub counter: i64,
}

impl std::fmt::Debug for OtpState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OtpState")
            .field("step", &self.step)
            .field("counter", &self.counter)
            .finish_non_exhaustive()
    }
}

/// The state, which nobody else changes until this transaction ends; `None` without a secret.
pub fn find_to_change(tx: &mut Tx<'_>, user: UserId) -> DbResult<Option<OtpState>> {
    tx.lock_row("users", user.0)?;
    find(tx, user)
}

/// The state; `None` without a secret.
pub fn find(tx: &mut Tx<'_>, user: UserId) -> DbResult<Option<OtpState>> {
    tx.first(
        "SELECT totp, totp_step, COALESCE(hotp_counter, 0) FROM users WHERE id = $1 AND COALESCE(totp, '') <> ''",
        params![user],
        |row| {
            Ok(OtpState {
                secret: row.text(0)?,
                step: row.int(1)?,
                counter: row.int(2)?,
            })
        },
    )
}

/// Gives a user a secret whose first code was taken; paper codes begin anew.
pub fn set(tx: &mut Tx<'_>, user: UserId, secret: &str, step: i64, now: i64) -> DbResult<()> {
    tx.exec(
        "UPDATE users SET totp = $2, totp_step = $3, hotp_counter = 0, date_modified = $4 WHERE id = $1",
        params![user, secret, step, now],
    )?;
    Ok(())
}

/// Notes which codes were taken.
pub fn used(tx: &mut Tx<'_>, user: UserId, step: i64, counter: i64) -> DbResult<()> {
    tx.exec(
        "UPDATE users SET totp_step = $2, hotp_counter = $3 WHERE id = $1",
        params![user, step, counter],
    )?;
    Ok(())
}

/// Takes the secret away.
pub fn remove(tx: &mut Tx<'_>, user: UserId, now: i64) -> DbResult<()> {
    tx.exec(
        "UPDATE users SET totp = NULL, totp_step = 0, hotp_counter = NULL, date_modified = $2 WHERE id = $1",
        params![user, now],
    )?;
    Ok(())
}
