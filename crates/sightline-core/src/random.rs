//! Randomness for secrets and identifiers, from the operating system's generator.

use rand::RngExt;
use rand::distr::Alphanumeric;

/// `length` letters and digits, fit for keys and passwords (5.95 bits each).
pub fn alphanumeric(length: usize) -> String {
    rand::rng()
        .sample_iter(Alphanumeric)
        .take(length)
        .map(char::from)
        .collect()
}

/// A new version 4 uuid.
pub fn uuid() -> uuid::Uuid {
    uuid::Uuid::new_v4()
}
