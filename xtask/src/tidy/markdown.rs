//! Paths that a Markdown file names must exist.

use std::collections::BTreeSet;

use crate::finding::Finding;

/// A backticked word with one of these endings is always a path, wherever it points.
const SOURCE_ENDINGS: &[&str] = &[".rs", ".md", ".py", ".sh", ".mjs"];

/// Check one Markdown file against the list of files of the repository.
pub(super) fn check(path: &str, text: &str, files: &[String]) -> Vec<Finding> {
    let known = Known::new(files);
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut findings = Vec::new();
    let mut fenced = false;
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            continue;
        }
        if fenced {
            continue;
        }
        let links = link_targets(line)
            .into_iter()
            .filter(|target| !known.has_at(folder, target));
        let words = code_words(line)
            .into_iter()
            .filter(|word| known.is_claimed(folder, word) && !known.has(folder, word));
        for missing in links.chain(words) {
            findings.push(Finding::new(
                "markdown-path",
                path,
                number,
                format!("`{missing}` does not exist"),
            ));
        }
    }
    findings
}

/// Files and folders of the repository.
struct Known<'a>(BTreeSet<&'a str>);

impl<'a> Known<'a> {
    fn new(files: &'a [String]) -> Self {
        let mut known = BTreeSet::new();
        for file in files {
            let mut path = file.as_str();
            known.insert(path);
            while let Some((folder, _)) = path.rsplit_once('/') {
                known.insert(folder);
                path = folder;
            }
        }
        Self(known)
    }

    fn has_at(&self, folder: &str, path: &str) -> bool {
        normal(folder, path).is_some_and(|path| path.is_empty() || self.0.contains(path.as_str()))
    }

    /// Beside the file, from the root, or below `crates/`, as people write paths.
    fn has(&self, folder: &str, path: &str) -> bool {
        [folder, "", "crates"].iter().any(|base| self.has_at(base, path))
    }

    /// Does the word mean a path of this repository, and not a URL path, a media type or an example?
    fn is_claimed(&self, folder: &str, word: &str) -> bool {
        let plain = word
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/'));
        if !plain || !word.contains('/') || word.starts_with('/') {
            return false;
        }
        let first = word
            .trim_start_matches("./")
            .split('/')
            .next()
            .unwrap_or_default();
        SOURCE_ENDINGS.iter().any(|ending| word.ends_with(ending)) || self.has(folder, first)
    }
}

/// `folder/path` without `.` and `..`; `None` when it leaves the repository.
fn normal(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// The targets of `[text](target)` that point into the repository, without `#anchor`.
fn link_targets(line: &str) -> Vec<&str> {
    line.split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target.split(['#', ' ']).next().unwrap_or_default())
        .filter(|target| !target.is_empty() && !target.contains(':'))
        .collect()
}

/// What stands between backticks.
fn code_words(line: &str) -> Vec<&str> {
    let words = line.split('`').collect::<Vec<_>>();
    // An unpaired last backtick opens nothing.
    let pairs = words.len().saturating_sub(1) / 2;
    words.into_iter().skip(1).step_by(2).take(pairs).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: [&str; 0] = [];

    fn missing(path: &str, text: &str) -> Vec<String> {
        let files = [
            "README.md",
            "docs/testing.md",
            "docs/images/home.png",
            "crates/sightline-db/src/sql.rs",
        ];
        let files: Vec<String> = files.iter().map(|&file| file.to_owned()).collect();
        check(path, text, &files)
            .into_iter()
            .map(|finding| finding.message)
            .collect()
    }

    #[test]
    fn paths_are_found_from_the_root_the_folder_and_below_crates() {
        let text = "`docs/testing.md` `sightline-db/src/sql.rs` `crates/sightline-db/` [t](testing.md#top)";
        assert_eq!(missing("docs/index.md", text), NONE);
        assert_eq!(
            missing("docs/index.md", "[t](../README.md) ![h](images/home.png)"),
            NONE
        );
    }

    #[test]
    fn missing_paths_are_named() {
        assert_eq!(
            missing("README.md", "see `docs/no.md`"),
            ["`docs/no.md` does not exist"]
        );
        assert_eq!(missing("README.md", "`crates/sightline-db/src/gone/`").len(), 1);
        assert_eq!(
            missing("README.md", "[x](docs/gone.txt)"),
            ["`docs/gone.txt` does not exist"]
        );
        assert_eq!(missing("README.md", "[x](../outside.md)").len(), 1);
    }

    #[test]
    fn other_words_with_a_slash_are_left_alone() {
        let text = "`/healthz` `application/json` `POST /feeds/add` `events/index` `a/*.rs` [s](https://example.org/x)";
        assert_eq!(missing("README.md", text), NONE);
        assert_eq!(missing("README.md", "```\n`docs/no.md`\n```\n"), NONE);
        assert_eq!(missing("README.md", "an odd ` tick and docs/no.md"), NONE);
    }
}
