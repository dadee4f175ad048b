//! Entries that are regular expressions with delimiters and flags, `/…/i`: matched in time linear to the value.

use regex::{Regex, RegexBuilder};

use super::BadEntry;
use super::lists::SetId;

/// Memory of one compiled pattern.
const MAX_PATTERN_BYTES: usize = 2 << 20;

/// A pattern of a list.
#[derive(Clone, Debug)]
pub struct Pattern {
    regex: Regex,
}

/// Why a pattern is not understood.
#[derive(Debug, thiserror::Error)]
pub enum PatternError {
    /// `/…/flags`, or another sign in the place of the slashes.
    #[error("a pattern stands between two equal signs, such as /…/")]
    NoDelimiters,
    /// A flag that has no meaning here.
    #[error("the flag `{0}` is not known")]
    Flag(char),
    /// Look-around and back-references are not: they can take for ever.
    #[error("it is not a regular expression that can be matched in linear time")]
    Syntax,
}

impl Pattern {
    /// Reads `/pattern/flags`; of the flags, `i`, `m`, `s`, `x`, `u` and `g` are known.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let mut chars = text.trim().chars();
        let opening = chars
            .next()
            .filter(|sign| !sign.is_alphanumeric() && *sign != '\\');
        let closing = match opening.ok_or(PatternError::NoDelimiters)? {
            '(' => ')',
            '[' => ']',
            '{' => '}',
            '<' => '>',
            same => same,
        };
        let (pattern, flags) = chars
            .as_str()
            .rsplit_once(closing)
            .ok_or(PatternError::NoDelimiters)?;
        let mut builder = RegexBuilder::new(pattern);
        builder.size_limit(MAX_PATTERN_BYTES);
        for flag in flags.chars() {
            match flag {
                'i' => builder.case_insensitive(true),
                'm' => builder.multi_line(true),
                's' => builder.dot_matches_new_line(true),
                'x' => builder.ignore_whitespace(true),
                // Patterns are always Unicode, and whether there is any match does not depend on how many there are.
                'u' | 'g' => &mut builder,
                other => return Err(PatternError::Flag(other)),
            };
        }
        builder
            .build()
            .map(|regex| Self { regex })
            .map_err(|_| PatternError::Syntax)
    }

    /// Whether the value matches anywhere.
    pub fn is_match(&self, value: &str) -> bool {
        self.regex.is_match(value)
    }
}

/// Every pattern.
#[derive(Debug)]
pub(super) struct Patterns {
    patterns: Vec<(Pattern, String, SetId)>,
}

impl Patterns {
    pub(super) fn new(entries: Vec<(String, SetId)>) -> Result<Self, BadEntry> {
        let patterns = entries
            .into_iter()
            .map(|(entry, set)| match Pattern::parse(&entry) {
                Ok(pattern) => Ok((pattern, entry, set)),
                Err(error) => Err(BadEntry::Pattern(entry, error)),
            });
        Ok(Self {
            patterns: patterns.collect::<Result<_, _>>()?,
        })
    }

    /// Patterns are the dearest to try: only those of lists that are wanted.
    pub(super) fn visit(
        &self,
        value: &str,
        wanted: &dyn Fn(SetId) -> bool,
        found: &mut dyn FnMut(SetId, &str) -> bool,
    ) -> bool {
        self.patterns
            .iter()
            .filter(|(pattern, _, set)| wanted(*set) && pattern.is_match(value))
            .all(|(_, entry, set)| found(*set, entry))
    }
}
