//! Tags that exclude each other: of an exclusive taxonomy, or of an exclusive predicate, a record carries one tag
//! (spec 07 section 1.2).

use crate::Ctx;
use crate::events::{self, EventKey};
use sightline_core::AppResult;
use sightline_db::{Tx, tags, taxonomies};
use sightline_knowledge::MachineTag;
use sightline_misp::records::AttachedTag;
use std::collections::BTreeMap;

/// Tags that stand on the same record and exclude each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The tags.
    pub tags: Vec<String>,
    /// Why, in words.
    pub reason: String,
}

/// The conflicts of one event, among what everybody sees and among what stays on this instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conflicts {
    /// Among the global tags.
    pub global: Vec<Conflict>,
    /// Among the local tags.
    pub local: Vec<Conflict>,
}

/// Whether a tag must not join these, because one of them excludes it. Local and global tags do not exclude each other.
pub(crate) fn excludes(tx: &mut Tx<'_>, there: &[AttachedTag], name: &str, local: bool) -> AppResult<bool> {
    let Some(new) = MachineTag::parse(name) else {
        return Ok(false);
    };
    let same: Vec<MachineTag<'_>> = there
        .iter()
        .filter(|attached| attached.local == local && !crate::tags::is_same_name(&attached.tag.name, name))
        .filter_map(|attached| MachineTag::parse(&attached.tag.name))
        .filter(|tag| tag.namespace.eq_ignore_ascii_case(new.namespace))
        .collect();
    if same.is_empty() {
        return Ok(false);
    }
    let Some(rule) = taxonomies::rule(tx, new.namespace, new.predicate)? else {
        return Ok(false);
    };
    Ok(rule.exclusive
        || rule.exclusive_predicate
            && same
                .iter()
                .any(|tag| tag.predicate.eq_ignore_ascii_case(new.predicate)))
}

/// The conflicts among the tags of an event that the caller may see.
pub async fn conflicts(ctx: &Ctx, key: EventKey) -> AppResult<Conflicts> {
    ctx.read(move |ctx, tx| {
        let event = events::find(ctx, tx, &key)?;
        let attached: Vec<AttachedTag> = tags::of_events(tx, &[event.id.0])?
            .into_iter()
            .map(|(_, tag)| tag)
            .collect();
        let mut names = |local: bool| {
            let shown = attached.iter().filter(|tag| tag.local == local);
            among(tx, shown.map(|tag| tag.tag.name.as_str()).collect())
        };
        Ok(Conflicts {
            global: names(false)?,
            local: names(true)?,
        })
    })
    .await
}

fn among(tx: &mut Tx<'_>, names: Vec<&str>) -> AppResult<Vec<Conflict>> {
    let mut spaces: BTreeMap<String, Vec<(&str, MachineTag<'_>)>> = BTreeMap::new();
    for name in names {
        if let Some(tag) = MachineTag::parse(name) {
            let space = spaces.entry(tag.namespace.to_ascii_lowercase()).or_default();
            space.push((name, tag));
        }
    }
    let mut found = Vec::new();
    for (namespace, tags) in spaces.into_iter().filter(|(_, tags)| tags.len() > 1) {
        let mut predicates: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, tag) in &tags {
            let same = predicates.entry(tag.predicate.to_ascii_lowercase()).or_default();
            same.push((*name).to_owned());
        }
        for (predicate, same) in predicates {
            let Some(rule) = taxonomies::rule(tx, &namespace, &predicate)? else {
                break;
            };
            if rule.exclusive {
                found.push(Conflict {
                    tags: tags.iter().map(|(name, _)| (*name).to_owned()).collect(),
                    reason: format!("Taxonomy `{namespace}` is exclusive."),
                });
                break;
            }
            if rule.exclusive_predicate && same.len() > 1 {
                found.push(Conflict {
                    tags: same,
                    reason: format!("Predicate `{predicate}` of taxonomy `{namespace}` is exclusive."),
                });
            }
        }
    }
    Ok(found)
}
