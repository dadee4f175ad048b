//! API keys.

mod authenticate;

pub use authenticate::{KeyUse, authenticate};

use sha2::{Digest, Sha256};

/// What is kept of a key. A key is 40 random characters, 238 bits: a plain hash is as strong as it is.
pub(crate) fn hash(key: &str) -> Vec<u8> {
    Sha256::digest(key.as_bytes()).to_vec()
}
