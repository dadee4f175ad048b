//! One token to candidates: first as it stands, then without the markup around and inside it.

use super::kinds::{self, Found};
use super::refang::{refang, strip_prefix_any_case};
use super::{Candidate, Freetext, bitcoin, digests, files, network};

/// Characters at which a token is cut when it is nothing as a whole.
const MARKUP: [char; 11] = ['|', '(', ')', '[', ']', '{', '}', '*', '^', '\\', '!'];

/// Shortest text that can be an indicator (`a.b`, `::1`, `AS1`).
const MIN_LENGTH: usize = 3;

/// Appends what a token without blanks holds.
pub(super) fn token(parser: &Freetext, raw: &str, out: &mut Vec<Candidate>) {
    let trimmed = trim(raw);
    if trimmed.len() < MIN_LENGTH || trimmed.bytes().all(|b| b.is_ascii_alphabetic()) {
        return;
    }
    if !push(parser, trimmed, out) {
        pieces(parser, trimmed, out);
    }
}

/// Appends a quoted text with blanks when it is a file name or a registry key.
pub(super) fn quoted(text: &str, out: &mut Vec<Candidate>) {
    if text.contains(' ')
        && let Some(found) = files::file_or_key(text)
    {
        out.push(candidate(found, text));
    }
}

/// Blanks, dots, commas and parentheses go; a closing one stays when it was opened inside.
fn trim(raw: &str) -> &str {
    let text = raw
        .trim_matches(['.', ','])
        .trim_start_matches('(')
        .trim_end_matches(['.', ',']);
    if text.contains('(') {
        text
    } else {
        text.trim_end_matches([')', '.', ','])
    }
}

/// Looks inside a token that is nothing as a whole.
fn pieces(parser: &Freetext, text: &str, out: &mut Vec<Candidate>) {
    let armed = refang(text);
    for piece in armed.split(MARKUP) {
        let piece = piece.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '/' && c != '%');
        let piece = piece.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '/');
        if piece.len() < MIN_LENGTH
            || piece.bytes().all(|b| b.is_ascii_alphabetic())
            || push(parser, piece, out)
        {
            continue;
        }
        if let Some(at) = piece.find("://") {
            // `see:https://…`: the scheme is what letters stand before the colon.
            let start = piece
                .get(..at)
                .and_then(|head| head.rfind(|c: char| !c.is_ascii_alphanumeric()));
            let url = start
                .and_then(|start| piece.get(start..))
                .map(|url| url.trim_start_matches(|c: char| !c.is_ascii_alphanumeric()));
            if let Some(url) = url {
                push(parser, url, out);
            }
        } else if let Some((label, value)) = piece.split_once(['=', ':']) {
            for part in [label, value.trim_matches(['=', ':'])] {
                if part.len() >= MIN_LENGTH && !part.bytes().all(|b| b.is_ascii_alphabetic()) {
                    push(parser, part, out);
                }
            }
        } else if let Some(at) = piece.find("CVE-") {
            // Scanners put it into the names of their detections: `Exploit.CVE-2026-12345.A`.
            let number = |c: char| c.is_ascii_digit() || c == '-';
            if let Some(name) = piece
                .get(at + 3..)
                .and_then(|rest| piece.get(at..at + 3 + rest.find(|c| !number(c)).unwrap_or(rest.len())))
            {
                push(parser, name, out);
            }
        }
    }
}

/// Appends `text` when it is an indicator, and says so.
fn push(parser: &Freetext, text: &str, out: &mut Vec<Candidate>) -> bool {
    let armed = refang(text);
    let Some(found) = recognise(parser, &armed) else {
        return false;
    };
    out.push(candidate(found, text));
    true
}

fn candidate(found: Found<'_>, original: &str) -> Candidate {
    Candidate {
        types: found.kind.types,
        default_type: found.kind.default_type,
        value: found.value.into_owned(),
        original_value: original.to_owned(),
        comment: found.comment,
    }
}

/// The first kind that fits (the order is the contract's).
fn recognise<'a>(parser: &Freetext, text: &'a str) -> Option<Found<'a>> {
    network::address(text)
        .or_else(|| digests::digest(text))
        .or_else(|| network::email(text))
        .or_else(|| vulnerability(text))
        .or_else(|| network::url_or_host(text, |host| parser.is_vendor(host)))
        .or_else(|| files::file_or_key(text))
        .or_else(|| is_phone(text).then(|| Found::new(&kinds::PHONE, text)))
        .or_else(|| is_as_number(text).then(|| Found::new(&kinds::AS, text)))
        .or_else(|| bitcoin::is_address(text).then(|| Found::new(&kinds::BTC, text)))
}

/// `CVE-2026-12345`, any case, typographic dashes allowed.
fn vulnerability(text: &str) -> Option<Found<'_>> {
    let plain = strip_prefix_any_case(text, "CVE")?.replace(['\u{2013}', '\u{2011}'], "-");
    let (year, number) = plain.strip_prefix('-')?.split_once('-')?;
    let digits = |text: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    (digits(year, 4..=4) && digits(number, 4..=19)).then(|| Found {
        kind: &kinds::VULNERABILITY,
        value: format!("CVE-{year}-{number}").into(),
        comment: String::new(),
    })
}

/// An international number, `+` first, or one with the `(0)` of a national prefix.
fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (text.starts_with('+') || text.contains("(0)"))
        && (7..=16).contains(&digits)
        && text
            .bytes()
            .enumerate()
            .all(|(at, b)| b.is_ascii_digit() || b"-/().".contains(&b) || (at == 0 && b == b'+'))
}

fn is_as_number(text: &str) -> bool {
    let Some(number) = text.strip_prefix("AS").or_else(|| text.strip_prefix("as")) else {
        return false;
    };
    number.bytes().all(|b| b.is_ascii_digit()) && number.parse::<u32>().is_ok_and(|number| number > 0)
}
