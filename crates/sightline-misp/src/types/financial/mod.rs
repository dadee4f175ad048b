//! Checksums of payment identifiers. A value that fails is stored all the same; pages mark it (spec 02 section 5.8).

mod base58;
mod bech32;
mod iban;

use super::AttributeType;
use sha2::{Digest, Sha256};
use sha3::Keccak256;

/// Whether a value that was accepted cannot be genuine. Types without a checksum never have an issue.
pub fn validation_issue(ty: AttributeType, value: &str) -> bool {
    let genuine = match ty {
        AttributeType::CcNumber => is_card_number(value),
        AttributeType::Bin => is_issuer_number(value),
        AttributeType::Bic => is_bic(value),
        AttributeType::Iban => iban::is_iban(value),
        AttributeType::Btc => is_bitcoin_address(value),
        AttributeType::Xmr => is_monero_address(value),
        _ => true,
    };
    !genuine
}

/// Twelve to nineteen digits (ISO/IEC 7812) of which the last is Luhn's check digit.
fn is_card_number(text: &str) -> bool {
    (12..=19).contains(&text.len()) && luhn(text) == Some(0)
}

fn luhn(text: &str) -> Option<u32> {
    let mut sum = 0;
    for (place, c) in text.chars().rev().enumerate() {
        let digit = c.to_digit(10)?;
        let doubled = if place % 2 == 1 { digit * 2 } else { digit };
        sum += doubled / 10 + doubled % 10;
    }
    Some(sum % 10)
}

/// Six digits, or eight since ISO/IEC 7812-1:2017.
fn is_issuer_number(text: &str) -> bool {
    matches!(text.len(), 6 | 8) && text.bytes().all(|b| b.is_ascii_digit())
}

/// Four letters of the bank, two of the country, two characters of the place, and perhaps three of the branch.
fn is_bic(text: &str) -> bool {
    matches!(text.len(), 8 | 11)
        && text.bytes().enumerate().all(|(place, b)| {
            if place < 6 {
                b.is_ascii_alphabetic()
            } else {
                b.is_ascii_alphanumeric()
            }
        })
}

/// An address of the main network: base58check (versions 0 and 5) or a witness program.
fn is_bitcoin_address(text: &str) -> bool {
    if text
        .get(..3)
        .is_some_and(|prefix| prefix.eq_ignore_ascii_case("bc1"))
    {
        return bech32::is_witness_address(text, "bc");
    }
    let Some(bytes) = base58::decode(text) else {
        return false;
    };
    let Some((payload, checksum)) = bytes.split_last_chunk::<4>() else {
        return false;
    };
    matches!(payload, [0 | 5, hash @ ..] if hash.len() == 20)
        && Sha256::digest(Sha256::digest(payload)).starts_with(checksum)
}

/// A standard address, a subaddress or an integrated address of the main network.
fn is_monero_address(text: &str) -> bool {
    let Some(bytes) = base58::decode_blocks(text) else {
        return false;
    };
    let Some((payload, checksum)) = bytes.split_last_chunk::<4>() else {
        return false;
    };
    let shape = matches!(
        (payload.first(), payload.len()),
        (Some(18 | 42), 65) | (Some(19), 73)
    );
    shape && Keccak256::digest(payload).starts_with(checksum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn genuine(ty: AttributeType, value: &str) -> bool {
        !validation_issue(ty, value)
    }

    #[test]
    fn card_numbers_carry_a_check_digit() {
        assert!(genuine(AttributeType::CcNumber, "4111111111111111"));
        assert!(!genuine(AttributeType::CcNumber, "4111111111111112"));
        assert!(!genuine(AttributeType::CcNumber, "0"));
        assert!(genuine(AttributeType::Bin, "411111"));
        assert!(genuine(AttributeType::Bin, "41111111"));
        assert!(!genuine(AttributeType::Bin, "4111111"));
    }

    #[test]
    fn bank_codes_have_a_shape() {
        assert!(genuine(AttributeType::Bic, "DEUTDEFF"));
        assert!(genuine(AttributeType::Bic, "DEUTDEFF500"));
        assert!(!genuine(AttributeType::Bic, "DEUTDEFF5"));
        assert!(!genuine(AttributeType::Bic, "DEU1DEFF"));
    }

    #[test]
    fn ibans_are_checked_by_country_and_remainder() {
        assert!(genuine(AttributeType::Iban, "GB82WEST12345698765432"));
        assert!(genuine(AttributeType::Iban, "DE89370400440532013000"));
        assert!(!genuine(AttributeType::Iban, "GB82WEST12345698765433"));
        assert!(!genuine(AttributeType::Iban, "GB82WEST1234569876543"));
        assert!(!genuine(AttributeType::Iban, "QQ82WEST12345698765432"));
        assert!(!genuine(AttributeType::Iban, "GB"));
    }

    #[test]
    fn bitcoin_addresses_of_each_kind() {
        for address in [
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
            "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        ] {
            assert!(genuine(AttributeType::Btc, address), "{address}");
        }
        for address in [
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7Divf0a",
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
            "bc1Qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
            "bc1",
            "x",
        ] {
            assert!(!genuine(AttributeType::Btc, address), "{address}");
        }
    }

    #[test]
    fn monero_addresses_carry_a_keccak_checksum() {
        let address =
            "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A";
        assert!(genuine(AttributeType::Xmr, address));
        assert!(!genuine(AttributeType::Xmr, &address.replace("Xft3", "Xft4")));
        assert!(!genuine(AttributeType::Xmr, "44AFFq5k"));
    }

    #[test]
    fn other_types_have_no_issue() {
        assert!(genuine(AttributeType::Dash, "anything"));
    }
}
