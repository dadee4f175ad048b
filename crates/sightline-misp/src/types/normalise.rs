//! Bringing a value into its stored form: trim, refang, then the form of the type (spec 02 sections 2, 4 and 5).

use super::refang::refang;
use super::{AttributeType, ip, shapes};
use crate::datetime;
use std::borrow::Cow;

/// How the values of a type are brought into one form.
#[derive(Clone, Copy)]
pub(super) enum Normal {
    Keep,
    Lower,
    Upper,
    /// Lower-case from the first `|` on: file names keep their case.
    LowerTail,
    Ip,
    IpPort,
    Domain,
    DomainIp,
    HostnamePort,
    Asn,
    /// CVE and CWE numbers, which word processors spoil with en-dashes.
    Identifier,
    Alphanumeric,
    Digits,
    Phone,
    Fingerprint,
    Mac,
    Datetime,
    Boolean,
}

/// Remove the white space that the reference trims from every field.
pub fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\n', '\r', '\0', '\x0B'])
}

/// The stored form of a value; what cannot be brought into form is left for `validate` to refuse.
pub fn normalise(ty: AttributeType, value: &str) -> String {
    let text = refang(ty, trim(value));
    match ty.row().normal {
        Normal::Keep => text.into_owned(),
        Normal::Lower => lower(text),
        Normal::Upper => upper(text),
        Normal::LowerTail => match text.split_once('|') {
            Some((name, tail)) => format!("{name}|{}", tail.to_lowercase()),
            None => text.into_owned(),
        },
        Normal::Ip => ip::normalise(&text).into_owned(),
        Normal::IpPort => match ip::split_port(&text) {
            Some((address, port)) => format!("{}|{port}", ip::normalise(address)),
            None => text.into_owned(),
        },
        Normal::Domain => domain(lower(text)),
        Normal::DomainIp => {
            let text = lower(text);
            match text.split_once('|') {
                Some((name, address)) => format!("{}|{}", domain(name.to_owned()), ip::normalise(address)),
                None => text,
            }
        }
        Normal::HostnamePort => lower(text).replace(':', "|"),
        Normal::Asn => asn(&text),
        Normal::Identifier => upper(text).replace('\u{2013}', "-"),
        Normal::Alphanumeric => kept(&text.to_uppercase(), |c| c.is_ascii_alphanumeric()),
        Normal::Digits => kept(&text, |c| c.is_ascii_digit()),
        Normal::Phone => phone(&text),
        Normal::Fingerprint => lower(text).replace(':', ""),
        Normal::Mac => mac(lower(text)),
        Normal::Datetime => datetime::normalise(&text).unwrap_or_else(|| text.into_owned()),
        Normal::Boolean => if is_truthy(&text) { "1" } else { "0" }.to_owned(),
    }
}

fn lower(text: Cow<'_, str>) -> String {
    if text.is_ascii() {
        let mut text = text.into_owned();
        text.make_ascii_lowercase();
        text
    } else {
        text.to_lowercase()
    }
}

fn upper(text: Cow<'_, str>) -> String {
    if text.is_ascii() {
        let mut text = text.into_owned();
        text.make_ascii_uppercase();
        text
    } else {
        text.to_uppercase()
    }
}

fn kept(text: &str, keep: impl Fn(char) -> bool) -> String {
    text.chars().filter(|c| keep(*c)).collect()
}

/// A lower-case name without outer dots, in its ASCII form when it was written in another script.
fn domain(text: String) -> String {
    let name = text.trim_matches('.');
    if !name.is_ascii()
        && let Ok(ascii) = idna::domain_to_ascii(name)
    {
        return ascii;
    }
    if name.len() == text.len() {
        text
    } else {
        name.to_owned()
    }
}

/// `AS64496`, `64496` and the dotted form `1.10` all name one system by its number.
fn asn(text: &str) -> String {
    let number = match text.split_at_checked(2) {
        Some((prefix, number)) if prefix.eq_ignore_ascii_case("AS") => number,
        _ => text,
    };
    asdot(number).map_or_else(|| number.to_owned(), |number| number.to_string())
}

fn asdot(number: &str) -> Option<u64> {
    let (high, low) = number.split_once('.')?;
    if !shapes::is_digits(high) || !shapes::is_digits(low) {
        return None;
    }
    high.parse::<u64>()
        .ok()?
        .checked_mul(65_536)?
        .checked_add(low.parse().ok()?)
}

fn phone(text: &str) -> String {
    let international = match text.strip_prefix("00") {
        Some(rest) => format!("+{rest}"),
        None => text.to_owned(),
    };
    kept(&international.replace("(0)", ""), |c| {
        c == '+' || c.is_ascii_digit()
    })
}

fn mac(mut text: String) -> String {
    text.retain(|c| !matches!(c, '.' | ':' | '-' | ' '));
    let mut spaced = String::with_capacity(text.len() * 3 / 2);
    for (place, c) in text.chars().enumerate() {
        if place > 0 && place % 2 == 0 {
            spaced.push(':');
        }
        spaced.push(c);
    }
    spaced
}

/// Any text is true except none, `0` and `false`.
fn is_truthy(text: &str) -> bool {
    !(text.is_empty() || text == "0" || text.eq_ignore_ascii_case("false"))
}
