//! The lists of a matcher, which attribute types they are for, and sets of them.

use std::collections::HashMap;

use sightline_misp::types::AttributeType;

use super::{BadEntry, ListIndex};

/// A set of lists that have the same entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SetId(pub(super) u32);

/// Every set of lists that some entry has; most entries share a few.
#[derive(Debug, Default)]
pub(super) struct ListSets {
    sets: Vec<Box<[ListIndex]>>,
    known: HashMap<Box<[ListIndex]>, SetId>,
}

impl ListSets {
    pub(super) fn intern(&mut self, lists: &[ListIndex]) -> Result<SetId, BadEntry> {
        if let Some(id) = self.known.get(lists) {
            return Ok(*id);
        }
        let id = SetId(u32::try_from(self.sets.len()).map_err(|_| BadEntry::Full("sets of lists"))?);
        self.sets.push(lists.into());
        self.known.insert(lists.into(), id);
        Ok(id)
    }

    pub(super) fn get(&self, id: SetId) -> &[ListIndex] {
        usize::try_from(id.0)
            .ok()
            .and_then(|index| self.sets.get(index))
            .map_or(&[], |lists| lists)
    }
}

/// The lists of a matcher.
#[derive(Debug, Default)]
pub struct Lists {
    ids: Vec<i64>,
    for_all: Selection,
    by_type: HashMap<AttributeType, Selection>,
}

impl Lists {
    pub(super) fn add(&mut self, id: i64, types: &[&str]) -> Result<ListIndex, BadEntry> {
        let list = ListIndex::try_from(self.ids.len()).map_err(|_| BadEntry::Full("65,536 lists"))?;
        self.ids.push(id);
        if types.is_empty() || types.contains(&"ALL") {
            self.for_all.insert(list);
        }
        // A type that no attribute can have is no reason to refuse a list.
        for attribute_type in types.iter().filter_map(|name| AttributeType::parse(name)) {
            self.by_type.entry(attribute_type).or_default().insert(list);
        }
        Ok(list)
    }

    /// The id that a list was added with.
    pub fn id(&self, list: ListIndex) -> Option<i64> {
        self.ids.get(usize::from(list)).copied()
    }

    /// Every list.
    pub fn all(&self) -> Selection {
        self.by_ids(|_| true)
    }

    /// The lists for attributes of a type.
    pub fn of_type(&self, attribute_type: AttributeType) -> Selection {
        let mut selection = self.for_all.clone();
        if let Some(lists) = self.by_type.get(&attribute_type) {
            selection.extend(lists);
        }
        selection
    }

    /// The lists whose id is wanted.
    pub fn by_ids(&self, wanted: impl Fn(i64) -> bool) -> Selection {
        let mut selection = Selection::default();
        for (list, id) in (0..).zip(&self.ids) {
            if wanted(*id) {
                selection.insert(list);
            }
        }
        selection
    }
}

/// Some of the lists of a matcher.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    words: Vec<u64>,
}

impl Selection {
    /// Whether a list is among them.
    pub fn contains(&self, list: ListIndex) -> bool {
        let (word, bit) = place(list);
        self.words.get(word).is_some_and(|word| word & bit != 0)
    }

    /// The lists that are in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let words = self
            .words
            .iter()
            .zip(&other.words)
            .map(|(left, right)| left & right);
        Self {
            words: words.collect(),
        }
    }

    fn insert(&mut self, list: ListIndex) {
        let (word, bit) = place(list);
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        if let Some(word) = self.words.get_mut(word) {
            *word |= bit;
        }
    }

    fn extend(&mut self, other: &Self) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (word, more) in self.words.iter_mut().zip(&other.words) {
            *word |= more;
        }
    }
}

fn place(list: ListIndex) -> (usize, u64) {
    (usize::from(list / 64), 1 << (list % 64))
}
