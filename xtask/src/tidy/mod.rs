//! `cargo xtask tidy`: the rules of ARCHITECTURE.md that a machine can check.

mod edges;
mod exceptions;
mod leaks;
mod markdown;
mod names;
mod rust_text;
mod sizes;
mod walls;

use anyhow::{Context, Result};

use crate::finding::Finding;
use crate::metadata::Workspace;
use rust_text::RustText;

/// One Rust file, read and split into code, comments and texts.
struct Source {
    path: String,
    raw: String,
    text: RustText,
}

impl Source {
    fn new(path: &str, raw: String) -> Self {
        Self {
            path: path.to_owned(),
            text: RustText::new(&raw),
            raw,
        }
    }

    /// Test code may do what production code may not: fix a time, write SQL, be long.
    fn is_test(&self) -> bool {
        let mut parts = self.path.split('/');
        parts.any(|part| matches!(part, "tests" | "benches" | "fuzz" | "tests.rs"))
    }

    /// The folder under `crates/`, or `xtask`.
    fn package(&self) -> &str {
        let path = self.path.strip_prefix("crates/").unwrap_or(&self.path);
        path.split('/').next().unwrap_or(path)
    }
}

/// Run every check and take away what `xtask/tidy-exceptions.txt` excuses.
pub(crate) fn check(workspace: &Workspace) -> Result<Vec<Finding>> {
    let files = workspace.files()?;
    let mut findings = edges::check(workspace);
    findings.extend(names::check(&files));
    let mut sources = Vec::new();
    for path in &files {
        let Some(raw) = workspace.read(path)? else {
            continue;
        };
        findings.extend(leaks::check(path, &raw));
        if path.ends_with(".md") {
            findings.extend(markdown::check(path, &raw, &files));
        }
        if path.ends_with(".rs") {
            sources.push(Source::new(path, raw));
        }
    }
    for source in &sources {
        findings.extend(walls::check(source));
        findings.extend(sizes::check_file(source));
    }
    findings.extend(sizes::check_spread(&sources));
    let excuses = workspace
        .read(exceptions::FILE)?
        .context("the exceptions file is not UTF-8")?;
    let mut left = exceptions::apply(&excuses, findings);
    left.sort();
    if left.is_empty() {
        println!(
            "tidy: {} files, {} of them Rust, all in order",
            files.len(),
            sources.len()
        );
    }
    Ok(left)
}
