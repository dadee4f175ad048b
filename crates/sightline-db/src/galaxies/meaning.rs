//! What a galaxy tag means: the cluster of that tag, else the default cluster that has it as a synonym.

use super::clusters::{COLUMNS, FROM, read, seen};
use crate::{DbResult, Sql, Tx, Visible};
use sightline_misp::fold::{fold, value_key};
use sightline_misp::records::{GalaxyCluster, tag_name};
use std::collections::HashMap;

/// The visible clusters that these tags mean, by the tag's folded name; of several the oldest.
pub fn named(
    tx: &mut Tx<'_>,
    visible: Visible,
    names: &[String],
) -> DbResult<HashMap<String, GalaxyCluster>> {
    let mut missing: HashMap<String, i64> = names.iter().map(|name| (fold(name), value_key(name))).collect();
    let mut found = HashMap::new();
    if missing.is_empty() {
        return Ok(found);
    }
    let keys: Vec<i64> = missing.values().copied().collect();
    let mut sql = Sql::new(tx.dialect(), &format!("SELECT {COLUMNS} FROM {FROM} WHERE "));
    sql.any("c.tag_key", &keys).push(" AND NOT c.deleted AND ");
    seen(&mut sql, visible, "c");
    sql.push(" ORDER BY c.id");
    for cluster in tx.all(sql.text(), sql.values(), read)? {
        let name = fold(&cluster.tag_name());
        if missing.remove(&name).is_some() {
            found.insert(name, cluster);
        }
    }
    if missing.is_empty() {
        return Ok(found);
    }
    let keys: Vec<i64> = missing.values().copied().collect();
    let mut sql = Sql::new(
        tx.dialect(),
        &format!(
            "SELECT {COLUMNS}, s.value FROM galaxy_elements s JOIN galaxy_clusters c ON c.id = s.galaxy_cluster_id \
             JOIN galaxies g ON g.id = c.galaxy_id WHERE "
        ),
    );
    sql.any("s.synonym_key", &keys).push(" ORDER BY c.id");
    for (cluster, synonym) in tx.all(sql.text(), sql.values(), |row| Ok((read(row)?, row.text(20)?)))? {
        let name = fold(&tag_name(&cluster.kind, &synonym));
        if missing.remove(&name).is_some() {
            found.insert(name, cluster);
        }
    }
    Ok(found)
}

/// The tags of the visible clusters of which something is known: a key, and one of these values, whatever their case.
pub fn named_by_element(
    tx: &mut Tx<'_>,
    visible: Visible,
    key: &str,
    patterns: &[String],
) -> DbResult<Vec<String>> {
    let mut sql = Sql::new(
        tx.dialect(),
        &format!("SELECT {COLUMNS} FROM {FROM} WHERE NOT c.deleted AND "),
    );
    seen(&mut sql, visible, "c");
    sql.push(" AND c.id IN (SELECT s.galaxy_cluster_id FROM galaxy_elements s WHERE s.key = ")
        .bind(key)
        .push(" AND ");
    crate::tags::like_any(&mut sql, "s.value", patterns);
    sql.push(")");
    let found = tx.all(sql.text(), sql.values(), read)?;
    Ok(found.iter().map(GalaxyCluster::tag_name).collect())
}
