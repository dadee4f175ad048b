//! Clusters with all that belongs to them.

use crate::Ctx;
use sightline_core::ids::{GalaxyClusterId, GalaxyId, OrgId};
use sightline_core::{AppError, AppResult};
use sightline_db::galaxies::{self, ClusterFilter, Related};
use sightline_db::{Tx, organisations};
use sightline_misp::json::{ObjectWriter, write_object};
use sightline_misp::records::{Galaxy, GalaxyCluster, GalaxyElement, Organisation};
use sightline_query::GalaxyClusterSearch;
use std::collections::HashMap;
use uuid::Uuid;

/// How a request names a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClusterKey {
    /// The row's id.
    Id(GalaxyClusterId),
    /// The uuid; of several the oldest.
    Uuid(Uuid),
}

/// What the reference says of a cluster that is not there or not to be seen.
pub fn invalid_cluster() -> AppError {
    AppError::not_found("Invalid galaxy cluster")
}

impl ClusterKey {
    /// Digits are an id, a uuid is a uuid, anything else names nothing.
    pub fn parse(text: &str) -> AppResult<Self> {
        if let Ok(id) = text.parse() {
            return Ok(Self::Id(GalaxyClusterId(id)));
        }
        Uuid::try_parse(text)
            .map(Self::Uuid)
            .map_err(|_| invalid_cluster())
    }
}

/// The cluster, if the caller may see it.
pub(super) fn find(ctx: &Ctx, tx: &mut Tx<'_>, key: ClusterKey) -> AppResult<GalaxyCluster> {
    let filter = match key {
        ClusterKey::Id(id) => ClusterFilter {
            ids: Some(vec![id.0]),
            ..ClusterFilter::default()
        },
        ClusterKey::Uuid(uuid) => ClusterFilter {
            uuids: Some(vec![uuid]),
            ..ClusterFilter::default()
        },
    };
    galaxies::cluster(tx, ctx.visible(), &filter)?.ok_or_else(invalid_cluster)
}

/// The filter of a search: organisations by id or uuid.
pub fn meant(tx: &mut Tx<'_>, search: GalaxyClusterSearch) -> AppResult<ClusterFilter> {
    Ok(ClusterFilter {
        ids: search.ids,
        uuids: search.uuids,
        galaxies: search.galaxies,
        galaxy_uuids: search.galaxy_uuids,
        versions: search.versions,
        distributions: search.distributions,
        orgs: organisation_ids(tx, search.orgs)?,
        orgcs: organisation_ids(tx, search.orgcs)?,
        tag_names: search.tag_names,
        custom: search.custom,
        published: search.published,
        deleted: Some(false),
        any: None,
    })
}

fn organisation_ids(tx: &mut Tx<'_>, named: Option<Vec<String>>) -> AppResult<Option<Vec<i64>>> {
    let Some(named) = named else { return Ok(None) };
    let mut ids = Vec::with_capacity(named.len());
    for name in named {
        if let Ok(id) = name.parse() {
            ids.push(id);
        } else if let Ok(uuid) = Uuid::try_parse(&name) {
            ids.extend(organisations::by_uuid(tx, uuid)?.map(|org| org.id.0));
        }
    }
    Ok(Some(ids))
}

/// A cluster with what is known of it and how it relates.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each holds what its name says")]
pub struct Whole {
    pub cluster: GalaxyCluster,
    pub galaxy: Galaxy,
    pub elements: Vec<GalaxyElement>,
    pub relations: Vec<Related>,
    /// What points to it.
    pub targeting: Vec<Related>,
    /// `None` for default clusters.
    pub org: Option<Organisation>,
    pub orgc: Option<Organisation>,
}

/// One cluster.
pub async fn view(ctx: &Ctx, key: ClusterKey) -> AppResult<Whole> {
    ctx.read(move |ctx, tx| {
        let cluster = find(ctx, tx, key)?;
        wholes(ctx, tx, vec![cluster], true)?
            .pop()
            .ok_or_else(invalid_cluster)
    })
    .await
}

/// Some clusters with all that belongs to them; their relations only where they are wanted.
pub(super) fn wholes(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    clusters: Vec<GalaxyCluster>,
    with_relations: bool,
) -> AppResult<Vec<Whole>> {
    let ids: Vec<i64> = clusters.iter().map(|cluster| cluster.id.0).collect();
    let mut elements: HashMap<GalaxyClusterId, Vec<GalaxyElement>> = HashMap::new();
    for element in galaxies::elements(tx, &ids)? {
        elements
            .entry(element.galaxy_cluster_id)
            .or_default()
            .push(element);
    }
    let (mut relations, targeting) = if with_relations {
        related(ctx, tx, &clusters)?
    } else {
        <(From, To)>::default()
    };
    let mut groups: Vec<i64> = clusters.iter().map(|cluster| cluster.galaxy_id.0).collect();
    groups.sort_unstable();
    groups.dedup();
    let galaxies: HashMap<GalaxyId, Galaxy> = galaxies::by_ids(tx, &groups)?
        .into_iter()
        .map(|galaxy| (galaxy.id, galaxy))
        .collect();
    let mut orgs: HashMap<OrgId, Option<Organisation>> = HashMap::from([(OrgId(0), None)]);
    for id in clusters
        .iter()
        .flat_map(|cluster| [cluster.org_id, cluster.orgc_id])
    {
        if let std::collections::hash_map::Entry::Vacant(free) = orgs.entry(id) {
            free.insert(organisations::by_id(tx, id)?);
        }
    }
    let org = |id| orgs.get(&id).cloned().flatten();
    Ok(clusters
        .into_iter()
        .map(|cluster| Whole {
            galaxy: galaxies.get(&cluster.galaxy_id).cloned().unwrap_or_default(),
            elements: elements.remove(&cluster.id).unwrap_or_default(),
            relations: relations.remove(&cluster.id).unwrap_or_default(),
            // Several galaxies may hold the same uuid.
            targeting: targeting.get(&cluster.uuid).cloned().unwrap_or_default(),
            org: org(cluster.org_id),
            orgc: org(cluster.orgc_id),
            cluster,
        })
        .collect())
}

/// Relations by the cluster that they belong to, and by what they point to.
type From = HashMap<GalaxyClusterId, Vec<Related>>;
type To = HashMap<Uuid, Vec<Related>>;

fn related(ctx: &Ctx, tx: &mut Tx<'_>, clusters: &[GalaxyCluster]) -> AppResult<(From, To)> {
    let ids: Vec<i64> = clusters.iter().map(|cluster| cluster.id.0).collect();
    let uuids: Vec<Uuid> = clusters.iter().map(|cluster| cluster.uuid).collect();
    let (mut from, mut to) = <(From, To)>::default();
    for related in galaxies::relations_from(tx, ctx.visible(), &ids)? {
        let of = related.relation.galaxy_cluster_id;
        from.entry(of).or_default().push(related);
    }
    for related in galaxies::relations_to(tx, ctx.visible(), &uuids)? {
        let target = related.relation.referenced_galaxy_cluster_uuid;
        to.entry(target).or_default().push(related);
    }
    Ok((from, to))
}

impl Whole {
    /// The whole cluster in the reference's order.
    pub fn write(&self, o: &mut ObjectWriter<'_>) {
        self.cluster.write(o);
        o.object("Galaxy", |o| self.galaxy.write(o));
        o.list("GalaxyElement", &self.elements, |out, element| {
            write_object(out, |o| element.write(o));
        });
        write_related(o, "GalaxyClusterRelation", &self.relations);
        self.write_orgs(o);
        if !self.targeting.is_empty() {
            write_related(o, "TargetingClusterRelation", &self.targeting);
        }
    }

    /// `Org` and `Orgc`.
    pub(super) fn write_orgs(&self, o: &mut ObjectWriter<'_>) {
        for (name, org) in [("Org", &self.org), ("Orgc", &self.orgc)] {
            o.object(name, |o| match org {
                Some(org) => org.write_card(o),
                None => write_community(o),
            });
        }
    }

    /// Keys with their values, as events show them.
    pub(super) fn write_meta(&self, o: &mut ObjectWriter<'_>) {
        let mut meta: Vec<(&str, Vec<&str>)> = Vec::new();
        for element in &self.elements {
            match meta.iter_mut().find(|(key, _)| *key == element.key) {
                Some((_, values)) => values.push(&element.value),
                None => meta.push((&element.key, vec![&element.value])),
            }
        }
        let meta = meta
            .into_iter()
            .map(|(key, values)| (key.to_owned(), values.into()))
            .collect();
        o.value("meta", &serde_json::Value::Object(meta));
    }
}

/// A list of relations; those without tags have no `Tag`.
pub(super) fn write_related(o: &mut ObjectWriter<'_>, name: &str, list: &[Related]) {
    o.list(name, list, |out, related| {
        write_object(out, |o| {
            related.relation.write(o);
            if !related.tags.is_empty() {
                o.list("Tag", &related.tags, |out, tag| {
                    write_object(out, |o| tag.write(o));
                });
            }
        });
    });
}

/// Whom the reference names for default clusters: nobody here.
fn write_community(o: &mut ObjectWriter<'_>) {
    o.number("id", 0);
    o.text("name", "MISP");
    o.text("date_created", "");
    o.text("date_modified", "");
    o.text("description", "Automatically generated MISP organisation");
    o.text("type", "");
    o.text("nationality", "Not specified");
    o.text("sector", "");
    o.number("created_by", 0);
    o.text("uuid", "0");
    o.text("contacts", "");
    o.flag("local", true);
    o.list("restricted_to_domain", std::iter::empty::<()>(), |_, ()| {});
    o.null("landingpage");
}
