//! What an instance wants of correlation: how common a value may be, what is excluded, which events are kept apart.

use crate::{DbResult, Tx, correlation_exclusions, correlation_rules};
use sightline_misp::records::{CorrelationExclusion, CorrelationRule, Event};
use std::collections::HashSet;

/// The rules of one look-up.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// A value that the viewer would meet in more attributes of other events than this says nothing.
    pub limit: usize,
    /// Addresses meet the networks that hold them.
    pub networks: bool,
    exact: HashSet<String>,
    patterns: Vec<CorrelationExclusion>,
    rules: Vec<CorrelationRule>,
}

impl Policy {
    /// The policy with the exclusions and rules of the database.
    pub fn load(tx: &mut Tx<'_>, limit: usize, networks: bool) -> DbResult<Self> {
        let (patterns, exact): (Vec<_>, Vec<_>) = correlation_exclusions::all(tx)?
            .into_iter()
            .partition(|exclusion| exclusion.value.starts_with('%') || exclusion.value.ends_with('%'));
        Ok(Self {
            limit,
            networks,
            exact: exact.into_iter().map(|exclusion| exclusion.value).collect(),
            patterns,
            rules: correlation_rules::all(tx)?,
        })
    }

    /// Whether a half of a value never correlates.
    pub fn excludes(&self, half: &str) -> bool {
        self.exact.contains(half) || self.patterns.iter().any(|pattern| pattern.matches(half))
    }

    /// Whether any two events could be kept apart.
    pub(super) fn has_rules(&self) -> bool {
        !self.rules.is_empty()
    }

    /// Whether two events are kept apart.
    pub(super) fn separates(&self, one: &Event, other: &Event) -> bool {
        self.rules.iter().any(|rule| rule.separates(one, other))
    }
}
