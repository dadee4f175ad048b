//! Passwords: argon2id, computed on threads that may block, never on those of the database or of requests.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use sightline_core::{AppError, AppResult};
use tokio::task::spawn_blocking;

/// A password of this length needs no mixture of characters.
const LONG_ENOUGH: usize = 16;

/// The hash in PHC form, with a random salt.
pub async fn hash_password(password: String) -> AppResult<String> {
    spawn_blocking(move || hash_now(&password))
        .await
        .map_err(AppError::internal)?
}

/// The hash, computed on this thread: for start-up and the command line.
pub(crate) fn hash_now(password: &str) -> AppResult<String> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|e| AppError::internal(format!("hashing a password: {e}")))
}

/// Whether a password fits a hash. Without a hash the same work is done in vain, so that nobody can time whether a
/// user exists.
pub async fn verify_password(password: String, hash: Option<String>) -> AppResult<bool> {
    spawn_blocking(move || {
        // People who come in another way have none.
        let Some(hash) = hash.filter(|hash| !hash.is_empty()) else {
            hash_now(&password)?;
            return Ok(false);
        };
        let parsed =
            PasswordHash::new(&hash).map_err(|e| AppError::internal(format!("a stored password: {e}")))?;
        Ok(Argon2::default()
            .verify_password(password.as_bytes(), &parsed)
            .is_ok())
    })
    .await
    .map_err(AppError::internal)?
}

/// The reference's policy: a minimum length; and lower case, upper case and a digit or symbol, or at least 16
/// characters.
pub fn require_good_password(password: &str, minimum: usize) -> AppResult<()> {
    let length = password.chars().count();
    if length < minimum {
        return Err(AppError::field(
            "password",
            "Password length requirement not met.",
        ));
    }
    let mixed = password.chars().any(char::is_lowercase)
        && password.chars().any(char::is_uppercase)
        && password.chars().any(|c| !c.is_alphabetic());
    if mixed || length >= LONG_ENOUGH {
        Ok(())
    } else {
        Err(AppError::field(
            "password",
            "Password complexity requirement not met.",
        ))
    }
}
