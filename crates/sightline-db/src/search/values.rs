//! Conditions on the value, the comment and the address of an attribute `a`.

use super::condition::Condition;
use crate::{attribute_text, like};
use sightline_misp::fold::value_key;
use sightline_misp::networks::Network;
use sightline_query::Term;

/// One of the columns equals one of the terms, by its key, or matches one of the patterns.
pub(super) fn any(a: &str, columns: &'static [&'static str], terms: &[Term]) -> Condition {
    let (patterns, exact): (Vec<&Term>, Vec<&Term>) = terms.iter().partition(|term| term.wildcard);
    let mut parts = Vec::new();
    if !exact.is_empty() {
        let keys: Vec<i64> = exact.iter().map(|term| value_key(&term.text)).collect();
        parts.extend(
            columns
                .iter()
                .map(|column| Condition::Key(format!("{a}.{column}_key"), keys.clone())),
        );
    }
    if !patterns.is_empty() {
        parts.push(matching(
            a,
            columns,
            patterns.into_iter().map(|term| term.text.clone()),
        ));
    }
    Condition::Any(parts)
}

/// The comment matches one of the terms.
pub(super) fn comment(a: &str, terms: &[Term]) -> Condition {
    let patterns = terms.iter().map(|term| {
        if term.wildcard {
            term.text.clone()
        } else {
            like::escape(&term.text)
        }
    });
    matching(a, &["comment"], patterns)
}

fn matching(a: &str, columns: &'static [&'static str], patterns: impl Iterator<Item = String>) -> Condition {
    let patterns: Vec<String> = patterns.collect();
    Condition::Text {
        a: a.to_owned(),
        columns,
        candidates: attribute_text::candidates(&patterns),
        patterns,
    }
}

/// The attribute is inside one of the networks, or a network that holds one of them.
pub(super) fn networks(a: &str, list: &[Network]) -> Condition {
    Condition::Networks {
        column: format!("{a}.network"),
        keys: list.iter().flat_map(|network| network.holders()).collect(),
        ranges: list
            .iter()
            .filter(|network| !network.is_address())
            .map(|network| network.range())
            .collect(),
    }
}

/// Both halves match, each its own term.
pub(super) fn halves(a: &str, pairs: &[(Term, Term)]) -> Condition {
    let (patterns, exact): (Vec<_>, Vec<_>) =
        pairs.iter().partition(|(one, two)| one.wildcard || two.wildcard);
    let mut parts: Vec<Condition> = patterns
        .into_iter()
        .map(|(one, two)| {
            Condition::All(vec![
                any(a, &["value1"], std::slice::from_ref(one)),
                any(a, &["value2"], std::slice::from_ref(two)),
            ])
        })
        .collect();
    if !exact.is_empty() {
        let keys: Vec<(i64, i64)> = exact
            .into_iter()
            .map(|(one, two)| (value_key(&one.text), value_key(&two.text)))
            .collect();
        parts.push(Condition::Halves {
            a: a.to_owned(),
            first: keys.iter().map(|(one, _)| *one).collect(),
            pairs: keys.iter().map(|(one, two)| format!("{one}|{two}")).collect(),
        });
    }
    Condition::Any(parts)
}
