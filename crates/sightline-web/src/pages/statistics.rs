//! Statistics: the instance in numbers, what it holds, who contributes.

use super::moment::Count;
use crate::layout::Frame;
use askama::Template;

/// `GET /users/statistics`.
#[derive(Clone, Debug, Template)]
#[template(path = "statistics/index.html")]
pub struct StatisticsPage {
    /// The frame.
    pub frame: Frame,
    /// What the numbers count, as a sentence.
    pub scope: String,
    /// Numbers with their names.
    pub facts: Vec<(&'static str, Count)>,
    /// Attributes by type, most first.
    pub types: Vec<Bar>,
    /// Attributes by category, most first.
    pub categories: Vec<Bar>,
    /// Events by tag, most first.
    pub tags: Vec<Bar>,
    /// Local organisations, most events first.
    pub orgs: Vec<OrgStatistics>,
}

/// A name with its number, beside the largest of its list.
#[derive(Clone, Debug, Default)]
pub struct Bar {
    /// What.
    pub name: String,
    /// How many.
    pub count: Count,
    /// The largest of the list; more than 0.
    pub most: u64,
}

/// What an organisation contributes.
#[derive(Clone, Debug, Default)]
pub struct OrgStatistics {
    /// The organisation.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its users here.
    pub users: Count,
    /// Events that it created.
    pub events: Count,
    /// Their attributes.
    pub attributes: Count,
}

impl Bar {
    /// The largest first, at most `limit` of them.
    pub fn list(counts: impl IntoIterator<Item = (String, i64)>, limit: usize) -> Vec<Self> {
        let mut counts: Vec<(String, u64)> = counts
            .into_iter()
            .map(|(name, count)| (name, u64::try_from(count).unwrap_or(0)))
            .collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let most = counts.first().map_or(1, |(_, count)| (*count).max(1));
        counts.truncate(limit);
        let bar = |(name, count)| Self {
            name,
            count: Count(count),
            most,
        };
        counts.into_iter().map(bar).collect()
    }
}
