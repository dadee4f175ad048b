//! The shapes of values that are no hash, address or link: small tests on bytes, because they run for every attribute.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// The verbs of HTTP and WebDAV that the reference knows.
const HTTP_VERBS: [&str; 30] = [
    "OPTIONS",
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "DELETE",
    "TRACE",
    "CONNECT",
    "PROPFIND",
    "PROPPATCH",
    "MKCOL",
    "COPY",
    "MOVE",
    "LOCK",
    "UNLOCK",
    "VERSION-CONTROL",
    "REPORT",
    "CHECKOUT",
    "CHECKIN",
    "UNCHECKOUT",
    "MKWORKSPACE",
    "UPDATE",
    "LABEL",
    "MERGE",
    "BASELINE-CONTROL",
    "MKACTIVITY",
    "ORDERPATCH",
    "ACL",
    "PATCH",
    "SEARCH",
];

/// Longest name of a Windows service, in bytes.
const SERVICE_NAME_BYTES: usize = 256;

/// People write fingerprints with and without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

pub(super) fn contains_newline(text: &str) -> bool {
    text.as_bytes().contains(&b'\n')
}

/// One or more decimal digits.
pub(super) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

pub(super) fn is_hex_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit())
}

pub(super) fn is_alphanumeric(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Names with at least one dot and a last label of two or more characters; underscores only before it.
pub(super) fn is_domain(text: &str) -> bool {
    let Some((head, label)) = text.rsplit_once('.') else {
        return false;
    };
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    !head.is_empty()
        && head.bytes().all(|b| fits(b) || b == b'.' || b == b'_')
        && label.len() >= 2
        && label.bytes().all(fits)
}

/// Something, no white space, an `@`, and a dot after it: partial addresses are indicators too.
pub(super) fn is_email(text: &str) -> bool {
    let mut rest = text.chars();
    if rest.next().is_none() || contains_newline(text) {
        return false;
    }
    rest.as_str()
        .split_once('@')
        .is_some_and(|(local, domain)| !local.contains(char::is_whitespace) && domain.contains('.'))
}

/// A decimal number with optional sign, fraction and exponent.
pub(super) fn is_numeric(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let number = signless(mantissa);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = if whole.is_empty() {
        is_digits(fraction)
    } else {
        is_digits(whole)
    };
    digits
        && fraction.bytes().all(|b| b.is_ascii_digit())
        && exponent.is_none_or(|exponent| is_digits(signless(exponent)))
}

fn signless(text: &str) -> &str {
    text.strip_prefix(['+', '-']).unwrap_or(text)
}

/// A whole number, also below zero.
pub(super) fn is_integer(text: &str) -> bool {
    is_digits(text.strip_prefix('-').unwrap_or(text))
}

/// A number from 1 to 65535.
pub(super) fn is_port(text: &str) -> bool {
    is_digits(text) && text.parse::<u16>().is_ok_and(|port| port > 0)
}

/// A number of an autonomous system, 32 bits.
pub(super) fn is_asn(text: &str) -> bool {
    is_digits(text) && text.parse::<u32>().is_ok()
}

/// A text in which a verb occurs anywhere, as the reference checks it.
pub(super) fn has_http_verb(text: &str) -> bool {
    HTTP_VERBS.iter().any(|verb| text.contains(verb))
}

/// `CVE-`, four digits, and four or more.
pub(super) fn is_cve(text: &str) -> bool {
    text.strip_prefix("CVE-")
        .and_then(|rest| rest.split_once('-'))
        .is_some_and(|(year, number)| {
            year.len() == 4 && is_digits(year) && number.len() >= 4 && is_digits(number)
        })
}

/// `CWE-` and a number.
pub(super) fn is_cwe(text: &str) -> bool {
    text.strip_prefix("CWE-").is_some_and(is_digits)
}

/// The SHA-256 of a key in base64 after `SHA256:`, or its MD5 in hexadecimal.
pub(super) fn is_ssh_fingerprint(text: &str) -> bool {
    if let Some(encoded) = text.strip_prefix("SHA256:") {
        return BASE64.decode(encoded).is_ok_and(|bytes| bytes.len() == 32);
    }
    let md5 = text.strip_prefix("MD5:").unwrap_or(text);
    let digits = md5.bytes().filter(|b| *b != b':');
    digits.clone().count() == 32 && digits.into_iter().all(|b| b.is_ascii_hexdigit())
}

/// Short and without slashes of either kind.
pub(super) fn is_service_name(text: &str) -> bool {
    text.len() <= SERVICE_NAME_BYTES && !text.contains(['/', '\\'])
}

/// This many octets of two hexadecimal digits, with or without a colon between them.
pub(super) fn is_mac(text: &str, octets: usize) -> bool {
    let mut rest = text.as_bytes();
    for octet in 0..octets {
        if octet > 0 {
            rest = rest.strip_prefix(b":").unwrap_or(rest);
        }
        match rest {
            [high, low, tail @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => rest = tail,
            _ => return false,
        }
    }
    rest.is_empty()
}

/// A version 2 or version 3 onion service.
pub(super) fn is_onion(text: &str) -> bool {
    text.strip_suffix(".onion").is_some_and(|name| {
        matches!(name.len(), 16 | 56) && name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'2'..=b'7'))
    })
}

/// The hyphenated form only.
pub(super) fn is_uuid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}
