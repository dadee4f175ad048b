//! Repository chores: `cargo xtask tidy` checks the house rules, `cargo xtask deps` the dependencies.
//! Both read only the checkout and `cargo metadata`, so they work without a network.

mod deps;
mod finding;
mod metadata;
mod tidy;

use std::process::ExitCode;

use anyhow::Result;

use finding::Finding;
use metadata::Workspace;

const USAGE: &str = "usage: cargo xtask <tidy|deps>

  tidy   crate edges, file sizes, module names, SQL and clock walls, paths in Markdown, machine paths
  deps   licences against deny.toml, versions against xtask/advisories.toml, names in several versions";

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode> {
    let command = std::env::args().nth(1);
    let findings = match command.as_deref() {
        Some("tidy") => tidy::check(&Workspace::load()?)?,
        Some("deps") => deps::check(&Workspace::load()?)?,
        Some("help" | "--help" | "-h") => {
            println!("{USAGE}");
            return Ok(ExitCode::SUCCESS);
        }
        _ => {
            eprintln!("{USAGE}");
            return Ok(ExitCode::from(2));
        }
    };
    Ok(report(&findings))
}

fn report(findings: &[Finding]) -> ExitCode {
    for finding in findings {
        eprintln!("{finding}");
    }
    if findings.is_empty() {
        return ExitCode::SUCCESS;
    }
    eprintln!("xtask: {} to mend", findings.len());
    ExitCode::FAILURE
}
