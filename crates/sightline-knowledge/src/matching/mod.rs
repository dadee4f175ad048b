//! Which warninglists know a value: all lists in one pass, whatever their number (spec 07 section 4.2).
//!
//! A [`Builder`] takes the entries of every list and makes a [`Matcher`], which never changes and may be shared; new
//! lists mean a new matcher. Entries that several lists have are kept once.

mod hosts;
mod keys;
mod lists;
mod networks;
mod patterns;
mod substrings;

pub use lists::{Lists, Selection};
pub use patterns::{Pattern, PatternError};

use hosts::Hosts;
use keys::{Keys, KeysBuilder};
use lists::{ListSets, SetId};
use networks::{Networks, NetworksBuilder};
use patterns::Patterns;
use substrings::Substrings;

use crate::library::Kind;

/// Where a list stands in a matcher.
pub type ListIndex = u16;

/// A list that knows a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Which list.
    pub list: ListIndex,
    /// The entry that matched: lower case without outer dots for hosts, as it stands in the list for the others.
    pub entry: String,
    /// Whether the second half of the value matched, and the first did not.
    pub second: bool,
}

/// A value to look up: whole, or its two halves.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    first: &'a str,
    second: Option<&'a str>,
}

impl<'a> Subject<'a> {
    /// A value of one part.
    pub const fn whole(value: &'a str) -> Self {
        Self {
            first: value,
            second: None,
        }
    }

    /// A composite value, split at the first `|`.
    pub fn composite(value: &'a str) -> Self {
        match value.split_once('|') {
            Some((first, second)) => Self {
                first,
                second: Some(second),
            },
            None => Self::whole(value),
        }
    }

    /// The half that a hit is about.
    pub fn part(&self, hit: &Hit) -> &'a str {
        self.second.filter(|_| hit.second).unwrap_or(self.first)
    }
}

/// All lists, ready to be asked.
pub struct Matcher {
    lists: Lists,
    sets: ListSets,
    strings: Keys,
    hosts: Hosts,
    networks: Networks,
    substrings: Substrings,
    patterns: Patterns,
}

impl Matcher {
    /// The lists it was made of.
    pub fn lists(&self) -> &Lists {
        &self.lists
    }

    /// Every selected list that knows the value, once each, by their order.
    pub fn hits(&self, subject: Subject<'_>, selected: &Selection) -> Vec<Hit> {
        let mut hits: Vec<Hit> = Vec::new();
        self.visit(subject.first, selected, &mut |list, entry| {
            if !hits.iter().any(|hit| hit.list == list) {
                hits.push(Hit {
                    list,
                    entry: entry.to_owned(),
                    second: false,
                });
            }
            true
        });
        if let Some(second) = subject.second {
            self.visit(second, selected, &mut |list, entry| {
                if !hits.iter().any(|hit| hit.list == list) {
                    hits.push(Hit {
                        list,
                        entry: entry.to_owned(),
                        second: true,
                    });
                }
                true
            });
        }
        hits.sort_unstable_by_key(|hit| hit.list);
        hits
    }

    /// Whether any selected list knows the value; stops at the first.
    pub fn is_known(&self, subject: Subject<'_>, selected: &Selection) -> bool {
        let mut known = false;
        for part in std::iter::once(subject.first).chain(subject.second) {
            self.visit(part, selected, &mut |_, _| {
                known = true;
                false
            });
            if known {
                return true;
            }
        }
        false
    }

    /// Calls `found` with each selected list and its entry that knows the value, until it answers `false`.
    fn visit(&self, value: &str, selected: &Selection, found: &mut dyn FnMut(ListIndex, &str) -> bool) {
        if value.is_empty() {
            return;
        }
        let mut each = |set: SetId, entry: &str| {
            let mut lists = self.sets.get(set).iter().filter(|list| selected.contains(**list));
            lists.all(|list| found(*list, entry))
        };
        if let Some(set) = self.strings.get(value)
            && !each(set, value)
        {
            return;
        }
        if !self.hosts.visit(value, &mut each)
            || !self.networks.visit(value, &mut each)
            || !self.substrings.visit(value, &mut each)
        {
            return;
        }
        let wanted = |set: SetId| self.sets.get(set).iter().any(|list| selected.contains(*list));
        self.patterns.visit(value, &wanted, &mut each);
    }
}

/// Collects the entries of lists.
#[derive(Default)]
pub struct Builder {
    lists: Lists,
    strings: KeysBuilder,
    hosts: KeysBuilder,
    networks: NetworksBuilder,
    substrings: KeysBuilder,
    patterns: KeysBuilder,
}

/// An entry that cannot match anything, with its reason; the others of its list still do.
#[derive(Debug, thiserror::Error)]
pub enum BadEntry {
    /// Neither an address nor a network.
    #[error("`{0}` is neither an address nor a network")]
    Network(String),
    /// Not a pattern that this matcher understands.
    #[error("`{0}`: {1}")]
    Pattern(String, PatternError),
    /// Too many lists or entries.
    #[error("there is no room for more than {0}")]
    Full(&'static str),
}

impl Builder {
    /// Begins a list; `types` are the attribute types it is for, empty for all.
    pub fn list(&mut self, id: i64, types: &[&str]) -> Result<ListIndex, BadEntry> {
        self.lists.add(id, types)
    }

    /// Adds an entry to a list.
    pub fn entry(&mut self, list: ListIndex, kind: Kind, entry: &str) -> Result<(), BadEntry> {
        match kind {
            Kind::String => self.strings.add(entry.as_bytes(), list),
            Kind::Hostname => self.hosts.add(&hosts::key(entry), list),
            Kind::Cidr => self.networks.add(entry, list),
            Kind::Substring => self.substrings.add(entry.as_bytes(), list),
            Kind::Regex => {
                Pattern::parse(entry).map_err(|error| BadEntry::Pattern(entry.to_owned(), error))?;
                self.patterns.add(entry.as_bytes(), list)
            }
        }
    }

    /// The matcher of everything that was added.
    pub fn build(self) -> Result<Matcher, BadEntry> {
        let mut sets = ListSets::default();
        Ok(Matcher {
            strings: self.strings.build(&mut sets)?,
            hosts: Hosts::new(self.hosts.build(&mut sets)?),
            networks: self.networks.build(&mut sets)?,
            substrings: Substrings::new(self.substrings.sorted(&mut sets)?)?,
            patterns: Patterns::new(self.patterns.sorted(&mut sets)?)?,
            lists: self.lists,
            sets,
        })
    }
}

#[cfg(test)]
mod tests;
