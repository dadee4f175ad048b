//! Galaxies; their clusters, what is known of these and how they relate, under the viewer's visibility.

mod clusters;
mod meaning;
mod relations;
mod store;

pub use clusters::{
    Filter as ClusterFilter, cluster, clusters_after, clusters_page, count_clusters, elements,
};
pub use meaning::{named, named_by_element};
pub use relations::{Related, relations_from, relations_to};
pub use store::{
    Known, NewElement, NewRelation, add_clusters, add_elements, add_relations, empty_clusters, known,
    remove_clusters, remove_of_galaxy,
};

use crate::like::containing;
use crate::paging::paged;
use crate::{DbResult, Row, Sql, Tx, params};
use sightline_core::ids::GalaxyId;
use sightline_misp::records::Galaxy;
use uuid::Uuid;

const COLUMNS: &str = "g.id, g.uuid, g.type, g.name, g.description, g.version, g.icon, g.namespace, g.enabled, \
     g.local_only, g.kill_chain_order";

fn read(row: &Row<'_>) -> DbResult<Galaxy> {
    Ok(Galaxy {
        id: GalaxyId(row.int(0)?),
        uuid: row.uuid(1)?,
        kind: row.text(2)?,
        name: row.text(3)?,
        description: row.text(4)?,
        version: row.int(5)?,
        icon: row.text(6)?,
        namespace: row.text(7)?,
        enabled: row.bool(8)?,
        local_only: row.bool(9)?,
        kill_chain_order: row.opt_text(10)?,
    })
}

/// Which galaxies a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Part of the name, the namespace, the description, the columns of its matrix; or the uuid.
    pub value: Option<String>,
    /// Enabled, or not.
    pub enabled: Option<bool>,
}

/// A page of galaxies by id, and how many there are in all.
pub fn list(tx: &mut Tx<'_>, filter: &Filter, limit: u32, offset: i64) -> DbResult<(Vec<Galaxy>, i64)> {
    let pattern = filter.value.as_deref().map(containing);
    let uuid = filter
        .value
        .as_deref()
        .and_then(|value| Uuid::try_parse(value).ok());
    let dialect = tx.dialect();
    let conditions = |columns: &str| {
        let mut sql = Sql::new(dialect, &format!("SELECT {columns} FROM galaxies g WHERE TRUE"));
        match filter.enabled {
            Some(true) => sql.push(" AND g.enabled"),
            Some(false) => sql.push(" AND NOT g.enabled"),
            None => &mut sql,
        };
        if let Some(pattern) = &pattern {
            sql.push(" AND (").like("g.name", pattern, false);
            for column in ["g.namespace", "g.description", "COALESCE(g.kill_chain_order, '')"] {
                sql.push(" OR ").like(column, pattern, false);
            }
            if let Some(uuid) = uuid {
                sql.push(" OR g.uuid = ").bind(uuid);
            }
            sql.push(")");
        }
        sql
    };
    paged(tx, conditions, COLUMNS, "g.id", (limit, offset), read)
}

/// By id.
pub fn by_id(tx: &mut Tx<'_>, id: GalaxyId) -> DbResult<Option<Galaxy>> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM galaxies g WHERE g.id = $1"),
        params![id],
        read,
    )
}

/// By uuid.
pub fn by_uuid(tx: &mut Tx<'_>, uuid: Uuid) -> DbResult<Option<Galaxy>> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM galaxies g WHERE g.uuid = $1"),
        params![uuid],
        read,
    )
}

/// By type.
pub fn by_type(tx: &mut Tx<'_>, kind: &str) -> DbResult<Option<Galaxy>> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM galaxies g WHERE g.type = $1"),
        params![kind],
        read,
    )
}

/// Some galaxies.
pub fn by_ids(tx: &mut Tx<'_>, ids: &[i64]) -> DbResult<Vec<Galaxy>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.all(
        &format!("SELECT {COLUMNS} FROM galaxies g WHERE g.id = ANY($1) ORDER BY g.id"),
        params![ids],
        read,
    )
}

/// Writes a galaxy, new or in place of that of its type; what people have set on the older one stays.
pub fn put(tx: &mut Tx<'_>, new: &Galaxy) -> DbResult<GalaxyId> {
    let id = tx.int(
        "INSERT INTO galaxies (uuid, type, name, description, version, icon, namespace, enabled, local_only, \
         kill_chain_order) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (type) DO UPDATE SET \
         uuid = excluded.uuid, name = excluded.name, description = excluded.description, \
         version = excluded.version, icon = excluded.icon, namespace = excluded.namespace, \
         kill_chain_order = excluded.kill_chain_order RETURNING id",
        params![
            new.uuid,
            &new.kind,
            &new.name,
            &new.description,
            new.version,
            &new.icon,
            &new.namespace,
            new.enabled,
            new.local_only,
            new.kill_chain_order.as_deref()
        ],
    )?;
    Ok(GalaxyId(id))
}

/// Enables or disables a galaxy.
pub fn set_enabled(tx: &mut Tx<'_>, id: GalaxyId, enabled: bool) -> DbResult<()> {
    tx.exec(
        "UPDATE galaxies SET enabled = $2 WHERE id = $1",
        params![id, enabled],
    )?;
    Ok(())
}

/// Removes a galaxy that has no clusters any more.
pub fn delete(tx: &mut Tx<'_>, id: GalaxyId) -> DbResult<()> {
    tx.exec("DELETE FROM galaxies WHERE id = $1", params![id])?;
    Ok(())
}

/// How much is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each counts what its name says")]
pub struct Counts {
    pub galaxies: i64,
    pub clusters: i64,
    pub elements: i64,
    pub relations: i64,
}

/// How much is kept, whoever may see it.
pub fn counts(tx: &mut Tx<'_>) -> DbResult<Counts> {
    let mut count = |table| tx.int(&format!("SELECT COUNT(*) FROM {table}"), &[]);
    Ok(Counts {
        galaxies: count("galaxies")?,
        clusters: count("galaxy_clusters")?,
        elements: count("galaxy_elements")?,
        relations: count("galaxy_cluster_relations")?,
    })
}
