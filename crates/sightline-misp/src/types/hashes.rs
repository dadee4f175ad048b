//! Hashes, alone or after a file name, and why one is refused (spec 02 section 5.5).

use super::shapes::{contains_newline, is_digits};

/// The hashes that have a rule of their own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    /// This many hexadecimal digits.
    Hex(usize),
    Vhash,
    Ssdeep,
    Impfuzzy,
    Telfhash,
    Pehash,
    Tlsh,
    Cdhash,
}

const CHECK: &str = "Please double check the value or select type \"other\".";
const TLSH: &str =
    "35 hexadecimal characters, optionally starting with t1 instead of hexadecimal characters)";

impl Hash {
    /// Check a value that is only a hash.
    pub(super) fn check(self, value: &str) -> Result<(), String> {
        if self.has_shape(value) {
            Ok(())
        } else {
            Err(self.refusal(false))
        }
    }

    /// Check a value of a file name and a hash.
    pub(super) fn check_with_filename(self, value: &str) -> Result<(), String> {
        let (name, hash) = value.split_once('|').unwrap_or((value, ""));
        let named_apart = matches!(self, Self::Ssdeep | Self::Impfuzzy | Self::Tlsh);
        if named_apart && contains_newline(name) {
            return Err("Filename must not contain new line character.".to_owned());
        }
        let name_fits = named_apart || (!name.is_empty() && !contains_newline(name));
        // Beside a file name only lower-case digits pass; normalising has seen to that.
        let case_fits =
            !matches!(self, Self::Hex(_) | Self::Pehash) || !hash.bytes().any(|b| b.is_ascii_uppercase());
        if name_fits && case_fits && self.has_shape(hash) {
            Ok(())
        } else {
            Err(self.refusal(true))
        }
    }

    fn has_shape(self, text: &str) -> bool {
        match self {
            Self::Hex(digits) => text.len() == digits && is_hex(text),
            Self::Vhash => !text.is_empty() && !contains_newline(text),
            Self::Ssdeep => is_ssdeep(text),
            Self::Impfuzzy => {
                let mut fields = text.split(':');
                fields.next().is_some_and(is_digits) && fields.count() == 2
            }
            Self::Telfhash => matches!(text.len(), 70 | 72),
            Self::Pehash => text.len() == 40 && is_hex(text),
            Self::Tlsh => {
                let digits = text.strip_prefix('t').unwrap_or(text);
                digits.len() > 35 && is_hex(digits)
            }
            Self::Cdhash => text.len() >= 40 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')),
        }
    }

    fn refusal(self, with_filename: bool) -> String {
        let filename = if with_filename { "filename|" } else { "" };
        match self {
            Self::Hex(digits) => format!(
                "Checksum has an invalid length or format (expected: {filename}{digits} hexadecimal characters). {CHECK}"
            ),
            Self::Vhash => super::validate::WRONG_FORMAT.to_owned(),
            Self::Ssdeep if with_filename => {
                "Invalid ssdeep hash (expected: blocksize:hash:hash).".to_owned()
            }
            Self::Ssdeep => "Invalid SSDeep hash. The format has to be blocksize:hash:hash".to_owned(),
            Self::Impfuzzy => "Invalid impfuzzy format. The format has to be imports:hash:hash".to_owned(),
            Self::Telfhash => format!(
                "Checksum has an invalid length or format (expected: 70 or 72 hexadecimal characters). {CHECK}"
            ),
            Self::Pehash => {
                "The input doesn't match the expected sha1 format (expected: 40 hexadecimal characters). \
                Keep in mind that only SHA-1 is supported for PE hashes."
                    .to_owned()
            }
            Self::Tlsh => {
                let subject = if with_filename { "TLSH hash" } else { "Checksum" };
                format!(
                    "{subject} has an invalid length or format (expected: {filename}at least {TLSH}. {CHECK}"
                )
            }
            Self::Cdhash => {
                "The input doesn't match the expected format (expected: 40 or more hexadecimal characters)"
                    .to_owned()
            }
        }
    }
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn is_ssdeep(text: &str) -> bool {
    let mut fields = text.split(':');
    let is_hash = |field: &str| {
        field
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'+'))
    };
    fields.next().is_some_and(is_digits)
        && fields.next().is_some_and(is_hash)
        && fields.next().is_some_and(is_hash)
        && fields.next().is_none()
}
