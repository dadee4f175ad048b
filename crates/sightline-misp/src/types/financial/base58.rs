//! Base 58 as Bitcoin writes it (one number) and as Monero writes it (blocks of eight bytes).

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// Longest text that is decoded: decoding takes quadratic time and no address is longer.
const TEXT_BYTES: usize = 128;
/// Characters of a full block of eight bytes, and of a last block of so many bytes.
const FULL_BLOCK_CHARS: usize = 11;
const LAST_BLOCK_CHARS: [usize; 8] = [0, 2, 3, 5, 6, 7, 9, 10];

fn digit(c: u8) -> Option<u64> {
    ALPHABET
        .iter()
        .zip(0..)
        .find_map(|(letter, value)| (*letter == c).then_some(value))
}

/// The bytes of one big number; leading `1`s are leading zero bytes.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    if text.len() > TEXT_BYTES {
        return None;
    }
    // Least significant byte first while the number grows.
    let mut bytes: Vec<u8> = Vec::with_capacity(TEXT_BYTES);
    for c in text.bytes() {
        let mut carry = digit(c)?;
        for byte in &mut bytes {
            carry += u64::from(*byte) * 58;
            let [low, ..] = carry.to_le_bytes();
            *byte = low;
            carry >>= 8;
        }
        if carry > 0 {
            let [low, ..] = carry.to_le_bytes();
            bytes.push(low);
        }
    }
    bytes.extend(text.bytes().take_while(|c| *c == b'1').map(|_| 0));
    bytes.reverse();
    Some(bytes)
}

/// The bytes of a text in blocks of fixed width.
pub(super) fn decode_blocks(text: &str) -> Option<Vec<u8>> {
    if text.len() > TEXT_BYTES {
        return None;
    }
    let mut bytes = Vec::with_capacity(TEXT_BYTES);
    for block in text.as_bytes().chunks(FULL_BLOCK_CHARS) {
        let size = if block.len() == FULL_BLOCK_CHARS {
            8
        } else {
            LAST_BLOCK_CHARS.iter().position(|chars| *chars == block.len())?
        };
        let mut number: u64 = 0;
        for c in block {
            number = number.checked_mul(58)?.checked_add(digit(*c)?)?;
        }
        let number = number.to_be_bytes();
        let (unused, used) = number.split_at_checked(8 - size)?;
        if unused.iter().any(|byte| *byte != 0) {
            return None;
        }
        bytes.extend_from_slice(used);
    }
    Some(bytes)
}
