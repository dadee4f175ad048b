//! The text index of the attributes: every three letters in a row of their values and comments. PostgreSQL keeps it by
//! itself; in SQLite it is a full-text table beside `attributes`, written here and by triggers (`0003_search.sql`).

use crate::{DbResult, Dialect, Kind, Tx, Value};
use sightline_misp::records::Attribute;
use std::collections::BTreeSet;

/// What the index knows of one text: runs of this many characters.
const GRAM: usize = 3;
/// Runs looked up for one pattern. More of them hardly narrow what the first ones leave.
const GRAMS: usize = 24;
/// Patterns that one look-up takes; beyond this, reading the rows costs less.
const PATTERNS: usize = 50;

/// Writes new attributes to the index.
pub(crate) fn insert_many(tx: &mut Tx<'_>, attributes: &[Attribute]) -> DbResult<()> {
    const COLUMNS: &[(&str, Kind)] = &[
        ("rowid", Kind::Int),
        ("value1", Kind::Text),
        ("value2", Kind::Text),
        ("comment", Kind::Text),
    ];
    if tx.dialect() == Dialect::Postgres {
        return Ok(());
    }
    tx.insert_many("attribute_text", COLUMNS, attributes.len(), |n, row| {
        let Some(a) = attributes.get(n) else { return };
        row.extend([
            Value::from(a.id),
            (&a.value1).into(),
            (&a.value2).into(),
            (&a.comment).into(),
        ]);
    })
}

/// Fails when the index and the table disagree. Reads all of both.
pub fn check(tx: &mut Tx<'_>) -> DbResult<()> {
    if tx.dialect() == Dialect::Sqlite {
        tx.unhurried()?;
        tx.exec(
            "INSERT INTO attribute_text (attribute_text, rank) VALUES ('integrity-check', 1)",
            &[],
        )?;
    }
    Ok(())
}

/// What SQLite's index is asked for candidates of any of these LIKE patterns; `None` when one of them is too short for it.
pub(crate) fn candidates(patterns: &[String]) -> Option<String> {
    if patterns.is_empty() || patterns.len() > PATTERNS {
        return None;
    }
    let each: Option<Vec<String>> = patterns.iter().map(|pattern| grams(pattern)).collect();
    Some(each?.join(" OR "))
}

/// The runs that every text matching a pattern has, all required. Only ASCII: the engines fold other letters differently.
fn grams(pattern: &str) -> Option<String> {
    let mut found = BTreeSet::new();
    for run in literals(pattern) {
        for gram in run.windows(GRAM) {
            if found.len() < GRAMS {
                found.insert(gram.iter().collect::<String>());
            }
        }
    }
    let quoted: Vec<String> = found
        .iter()
        .map(|gram| format!("\"{}\"", gram.replace('"', "\"\"")))
        .collect();
    (!quoted.is_empty()).then(|| format!("({})", quoted.join(" AND ")))
}

/// The stretches of a pattern that stand for themselves, in lower case.
fn literals(pattern: &str) -> Vec<Vec<char>> {
    let mut runs = vec![Vec::new()];
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        let literal = match c {
            '%' | '_' => None,
            '\\' => chars.next(),
            other => Some(other),
        };
        match (
            literal.filter(|c| c.is_ascii() && !c.is_ascii_control()),
            runs.last_mut(),
        ) {
            (Some(c), Some(run)) => run.push(c.to_ascii_lowercase()),
            _ => runs.push(Vec::new()),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::candidates;

    #[test]
    fn patterns_become_runs_of_three() {
        for (patterns, expected) in [
            (&["%Pay%"][..], Some(r#"("pay")"#)),
            (&["%.ex%b"], Some(r#"(".ex")"#)),
            (&["a_cde%"], Some(r#"("cde")"#)),
            (&[r"%a\%b%"], Some(r#"("a%b")"#)),
            (&["%a\"b%"], Some(r#"("a""b")"#)),
            (&["%abcd%"], Some(r#"("abc" AND "bcd")"#)),
            (&["%abc%", "def%"], Some(r#"("abc") OR ("def")"#)),
            (&["%abc%", "%de%"], None),
            (&["%überall%"], Some(r#"("all" AND "ber" AND "era" AND "ral")"#)),
            (&["%ab%cd%"], None),
            (&[], None),
        ] {
            let patterns: Vec<String> = patterns.iter().map(|p| (*p).to_owned()).collect();
            assert_eq!(candidates(&patterns).as_deref(), expected, "{patterns:?}");
        }
    }
}
