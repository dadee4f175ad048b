//! Attaching clusters to events and attributes, and taking them off: by their tags.

use super::clusters::{ClusterKey, find};
use crate::Ctx;
use crate::tags::{self, Attachments, Detached, TagKey, Target, TargetKey, Via, Wish};
use sightline_core::ids::TagId;
use sightline_core::{AppError, AppResult};
use sightline_db::{Tx, galaxies};
use sightline_misp::input::{Loose, TagIn};
use sightline_misp::records::GalaxyCluster;

/// The colour of the tags of clusters.
const COLOUR: &str = "#0088cc";
/// Most clusters of one request.
const CLUSTERS: usize = 500;

/// Attaches clusters that the caller may see; one outcome for each, in order.
pub async fn attach(
    ctx: &Ctx,
    key: TargetKey,
    clusters: Vec<ClusterKey>,
    local: bool,
) -> AppResult<Attachments> {
    tags::require_tagger(ctx)?;
    if clusters.len() > CLUSTERS {
        return Err(AppError::TooLarge(format!(
            "A request may name at most {CLUSTERS} clusters."
        )));
    }
    ctx.write(move |ctx, tx| attach_in(ctx, tx, &key, &clusters, local))
        .await
}

/// Attaches clusters to several records, all or none; the outcomes of all of them, with the last record.
pub async fn attach_to_all(
    ctx: &Ctx,
    mut keys: Vec<TargetKey>,
    clusters: Vec<ClusterKey>,
    local: bool,
) -> AppResult<Attachments> {
    tags::require_tagger(ctx)?;
    if keys.len().saturating_mul(clusters.len()) > CLUSTERS {
        return Err(AppError::TooLarge(format!(
            "A request may attach at most {CLUSTERS} clusters."
        )));
    }
    let last = keys
        .pop()
        .ok_or_else(|| AppError::field("attribute_ids", "Please name at least one attribute."))?;
    ctx.write(move |ctx, tx| {
        let mut outcomes = Vec::new();
        for key in &keys {
            outcomes.extend(attach_in(ctx, tx, key, &clusters, local)?.outcomes);
        }
        let mut all = attach_in(ctx, tx, &last, &clusters, local)?;
        all.outcomes.extend(outcomes);
        Ok(all)
    })
    .await
}

fn attach_in(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    key: &TargetKey,
    clusters: &[ClusterKey],
    local: bool,
) -> AppResult<Attachments> {
    // The event is locked before its tags are.
    Target::find_to_change(ctx, tx, key)?;
    let mut wanted = Vec::with_capacity(clusters.len());
    for cluster in clusters {
        let cluster = find(ctx, tx, *cluster)?;
        wanted.push(TagKey::Id(tag_of(ctx, tx, &cluster)?));
    }
    tags::attach_in(
        ctx,
        tx,
        key,
        &Wish {
            tags: wanted,
            local,
            relationship_type: None,
            via: Via::TagObject,
        },
    )
}

/// The tag of a cluster; it comes into being when it is attached first, whoever does.
fn tag_of(ctx: &Ctx, tx: &mut Tx<'_>, cluster: &GalaxyCluster) -> AppResult<TagId> {
    if cluster.deleted {
        return Err(super::invalid_cluster());
    }
    let name = cluster.tag_name();
    if let Some(tag) = TagKey::Name(name.clone()).find(tx)? {
        return Ok(tag.id);
    }
    let local_only = galaxies::by_id(tx, cluster.galaxy_id)?.is_some_and(|galaxy| galaxy.local_only);
    tags::make(
        ctx,
        tx,
        &TagIn {
            name: Loose::Text(name),
            colour: Loose::Text(COLOUR.into()),
            ..TagIn::default()
        },
        local_only,
    )
}

/// Takes a cluster's tag off a record.
pub async fn detach(ctx: &Ctx, key: TargetKey, tag: TagId) -> AppResult<Detached> {
    let is_galaxy = ctx
        .read(move |_, tx| Ok(TagKey::Id(tag).find(tx)?.is_some_and(|tag| tag.is_galaxy)))
        .await?;
    if !is_galaxy {
        return Ok(Detached::UnknownTag);
    }
    tags::detach(ctx, key, TagKey::Id(tag)).await
}
