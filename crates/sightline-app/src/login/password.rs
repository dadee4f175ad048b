//! Passwords: argon2id, computed on threads that may block, never on those of the database or of requests.

use crate::settings::{self, SecuritySettings};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use sightline_core::{AppError, AppResult, random};
use tokio::task::spawn_blocking;

/// A password of this length needs no mixture of characters.
const LONG_ENOUGH: usize = 16;
/// Longest password, in characters: longer ones only cost time.
const MOST: usize = 1_000;
/// Characters of a generated password: 119 bits.
const GENERATED: usize = 20;
/// Times that a generated password is made anew until it fits the instance's rule.
const TRIES: usize = 1_000;

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
        if is_bcrypt(&hash) {
            return Ok(bcrypt::verify(&password, &hash).unwrap_or(false));
        }
        let parsed =
            PasswordHash::new(&hash).map_err(|e| AppError::internal(format!("a stored password: {e}")))?;
        Ok(Argon2::default()
            .verify_password(password.as_bytes(), &parsed)
            .is_ok())
    })
    .await
    .map_err(AppError::internal)?
}

/// Whether a hash came from another platform: it is replaced when its user logs in.
pub(super) fn is_bcrypt(hash: &str) -> bool {
    hash.starts_with("$2")
}

/// The instance's policy: a minimum length; and its own expression, or lower case, upper case and a digit or symbol, or at
/// least 16 characters.
pub fn require_good_password(password: &str, rule: &SecuritySettings) -> AppResult<()> {
    let length = password.chars().count();
    if length < rule.password_length || length > MOST {
        return Err(AppError::field(
            "password",
            "Password length requirement not met.",
        ));
    }
    if is_complex(password, length, &rule.password_pattern) {
        Ok(())
    } else {
        Err(AppError::field(
            "password",
            "Password complexity requirement not met.",
        ))
    }
}

fn is_complex(password: &str, length: usize, pattern: &str) -> bool {
    if !pattern.is_empty() {
        // An expression that takes too many steps does not match.
        return settings::pattern(pattern).is_some_and(|rule| rule.is_match(password).unwrap_or(false));
    }
    let mixed = password.chars().any(char::is_lowercase)
        && password.chars().any(char::is_uppercase)
        && password.chars().any(|c| !c.is_alphabetic());
    mixed || length >= LONG_ENOUGH
}

/// The instance's policy in words, for people who choose a password.
pub fn password_rule(rule: &SecuritySettings) -> String {
    let length = rule.password_length;
    if rule.password_pattern.is_empty() {
        format!(
            "At least {length} characters, with lower case, upper case and a digit or symbol; or at least {LONG_ENOUGH} of any \
             kind."
        )
    } else {
        format!(
            "At least {length} characters that match {}.",
            rule.password_pattern
        )
    }
}

/// A random password that fits the instance's policy; `Refused` when none can be found for a policy that asks for more than
/// letters and digits.
pub(crate) fn generate_password(rule: &SecuritySettings) -> AppResult<String> {
    let length = rule.password_length.clamp(GENERATED, MOST);
    (0..TRIES)
        .map(|_| random::alphanumeric(length))
        .find(|password| require_good_password(password, rule).is_ok())
        .ok_or_else(|| {
            AppError::Refused("No random password fits the policy of this instance: give one.".into())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_of_an_instance() {
        let own = SecuritySettings {
            password_length: 4,
            password_pattern: "/^(?=.*[0-9])(?=.*[a-z]).*$/".into(),
            ..SecuritySettings::default()
        };
        let built_in = SecuritySettings::default();
        for (rule, password, expected) in [
            (&built_in, "Short-7", "Password length requirement not met."),
            (
                &built_in,
                "no capitals-7",
                "Password complexity requirement not met.",
            ),
            (&built_in, "Has-Capitals-7", ""),
            (&built_in, "sixteen letters..", ""),
            (&own, "ab1", "Password length requirement not met."),
            (
                &own,
                "abcdefghijklmnopq",
                "Password complexity requirement not met.",
            ),
            (&own, "abc1", ""),
        ] {
            let message = require_good_password(password, rule)
                .err()
                .map(|error| error.to_string());
            assert!(message.unwrap_or_default().ends_with(expected), "{password}");
        }
        require_good_password(&generate_password(&own).unwrap(), &own).unwrap();
        require_good_password(&generate_password(&built_in).unwrap(), &built_in).unwrap();
        let hopeless = SecuritySettings {
            password_pattern: "!!!".into(),
            ..SecuritySettings::default()
        };
        assert!(generate_password(&hopeless).is_err());
    }

    #[tokio::test]
    async fn hashes_of_other_platforms_are_understood() {
        let hash = bcrypt::hash("Correct-Horse-7", 4).unwrap();
        assert!(is_bcrypt(&hash));
        assert!(
            verify_password("Correct-Horse-7".into(), Some(hash.clone()))
                .await
                .unwrap()
        );
        assert!(
            !verify_password("Correct-Horse-8".into(), Some(hash))
                .await
                .unwrap()
        );
    }
}
