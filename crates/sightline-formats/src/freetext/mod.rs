//! Free text to indicators (spec 09 B.1): cut into tokens, disarm the disarming, recognise.
//!
//! A token that is nothing as a whole is looked at again without its markup, so that reports in Markdown or AsciiDoc
//! and log lines such as `src=192.0.2.1` give up their indicators, too. No regular expressions: a feed of a few hundred
//! thousand lines passes in a second.

mod bitcoin;
mod digests;
mod files;
mod kinds;
mod network;
mod recognise;
mod refang;

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use serde_json::Value;

/// A value found in text, and what it may be imported as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Attribute types that fit. `ip-src/ip-dst` and `ip-src|port/ip-dst|port` stand for both attributes.
    pub types: &'static [&'static str],
    /// The likeliest of `types`.
    pub default_type: &'static str,
    /// The value, refanged.
    pub value: String,
    /// The value as it stood in the text.
    pub original_value: String,
    /// What was cut off, such as `On port 8080`; usually empty.
    pub comment: String,
}

/// Longest value that an attribute holds, in bytes; longer tokens are no indicators.
const MAX_TOKEN: usize = 65_535;

/// Longest quoted text that is looked at as one file name or registry key, in bytes.
const MAX_QUOTED: usize = 1_024;

/// Characters that quote: they end a token, and what stands between two of them is tried as one.
const QUOTES: [char; 9] = [
    '"', '\'', '`', '\u{201c}', '\u{201d}', '\u{2018}', '\u{2019}', '\u{ab}', '\u{bb}',
];

/// The parser. Cheap to make; holds the domains whose pages are reports, not indicators.
#[derive(Clone, Debug, Default)]
pub struct Freetext {
    vendors: HashSet<String>,
}

impl Freetext {
    /// A parser that knows no security vendors.
    pub fn new() -> Self {
        Self::default()
    }

    /// `https` URLs of these domains and their subdomains become links.
    #[must_use]
    pub fn with_vendors(mut self, domains: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let clean = |domain: &str| domain.trim().trim_start_matches('.').to_ascii_lowercase();
        self.vendors.extend(
            domains
                .into_iter()
                .map(|domain| clean(domain.as_ref()))
                .filter(|domain| !domain.is_empty()),
        );
        self
    }

    /// Appends what one line holds, in order, repeated values included.
    pub fn parse_line(&self, line: &str, out: &mut Vec<Candidate>) {
        if line.contains(QUOTES) {
            self.quoted(line, out);
        }
        for token in line.split(ends_token) {
            if !token.is_empty() && token.len() <= MAX_TOKEN {
                recognise::token(self, token, out);
            }
        }
    }

    /// Everything in a text, each value once. JSON is walked: every string in it is a text of its own.
    pub fn parse_text(&self, text: &str) -> Vec<Candidate> {
        let mut found = Vec::new();
        match json(text) {
            Some(document) => self.walk(&document, &mut found),
            None => self.lines(text, &mut found),
        }
        let mut seen = HashSet::new();
        found.retain(|candidate| seen.insert(candidate.value.clone()));
        found
    }

    fn lines(&self, text: &str, out: &mut Vec<Candidate>) {
        for line in text.lines() {
            self.parse_line(line, out);
        }
    }

    fn walk(&self, value: &Value, out: &mut Vec<Candidate>) {
        match value {
            Value::String(text) => {
                recognise::quoted(text.trim(), out);
                self.lines(text, out);
            }
            Value::Array(items) => items.iter().for_each(|item| self.walk(item, out)),
            Value::Object(fields) => fields.values().for_each(|field| self.walk(field, out)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Names with spaces: `"C:\Program Files\x.exe"`.
    fn quoted(&self, line: &str, out: &mut Vec<Candidate>) {
        let mut pieces = line.split(QUOTES);
        pieces.next();
        // The last piece has no closing quote.
        let mut previous = None;
        for piece in pieces {
            if let Some(inside) = previous.replace(piece)
                && inside.len() <= MAX_QUOTED
                && inside.contains(char::is_whitespace)
            {
                recognise::quoted(inside, out);
            }
        }
    }

    /// Whether `host` is a listed domain or below one.
    fn is_vendor(&self, host: &str) -> bool {
        if self.vendors.is_empty() {
            return false;
        }
        let host = host.to_ascii_lowercase();
        let mut name = host.as_str();
        loop {
            if self.vendors.contains(name) {
                return true;
            }
            match name.split_once('.') {
                Some((_, parent)) => name = parent,
                None => return false,
            }
        }
    }
}

fn ends_token(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | '<' | '>' | ';' | '\u{0}') || QUOTES.contains(&c)
}

/// The document, when the text is a JSON object or list.
fn json(text: &str) -> Option<Value> {
    let text = text.trim();
    let bracketed =
        (text.starts_with('{') && text.ends_with('}')) || (text.starts_with('[') && text.ends_with(']'));
    if bracketed {
        serde_json::from_str(text).ok()
    } else {
        None
    }
}
