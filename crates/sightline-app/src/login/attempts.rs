//! The pause after too many failures: of one name from one address, with passwords as with one-time passwords.

use crate::settings::SecuritySettings;
use sightline_core::{AppError, AppResult};
use sightline_db::{Tx, sessions};

/// Counts an attempt, which is a failure until it succeeds, so that many at once are no way around the limit; its number.
/// `RateLimited` when there were too many.
pub(super) fn count(
    tx: &mut Tx<'_>,
    rule: &SecuritySettings,
    ip: &str,
    username: &str,
    now: i64,
) -> AppResult<i64> {
    sessions::lock_failures(tx, ip, username)?;
    let (failures, until) = sessions::failures(tx, ip, username, now)?;
    if failures >= i64::from(rule.login_attempts) {
        return Err(AppError::RateLimited {
            message: format!(
                "You have reached the maximum number of login attempts. Please wait {} seconds and try again.",
                until - now
            ),
            retry_after: u64::try_from(until - now).unwrap_or(0),
        });
    }
    let expires = now + i64::from(rule.login_pause);
    Ok(sessions::add_failure(tx, ip, username, now, expires)?)
}
