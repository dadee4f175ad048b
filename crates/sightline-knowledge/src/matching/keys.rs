//! Millions of texts, each with the lists that have it, in a finite-state map: exact, and a few bytes a text.

use fst::raw::Fst;

use super::lists::{ListSets, SetId};
use super::{BadEntry, ListIndex};

/// Texts and their lists.
pub(super) struct Keys {
    map: Fst<Vec<u8>>,
}

impl Keys {
    pub(super) fn get(&self, key: &str) -> Option<SetId> {
        self.map.get(key).and_then(|output| set(output.value()))
    }

    /// Calls `found` with every text that begins `key` and ends before a byte for which `ends` holds, or at its end:
    /// its length, and its lists. Shortest first; stops when it answers `false`, and answers so.
    pub(super) fn beginnings(
        &self,
        key: impl Iterator<Item = u8>,
        ends: impl Fn(u8) -> bool,
        found: &mut dyn FnMut(usize, SetId) -> bool,
    ) -> bool {
        let mut node = self.map.root();
        let mut output = fst::raw::Output::zero();
        let mut length = 0;
        for byte in key {
            if ends(byte) && node.is_final() && !report(output.cat(node.final_output()), length, found) {
                return false;
            }
            let Some(index) = node.find_input(byte) else {
                return true;
            };
            let transition = node.transition(index);
            output = output.cat(transition.out);
            node = self.map.node(transition.addr);
            length += 1;
        }
        !node.is_final() || report(output.cat(node.final_output()), length, found)
    }
}

fn report(output: fst::raw::Output, length: usize, found: &mut dyn FnMut(usize, SetId) -> bool) -> bool {
    set(output.value()).is_none_or(|set| found(length, set))
}

fn set(value: u64) -> Option<SetId> {
    u32::try_from(value).ok().map(SetId)
}

/// Collects texts in one block of memory; sorted once at the end.
#[derive(Default)]
pub(super) struct KeysBuilder {
    text: Vec<u8>,
    entries: Vec<(u32, u16, ListIndex)>,
}

/// What is longer matches nothing that an attribute can hold.
const MAX_KEY_BYTES: usize = 65_535;

impl KeysBuilder {
    pub(super) fn add(&mut self, key: &[u8], list: ListIndex) -> Result<(), BadEntry> {
        if key.is_empty() || key.len() > MAX_KEY_BYTES {
            return Ok(());
        }
        let start = u32::try_from(self.text.len()).map_err(|_| BadEntry::Full("4 GB of entries"))?;
        let length = u16::try_from(key.len()).map_err(|_| BadEntry::Full("65,535 bytes an entry"))?;
        self.text.extend_from_slice(key);
        self.entries.push((start, length, list));
        Ok(())
    }

    pub(super) fn build(self, sets: &mut ListSets) -> Result<Keys, BadEntry> {
        let full = |_| BadEntry::Full("what memory holds");
        let mut map = fst::raw::Builder::memory();
        self.each_sorted(sets, |key, set| map.insert(key, u64::from(set.0)).map_err(full))?;
        let bytes = map.into_inner().map_err(full)?;
        Ok(Keys {
            map: Fst::new(bytes).map_err(full)?,
        })
    }

    /// The texts with their lists, sorted.
    pub(super) fn sorted(self, sets: &mut ListSets) -> Result<Vec<(String, SetId)>, BadEntry> {
        let mut sorted = Vec::new();
        self.each_sorted(sets, |key, set| {
            sorted.push((String::from_utf8_lossy(key).into_owned(), set));
            Ok(())
        })?;
        Ok(sorted)
    }

    fn each_sorted(
        mut self,
        sets: &mut ListSets,
        mut found: impl FnMut(&[u8], SetId) -> Result<(), BadEntry>,
    ) -> Result<(), BadEntry> {
        let text = self.text;
        let key = |start: u32, length: u16| {
            let start = usize::try_from(start).unwrap_or(usize::MAX);
            text.get(start..start.saturating_add(usize::from(length)))
                .unwrap_or_default()
        };
        self.entries.sort_unstable_by(|left, right| {
            (key(left.0, left.1), left.2).cmp(&(key(right.0, right.1), right.2))
        });
        let mut lists: Vec<ListIndex> = Vec::new();
        for same in self
            .entries
            .chunk_by(|left, right| key(left.0, left.1) == key(right.0, right.1))
        {
            let Some((start, length, _)) = same.first() else {
                continue;
            };
            lists.clear();
            lists.extend(same.iter().map(|(_, _, list)| *list));
            lists.dedup();
            found(key(*start, *length), sets.intern(&lists)?)?;
        }
        Ok(())
    }
}
