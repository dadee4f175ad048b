//! Names of files and folders: no drawers for odds and ends, and `mod.rs` style.

use std::collections::BTreeSet;

use crate::finding::Finding;

/// Names that say nothing about the subject.
const EMPTY: &[&str] = &[
    "util", "utils", "helper", "helpers", "common", "misc", "shared", "stuff",
];

/// Check the names of all Rust files.
pub(super) fn check(files: &[String]) -> Vec<Finding> {
    let rust: BTreeSet<&str> = files
        .iter()
        .map(String::as_str)
        .filter(|path| path.ends_with(".rs"))
        .collect();
    let folders: BTreeSet<&str> = rust
        .iter()
        .filter_map(|path| path.rsplit_once('/'))
        .map(|(folder, _)| folder)
        .collect();
    let mut findings = Vec::new();
    for path in &rust {
        let stem = path.strip_suffix(".rs").unwrap_or(path);
        if let Some(word) = stem.split('/').find(|part| EMPTY.contains(part)) {
            findings.push(Finding::new(
                "name",
                *path,
                0,
                format!("`{word}` names no subject"),
            ));
        }
        if folders.contains(stem) && !stem.contains("/tests/") {
            findings.push(Finding::new(
                "mod-style",
                *path,
                0,
                format!("goes to {stem}/mod.rs"),
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: [&str; 0] = [];

    fn rules(files: &[&str]) -> Vec<&'static str> {
        let files: Vec<String> = files.iter().map(|&path| path.to_owned()).collect();
        check(&files).into_iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn empty_names_are_found_as_file_and_as_folder() {
        assert_eq!(
            rules(&[
                "crates/a/src/utils.rs",
                "crates/a/src/common/x.rs",
                "crates/a/src/uncommon.rs"
            ]),
            ["name", "name"]
        );
        assert_eq!(rules(&["docs/common/readme.md"]), NONE);
    }

    #[test]
    fn a_file_beside_its_folder_belongs_inside() {
        assert_eq!(rules(&["src/feeds.rs", "src/feeds/csv.rs"]), ["mod-style"]);
        assert_eq!(rules(&["src/feeds/mod.rs", "src/feeds/csv.rs"]), NONE);
    }
}
