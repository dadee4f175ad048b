//! The base score: what the tags of an indicator say about it, weighted as a model wants.

use std::collections::BTreeMap;

use crate::MachineTag;

/// A tag with the number that its taxonomy, its own value or the caller gives it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoredTag<'a> {
    /// The whole name.
    pub name: &'a str,
    /// Usually 0 to 100.
    pub numerical_value: f64,
}

/// A base score, and the share of each tag in it.
#[derive(Clone, Debug, PartialEq)]
pub struct BaseScore<'a> {
    /// Usually 0 to 100.
    pub score: f64,
    /// The tags that counted, with their part of the whole; empty when the model's default holds.
    pub shares: Vec<(ScoredTag<'a>, f64)>,
}

/// The base score of an attribute: tags of its event, those of a kind that its own tags name replaced by these
/// (spec 07 section 6.2).
pub fn base_score<'a>(
    weights: &BTreeMap<String, f64>,
    default: f64,
    event_tags: &[ScoredTag<'a>],
    attribute_tags: &[ScoredTag<'a>],
) -> BaseScore<'a> {
    let own = |base: &str| {
        attribute_tags
            .iter()
            .any(|tag| MachineTag::base(tag.name).eq_ignore_ascii_case(base))
    };
    let inherited = event_tags.iter().filter(|tag| !own(MachineTag::base(tag.name)));
    let counting: Vec<(ScoredTag<'a>, f64)> = inherited
        .chain(attribute_tags)
        .filter_map(|tag| Some((*tag, weight(weights, MachineTag::base(tag.name))?)))
        .collect();
    let whole: f64 = counting.iter().map(|(_, weight)| weight).sum();
    if whole <= 0.0 {
        return BaseScore {
            score: default,
            shares: Vec::new(),
        };
    }
    let shares: Vec<_> = counting
        .into_iter()
        .map(|(tag, weight)| (tag, weight / whole))
        .collect();
    let score = shares
        .iter()
        .map(|(tag, share)| tag.numerical_value * share)
        .sum();
    BaseScore { score, shares }
}

fn weight(weights: &BTreeMap<String, f64>, base: &str) -> Option<f64> {
    weights.get(base).copied().or_else(|| {
        weights
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(base))
            .map(|(_, weight)| *weight)
    })
}
