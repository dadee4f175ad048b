//! SPDX licence expressions against the allow list of `deny.toml`.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use serde::Deserialize;

/// The licences that may be linked into an Apache-2.0 binary.
pub(super) struct Allowed(BTreeSet<String>);

#[derive(Deserialize)]
struct Deny {
    licenses: Licenses,
}

#[derive(Deserialize)]
struct Licenses {
    allow: BTreeSet<String>,
}

impl Allowed {
    /// Read the allow list out of `deny.toml`.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let deny: Deny = toml::from_str(text).context("deny.toml")?;
        Ok(Self(deny.licenses.allow))
    }

    /// Is the expression satisfied by allowed licences alone? The error says why not.
    pub(super) fn check(&self, expression: Option<&str>) -> Result<(), String> {
        let expression = expression.ok_or("names no licence")?;
        let spaced = expression
            .replace('(', " ( ")
            .replace(')', " ) ")
            .replace('/', " OR ");
        let mut parser = Parser {
            words: spaced.split_whitespace().rev().collect(),
            allowed: &self.0,
        };
        let allowed = parser.any_of()?;
        match parser.words.pop() {
            Some(word) => Err(format!("`{expression}`: unexpected `{word}`")),
            None if allowed => Ok(()),
            None => Err(format!(
                "`{expression}` is not covered by the allow list of deny.toml"
            )),
        }
    }
}

/// Recursive descent; each rule answers whether the part it read is satisfied.
struct Parser<'a> {
    /// What is left, last word first.
    words: Vec<&'a str>,
    allowed: &'a BTreeSet<String>,
}

impl Parser<'_> {
    fn takes(&mut self, word: &str) -> bool {
        let found = self.words.last() == Some(&word);
        if found {
            self.words.pop();
        }
        found
    }

    fn any_of(&mut self) -> Result<bool, String> {
        let mut any = self.all_of()?;
        while self.takes("OR") {
            any |= self.all_of()?;
        }
        Ok(any)
    }

    fn all_of(&mut self) -> Result<bool, String> {
        let mut all = self.one()?;
        while self.takes("AND") {
            all &= self.one()?;
        }
        Ok(all)
    }

    fn one(&mut self) -> Result<bool, String> {
        if self.takes("(") {
            let inner = self.any_of()?;
            return if self.takes(")") {
                Ok(inner)
            } else {
                Err("a bracket is not closed".to_owned())
            };
        }
        let licence = self.words.pop().ok_or("the licence expression ends early")?;
        if !self.takes("WITH") {
            return Ok(self.allowed.contains(licence));
        }
        let exception = self.words.pop().ok_or("the licence expression ends after WITH")?;
        Ok(self.allowed.contains(&format!("{licence} WITH {exception}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed() -> Allowed {
        let list = ["MIT", "ISC", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"];
        Allowed(list.map(str::to_owned).into())
    }

    #[test]
    fn expressions_that_the_list_satisfies() {
        for good in [
            "MIT",
            "GPL-3.0 OR MIT",
            "MIT/Apache-2.0",
            "MIT AND ISC",
            "(GPL-3.0 OR MIT) AND Apache-2.0",
            "Apache-2.0 WITH LLVM-exception",
            "GPL-3.0 AND MIT OR ISC",
        ] {
            assert_eq!(allowed().check(Some(good)), Ok(()), "{good}");
        }
    }

    #[test]
    fn expressions_that_it_does_not() {
        for bad in [
            "GPL-3.0",
            "MIT AND GPL-3.0",
            "MIT WITH LLVM-exception",
            "(GPL-3.0 OR MIT) AND AGPL-3.0",
        ] {
            assert!(
                allowed().check(Some(bad)).unwrap_err().contains("allow list"),
                "{bad}"
            );
        }
        assert!(allowed().check(None).is_err());
    }

    #[test]
    fn broken_expressions_are_refused() {
        for bad in ["", "MIT OR", "(MIT", "MIT ISC", "MIT)", "MIT WITH"] {
            assert!(allowed().check(Some(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_allow_list_comes_from_the_licenses_table() {
        let list = Allowed::parse("[licenses]\nallow = [\"MIT\"]\n").unwrap();
        assert!(list.check(Some("MIT")).is_ok());
        assert!(list.check(Some("ISC")).is_err());
    }
}
