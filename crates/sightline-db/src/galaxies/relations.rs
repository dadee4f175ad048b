//! How clusters relate. A relation is seen by those who see the cluster that it belongs to, within its own distribution;
//! what it points to has an id only for those who see that as well.

use super::clusters::seen;
use crate::events::distribution;
use crate::tags as tag_rows;
use crate::{DbResult, Sql, Tx, Visible};
use sightline_core::ids::{GalaxyClusterId, GalaxyClusterRelationId, SharingGroupId};
use sightline_misp::records::{GalaxyClusterRelation, Tag};
use std::collections::HashMap;
use uuid::Uuid;

/// A relation with its tags.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each holds what its name says")]
pub struct Related {
    pub relation: GalaxyClusterRelation,
    pub tags: Vec<Tag>,
}

/// The relations of some clusters, by id.
pub fn relations_from(tx: &mut Tx<'_>, visible: Visible, clusters: &[i64]) -> DbResult<Vec<Related>> {
    if clusters.is_empty() {
        return Ok(Vec::new());
    }
    select(tx, visible, |sql| {
        sql.any("r.galaxy_cluster_id", clusters);
    })
}

/// The relations that point to some clusters, by id.
pub fn relations_to(tx: &mut Tx<'_>, visible: Visible, clusters: &[Uuid]) -> DbResult<Vec<Related>> {
    if clusters.is_empty() {
        return Ok(Vec::new());
    }
    select(tx, visible, |sql| {
        sql.any("r.target_uuid", clusters);
    })
}

fn select<'a>(
    tx: &mut Tx<'_>,
    visible: Visible,
    wanted: impl FnOnce(&mut Sql<'a>),
) -> DbResult<Vec<Related>> {
    let mut sql = Sql::new(
        tx.dialect(),
        "SELECT r.id, r.galaxy_cluster_id, c.uuid, (SELECT MIN(o.id) FROM galaxy_clusters o WHERE \
         o.uuid = r.target_uuid AND ",
    );
    seen(&mut sql, visible, "o");
    sql.push(
        "), r.target_uuid, r.type, r.distribution, r.sharing_group_id, r.is_default FROM galaxy_cluster_relations r \
         JOIN galaxy_clusters c ON c.id = r.galaxy_cluster_id WHERE ",
    );
    wanted(&mut sql);
    sql.push(" AND ");
    seen(&mut sql, visible, "c");
    sql.push(" AND ");
    visible.inner(&mut sql, "c", "r");
    sql.push(" ORDER BY r.id");
    let relations = tx.all(sql.text(), sql.values(), |row| {
        Ok(GalaxyClusterRelation {
            id: GalaxyClusterRelationId(row.int(0)?),
            galaxy_cluster_id: GalaxyClusterId(row.int(1)?),
            galaxy_cluster_uuid: row.uuid(2)?,
            referenced_galaxy_cluster_id: GalaxyClusterId(row.opt_int(3)?.unwrap_or(0)),
            referenced_galaxy_cluster_uuid: row.uuid(4)?,
            kind: row.text(5)?,
            distribution: distribution(row.int(6)?)?,
            sharing_group_id: SharingGroupId(row.int(7)?),
            is_default: row.bool(8)?,
        })
    })?;
    let ids: Vec<i64> = relations.iter().map(|relation| relation.id.0).collect();
    let mut tags = tags_of(tx, &ids)?;
    Ok(relations
        .into_iter()
        .map(|relation| Related {
            tags: tags.remove(&relation.id.0).unwrap_or_default(),
            relation,
        })
        .collect())
}

fn tags_of(tx: &mut Tx<'_>, relations: &[i64]) -> DbResult<HashMap<i64, Vec<Tag>>> {
    let mut tags: HashMap<i64, Vec<Tag>> = HashMap::new();
    if relations.is_empty() {
        return Ok(tags);
    }
    let mut sql = Sql::new(
        tx.dialect(),
        &format!(
            "SELECT {}, x.relation_id FROM galaxy_cluster_relation_tags x JOIN tags t ON t.id = x.tag_id WHERE ",
            tag_rows::COLUMNS
        ),
    );
    sql.any("x.relation_id", relations)
        .push(" ORDER BY x.relation_id, t.id");
    for (relation, tag) in tx.all(sql.text(), sql.values(), |row| {
        Ok((row.int(tag_rows::COLUMN_COUNT)?, tag_rows::read(row, 0)?))
    })? {
        tags.entry(relation).or_default().push(tag);
    }
    Ok(tags)
}
