//! Warninglists: how long all lists take to load, what memory they need, and how many values a core looks up.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use sightline_knowledge::library::{FileKind, WarninglistFile, parse};
use sightline_knowledge::matching::{Builder, Matcher, Subject};

use crate::report::say;

/// Loads every warninglist below `directory` and looks up the lines of `values`, over and over.
pub(crate) fn measure(directory: &Path, values: &Path) -> Result<()> {
    let text = fs::read_to_string(values).with_context(|| format!("reading {}", values.display()))?;
    let values: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    let before = resident()?;
    let start = Instant::now();
    let (matcher, entries) = load(directory)?;
    say(&format!(
        "{entries} entries loaded in {:.1} s",
        start.elapsed().as_secs_f64()
    ));
    say(&format!(
        "{} MB more resident memory",
        (resident()?.saturating_sub(before)) >> 20
    ));
    let all = matcher.lists().all();
    let (mut looked_up, mut hits) = (0_u32, 0);
    let start = Instant::now();
    while start.elapsed().as_secs() < 5 {
        for value in &values {
            hits += matcher.hits(Subject::composite(value), &all).len();
            looked_up += 1;
        }
    }
    let rate = f64::from(looked_up) / start.elapsed().as_secs_f64();
    say(&format!(
        "{rate:.0} values/s on one core, {hits} hits for {looked_up} values"
    ));
    Ok(())
}

fn load(directory: &Path) -> Result<(Matcher, usize)> {
    let mut builder = Builder::default();
    let mut entries = 0;
    let mut folders = vec![directory.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in children(&folder)? {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let content = fs::read(&path)?;
            if FileKind::of(&path.to_string_lossy(), &content) != Some(FileKind::Warninglist) {
                continue;
            }
            let file: WarninglistFile = parse(&content).with_context(|| path.display().to_string())?;
            let types: Vec<&str> = file.matching_attributes.iter().map(String::as_str).collect();
            let list = builder.list(0, &types)?;
            for entry in &file.list.0 {
                builder.entry(list, file.kind, &entry.value)?;
                entries += 1;
            }
        }
    }
    Ok((builder.build()?, entries))
}

fn children(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    entries.map(|entry| Ok(entry?.path())).collect()
}

/// Bytes of this process that are in memory.
fn resident() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line
        .and_then(|line| line.trim().strip_suffix(" kB"))
        .context("VmRSS")?;
    Ok(kilobytes.trim().parse::<u64>()? << 10)
}
