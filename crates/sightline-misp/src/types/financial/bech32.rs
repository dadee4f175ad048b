//! Witness addresses: Bech32 for version 0 (BIP 173), Bech32m for the later ones (BIP 350).

const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATORS: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
/// What the checksum of a correct address comes to.
const BECH32: u32 = 1;
const BECH32M: u32 = 0x2bc8_30a3;
/// Longest address, in characters.
const ADDRESS_CHARS: usize = 90;
const CHECKSUM_CHARS: usize = 6;

/// Whether this is an address of the network with this prefix.
pub(super) fn is_witness_address(text: &str, network: &str) -> bool {
    let mixed = text.bytes().any(|b| b.is_ascii_lowercase()) && text.bytes().any(|b| b.is_ascii_uppercase());
    if mixed || text.len() > ADDRESS_CHARS {
        return false;
    }
    let text = text.to_ascii_lowercase();
    let Some(data) = text.strip_prefix(network).and_then(|rest| rest.strip_prefix('1')) else {
        return false;
    };
    let Some(values) = data.bytes().map(value).collect::<Option<Vec<u32>>>() else {
        return false;
    };
    let Some((program, _)) = values.split_at_checked(values.len().saturating_sub(CHECKSUM_CHARS)) else {
        return false;
    };
    let Some((version, program)) = program.split_first() else {
        return false;
    };
    let expected = if *version == 0 { BECH32 } else { BECH32M };
    *version <= 16 && program_fits(*version, program) && checksum(network, &values) == expected
}

fn value(c: u8) -> Option<u32> {
    ALPHABET
        .iter()
        .zip(0..)
        .find_map(|(letter, value)| (*letter == c).then_some(value))
}

/// Two to forty bytes, for version 0 exactly 20 or 32, and nothing but zeros in the bits left over.
fn program_fits(version: u32, program: &[u32]) -> bool {
    let bits = program.len() * 5;
    let (bytes, left_over) = (bits / 8, bits % 8);
    let length_fits = if version == 0 {
        matches!(bytes, 20 | 32)
    } else {
        (2..=40).contains(&bytes)
    };
    length_fits && left_over < 5 && program.last().is_some_and(|last| last % (1 << left_over) == 0)
}

fn checksum(network: &str, values: &[u32]) -> u32 {
    let high = network.bytes().map(|b| u32::from(b >> 5));
    let low = network.bytes().map(|b| u32::from(b & 31));
    let mut sum = 1;
    for value in high.chain([0]).chain(low).chain(values.iter().copied()) {
        let top = sum >> 25;
        sum = ((sum & 0x01ff_ffff) << 5) ^ value;
        for (bit, generator) in GENERATORS.iter().enumerate() {
            if (top >> bit) & 1 == 1 {
                sum ^= generator;
            }
        }
    }
    sum
}
