//! Reading clusters.

use crate::events::distribution;
use crate::like::containing;
use crate::{DbResult, Row, Sql, Tx, Visible};
use sightline_core::ids::{GalaxyClusterId, GalaxyElementId, GalaxyId, OrgId, SharingGroupId};
use sightline_misp::fold::{fold, value_key};
use sightline_misp::records::{GalaxyCluster, GalaxyElement};
use uuid::Uuid;

/// What [`read`] expects, of `galaxy_clusters c JOIN galaxies g`.
pub(super) const COLUMNS: &str = "c.id, c.galaxy_id, c.uuid, c.collection_uuid, g.type, c.value, c.description, \
     c.source, c.authors, c.version, c.distribution, c.sharing_group_id, c.org_id, c.orgc_id, c.is_default, c.locked, \
     c.extends_uuid, c.extends_version, c.published, c.deleted";
pub(super) const FROM: &str = "galaxy_clusters c JOIN galaxies g ON g.id = c.galaxy_id";

pub(super) fn read(row: &Row<'_>) -> DbResult<GalaxyCluster> {
    Ok(GalaxyCluster {
        id: GalaxyClusterId(row.int(0)?),
        galaxy_id: GalaxyId(row.int(1)?),
        uuid: row.uuid(2)?,
        collection_uuid: row.opt_uuid(3)?,
        kind: row.text(4)?,
        value: row.text(5)?,
        description: row.text(6)?,
        source: row.text(7)?,
        authors: row.text(8)?.lines().map(str::to_owned).collect(),
        version: row.int(9)?,
        distribution: distribution(row.int(10)?)?,
        sharing_group_id: SharingGroupId(row.int(11)?),
        org_id: OrgId(row.int(12)?),
        orgc_id: OrgId(row.int(13)?),
        is_default: row.bool(14)?,
        locked: row.bool(15)?,
        extends_uuid: row.opt_uuid(16)?,
        extends_version: row.int(17)?,
        published: row.bool(18)?,
        deleted: row.bool(19)?,
    })
}

/// Appends: the cluster `c` may be seen; a deleted one by its owner only.
pub(super) fn seen(sql: &mut Sql<'_>, visible: Visible, c: &str) {
    visible.record(sql, c);
    sql.push(&format!(" AND (NOT {c}.deleted OR "));
    visible.owner(sql, c);
    sql.push(")");
}

/// Which clusters are meant. A list that is `None` restricts nothing; an empty one matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each narrows the column of its name")]
pub struct Filter {
    pub ids: Option<Vec<i64>>,
    pub uuids: Option<Vec<Uuid>>,
    pub galaxies: Option<Vec<i64>>,
    pub galaxy_uuids: Option<Vec<Uuid>>,
    pub versions: Option<Vec<i64>>,
    pub distributions: Option<Vec<i64>>,
    pub orgs: Option<Vec<i64>>,
    pub orgcs: Option<Vec<i64>>,
    pub tag_names: Option<Vec<String>>,
    pub custom: Option<bool>,
    pub published: Option<bool>,
    pub deleted: Option<bool>,
    /// Part of the value or the description, of a synonym; or the uuid.
    pub any: Option<String>,
}

/// A filter made ready: what statements bind has to live as long as they.
struct Ready<'f> {
    filter: &'f Filter,
    tag_keys: Option<Vec<i64>>,
    pattern: Option<String>,
    uuid: Option<Uuid>,
}

impl<'f> Ready<'f> {
    fn new(filter: &'f Filter) -> Self {
        let any = filter.any.as_deref();
        Self {
            filter,
            tag_keys: filter
                .tag_names
                .as_ref()
                .map(|names| names.iter().map(|name| value_key(name)).collect()),
            pattern: any.map(containing),
            uuid: any.and_then(|any| Uuid::try_parse(any).ok()),
        }
    }

    fn push<'a>(&'a self, sql: &mut Sql<'a>, visible: Visible) {
        let filter = self.filter;
        seen(sql, visible, "c");
        for (column, list) in [
            ("c.id", &filter.ids),
            ("c.galaxy_id", &filter.galaxies),
            ("c.version", &filter.versions),
            ("c.distribution", &filter.distributions),
            ("c.org_id", &filter.orgs),
            ("c.orgc_id", &filter.orgcs),
            ("c.tag_key", &self.tag_keys),
        ] {
            if let Some(list) = list {
                sql.push(" AND ").any(column, list);
            }
        }
        for (column, list) in [("c.uuid", &filter.uuids), ("g.uuid", &filter.galaxy_uuids)] {
            if let Some(list) = list {
                sql.push(" AND ").any(column, list);
            }
        }
        for (column, wanted) in [
            ("c.is_default", filter.custom.map(|custom| !custom)),
            ("c.published", filter.published),
            ("c.deleted", filter.deleted),
        ] {
            match wanted {
                Some(true) => sql.push(" AND ").push(column),
                Some(false) => sql.push(" AND NOT ").push(column),
                None => sql,
            };
        }
        if let Some(pattern) = &self.pattern {
            sql.push(" AND (").like("c.value", pattern, false);
            sql.push(" OR ").like("c.description", pattern, false);
            sql.push(" OR EXISTS (SELECT 1 FROM galaxy_elements s WHERE s.galaxy_cluster_id = c.id AND s.key = 'synonyms' AND ");
            sql.like("s.value", pattern, false).push(")");
            if let Some(uuid) = self.uuid {
                sql.push(" OR c.uuid = ").bind(uuid);
            }
            sql.push(")");
        }
    }

    /// The hash of a tag's name is only nearly as good as the name.
    fn is_meant(&self, cluster: &GalaxyCluster) -> bool {
        let Some(names) = &self.filter.tag_names else {
            return true;
        };
        let own = fold(&cluster.tag_name());
        names.iter().any(|name| fold(name) == own)
    }
}

/// How many visible clusters are meant.
pub fn count_clusters(tx: &mut Tx<'_>, visible: Visible, filter: &Filter) -> DbResult<i64> {
    let ready = Ready::new(filter);
    let mut sql = Sql::new(tx.dialect(), &format!("SELECT COUNT(*) FROM {FROM} WHERE "));
    ready.push(&mut sql, visible);
    tx.int(sql.text(), sql.values())
}

/// The next visible clusters after an id, by id.
pub fn clusters_after(
    tx: &mut Tx<'_>,
    visible: Visible,
    filter: &Filter,
    after: GalaxyClusterId,
    limit: usize,
) -> DbResult<Vec<GalaxyCluster>> {
    let ready = Ready::new(filter);
    let mut sql = Sql::new(
        tx.dialect(),
        &format!("SELECT {COLUMNS} FROM {FROM} WHERE c.id > "),
    );
    sql.bind(after).push(" AND ");
    ready.push(&mut sql, visible);
    sql.push(" ORDER BY c.id LIMIT ")
        .bind(i64::try_from(limit).unwrap_or(i64::MAX));
    let mut found = tx.all(sql.text(), sql.values(), read)?;
    found.retain(|cluster| ready.is_meant(cluster));
    Ok(found)
}

/// A page of visible clusters by id.
pub fn clusters_page(
    tx: &mut Tx<'_>,
    visible: Visible,
    filter: &Filter,
    limit: u32,
    offset: i64,
) -> DbResult<Vec<GalaxyCluster>> {
    let ready = Ready::new(filter);
    let mut sql = Sql::new(tx.dialect(), &format!("SELECT {COLUMNS} FROM {FROM} WHERE "));
    ready.push(&mut sql, visible);
    sql.push(" ORDER BY c.id LIMIT ")
        .bind(limit)
        .push(" OFFSET ")
        .bind(offset);
    let mut found = tx.all(sql.text(), sql.values(), read)?;
    found.retain(|cluster| ready.is_meant(cluster));
    Ok(found)
}

/// The visible cluster that is meant; of several the oldest.
pub fn cluster(tx: &mut Tx<'_>, visible: Visible, filter: &Filter) -> DbResult<Option<GalaxyCluster>> {
    Ok(clusters_after(tx, visible, filter, GalaxyClusterId(0), 1)?.pop())
}

/// What is known of some clusters, by id; whether they may be seen is the caller's to check.
pub fn elements(tx: &mut Tx<'_>, clusters: &[i64]) -> DbResult<Vec<GalaxyElement>> {
    if clusters.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new(
        tx.dialect(),
        "SELECT e.id, e.galaxy_cluster_id, e.key, e.value FROM galaxy_elements e WHERE ",
    );
    sql.any("e.galaxy_cluster_id", clusters).push(" ORDER BY e.id");
    tx.all(sql.text(), sql.values(), |row| {
        Ok(GalaxyElement {
            id: GalaxyElementId(row.int(0)?),
            galaxy_cluster_id: GalaxyClusterId(row.int(1)?),
            key: row.text(2)?,
            value: row.text(3)?,
        })
    })
}
