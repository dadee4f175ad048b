//! Writing clusters, in bulk: a file has thousands.

use crate::{DbResult, Kind, Tx, params};
use sightline_core::ids::{GalaxyClusterId, GalaxyId, SharingGroupId, TagId};
use sightline_misp::fold::value_key;
use sightline_misp::records::{Distribution, GalaxyCluster, tag_name};
use uuid::Uuid;

/// A default cluster that is here.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "columns")]
pub struct Known {
    pub id: GalaxyClusterId,
    pub uuid: Uuid,
    pub value: String,
    pub version: i64,
}

/// The default clusters of a galaxy, by id.
pub fn known(tx: &mut Tx<'_>, galaxy: GalaxyId) -> DbResult<Vec<Known>> {
    tx.all(
        "SELECT id, uuid, value, version FROM galaxy_clusters WHERE galaxy_id = $1 AND is_default ORDER BY id",
        params![galaxy],
        |row| {
            Ok(Known {
                id: GalaxyClusterId(row.int(0)?),
                uuid: row.uuid(1)?,
                value: row.text(2)?,
                version: row.int(3)?,
            })
        },
    )
}

/// Takes away what is known of some clusters and how they relate.
pub fn empty_clusters(tx: &mut Tx<'_>, ids: &[i64]) -> DbResult<()> {
    if ids.is_empty() {
        return Ok(());
    }
    for statement in [
        "DELETE FROM galaxy_elements WHERE galaxy_cluster_id = ANY($1)",
        "DELETE FROM galaxy_cluster_relation_tags WHERE relation_id IN \
         (SELECT r.id FROM galaxy_cluster_relations r WHERE r.galaxy_cluster_id = ANY($1))",
        "DELETE FROM galaxy_cluster_relations WHERE galaxy_cluster_id = ANY($1)",
    ] {
        tx.exec(statement, params![ids])?;
    }
    Ok(())
}

/// Removes clusters with all that belongs to them.
pub fn remove_clusters(tx: &mut Tx<'_>, ids: &[i64]) -> DbResult<()> {
    empty_clusters(tx, ids)?;
    tx.exec("DELETE FROM galaxy_clusters WHERE id = ANY($1)", params![ids])?;
    Ok(())
}

/// Removes all clusters of a galaxy with all that belongs to them.
pub fn remove_of_galaxy(tx: &mut Tx<'_>, galaxy: GalaxyId) -> DbResult<()> {
    let ids = tx.all(
        "SELECT id FROM galaxy_clusters WHERE galaxy_id = $1",
        params![galaxy],
        |row| row.int(0),
    )?;
    remove_clusters(tx, &ids)
}

/// Writes clusters; those without an id get one.
pub fn add_clusters(tx: &mut Tx<'_>, clusters: &mut [GalaxyCluster]) -> DbResult<()> {
    const COLUMNS: &[(&str, Kind)] = &[
        ("id", Kind::Int),
        ("galaxy_id", Kind::Int),
        ("uuid", Kind::Uuid),
        ("collection_uuid", Kind::Uuid),
        ("value", Kind::Text),
        ("tag_key", Kind::Int),
        ("description", Kind::Text),
        ("source", Kind::Text),
        ("authors", Kind::Text),
        ("version", Kind::Int),
        ("distribution", Kind::Int),
        ("sharing_group_id", Kind::Int),
        ("org_id", Kind::Int),
        ("orgc_id", Kind::Int),
        ("is_default", Kind::Bool),
        ("locked", Kind::Bool),
        ("extends_uuid", Kind::Uuid),
        ("extends_version", Kind::Int),
        ("published", Kind::Bool),
        ("deleted", Kind::Bool),
    ];
    let missing = clusters.iter().filter(|cluster| cluster.id.0 == 0).count();
    let mut ids = tx.allocate_ids("galaxy_clusters", missing)?.into_iter();
    for cluster in clusters.iter_mut().filter(|cluster| cluster.id.0 == 0) {
        cluster.id = GalaxyClusterId(ids.next().unwrap_or_default());
    }
    let authors: Vec<String> = clusters
        .iter()
        .map(|cluster| cluster.authors.join("\n"))
        .collect();
    let clusters = &*clusters;
    tx.insert_many("galaxy_clusters", COLUMNS, clusters.len(), |n, values| {
        if let (Some(cluster), Some(authors)) = (clusters.get(n), authors.get(n)) {
            values.extend_from_slice(&[
                cluster.id.into(),
                cluster.galaxy_id.into(),
                cluster.uuid.into(),
                cluster.collection_uuid.into(),
                cluster.value.as_str().into(),
                value_key(&cluster.tag_name()).into(),
                cluster.description.as_str().into(),
                cluster.source.as_str().into(),
                authors.as_str().into(),
                cluster.version.into(),
                cluster.distribution.number().into(),
                cluster.sharing_group_id.into(),
                cluster.org_id.into(),
                cluster.orgc_id.into(),
                cluster.is_default.into(),
                cluster.locked.into(),
                cluster.extends_uuid.into(),
                cluster.extends_version.into(),
                cluster.published.into(),
                cluster.deleted.into(),
            ]);
        }
    })
}

/// Something to be known of a cluster.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "columns")]
pub struct NewElement<'a> {
    pub cluster: &'a GalaxyCluster,
    pub key: &'a str,
    pub value: &'a str,
}

impl NewElement<'_> {
    /// Synonyms of default clusters stand for them in tags; what anybody may write must not.
    fn synonym_key(&self) -> Option<i64> {
        (self.cluster.is_default && self.key == "synonyms")
            .then(|| value_key(&tag_name(&self.cluster.kind, self.value)))
    }
}

/// Writes what is known of clusters, in this order.
pub fn add_elements(tx: &mut Tx<'_>, elements: &[NewElement<'_>]) -> DbResult<()> {
    const COLUMNS: &[(&str, Kind)] = &[
        ("id", Kind::Int),
        ("galaxy_cluster_id", Kind::Int),
        ("key", Kind::Text),
        ("value", Kind::Text),
        ("synonym_key", Kind::Int),
    ];
    let ids = tx.allocate_ids("galaxy_elements", elements.len())?;
    tx.insert_many("galaxy_elements", COLUMNS, elements.len(), |n, values| {
        if let (Some(id), Some(element)) = (ids.get(n), elements.get(n)) {
            values.extend_from_slice(&[
                (*id).into(),
                element.cluster.id.into(),
                element.key.into(),
                element.value.into(),
                element.synonym_key().into(),
            ]);
        }
    })
}

/// A relation to be written.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "columns")]
pub struct NewRelation<'a> {
    pub cluster: GalaxyClusterId,
    pub target: Uuid,
    pub kind: &'a str,
    pub distribution: Distribution,
    pub sharing_group: SharingGroupId,
    pub is_default: bool,
    /// Each once.
    pub tags: Vec<TagId>,
}

/// Writes relations, in this order; their ids.
pub fn add_relations(tx: &mut Tx<'_>, relations: &[NewRelation<'_>]) -> DbResult<Vec<i64>> {
    const COLUMNS: &[(&str, Kind)] = &[
        ("id", Kind::Int),
        ("galaxy_cluster_id", Kind::Int),
        ("target_uuid", Kind::Uuid),
        ("type", Kind::Text),
        ("distribution", Kind::Int),
        ("sharing_group_id", Kind::Int),
        ("is_default", Kind::Bool),
    ];
    const TAG_COLUMNS: &[(&str, Kind)] = &[("relation_id", Kind::Int), ("tag_id", Kind::Int)];
    let ids = tx.allocate_ids("galaxy_cluster_relations", relations.len())?;
    tx.insert_many(
        "galaxy_cluster_relations",
        COLUMNS,
        relations.len(),
        |n, values| {
            if let (Some(id), Some(relation)) = (ids.get(n), relations.get(n)) {
                values.extend_from_slice(&[
                    (*id).into(),
                    relation.cluster.into(),
                    relation.target.into(),
                    relation.kind.into(),
                    relation.distribution.number().into(),
                    relation.sharing_group.into(),
                    relation.is_default.into(),
                ]);
            }
        },
    )?;
    let tags: Vec<(i64, TagId)> = ids
        .iter()
        .zip(relations)
        .flat_map(|(id, relation)| relation.tags.iter().map(|tag| (*id, *tag)))
        .collect();
    tx.insert_many(
        "galaxy_cluster_relation_tags",
        TAG_COLUMNS,
        tags.len(),
        |n, values| {
            if let Some((relation, tag)) = tags.get(n) {
                values.extend_from_slice(&[(*relation).into(), (*tag).into()]);
            }
        },
    )?;
    Ok(ids)
}
