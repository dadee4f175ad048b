//! Loading galaxies and their clusters. What people have made of a galaxy's clusters (their ids, what is attached, custom
//! clusters, whether the galaxy is enabled) stays; a cluster that a newer file no longer has stays, too (spec 07 section 2.1).

use super::load::{File, Outcome, broken};
use crate::{Ctx, tags};
use sha2::{Digest, Sha256};
use sightline_core::ids::{GalaxyClusterId, GalaxyId, OrgId, SharingGroupId, TagId};
use sightline_core::{AppError, AppResult};
use sightline_db::Tx;
use sightline_db::galaxies::{self, Known, NewElement, NewRelation};
use sightline_knowledge::library::{Cluster, ClusterFile, FileKind, GalaxyFile};
use sightline_misp::input::{Loose, TagIn};
use sightline_misp::records::{Distribution, Galaxy, GalaxyCluster};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

pub(super) async fn load(ctx: &Ctx, file: File) -> AppResult<Outcome> {
    match FileKind::of(&file.name, b"") {
        Some(FileKind::Clusters) => load_clusters(ctx, file).await,
        _ => load_galaxy(ctx, file).await,
    }
}

async fn load_galaxy(ctx: &Ctx, mut file: File) -> AppResult<Outcome> {
    let parsed: GalaxyFile = match file.parse().await? {
        Ok(parsed) => parsed,
        Err(problem) => return broken(ctx, file, problem.to_string()).await,
    };
    let order = parsed.kill_chain_order.as_ref().map(serde_json::to_string);
    let new = Galaxy {
        id: GalaxyId(0),
        uuid: parsed.uuid,
        kind: parsed.kind,
        name: parsed.name,
        description: parsed.description,
        version: parsed.version,
        icon: parsed.icon,
        namespace: parsed.namespace,
        enabled: true,
        local_only: false,
        kill_chain_order: order.transpose().map_err(AppError::internal)?,
    };
    let (uuid, kind) = (new.uuid, new.kind.clone());
    let namesake = ctx
        .read(move |_, tx| Ok(galaxies::by_uuid(tx, uuid)?))
        .await?
        .filter(|namesake| namesake.kind != kind);
    if let Some(namesake) = namesake {
        let reason = format!("the galaxy `{}` has the same uuid", namesake.kind);
        return broken(ctx, file, reason).await;
    }
    ctx.write(move |ctx, tx| {
        let known = galaxies::by_type(tx, &new.kind)?;
        let (id, outcome) = match known.filter(|known| known.version >= new.version && !file.force) {
            Some(known) => (known.id, Outcome::Kept),
            None => (galaxies::put(tx, &new)?, Outcome::Loaded),
        };
        file.keep(tx, ctx.now(), id.0)?;
        Ok(outcome)
    })
    .await
}

async fn load_clusters(ctx: &Ctx, mut file: File) -> AppResult<Outcome> {
    let parsed: ClusterFile = match file.parse().await? {
        Ok(parsed) => parsed,
        Err(problem) => return broken(ctx, file, problem.to_string()).await,
    };
    let kind = parsed.kind.clone();
    let Some(galaxy) = ctx.read(move |_, tx| Ok(galaxies::by_type(tx, &kind)?)).await? else {
        return Ok(Outcome::Waits(format!("there is no galaxy `{}`", parsed.kind)));
    };
    // A transaction may be run again: its copies share the file.
    let parsed = Arc::new(parsed);
    ctx.write(move |ctx, tx| {
        tx.lock_row("galaxies", galaxy.id.0)?;
        let new = store(ctx, tx, &galaxy, &parsed, file.force)?;
        file.keep(tx, ctx.now(), galaxy.id.0)?;
        Ok(if new > 0 { Outcome::Loaded } else { Outcome::Kept })
    })
    .await
}

/// Writes the clusters of a file that are new, or newer than what is here; how many these are.
fn store(ctx: &Ctx, tx: &mut Tx<'_>, galaxy: &Galaxy, file: &ClusterFile, force: bool) -> AppResult<usize> {
    let mut here = Here::new(galaxies::known(tx, galaxy.id)?);
    let (mut records, mut written) = (Vec::new(), Vec::new());
    for cluster in &file.values {
        let version = cluster.version.unwrap_or(file.version);
        let known = here.take(cluster);
        if known.as_ref().is_some_and(|known| known.version >= version) && !force {
            continue;
        }
        records.push(record(galaxy, file, cluster, known.as_ref()));
        written.push(cluster);
    }
    let replaced: Vec<i64> = records
        .iter()
        .map(|cluster| cluster.id.0)
        .filter(|id| *id != 0)
        .collect();
    galaxies::remove_clusters(tx, &replaced)?;
    galaxies::add_clusters(tx, &mut records)?;
    let both = || records.iter().zip(written.iter().copied());
    let elements: Vec<NewElement<'_>> = both()
        .flat_map(|(record, cluster)| {
            cluster.meta.list.iter().map(move |(key, value)| NewElement {
                cluster: record,
                key,
                value,
            })
        })
        .collect();
    galaxies::add_elements(tx, &elements)?;
    let tags = relation_tags(ctx, tx, written.iter().copied())?;
    let relations: Vec<NewRelation<'_>> = both()
        .flat_map(|(record, cluster)| {
            let tags = &tags;
            cluster.related.iter().map(move |relation| NewRelation {
                cluster: record.id,
                target: relation.target,
                kind: &relation.kind,
                distribution: Distribution::AllCommunities,
                sharing_group: SharingGroupId(0),
                is_default: true,
                tags: distinct(
                    relation
                        .tags
                        .iter()
                        .filter_map(|name| tags.get(name.as_str()).copied()),
                ),
            })
        })
        .collect();
    galaxies::add_relations(tx, &relations)?;
    Ok(records.len())
}

fn distinct(tags: impl Iterator<Item = TagId>) -> Vec<TagId> {
    let mut seen = HashSet::new();
    tags.filter(|tag| seen.insert(*tag)).collect()
}

fn record(galaxy: &Galaxy, file: &ClusterFile, cluster: &Cluster, known: Option<&Known>) -> GalaxyCluster {
    GalaxyCluster {
        id: known.map_or(GalaxyClusterId(0), |known| known.id),
        galaxy_id: galaxy.id,
        uuid: cluster.uuid.unwrap_or_else(|| derived(file, cluster)),
        collection_uuid: Some(file.uuid),
        kind: galaxy.kind.clone(),
        value: cluster.value.clone(),
        description: cluster.description.clone().unwrap_or_default(),
        source: file.source.clone(),
        // They are kept one a line.
        authors: file
            .authors
            .iter()
            .map(|author| author.replace(['\r', '\n'], " "))
            .collect(),
        version: cluster.version.unwrap_or(file.version),
        distribution: Distribution::AllCommunities,
        sharing_group_id: SharingGroupId(0),
        org_id: OrgId(0),
        orgc_id: OrgId(0),
        is_default: true,
        locked: false,
        extends_uuid: None,
        extends_version: 0,
        published: false,
        deleted: false,
    }
}

/// The uuid of a cluster whose file gives it none: the same with every load.
fn derived(file: &ClusterFile, cluster: &Cluster) -> Uuid {
    let hash = Sha256::new()
        .chain_update(file.uuid)
        .chain_update(&cluster.value)
        .finalize();
    let bytes = hash.first_chunk().copied().unwrap_or_default();
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// The tags of all relations, by name; those that are not there yet are made.
fn relation_tags<'f>(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    clusters: impl Iterator<Item = &'f Cluster>,
) -> AppResult<HashMap<&'f str, TagId>> {
    let names: HashSet<&str> = clusters
        .flat_map(|cluster| &cluster.related)
        .flat_map(|relation| &relation.tags)
        .map(String::as_str)
        .collect();
    let inputs: Vec<TagIn> = names
        .iter()
        .map(|name| TagIn {
            name: Loose::Text((*name).to_owned()),
            ..TagIn::default()
        })
        .collect();
    let captured = tags::capture(ctx, tx, &inputs)?;
    Ok(names
        .into_iter()
        .filter_map(|name| Some((name, captured.get(name)?.id)))
        .collect())
}

/// The default clusters that are here, each until one of the file takes it.
struct Here {
    known: Vec<Option<Known>>,
    by_uuid: HashMap<Uuid, Vec<usize>>,
    by_value: HashMap<String, Vec<usize>>,
}

impl Here {
    fn new(known: Vec<Known>) -> Self {
        let mut here = Self {
            known: Vec::with_capacity(known.len()),
            by_uuid: HashMap::new(),
            by_value: HashMap::new(),
        };
        for (n, known) in known.into_iter().enumerate() {
            here.by_uuid.entry(known.uuid).or_default().push(n);
            here.by_value.entry(known.value.clone()).or_default().push(n);
            here.known.push(Some(known));
        }
        here
    }

    /// The one of the same uuid and value, else of the same uuid (it has another name now), else of the same value.
    fn take(&mut self, cluster: &Cluster) -> Option<Known> {
        let of_uuid = cluster.uuid.and_then(|uuid| self.by_uuid.get(&uuid));
        let of_value = self.by_value.get(&cluster.value);
        let free = |n: &usize| self.known.get(*n).is_some_and(Option::is_some);
        let same = |n: &usize| of_value.is_some_and(|numbers| numbers.contains(n));
        let numbers = || of_uuid.into_iter().flatten().filter(|n| free(n));
        let chosen = numbers()
            .find(|n| same(n))
            .or_else(|| numbers().next())
            .or_else(|| of_value.into_iter().flatten().find(|n| free(n)))
            .copied()?;
        self.known.get_mut(chosen)?.take()
    }
}
