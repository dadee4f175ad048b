//! `cargo xtask deps`: may we use what we use? Licences, known-bad versions, names in several versions.

mod advisories;
mod ignored;
mod licences;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};

use crate::finding::Finding;
use crate::metadata::{Package, Workspace};

/// The allow list of licences and the advisories that are accepted, shared with cargo-deny.
const DENY: &str = "deny.toml";
/// Known-bad versions.
const ADVISORIES: &str = "xtask/advisories.toml";

/// Check every outside package of the build.
pub(crate) fn check(workspace: &Workspace) -> Result<Vec<Finding>> {
    let text = |path: &str| {
        workspace
            .read(path)?
            .with_context(|| format!("{path} is not UTF-8"))
    };
    let deny = text(DENY)?;
    let allowed = licences::Allowed::parse(&deny)?;
    let ignored = ignored::parse(&deny)?;
    let advisories = advisories::parse(&text(ADVISORIES)?)?;
    let outside: Vec<&Package> = workspace
        .packages
        .iter()
        .filter(|package| package.source.is_some())
        .collect();

    let mut findings = Vec::new();
    for package in &outside {
        let name = format!("{} {}", package.name, package.version);
        if let Err(reason) = allowed.check(package.license.as_deref()) {
            findings.push(Finding::new("licence", name.as_str(), 0, reason));
        }
        for advisory in advisories
            .iter()
            .filter(|advisory| advisory.hits(&package.name, &package.version))
        {
            if let Some(reason) = ignored.get(&advisory.id) {
                println!("deps: {name}: {} is accepted: {reason}", advisory.id);
                continue;
            }
            let message = format!("{}: {}", advisory.id, advisory.title);
            findings.push(Finding::new("advisory", name.as_str(), 0, message));
        }
    }
    println!(
        "deps: {} packages, {} advisories looked up",
        outside.len(),
        advisories.len()
    );
    for (name, versions) in duplicates(&outside) {
        let versions: Vec<String> = versions.into_iter().collect();
        println!(
            "deps: {name} is built in versions {} (report only)",
            versions.join(", ")
        );
    }
    Ok(findings)
}

/// Names that are in the build in more than one incompatible version.
fn duplicates<'a>(packages: &[&'a Package]) -> BTreeMap<&'a str, BTreeSet<String>> {
    let mut versions: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for package in packages {
        versions
            .entry(&package.name)
            .or_default()
            .insert(package.version.to_string());
    }
    versions.retain(|_, versions| versions.len() > 1);
    versions
}
