//! `xtask/advisories.toml`: versions with known security faults that must not come back.

use anyhow::{Context, Result};
use semver::{Version, VersionReq};
use serde::Deserialize;

/// One published fault of one package.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Advisory {
    pub(super) id: String,
    package: String,
    pub(super) title: String,
    /// Ranges that hold the mend; none when there is no mended version.
    patched: Vec<VersionReq>,
    /// Ranges that never had the fault.
    #[serde(default)]
    unaffected: Vec<VersionReq>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    advisory: Vec<Advisory>,
}

impl Advisory {
    /// Is this version of this package one of the faulty ones?
    pub(super) fn hits(&self, package: &str, version: &Version) -> bool {
        let mut safe = self.patched.iter().chain(&self.unaffected);
        self.package == package && !safe.any(|range| range.matches(version))
    }
}

/// Read the list.
pub(super) fn parse(text: &str) -> Result<Vec<Advisory>> {
    let list: List = toml::from_str(text).context("the list of advisories")?;
    Ok(list.advisory)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"
        [[advisory]]
        id = "X-1"
        package = "left"
        title = "falls over"
        patched = [">=1.2.5, <1.3.0", ">=1.3.2"]
        unaffected = ["<1.1.0"]
    "#;

    #[test]
    fn only_versions_outside_the_safe_ranges_are_hit() {
        let list = parse(LIST).unwrap();
        let hits = |package: &str, version: &str| list[0].hits(package, &Version::parse(version).unwrap());
        for bad in ["1.1.0", "1.2.4", "1.3.0", "1.3.1"] {
            assert!(hits("left", bad), "{bad}");
        }
        for good in ["1.0.9", "1.2.5", "1.3.2", "2.0.0"] {
            assert!(!hits("left", good), "{good}");
        }
        assert!(!hits("right", "1.3.0"));
    }

    #[test]
    fn a_misspelt_field_is_refused() {
        assert!(parse(&LIST.replace("unaffected", "unafected")).is_err());
    }
}
