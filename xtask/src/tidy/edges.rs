//! Which crate may depend on which, and which outside crates stay behind one wall.

use crate::finding::Finding;
use crate::metadata::{Package, Workspace};

const RULE: &str = "edge";

/// The layers of ARCHITECTURE.md: a crate and what it may name.
const ALLOWED: &[(&str, &[&str])] = &[
    ("core", &[]),
    ("misp", &["core"]),
    ("formats", &["core", "misp"]),
    ("knowledge", &["misp"]),
    ("query", &["core", "misp"]),
    ("db", &["core", "misp", "query"]),
    ("jobs", &["core"]),
    ("remote", &["core", "misp"]),
    (
        "app",
        &[
            "core",
            "misp",
            "formats",
            "knowledge",
            "query",
            "db",
            "jobs",
            "remote",
        ],
    ),
    ("api", &["core", "misp", "formats", "query", "app"]),
    ("web", &["core", "misp", "formats", "query", "app"]),
];

/// Crates above every layer: the binary, and what tests and measures it.
const ABOVE: &[&str] = &["sightline", "sightline-testkit", "sightline-bench"];

/// Outside crates that only the named crates may use in production.
const WALLS: &[(&str, &[&str])] = &[
    ("axum", &["api", "web", "testkit"]),
    // Pages; in the application only mails of plain text.
    ("askama", &["web", "app"]),
    ("rusqlite", &["db", "testkit", "bench"]),
    ("postgres", &["db", "testkit", "bench"]),
    ("tokio-postgres", &["db", "testkit", "bench"]),
    ("reqwest", &["remote", "testkit"]),
];

/// Check the dependency tables of every crate of the workspace.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    workspace.members().flat_map(check_package).collect()
}

fn check_package(package: &Package) -> Vec<Finding> {
    let manifest = match package.name.as_str() {
        "xtask" => "xtask/Cargo.toml".to_owned(),
        name => format!("crates/{name}/Cargo.toml"),
    };
    let mut findings = Vec::new();
    for dependency in &package.dependencies {
        let refused = if dependency.path.is_some() {
            !may_name(&package.name, &dependency.name, dependency.is_dev())
        } else {
            !dependency.is_dev() && behind_a_wall(&package.name, &dependency.name)
        };
        if refused {
            let message = format!("{} may not depend on {}", package.name, dependency.name);
            findings.push(Finding::new(RULE, manifest.as_str(), 0, message));
        }
    }
    findings
}

fn layer(name: &str) -> &str {
    name.strip_prefix("sightline-").unwrap_or(name)
}

fn may_name(from: &str, to: &str, dev: bool) -> bool {
    // Tests may look over the walls: they set up what the code under test is handed.
    if ABOVE.contains(&from) || dev {
        return true;
    }
    let below = ALLOWED
        .iter()
        .find(|(name, _)| *name == layer(from))
        .map(|(_, below)| *below);
    below.is_some_and(|below| below.contains(&layer(to)))
}

fn behind_a_wall(from: &str, to: &str) -> bool {
    let users = WALLS
        .iter()
        .find(|(name, _)| *name == to)
        .map(|(_, users)| *users);
    // The binary binds the listener, so it may name the web framework but no driver.
    let binary = from == "sightline" && to == "axum";
    users.is_some_and(|users| !users.contains(&layer(from)) && !binary)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_point_downwards_only() {
        assert!(may_name("sightline-db", "sightline-query", false));
        assert!(!may_name("sightline-query", "sightline-db", false));
        assert!(!may_name("sightline-api", "sightline-db", false));
        assert!(!may_name("sightline-api", "sightline-web", false));
        assert!(may_name("sightline", "sightline-db", false));
    }

    #[test]
    fn the_testkit_is_for_tests() {
        assert!(may_name("sightline-core", "sightline-testkit", true));
        assert!(!may_name("sightline-app", "sightline-testkit", false));
    }

    #[test]
    fn a_crate_that_the_table_does_not_know_may_name_nothing() {
        assert!(!may_name("sightline-new", "sightline-core", false));
    }

    #[test]
    fn frameworks_and_drivers_stay_behind_their_walls() {
        assert!(behind_a_wall("sightline-app", "axum"));
        assert!(!behind_a_wall("sightline", "axum"));
        assert!(behind_a_wall("sightline", "rusqlite"));
        assert!(behind_a_wall("sightline-app", "reqwest"));
        assert!(!behind_a_wall("sightline-app", "serde"));
    }
}
