//! Listing the groups that a viewer may see.

use super::{fill, read, select};
use crate::{DbResult, Sql, Tx, Visible, like};
use sightline_core::ids::OrgId;
use sightline_misp::records::SharingGroup;

/// Which groups a list shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only active, or only inactive ones.
    pub active: Option<bool>,
    /// Part of name, description or releasability, without regard to case; or the uuid.
    pub search: Option<String>,
    /// Made by this organisation, or with it as a member that the viewer may know.
    pub org: Option<OrgId>,
}

/// A page of the visible groups by name, with creator, members and servers; and how many there are in all.
pub fn list(
    tx: &mut Tx<'_>,
    visible: Visible,
    filter: &Filter,
    limit: u32,
    offset: u32,
) -> DbResult<(Vec<SharingGroup>, i64)> {
    let pattern = like::containing(filter.search.as_deref().unwrap_or_default());
    let mut count = Sql::new(tx.dialect(), "SELECT COUNT(*) FROM sharing_groups g WHERE ");
    visible.sharing_group(&mut count, "g");
    conditions(&mut count, visible, filter, &pattern);
    let total = tx.int(count.text(), count.values())?;
    let mut sql = select(tx, visible);
    conditions(&mut sql, visible, filter, &pattern);
    sql.push(" ORDER BY g.name, g.id LIMIT ")
        .bind(limit)
        .push(" OFFSET ")
        .bind(offset);
    let mut groups = tx.all(sql.text(), sql.values(), read)?;
    fill(tx, visible, &mut groups)?;
    Ok((groups, total))
}

fn conditions<'a>(sql: &mut Sql<'a>, visible: Visible, filter: &'a Filter, pattern: &'a str) {
    if let Some(active) = filter.active {
        sql.push(if active {
            " AND g.active"
        } else {
            " AND NOT g.active"
        });
    }
    if let Some(text) = &filter.search {
        sql.push(" AND (FALSE");
        for column in ["g.name", "g.description", "g.releasability"] {
            sql.push(" OR ").like(column, pattern, false);
        }
        if let Ok(uuid) = uuid::Uuid::try_parse(text) {
            sql.push(" OR g.uuid = ").bind(uuid);
        }
        sql.push(")");
    }
    if let Some(org) = filter.org {
        sql.push(" AND (g.org_id = ").bind(org).push(
            " OR EXISTS (SELECT 1 FROM sharing_group_orgs f WHERE f.sharing_group_id = g.id AND f.org_id = ",
        );
        sql.bind(org).push(" AND (");
        visible.own(sql, "f.org_id");
        sql.push(" OR ");
        visible.members(sql, "g");
        sql.push(")))");
    }
}
