//! Two runs side by side, to see what a change has done.

use anyhow::{Context, Result};
use serde::Deserialize;
use std::path::Path;

/// The part of a measure that is compared.
#[derive(Debug, Deserialize)]
struct Figure {
    name: String,
    value: f64,
    unit: String,
    ratio: Option<f64>,
}

/// A table of the figures that both files hold, with the change of each.
pub(crate) fn table(before: &Path, after: &Path) -> Result<String> {
    let (before, after) = (read(before)?, read(after)?);
    let mut text = format!(
        "{:<40} {:>12} {:>12} {:>8}  {:<15} {}\n",
        "measure", "before", "after", "change", "ratio", "unit"
    );
    for new in &after {
        let Some(old) = before.iter().find(|old| old.name == new.name) else {
            continue;
        };
        let change = (new.value / old.value - 1.0) * 100.0;
        let ratios = match (old.ratio, new.ratio) {
            (Some(old), Some(new)) => format!("{old} -> {new}"),
            _ => String::new(),
        };
        text.push_str(&format!(
            "{:<40} {:>12} {:>12} {change:>+7.1}%  {ratios:<15} {}\n",
            new.name, old.value, new.value, new.unit
        ));
    }
    Ok(text)
}

fn read(file: &Path) -> Result<Vec<Figure>> {
    let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    serde_json::from_slice(&bytes).with_context(|| format!("{} is not a list of figures", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Measure;

    #[test]
    fn what_both_runs_measured_is_compared() {
        let directory = tempfile::tempdir().unwrap();
        let write = |name: &str, value: f64, other: &str| {
            let measures = [
                Measure::speed("ingest", "1/s", value, Some(200.0)),
                Measure::cost(other, "ms", 1.0, None),
            ];
            let file = directory.path().join(name);
            std::fs::write(&file, serde_json::to_vec(&measures).unwrap()).unwrap();
            file
        };
        let text = table(
            &write("a", 100.0, "only before"),
            &write("b", 110.0, "only after"),
        )
        .unwrap();
        assert!(text.contains("+10.0%") && text.contains("0.5 -> 0.55"), "{text}");
        assert!(!text.contains("only"), "{text}");
    }
}
