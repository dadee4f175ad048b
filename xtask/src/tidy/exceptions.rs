//! `xtask/tidy-exceptions.txt`: what is excused, one `rule path # reason` a line.
//! The list may only shrink: a line that excuses nothing is itself a finding.

use std::collections::BTreeSet;

use crate::finding::Finding;

/// Where the list is.
pub(super) const FILE: &str = "xtask/tidy-exceptions.txt";

/// Take the excused findings away; add one for each line that is malformed or not needed.
pub(super) fn apply(list: &str, findings: Vec<Finding>) -> Vec<Finding> {
    let mut left = Vec::new();
    let mut excused = BTreeSet::new();
    for (number, line) in (1..).zip(list.lines()) {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((rule, path)) = parse(line) else {
            left.push(Finding::new(
                "exceptions",
                FILE,
                number,
                "expected `rule path # reason`",
            ));
            continue;
        };
        if findings
            .iter()
            .any(|finding| finding.rule == rule && finding.path == path)
        {
            excused.insert((rule, path));
        } else {
            left.push(Finding::new(
                "exceptions",
                FILE,
                number,
                "excuses nothing: take the line out",
            ));
        }
    }
    left.extend(
        findings
            .into_iter()
            .filter(|finding| !excused.contains(&(finding.rule, &*finding.path))),
    );
    left
}

fn parse(line: &str) -> Option<(&str, &str)> {
    let (entry, reason) = line.split_once(" # ")?;
    let mut words = entry.split_whitespace();
    let found = (words.next()?, words.next()?);
    (words.next().is_none() && !reason.trim().is_empty()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(rule: &'static str, path: &str) -> Finding {
        Finding::new(rule, path, 3, "no")
    }

    #[test]
    fn an_excused_finding_disappears_and_others_stay() {
        let list = "# the list\n\nsize a.rs # a table\n";
        let left = apply(
            list,
            vec![
                finding("size", "a.rs"),
                finding("size", "b.rs"),
                finding("clock", "a.rs"),
            ],
        );
        assert_eq!(left, vec![finding("size", "b.rs"), finding("clock", "a.rs")]);
    }

    #[test]
    fn a_line_that_excuses_nothing_is_a_finding() {
        let left = apply("size a.rs # a table\n", Vec::new());
        assert_eq!(left.len(), 1);
        assert_eq!((left[0].rule, left[0].line), ("exceptions", 1));
    }

    #[test]
    fn a_line_needs_rule_path_and_reason() {
        assert_eq!(parse("size a.rs # a table"), Some(("size", "a.rs")));
        for bad in ["size a.rs", "size a.rs # ", "size # why", "size a.rs b.rs # why"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
