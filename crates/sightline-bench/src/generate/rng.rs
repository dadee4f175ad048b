//! A small deterministic generator of numbers: the same seed gives the same events on every machine.

use uuid::{Builder, Uuid};

/// SplitMix64, whose output passes the usual statistical batteries; nothing here is secret.
#[derive(Clone, Debug)]
pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A generator for one thing among many, independent of the order in which things are made.
    pub(crate) fn of(seed: u64, thing: u64) -> Self {
        Self(Self(seed ^ thing.wrapping_mul(0xd6e8_feb8_6659_fd93)).next())
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0 to `bound - 1`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    pub(crate) fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1_000) < per_mille
    }

    /// One of a list that is not empty.
    pub(crate) fn pick<T: Copy>(&mut self, list: &[T]) -> Option<T> {
        let bound = u64::try_from(list.len()).ok()?;
        list.get(usize::try_from(self.below(bound)).ok()?).copied()
    }

    /// One of a list by weight.
    pub(crate) fn weighted<T: Copy>(&mut self, list: &[(T, u64)]) -> Option<T> {
        let mut at = self.below(list.iter().map(|(_, weight)| weight).sum());
        for (item, weight) in list {
            if at < *weight {
                return Some(*item);
            }
            at -= weight;
        }
        None
    }

    /// 1 to 2^15 - 1, each power of two as likely as any other: Zipf's law with exponent 1.
    pub(crate) fn rank(&mut self) -> u64 {
        let size = 1 << self.below(15);
        size + self.below(size)
    }

    pub(crate) fn uuid(&mut self) -> Uuid {
        let half = |n: u64| n.to_be_bytes();
        let [a, b] = [half(self.next()), half(self.next())];
        let mut bytes = [0; 16];
        for (slot, byte) in bytes.iter_mut().zip(a.into_iter().chain(b)) {
            *slot = byte;
        }
        Builder::from_random_bytes(bytes).into_uuid()
    }

    /// `digits` lower-case hexadecimal digits.
    pub(crate) fn hex(&mut self, digits: usize) -> String {
        let mut text = String::with_capacity(digits + 16);
        while text.len() < digits {
            text.push_str(&format!("{:016x}", self.next()));
        }
        text.truncate(digits);
        text
    }
}
