//! One broken rule, with the place where it is broken.

use std::fmt;

/// A broken rule: which one, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    /// Path relative to the repository root.
    pub(crate) path: String,
    /// Line number from 1, or 0 when the whole file is meant.
    pub(crate) line: usize,
    /// Short name of the rule, as `xtask/tidy-exceptions.txt` spells it.
    pub(crate) rule: &'static str,
    /// What is wrong, for a person.
    pub(crate) message: String,
}

impl Finding {
    pub(crate) fn new(
        rule: &'static str,
        path: impl Into<String>,
        line: usize,
        message: impl Into<String>,
    ) -> Self {
        Self {
            path: path.into(),
            line,
            rule,
            message: message.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(out, "{}: [{}] {}", self.path, self.rule, self.message),
            line => write!(out, "{}:{line}: [{}] {}", self.path, self.rule, self.message),
        }
    }
}
