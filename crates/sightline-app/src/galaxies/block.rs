//! `Galaxy`: what the tags of an event or attribute mean, derived when they are read.

use super::clusters::{Whole, wholes, write_related};
use crate::Ctx;
use sightline_core::AppResult;
use sightline_core::ids::{GalaxyId, TagId};
use sightline_db::{Tx, galaxies};
use sightline_misp::fold::fold;
use sightline_misp::json::{Buffer, ObjectWriter, write_object};
use sightline_misp::records::AttachedTag;
use std::collections::{BTreeMap, HashMap};

/// What carries the tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum On {
    /// An event: clusters come with their relations.
    Event,
    /// An attribute: without, or an event of many attributes would repeat them as often.
    Attribute,
}

/// The clusters of some tags.
#[derive(Debug, Default)]
pub(crate) struct Blocks {
    clusters: HashMap<TagId, Whole>,
}

impl Blocks {
    /// Looks up the galaxy tags among these; unknown ones mean nothing.
    pub(crate) fn of<'t>(
        ctx: &Ctx,
        tx: &mut Tx<'_>,
        tags: impl Iterator<Item = &'t AttachedTag>,
        on: On,
    ) -> AppResult<Self> {
        let names: HashMap<TagId, &str> = tags
            .filter(|attached| attached.tag.is_galaxy)
            .map(|attached| (attached.tag.id, attached.tag.name.as_str()))
            .collect();
        if names.is_empty() {
            return Ok(Self::default());
        }
        let wanted: Vec<String> = names.values().map(|name| (*name).to_owned()).collect();
        let found = galaxies::named(tx, ctx.visible(), &wanted)?;
        let (mut tags, mut clusters) = (Vec::new(), Vec::new());
        for (tag, name) in names {
            if let Some(cluster) = found.get(&fold(name)) {
                tags.push(tag);
                clusters.push(cluster.clone());
            }
        }
        let clusters = tags
            .into_iter()
            .zip(wholes(ctx, tx, clusters, on == On::Event)?)
            .collect();
        Ok(Self { clusters })
    }

    /// The clusters of these tags by galaxy, each with the tag that names it; in the order of the tags.
    fn by_galaxy<'b>(
        &'b self,
        tags: &'b [AttachedTag],
    ) -> BTreeMap<GalaxyId, Vec<(&'b Whole, &'b AttachedTag)>> {
        let mut groups: BTreeMap<GalaxyId, Vec<_>> = BTreeMap::new();
        for tag in tags {
            if let Some(whole) = self.clusters.get(&tag.tag.id) {
                groups
                    .entry(whole.cluster.galaxy_id)
                    .or_default()
                    .push((whole, tag));
            }
        }
        groups
    }

    /// `Galaxy`: a list of galaxies, each with its `GalaxyCluster`.
    pub(crate) fn write(&self, out: &mut Buffer, tags: &[AttachedTag], on: On) {
        let groups = self.by_galaxy(tags);
        sightline_misp::json::write_list(out, groups.values(), |out, members| {
            write_object(out, |o| {
                if let Some((first, _)) = members.first() {
                    first.galaxy.write(o);
                }
                o.list("GalaxyCluster", members, |out, (whole, tag)| {
                    write_object(out, |o| write_member(o, whole, tag, on));
                });
            });
        });
    }

    /// `GalaxyCluster` of a list of events: each with its galaxy. Events without any do not have the field.
    pub(crate) fn write_flat(&self, o: &mut ObjectWriter<'_>, tags: &[AttachedTag]) {
        let members: Vec<_> = tags
            .iter()
            .filter_map(|tag| Some((self.clusters.get(&tag.tag.id)?, tag)))
            .collect();
        if members.is_empty() {
            return;
        }
        o.list("GalaxyCluster", members, |out, (whole, tag)| {
            write_object(out, |o| {
                whole.cluster.write(o);
                o.object("Galaxy", |o| whole.galaxy.write(o));
                whole.write_meta(o);
                o.number("tag_id", tag.tag.id);
                o.flag("local", tag.local);
                o.text(
                    "relationship_type",
                    tag.relationship_type.as_deref().unwrap_or_default(),
                );
            });
        });
    }
}

fn write_member(o: &mut ObjectWriter<'_>, whole: &Whole, tag: &AttachedTag, on: On) {
    whole.cluster.write(o);
    if on == On::Event {
        write_related(o, "GalaxyClusterRelation", &whole.relations);
    }
    whole.write_orgs(o);
    if on == On::Event && !whole.targeting.is_empty() {
        write_related(o, "TargetingClusterRelation", &whole.targeting);
    }
    whole.write_meta(o);
    o.count("tag_id", tag.tag.id.0);
    let row = match on {
        On::Event => "event_tag_id",
        On::Attribute => "attribute_tag_id",
    };
    o.number(row, tag.attachment_id);
    o.flag("local", tag.local);
    // The reference has `false` where nothing is said.
    match tag.relationship_type.as_deref().filter(|said| !said.is_empty()) {
        Some(said) => o.text("relationship_type", said),
        None => o.flag("relationship_type", false),
    }
}
