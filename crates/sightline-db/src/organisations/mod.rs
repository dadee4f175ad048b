//! Organisations.

mod logos;
mod owned;

pub use logos::{Logo, logo, logos_of, remove_logo, store_logo};
pub use owned::{NOT_OWNED, OWNED, Owned, is_used, merge_into};

use crate::{DbError, DbResult, Dialect, Row, Sql, Tx, Visible, params};
use sightline_core::ids::{OrgId, UserId};
use sightline_misp::records::{OrgRef, Organisation};
use uuid::Uuid;

const COLUMNS: &str = "o.id, o.uuid, o.name, o.description, o.type, o.nationality, o.sector, o.contacts, \
     o.created_by, o.local, o.restricted_to_domain, o.landingpage, o.date_created, o.date_modified";

fn read(row: &Row<'_>) -> DbResult<Organisation> {
    Ok(Organisation {
        id: OrgId(row.int(0)?),
        uuid: row.uuid(1)?,
        name: row.text(2)?,
        description: row.opt_text(3)?,
        kind: row.text(4)?,
        nationality: row.text(5)?,
        sector: row.text(6)?,
        contacts: row.opt_text(7)?,
        created_by: UserId(row.int(8)?),
        local: row.bool(9)?,
        restricted_to_domain: serde_json::from_str(row.str(10)?).unwrap_or_default(),
        landingpage: row.opt_text(11)?,
        date_created: row.int(12)?,
        date_modified: row.int(13)?,
    })
}

/// The short form of these organisations.
pub fn refs(tx: &mut Tx<'_>, ids: &[i64]) -> DbResult<Vec<OrgRef>> {
    tx.all(
        "SELECT id, uuid, name, local FROM organisations WHERE id = ANY($1)",
        params![ids],
        |row| read_ref(row, 0),
    )
}

/// Reads `id, uuid, name, local` that start at column `at`.
fn read_ref(row: &Row<'_>, at: usize) -> DbResult<OrgRef> {
    Ok(OrgRef {
        id: OrgId(row.int(at)?),
        uuid: row.uuid(at + 1)?,
        name: row.text(at + 2)?,
        local: row.bool(at + 3)?,
    })
}

/// The same of an outer join.
pub(crate) fn opt_ref(row: &Row<'_>, at: usize) -> DbResult<Option<OrgRef>> {
    row.opt_int(at)?.map(|_| read_ref(row, at)).transpose()
}

/// By id.
pub fn by_id(tx: &mut Tx<'_>, id: OrgId) -> DbResult<Option<Organisation>> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM organisations o WHERE o.id = $1"),
        params![id],
        read,
    )
}

/// By uuid.
pub fn by_uuid(tx: &mut Tx<'_>, uuid: Uuid) -> DbResult<Option<Organisation>> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM organisations o WHERE o.uuid = $1"),
        params![uuid],
        read,
    )
}

/// Those with these uuids.
pub fn by_uuids(tx: &mut Tx<'_>, uuids: &[Uuid]) -> DbResult<Vec<Organisation>> {
    tx.all(
        &format!("SELECT {COLUMNS} FROM organisations o WHERE o.uuid = ANY($1)"),
        params![uuids],
        read,
    )
}

/// Keeps an organisation from being merged or deleted until this transaction ends; `false` when it is gone already. SQLite has
/// a single writer, so there it is only looked for.
pub fn keep(tx: &mut Tx<'_>, id: OrgId) -> DbResult<bool> {
    tx.exists(
        match tx.dialect() {
            Dialect::Sqlite => "SELECT 1 FROM organisations WHERE id = $1",
            Dialect::Postgres => "SELECT 1 FROM organisations WHERE id = $1 FOR KEY SHARE",
        },
        params![id],
    )
}

/// Waits for those who [`keep`] an organisation, and keeps others from it until this transaction ends.
pub fn seize(tx: &mut Tx<'_>, id: OrgId) -> DbResult<()> {
    if tx.dialect() == Dialect::Postgres {
        tx.exists(
            "SELECT 1 FROM organisations WHERE id = $1 FOR UPDATE",
            params![id],
        )?;
    }
    Ok(())
}

/// By its exact name.
pub fn by_name(tx: &mut Tx<'_>, name: &str) -> DbResult<Option<Organisation>> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM organisations o WHERE o.name = $1"),
        params![name],
        read,
    )
}

/// The uuids of local organisations, by id.
pub fn local_uuids(tx: &mut Tx<'_>) -> DbResult<Vec<Uuid>> {
    tx.all(
        "SELECT uuid FROM organisations WHERE local ORDER BY id",
        &[],
        |row| row.uuid(0),
    )
}

/// How many users it has.
pub fn user_count(tx: &mut Tx<'_>, id: OrgId) -> DbResult<i64> {
    tx.int("SELECT COUNT(*) FROM users WHERE org_id = $1", params![id])
}

/// Which organisations a list shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only local, or only known from data.
    pub local: Option<bool>,
    /// Part of what is said of it, without regard to case; or its uuid.
    pub search: Option<String>,
}

fn conditions<'a>(sql: &mut Sql<'a>, filter: &'a Filter, pattern: &'a str) {
    if let Some(local) = filter.local {
        sql.push(if local { " AND o.local" } else { " AND NOT o.local" });
    }
    if filter.search.is_some() {
        sql.push(" AND (FALSE");
        for column in ["name", "description", "type", "nationality", "sector", "contacts"] {
            sql.push(" OR ").like(&format!("o.{column}"), pattern, false);
        }
        if let Some(uuid) = filter
            .search
            .as_deref()
            .and_then(|text| Uuid::try_parse(text).ok())
        {
            sql.push(" OR o.uuid = ").bind(uuid);
        }
        sql.push(")");
    }
}

/// A page of organisations by name with the number of their users; and how many there are in all.
pub fn list(
    tx: &mut Tx<'_>,
    filter: &Filter,
    limit: Option<u32>,
    offset: u32,
) -> DbResult<(Vec<(Organisation, i64)>, i64)> {
    let pattern = crate::like::containing(filter.search.as_deref().unwrap_or_default());
    let mut count = Sql::new(tx.dialect(), "SELECT COUNT(*) FROM organisations o WHERE TRUE");
    conditions(&mut count, filter, &pattern);
    let total = tx.int(count.text(), count.values())?;
    let mut sql = Sql::new(
        tx.dialect(),
        &format!(
            "SELECT {COLUMNS}, (SELECT COUNT(*) FROM users u WHERE u.org_id = o.id) FROM organisations o WHERE TRUE"
        ),
    );
    conditions(&mut sql, filter, &pattern);
    sql.push(" ORDER BY o.name, o.id LIMIT ")
        .bind(limit.map_or(i64::MAX, i64::from))
        .push(" OFFSET ")
        .bind(offset);
    let rows = tx.all(sql.text(), sql.values(), |row| Ok((read(row)?, row.int(14)?)))?;
    Ok((rows, total))
}

/// Writes a new organisation; its `id` is ignored.
pub fn insert(tx: &mut Tx<'_>, org: &Organisation) -> DbResult<OrgId> {
    insert_if_new(tx, org)?.ok_or_else(|| DbError::NotUnique(format!("organisation {}", org.name)))
}

/// Writes a new organisation, unless its uuid or name is taken: by a row that is there, or by a transaction that just
/// now brings the same one.
pub fn insert_if_new(tx: &mut Tx<'_>, org: &Organisation) -> DbResult<Option<OrgId>> {
    let domains = serde_json::json!(org.restricted_to_domain).to_string();
    let id = tx.first(
        "INSERT INTO organisations (uuid, name, description, type, nationality, sector, contacts, created_by, local, \
         restricted_to_domain, landingpage, date_created, date_modified) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING RETURNING id",
        params![
            org.uuid,
            &org.name,
            org.description.as_deref(),
            &org.kind,
            &org.nationality,
            &org.sector,
            org.contacts.as_deref(),
            org.created_by,
            org.local,
            &domains,
            org.landingpage.as_deref(),
            org.date_created,
            org.date_modified
        ],
        |row| row.int(0),
    )?;
    Ok(id.map(OrgId))
}

/// Writes an organisation back.
pub fn update(tx: &mut Tx<'_>, org: &Organisation) -> DbResult<()> {
    let domains = serde_json::json!(org.restricted_to_domain).to_string();
    tx.exec(
        "UPDATE organisations SET uuid = $2, name = $3, description = $4, type = $5, nationality = $6, sector = $7, \
         contacts = $8, local = $9, restricted_to_domain = $10, landingpage = $11, date_modified = $12 WHERE id = $1",
        params![
            org.id,
            org.uuid,
            &org.name,
            org.description.as_deref(),
            &org.kind,
            &org.nationality,
            &org.sector,
            org.contacts.as_deref(),
            org.local,
            &domains,
            org.landingpage.as_deref(),
            org.date_modified
        ],
    )?;
    Ok(())
}

/// Removes an organisation on which nothing hangs.
pub fn delete(tx: &mut Tx<'_>, id: OrgId) -> DbResult<()> {
    remove_logo(tx, id)?;
    tx.exec("DELETE FROM organisations WHERE id = $1", params![id])?;
    Ok(())
}

/// How many visible events each of these organisations created; those with none are left out.
pub fn event_counts(tx: &mut Tx<'_>, visible: Visible, ids: &[i64]) -> DbResult<Vec<(OrgId, i64)>> {
    let mut sql = Sql::new(tx.dialect(), "SELECT e.orgc_id, COUNT(*) FROM events e WHERE ");
    sql.any("e.orgc_id", ids).push(" AND ");
    visible.event(&mut sql, "e");
    sql.push(" GROUP BY e.orgc_id");
    tx.all(sql.text(), sql.values(), |row| {
        Ok((OrgId(row.int(0)?), row.int(1)?))
    })
}

/// Whether the viewer sees an event that the organisation created or owns.
pub fn has_visible_event(tx: &mut Tx<'_>, visible: Visible, id: OrgId) -> DbResult<bool> {
    let mut sql = Sql::new(tx.dialect(), "SELECT 1 FROM events e WHERE (e.orgc_id = ");
    sql.bind(id).push(" OR e.org_id = ").bind(id).push(") AND ");
    visible.event(&mut sql, "e");
    sql.push(" LIMIT 1");
    tx.exists(sql.text(), sql.values())
}
