//! The value syntax that all list-like filters share (spec 04 section 1.1).

use crate::filter::Filter;
use serde_json::Value;
use sightline_core::{AppError, AppResult};

/// One text to compare with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Term {
    /// Compared whole; when `wildcard`, a pattern for `LIKE … ESCAPE '\'`.
    pub text: String,
    /// Whether `%` and `_` in `text` stand for other characters.
    pub wildcard: bool,
}

impl Term {
    /// A text compared whole, whatever it holds.
    pub fn exact(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            wildcard: false,
        }
    }

    /// A term as callers write it: a pattern when it starts or ends with `%`.
    pub fn parse(text: &str) -> Self {
        if text.starts_with('%') || text.ends_with('%') {
            Self::pattern(text)
        } else {
            Self::exact(text)
        }
    }

    /// Matches any text that holds `text`, in which `%` and `_` keep their meaning.
    pub fn containing(text: &str) -> Self {
        Self::pattern(&format!("%{text}%"))
    }

    /// A pattern. Clients double a backslash to mean one, but also write Windows paths plainly: a backslash that
    /// escapes nothing stands for itself.
    pub(crate) fn pattern(text: &str) -> Self {
        let mut pattern = String::with_capacity(text.len());
        let mut rest = text.chars().peekable();
        while let Some(c) = rest.next() {
            pattern.push(c);
            if c == '\\' {
                pattern.push(
                    rest.next_if(|next| matches!(next, '\\' | '%' | '_'))
                        .unwrap_or('\\'),
                );
            }
        }
        Self {
            text: pattern,
            wildcard: true,
        }
    }
}

/// A parsed list-like filter: any of `or`, and `and`, and none of `not`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// At least one must match, unless empty.
    pub or: Vec<Term>,
    /// Each must match.
    pub and: Vec<Term>,
    /// None may match.
    pub not: Vec<Term>,
}

impl Terms {
    /// Parses every form that restSearch accepts; `field` is named in the error.
    pub fn parse(value: &Value, field: &str) -> AppResult<Self> {
        let terms = match value {
            Value::String(text) => Self::signed(text.split("&&")),
            Value::Object(map) if ["OR", "AND", "NOT"].iter().any(|key| map.contains_key(*key)) => {
                let list = |key| map.get(key).map_or(Ok(Vec::new()), |value| texts(value, field));
                let terms = |texts: Vec<String>| texts.iter().map(|text| Term::parse(text)).collect();
                Self {
                    or: terms(list("OR")?),
                    and: terms(list("AND")?),
                    not: terms(list("NOT")?),
                }
            }
            other => Self::signed(texts(other, field)?.iter().map(String::as_str)),
        };
        within_budget(terms, field)
    }

    /// Parses the forms of the indexes: a list, or a string of alternatives separated by `|`.
    pub fn parse_index(value: &Value, field: &str) -> AppResult<Self> {
        match value {
            Value::String(text) => Ok(Self::signed(text.split('|'))),
            other => Ok(Self::signed(texts(other, field)?.iter().map(String::as_str))),
        }
    }

    /// Alternatives, of which those that start with `!` are exclusions.
    fn signed<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut terms = Self::default();
        for text in texts {
            let text = text.trim();
            let (list, text) = text
                .strip_prefix('!')
                .map_or((&mut terms.or, text), |text| (&mut terms.not, text.trim_start()));
            if !text.is_empty() {
                list.push(Term::parse(text));
            }
        }
        terms
    }

    /// Whether there is nothing to filter by.
    pub fn is_empty(&self) -> bool {
        self.or.is_empty() && self.and.is_empty() && self.not.is_empty()
    }

    /// Every term changed by `change`.
    #[must_use]
    pub fn map(self, change: impl Fn(Term) -> Term) -> Self {
        let each = |terms: Vec<Term>| terms.into_iter().map(&change).collect();
        Self {
            or: each(self.or),
            and: each(self.and),
            not: each(self.not),
        }
    }

    /// What must hold, on one row: any of `or`, and each pattern of `and`. Exact terms of `and` are alternatives,
    /// because no column equals two of them.
    pub(crate) fn wanted<P>(&self, leaf: impl Fn(&[Term]) -> Filter<P>) -> Filter<P> {
        let (patterns, exact): (Vec<_>, Vec<_>) = self.and.iter().cloned().partition(|term| term.wildcard);
        let lists = [self.or.as_slice(), exact.as_slice()];
        let singles = patterns.iter().map(std::slice::from_ref);
        Filter::all(
            lists
                .into_iter()
                .chain(singles)
                .filter(|list| !list.is_empty())
                .map(leaf),
        )
    }

    /// What must hold where a row may have many (tags): any of `or`, and each of `and`.
    pub(crate) fn wanted_each<P>(&self, leaf: impl Fn(&[Term]) -> Filter<P>) -> Filter<P> {
        let or = (!self.or.is_empty()).then_some(self.or.as_slice());
        Filter::all(
            or.into_iter()
                .chain(self.and.iter().map(std::slice::from_ref))
                .map(leaf),
        )
    }

    /// What must not hold: any of `not`.
    pub(crate) fn unwanted<P>(&self, leaf: impl Fn(&[Term]) -> Filter<P>) -> Filter<P> {
        if self.not.is_empty() {
            Filter::nothing()
        } else {
            leaf(&self.not)
        }
    }

    /// [`Terms::wanted`] without [`Terms::unwanted`].
    pub(crate) fn filter<P>(&self, leaf: impl Fn(&[Term]) -> Filter<P>) -> Filter<P> {
        Filter::all([self.wanted(&leaf), Filter::negate(self.unwanted(&leaf))])
    }
}

/// Terms of one filter: what they take in memory on both sides stays below some hundred megabytes.
const TERMS: usize = 200_000;

/// Refuses a filter that would not fit.
fn within_budget(terms: Terms, field: &str) -> AppResult<Terms> {
    let count = terms.or.len() + terms.and.len() + terms.not.len();
    if count > TERMS {
        return Err(AppError::BadRequest(format!(
            "Too many values in `{field}`: {count}, and its memory budget has room for {TERMS}. Ask in several requests."
        )));
    }
    Ok(terms)
}

/// A scalar or list as trimmed texts without the empty ones. PHP clients send lists as objects with numbered keys.
pub(crate) fn texts(value: &Value, field: &str) -> AppResult<Vec<String>> {
    let mut found = Vec::new();
    match value {
        Value::Null | Value::Bool(false) => {}
        Value::Bool(true) => found.push("1".to_owned()),
        Value::Number(number) => found.push(number.to_string()),
        Value::String(text) => found.push(text.trim().to_owned()),
        Value::Array(items) => {
            for item in items {
                found.append(&mut texts(item, field)?);
            }
        }
        Value::Object(map) if map.keys().all(|key| key.parse::<u32>().is_ok()) => {
            for item in map.values() {
                found.append(&mut texts(item, field)?);
            }
        }
        Value::Object(_) => {
            return Err(AppError::BadRequest(format!(
                "Invalid value for `{field}`, must be a string, a list or an object with the keys OR, AND, NOT."
            )));
        }
    }
    found.retain(|text| !text.is_empty());
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::{Term, Terms};
    use crate::filter::Filter;
    use serde_json::{Value, json};

    fn shape(terms: &Terms) -> [Vec<&str>; 3] {
        [&terms.or, &terms.and, &terms.not].map(|list| list.iter().map(|term| term.text.as_str()).collect())
    }

    #[test]
    fn more_values_than_the_budget_has_room_for_are_refused_by_name() {
        let many = |n: usize| json!((0..n).map(|n| n.to_string()).collect::<Vec<_>>());
        assert_eq!(
            Terms::parse(&many(200_000), "value").expect("room").or.len(),
            200_000
        );
        let error = Terms::parse(&many(200_001), "value")
            .expect_err("no room")
            .to_string();
        assert!(error.contains("`value`") && error.contains("200000"), "{error}");
    }

    #[test]
    fn every_form_of_the_shared_syntax() {
        let cases: [(Value, [&[&str]; 3]); 18] = [
            (json!("foo"), [&["foo"], &[], &[]]),
            (json!("  foo "), [&["foo"], &[], &[]]),
            (json!("foo&&bar"), [&["foo", "bar"], &[], &[]]),
            (json!("foo && !bar"), [&["foo"], &[], &["bar"]]),
            (json!("!foo"), [&[], &[], &["foo"]]),
            (json!("!"), [&[], &[], &[]]),
            (json!(["a", "!b", "c", 4, ""]), [&["a", "c", "4"], &[], &["b"]]),
            (json!(["a&&b"]), [&["a&&b"], &[], &[]]),
            (
                json!({"OR": ["a"], "NOT": "b", "AND": ["c", "!d"]}),
                [&["a"], &["c", "!d"], &["b"]],
            ),
            (json!({"NOT": [1, 2]}), [&[], &[], &["1", "2"]]),
            (json!({"OR": null, "or": ["x"]}), [&[], &[], &[]]),
            (json!({"0": "a", "1": "!b"}), [&["a"], &[], &["b"]]),
            (json!(7), [&["7"], &[], &[]]),
            (json!(0), [&["0"], &[], &[]]),
            (json!(true), [&["1"], &[], &[]]),
            (json!(false), [&[], &[], &[]]),
            (json!(null), [&[], &[], &[]]),
            (json!([["a"], ["b"]]), [&["a", "b"], &[], &[]]),
        ];
        for (value, expected) in cases {
            let terms = Terms::parse(&value, "value").expect("accepted");
            assert_eq!(shape(&terms), expected.map(<[&str]>::to_vec), "{value}");
        }
    }

    #[test]
    fn lower_case_keys_are_refused_rather_than_misread() {
        let error = Terms::parse(&json!({"not": ["a"]}), "tags").expect_err("refused");
        assert!(
            error.to_string().starts_with("Invalid value for `tags`"),
            "{error}"
        );
    }

    #[test]
    fn index_syntax() {
        let terms = Terms::parse_index(&json!("a|!b|c&d"), "org").expect("accepted");
        assert_eq!(shape(&terms), [vec!["a", "c&d"], vec![], vec!["b"]]);
    }

    #[test]
    fn wildcards_only_at_an_end() {
        for (text, wildcard, expected) in [
            ("foo", false, "foo"),
            ("f%o_o", false, "f%o_o"),
            ("foo%", true, "foo%"),
            ("%f_o", true, "%f_o"),
            (r"C:\Windows\%", true, r"C:\\Windows\%"),
            (r"%C:\\Windows", true, r"%C:\\Windows"),
            (r"%tail\", true, r"%tail\\"),
            (r"C:\Windows", false, r"C:\Windows"),
        ] {
            assert_eq!(
                Term::parse(text),
                Term {
                    text: expected.to_owned(),
                    wildcard
                },
                "{text}"
            );
        }
    }

    #[test]
    fn exact_and_terms_are_alternatives_and_patterns_are_not() {
        let terms = Terms::parse(
            &json!({"OR": ["o"], "AND": ["a", "b", "%c", "%d"], "NOT": ["n"]}),
            "value",
        );
        let tree = terms.expect("accepted").filter(|list| Filter::Is(list.len()));
        assert_eq!(
            tree,
            Filter::All(vec![
                Filter::Is(1),
                Filter::Is(2),
                Filter::Is(1),
                Filter::Is(1),
                Filter::Not(Box::new(Filter::Is(1)))
            ])
        );
    }
}
