//! Reading the layers: defaults, file, environment, flags; each complaint names where the mistake is.

use super::{Config, check};
use anyhow::{Context, Result, anyhow, bail};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// Names of environment variables that are configuration; `SIGHTLINE_ADMIN_…` and the like are not.
const PREFIX: &str = "SIGHTLINE__";
/// The file in the data directory.
const FILE: &str = "sightline.toml";

/// Where a configuration comes from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sources {
    /// The data directory; its `sightline.toml` is read unless `file` names another, and may be missing.
    pub(crate) data: PathBuf,
    /// A file that must exist.
    pub(crate) file: Option<PathBuf>,
    /// The environment.
    pub(crate) environment: Vec<(String, String)>,
    /// `--listen`.
    pub(crate) listen: Option<String>,
    /// `--database`.
    pub(crate) database: Option<String>,
}

impl Sources {
    /// The process's environment. Configuration that is not UTF-8 is refused by name.
    pub(crate) fn environment() -> Result<Vec<(String, String)>> {
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
            .filter(|(name, _)| name.starts_with(PREFIX))
            .map(|(name, value)| match value.into_string() {
                Ok(value) => Ok((name, value)),
                Err(_) => Err(anyhow!("environment variable {name}: not UTF-8")),
            })
            .collect()
    }
}

/// The configuration in force.
pub(crate) fn load(sources: &Sources) -> Result<Config> {
    let mut merged = file(sources)?;
    let mut variables = sources.environment.clone();
    variables.sort();
    for (name, text) in &variables {
        if let Some(path) = name.strip_prefix(PREFIX).filter(|_| !text.is_empty()) {
            variable(&mut merged, path, text).map_err(|e| anyhow!("environment variable {name}: {e}"))?;
        }
    }
    let named = names(&merged);
    let mut config = Config::deserialize(merged).map_err(|e| anyhow!("configuration: {}", e.message()))?;
    if let Some(listen) = &sources.listen {
        config.server.listen.clone_from(listen);
    }
    if let Some(url) = &sources.database {
        config.database.url.clone_from(url);
    }
    config.named = named;
    check::check(&mut config)?;
    Ok(config)
}

/// `section.key` of everything in the layers.
fn names(merged: &Table) -> BTreeSet<String> {
    let keys = |section: &String, table: &Value| {
        let keys = table
            .as_table()
            .map(|table| table.keys().cloned().collect::<Vec<_>>());
        let section = section.clone();
        keys.unwrap_or_default()
            .into_iter()
            .map(move |key| format!("{section}.{key}"))
    };
    merged
        .iter()
        .flat_map(|(section, table)| keys(section, table))
        .collect()
}

fn file(sources: &Sources) -> Result<Table> {
    let path = sources.file.clone().unwrap_or_else(|| sources.data.join(FILE));
    match std::fs::read_to_string(&path) {
        Ok(text) => parse(&path, &text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && sources.file.is_none() => {
            Ok(Table::new())
        }
        Err(error) => Err(error).with_context(|| format!("configuration {}", path.display())),
    }
}

/// Decoded once only for its complaints, which then know their line; the layers are merged as tables.
fn parse(path: &Path, text: &str) -> Result<Table> {
    if let Err(error) = toml::from_str::<Config>(text) {
        let before = error
            .span()
            .and_then(|span| text.get(..span.start))
            .unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        bail!("{}:{line}: {}", path.display(), error.message());
    }
    Ok(toml::from_str(text)?)
}

/// `SECTION__KEY`. The text is read as TOML (numbers, lists, booleans), or as it stands where that does not fit.
fn variable(merged: &mut Table, path: &str, text: &str) -> Result<(), String> {
    let path = path.to_ascii_lowercase();
    let Some((section, key)) = path.split_once("__") else {
        return Err("expected SIGHTLINE__SECTION__KEY".into());
    };
    let read = toml::from_str::<Table>(&format!("v = {text}"))
        .ok()
        .and_then(|mut table| table.remove("v"));
    let mut complaint = String::new();
    for value in read.into_iter().chain([Value::String(text.to_owned())]) {
        let only = Table::from_iter([(key.to_owned(), value.clone())]);
        let alone = Table::from_iter([(section.to_owned(), Value::Table(only))]);
        match Config::deserialize(alone) {
            Ok(_) => {
                let section = merged
                    .entry(section)
                    .or_insert_with(|| Value::Table(Table::new()));
                if let Value::Table(section) = section {
                    section.insert(key.to_owned(), value);
                }
                return Ok(());
            }
            Err(error) if complaint.is_empty() => complaint = error.message().to_owned(),
            Err(_) => {}
        }
    }
    Err(complaint)
}
