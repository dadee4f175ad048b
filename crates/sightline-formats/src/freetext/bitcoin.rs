//! Bitcoin addresses, by their checksum: the shape alone fits too many random words.

use sha2::{Digest, Sha256};

const BASE58: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const BECH32: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// Version byte, twenty bytes of hash, four of checksum.
const BASE58_BYTES: usize = 25;

/// Whether `text` is an address of the main network.
pub(super) fn is_address(text: &str) -> bool {
    match text.bytes().next() {
        Some(b'1' | b'3') if (25..=35).contains(&text.len()) => is_base58check(text),
        Some(b'b' | b'B') if (14..=90).contains(&text.len()) => is_bech32(text),
        _ => false,
    }
}

fn is_base58check(text: &str) -> bool {
    let mut decoded = [0_u8; BASE58_BYTES];
    for byte in text.bytes() {
        let Some(digit) = BASE58.iter().position(|known| *known == byte) else {
            return false;
        };
        let mut carry = u32::try_from(digit).unwrap_or_default();
        for place in decoded.iter_mut().rev() {
            carry += u32::from(*place) * 58;
            *place = u8::try_from(carry & 0xff).unwrap_or_default();
            carry >>= 8;
        }
        if carry != 0 {
            return false;
        }
    }
    let Some((payload, checksum)) = decoded.split_last_chunk::<4>() else {
        return false;
    };
    let twice = Sha256::digest(Sha256::digest(payload));
    twice.starts_with(checksum) && matches!(payload.first(), Some(0 | 5))
}

fn is_bech32(text: &str) -> bool {
    if text.bytes().any(|b| b.is_ascii_lowercase()) && text.bytes().any(|b| b.is_ascii_uppercase()) {
        return false;
    }
    let lower = text.to_ascii_lowercase();
    let Some(data) = lower.strip_prefix("bc1") else {
        return false;
    };
    // The expanded prefix "bc": high bits, a zero, low bits.
    let mut check = [3, 3, 0, 2, 3].into_iter().fold(1, polymod);
    for byte in data.bytes() {
        let Some(value) = BECH32.iter().position(|known| *known == byte) else {
            return false;
        };
        check = polymod(check, u32::try_from(value).unwrap_or_default());
    }
    // Version 0 addresses end in 1, later ones (bech32m) in this constant.
    check == 1 || check == 0x2bc8_30a3
}

fn polymod(check: u32, value: u32) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let top = check >> 25;
    let shifted = ((check & 0x01ff_ffff) << 5) ^ value;
    GENERATOR
        .iter()
        .enumerate()
        .filter(|(bit, _)| (top >> bit) & 1 == 1)
        .fold(shifted, |check, (_, term)| check ^ term)
}

#[cfg(test)]
mod tests {
    use super::is_address;

    #[test]
    fn published_test_vectors() {
        for address in [
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
            "1111111111111111111114oLvT2",
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
            "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        ] {
            assert!(is_address(address), "{address}");
        }
        for other in [
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
            "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLz",
            "1234567890123456789012345678",
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
            "bc1Qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
            "",
        ] {
            assert!(!is_address(other), "{other}");
        }
    }
}
