//! Checksums, alone or behind a file name.

use super::kinds::{self, Found, Kind};

/// A hexadecimal digest by its length, an ssdeep hash, or `name|hash`.
pub(super) fn digest(text: &str) -> Option<Found<'_>> {
    if let Some((kind, _)) = by_length(text) {
        return Some(Found::new(kind, text));
    }
    if is_ssdeep(text) {
        return Some(Found::new(&kinds::SSDEEP, text));
    }
    let (name, hash) = text.split_once('|')?;
    if name.is_empty() {
        return None;
    }
    let kind = by_length(hash)
        .map(|(_, named)| named)
        .or_else(|| is_ssdeep(hash).then_some(&kinds::NAMED_SSDEEP))?;
    Some(Found::new(kind, text))
}

/// The kinds of a digest of this length without and with a file name.
fn by_length(text: &str) -> Option<(&'static Kind, &'static Kind)> {
    let kinds: (&'static Kind, &'static Kind) = match text.len() {
        32 => (&kinds::HEX_32, &kinds::NAMED_32),
        40 => (&kinds::HEX_40, &kinds::NAMED_40),
        56 => (&kinds::HEX_56, &kinds::NAMED_56),
        64 => (&kinds::HEX_64, &kinds::NAMED_64),
        96 => (&kinds::HEX_96, &kinds::NAMED_96),
        128 => (&kinds::HEX_128, &kinds::NAMED_128),
        _ => return None,
    };
    text.bytes().all(|b| b.is_ascii_hexdigit()).then_some(kinds)
}

/// `blocksize:hash:hash`. The block size is three times a power of two, which tells it from a time of day.
fn is_ssdeep(text: &str) -> bool {
    let Some((size, hashes)) = text.split_once(':') else {
        return false;
    };
    let Some((first, second)) = hashes.split_once(':') else {
        return false;
    };
    let part = |text: &str| {
        (3..=64).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'/' || b == b'+')
    };
    let block = size
        .parse::<u64>()
        .is_ok_and(|size| size % 3 == 0 && (size / 3).is_power_of_two());
    block && part(first) && part(second)
}
