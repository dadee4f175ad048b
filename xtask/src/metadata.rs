//! The workspace as `cargo metadata` tells it, and the files that belong to the repository.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

/// Every package of the build, and where the repository is.
#[derive(Debug, Deserialize)]
pub(crate) struct Workspace {
    pub(crate) packages: Vec<Package>,
    #[serde(rename = "workspace_root")]
    pub(crate) root: PathBuf,
}

/// One package, ours or somebody else's.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: semver::Version,
    pub(crate) license: Option<String>,
    /// `None` for a package of this repository.
    pub(crate) source: Option<String>,
    pub(crate) dependencies: Vec<Dependency>,
}

/// One line of a package's dependency tables.
#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// `None` is a normal dependency; else `dev` or `build`.
    pub(crate) kind: Option<String>,
    /// Set for a dependency on a crate of this repository.
    pub(crate) path: Option<PathBuf>,
}

impl Dependency {
    pub(crate) fn is_dev(&self) -> bool {
        self.kind.as_deref() == Some("dev")
    }
}

impl Workspace {
    /// Ask cargo. Only this machine's platform, so that nothing has to be downloaded for others.
    pub(crate) fn load() -> Result<Self> {
        let platform = host()?;
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let text = output(Command::new(cargo).args([
            "metadata",
            "--format-version",
            "1",
            "--filter-platform",
            &platform,
        ]))?;
        serde_json::from_str(&text).context("cargo metadata answered something unexpected")
    }

    /// The packages of this repository.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.source.is_none())
    }

    /// Every file that is or would be committed, relative to the root, sorted.
    pub(crate) fn files(&self) -> Result<Vec<String>> {
        let text = output(
            Command::new("git")
                .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
                .current_dir(&self.root),
        )?;
        let mut files: Vec<String> = text
            .split('\0')
            .filter(|path| !path.is_empty() && self.root.join(path).is_file())
            .map(str::to_owned)
            .collect();
        files.sort();
        files.dedup();
        Ok(files)
    }

    /// A file of the repository as text; `None` when it is not UTF-8.
    pub(crate) fn read(&self, path: &str) -> Result<Option<String>> {
        let bytes =
            std::fs::read(self.root.join(Path::new(path))).with_context(|| format!("reading {path}"))?;
        Ok(String::from_utf8(bytes).ok())
    }
}

fn host() -> Result<String> {
    let version = output(Command::new("rustc").arg("-vV"))?;
    version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .context("rustc -vV names no host")
}

fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("running {command:?}"))?;
    if !output.status.success() {
        bail!(
            "{command:?} failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    String::from_utf8(output.stdout).context("output is not UTF-8")
}
