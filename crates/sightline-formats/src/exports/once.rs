//! Values that were written already, so that lists hold each once.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

/// Values that are remembered: 18 MB. Beyond them a list may hold a value twice; it never lacks one.
const REMEMBERED: usize = 900_000;

/// Remembers values by 128 bits of two keyed hashes: an author of values cannot make two collide.
#[derive(Debug, Default)]
pub(super) struct Once {
    seen: HashSet<(u64, u64)>,
    keys: (RandomState, RandomState),
}

impl Once {
    /// Whether the value is new.
    pub(super) fn is_new(&mut self, value: &str) -> bool {
        let key = (self.keys.0.hash_one(value), self.keys.1.hash_one(value));
        if self.seen.len() >= REMEMBERED {
            return !self.seen.contains(&key);
        }
        self.seen.insert(key)
    }
}
