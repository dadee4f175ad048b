//! Checksums of bytes as lower-case hex.

use md5::{Digest, Md5};
use sha1::Sha1;
use sha2::Sha256;

/// MD5 as 32 hex digits.
pub fn md5_hex(bytes: &[u8]) -> String {
    hex::encode(Md5::digest(bytes))
}

/// SHA-1 as 40 hex digits.
pub fn sha1_hex(bytes: &[u8]) -> String {
    hex::encode(Sha1::digest(bytes))
}

/// SHA-256 as 64 hex digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// The checksums that a `file` object carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileHashes {
    /// MD5 as hex.
    pub md5: String,
    /// SHA-1 as hex.
    pub sha1: String,
    /// SHA-256 as hex.
    pub sha256: String,
}

impl FileHashes {
    /// All three of the same bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self {
            md5: md5_hex(bytes),
            sha1: sha1_hex(bytes),
            sha256: sha256_hex(bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answers_of_abc_and_nothing() {
        let hashes = FileHashes::of(b"abc");
        assert_eq!(hashes.md5, "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(hashes.sha1, "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(
            hashes.sha256,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(md5_hex(b""), "d41d8cd98f00b204e9800998ecf8427e");
    }
}
