//! Entries that match wherever they stand in a value: one automaton for all of them.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::BadEntry;
use super::lists::SetId;

/// Every part that is looked for.
#[derive(Debug)]
pub(super) struct Substrings {
    automaton: Option<AhoCorasick>,
    entries: Vec<(String, SetId)>,
}

impl Substrings {
    pub(super) fn new(entries: Vec<(String, SetId)>) -> Result<Self, BadEntry> {
        let automaton = (!entries.is_empty())
            .then(|| {
                AhoCorasick::builder()
                    .match_kind(MatchKind::Standard)
                    .kind(Some(AhoCorasickKind::ContiguousNFA))
                    .build(entries.iter().map(|(entry, _)| entry))
            })
            .transpose()
            .map_err(|_| BadEntry::Full("the automaton of substrings"))?;
        Ok(Self { automaton, entries })
    }

    pub(super) fn visit(&self, value: &str, found: &mut dyn FnMut(SetId, &str) -> bool) -> bool {
        let Some(automaton) = &self.automaton else {
            return true;
        };
        automaton
            .find_overlapping_iter(value)
            .filter_map(|at| self.entries.get(at.pattern().as_usize()))
            .all(|(entry, set)| found(*set, entry))
    }
}
