//! Text inside rules: nothing of it can end its string, its option or its line.

use std::fmt::Write;

/// Longest string that a sensor compares at once, in bytes.
const CONTENT_BYTES: usize = 250;
/// Longest value that becomes a rule: sensors read lines of 8 KB.
pub(super) const VALUE_BYTES: usize = 1_500;
/// Longest text in a message, in characters before escaping.
const MESSAGE_CHARS: usize = 200;

/// `|22|` for what is not plain text.
fn escape(text: &str, colons: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let plain = (0x20..0x7f).contains(&byte) && !b"|\";\\".contains(&byte) && (byte != b':' || !colons);
        if plain {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "|{byte:02x}|");
        }
    }
    out
}

/// Text of a message. What is longer is cut: a message describes a rule, it does not decide what it finds.
pub(super) fn message(text: &str, colons: bool) -> String {
    let cut: String = text.chars().take(MESSAGE_CHARS).collect();
    let more = if cut.len() < text.len() { "..." } else { "" };
    format!("{}{more}", escape(&cut, colons))
}

/// `content:"…"; options` of a value, in several parts that follow each other when it is long; `option` (`nocase;` and
/// the like) stands after each, `first` after the first one.
pub(super) fn content(value: &str, first: &str, option: &str) -> String {
    let mut out = String::new();
    for (n, part) in value.as_bytes().chunks(CONTENT_BYTES).enumerate() {
        let mut escaped = String::new();
        for byte in part {
            let plain = (0x20..0x7f).contains(byte) && !b"|\";:\\".contains(byte);
            if plain {
                escaped.push(char::from(*byte));
            } else {
                let _ = write!(escaped, "|{byte:02x}|");
            }
        }
        let follows = format!("distance:0; within:{}; ", part.len());
        let position = if n == 0 { first } else { &follows };
        let _ = write!(out, "content:\"{escaped}\"; {position}{option}");
    }
    out
}

/// A host name as DNS carries it: `|04|evil|07|example|00|`.
pub(super) fn labels(name: &str) -> String {
    let mut out = String::new();
    for label in name.split('.') {
        let _ = write!(out, "|{:02x}|{}", label.len(), escape(label, true));
    }
    out.push_str("|00|");
    out
}
