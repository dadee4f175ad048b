//! Entries that are hosts: they match themselves and everything below them, in hosts and in URLs.

use std::borrow::Cow;

use super::keys::Keys;
use super::lists::SetId;

/// Hosts, spelt backwards, so that one walk finds every parent domain.
pub(super) struct Hosts {
    keys: Keys,
}

impl Hosts {
    pub(super) fn new(keys: Keys) -> Self {
        Self { keys }
    }

    /// Calls `found` with each entry that is the value's host or a parent of it, the top first.
    pub(super) fn visit(&self, value: &str, found: &mut dyn FnMut(SetId, &str) -> bool) -> bool {
        let host = lower(host(value));
        self.keys
            .beginnings(host.bytes().rev(), |byte| byte == b'.', &mut |length, set| {
                let start = host.len().saturating_sub(length);
                found(set, host.get(start..).unwrap_or_default())
            })
    }
}

/// An entry as it is looked for: lower case, without outer dots, backwards.
pub(super) fn key(entry: &str) -> Vec<u8> {
    lower(entry.trim().trim_matches('.')).bytes().rev().collect()
}

/// The host of a value: between `//` and the next `/`, or before the first `/`; a trailing dot does not count. A port
/// or a user name stays, so that such a URL matches nothing (spec 07 section 4.2).
fn host(value: &str) -> &str {
    let rest = value.split_once("//").map_or(value, |(_, rest)| rest);
    let host = rest.split('/').next().unwrap_or(rest);
    host.strip_suffix('.').unwrap_or(host)
}

fn lower(text: &str) -> Cow<'_, str> {
    if text
        .bytes()
        .any(|byte| byte.is_ascii_uppercase() || !byte.is_ascii())
    {
        return Cow::Owned(text.to_lowercase());
    }
    Cow::Borrowed(text)
}
