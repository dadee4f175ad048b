//! How long Rust files are. Functions are clippy's business (`too_many_lines`).

use crate::finding::Finding;

use super::Source;

/// No file is longer, tests inside it included: past this nobody reads to the end.
const HARD_LIMIT_LINES: usize = 600;
/// Half of the production files are at most this long.
const MEDIAN_LINES: usize = 120;
/// Nine of ten production files are at most this long.
const NINETIETH_LINES: usize = 300;

/// The head comment and the hard limit of one file.
pub(super) fn check_file(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !source.raw.starts_with("//!") {
        findings.push(Finding::new(
            "head",
            &*source.path,
            1,
            "starts without a `//!` line that says what it is for",
        ));
    }
    let lines = source.raw.lines().count();
    if lines > HARD_LIMIT_LINES && !source.is_test() {
        let message = format!("{lines} lines; the limit is {HARD_LIMIT_LINES}");
        findings.push(Finding::new("size", &*source.path, 0, message));
    }
    findings
}

/// The spread over all production files.
pub(super) fn check_spread(sources: &[Source]) -> Vec<Finding> {
    let production = sources.iter().filter(|source| !source.is_test());
    let mut lines: Vec<usize> = production.map(|source| source.text.production_lines()).collect();
    lines.sort_unstable();
    let mut findings = Vec::new();
    for (what, percent, limit) in [
        ("median", 50, MEDIAN_LINES),
        ("90th percentile", 90, NINETIETH_LINES),
    ] {
        let value = percentile(&lines, percent);
        if value > limit {
            let message = format!("{what} of production lines is {value}; the limit is {limit}");
            findings.push(Finding::new("spread", "crates", 0, message));
        }
    }
    findings
}

/// The nearest-rank percentile of a sorted list; 0 of an empty one.
fn percentile(sorted: &[usize], percent: usize) -> usize {
    let rank = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(rank).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_take_the_nearest_rank() {
        let ten: Vec<usize> = (1..=10).collect();
        assert_eq!(percentile(&ten, 50), 5);
        assert_eq!(percentile(&ten, 90), 9);
        assert_eq!(percentile(&[7], 90), 7);
        assert_eq!(percentile(&[], 50), 0);
    }

    #[test]
    fn a_long_file_and_a_missing_head_are_found() {
        let long = Source::new("crates/a/src/x.rs", "fn f() {}\n".repeat(HARD_LIMIT_LINES + 1));
        let rules: Vec<_> = check_file(&long)
            .into_iter()
            .map(|finding| finding.rule)
            .collect();
        assert_eq!(rules, ["head", "size"]);
        let test = Source::new(
            "crates/a/tests/it/x.rs",
            format!("//! Tests.\n{}", "// x\n".repeat(900)),
        );
        assert!(check_file(&test).is_empty());
    }
}
