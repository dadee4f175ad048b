//! How often tags are used, as far as the viewer may know.

use crate::{DbResult, Sql, Tx, Visible};
use sightline_core::ids::TagId;

/// Tag -> number of visible events that have it. `only` restricts to some tags.
pub fn event_counts(tx: &mut Tx<'_>, visible: Visible, only: Option<&[i64]>) -> DbResult<Vec<(TagId, i64)>> {
    let mut sql = Sql::new(
        tx.dialect(),
        "SELECT x.tag_id, COUNT(*) FROM event_tags x JOIN events e ON e.id = x.event_id WHERE ",
    );
    visible.event(&mut sql, "e");
    grouped(tx, sql, only)
}

/// Tag -> number of visible live attributes that have it. `only` restricts to some tags.
pub fn attribute_counts(
    tx: &mut Tx<'_>,
    visible: Visible,
    only: Option<&[i64]>,
) -> DbResult<Vec<(TagId, i64)>> {
    let mut sql = Sql::new(
        tx.dialect(),
        "SELECT x.tag_id, COUNT(*) FROM attribute_tags x JOIN attributes a ON a.id = x.attribute_id \
         JOIN events e ON e.id = a.event_id WHERE NOT a.deleted AND ",
    );
    visible.event(&mut sql, "e");
    sql.push(" AND ");
    visible.attribute(&mut sql, "e", "a");
    grouped(tx, sql, only)
}

fn grouped<'a>(tx: &mut Tx<'_>, mut sql: Sql<'a>, only: Option<&'a [i64]>) -> DbResult<Vec<(TagId, i64)>> {
    if let Some(tags) = only {
        sql.push(" AND ").any("x.tag_id", tags);
    }
    sql.push(" GROUP BY x.tag_id");
    tx.all(sql.text(), sql.values(), |row| {
        Ok((TagId(row.int(0)?), row.int(1)?))
    })
}
