//! The advisories of `deny.toml` that are accepted, each with its reason.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

#[derive(Deserialize)]
struct Deny {
    advisories: Advisories,
}

#[derive(Deserialize)]
struct Advisories {
    #[serde(default)]
    ignore: Vec<Ignored>,
}

/// cargo-deny would also take a bare id; here each has to say why.
#[derive(Deserialize)]
struct Ignored {
    id: String,
    reason: String,
}

/// The reasons by the advisories' ids.
pub(super) fn parse(text: &str) -> Result<BTreeMap<String, String>> {
    let deny: Deny =
        toml::from_str(text).context("deny.toml: each ignored advisory has an `id` and a `reason`")?;
    let mut reasons = BTreeMap::new();
    for Ignored { id, reason } in deny.advisories.ignore {
        ensure!(
            !reason.trim().is_empty(),
            "deny.toml: {id} is ignored without a reason"
        );
        reasons.insert(id, reason);
    }
    Ok(reasons)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_advisory_is_ignored_for_a_reason_only() {
        let with = |entry: &str| parse(&format!("[advisories]\nignore = [{entry}]\n"));
        let good = with(r#"{ id = "X-1", reason = "not reached" }"#).unwrap();
        assert_eq!(good.get("X-1").map(String::as_str), Some("not reached"));
        assert!(with("").unwrap().is_empty());
        assert!(with(r#""X-1""#).is_err());
        assert!(with(r#"{ id = "X-1", reason = " " }"#).is_err());
    }
}
