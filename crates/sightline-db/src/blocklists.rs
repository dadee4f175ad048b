//! Blocklists of events and organisations. Both lists are the same but for names of columns.

use crate::{DbResult, Row, Sql, Tx, params};
use sightline_core::ids::{BlocklistEntryId, OrgId};
use sightline_misp::records::{Blocklist, BlocklistEntry};
use std::collections::HashSet;
use uuid::Uuid;

/// Where a list is kept.
struct Columns {
    table: &'static str,
    uuid: &'static str,
    name: &'static str,
    /// What [`read`] expects, of a table named `b`.
    all: &'static str,
}

const fn columns(list: Blocklist) -> Columns {
    match list {
        Blocklist::Events => Columns {
            table: "event_blocklist",
            uuid: "event_uuid",
            name: "event_info",
            all: "b.id, b.event_uuid, b.created, b.event_info, b.comment, b.event_orgc, b.owner_id, \
                  CAST(0 AS BIGINT), CAST(0 AS BIGINT)",
        },
        Blocklist::Organisations => Columns {
            table: "org_blocklist",
            uuid: "org_uuid",
            name: "org_name",
            all: "b.id, b.org_uuid, b.created, b.org_name, b.comment, CAST('' AS TEXT), CAST(0 AS BIGINT), \
                  b.blocked_amount, b.blocked_last_time",
        },
    }
}

fn read(row: &Row<'_>, reader: Option<OrgId>) -> DbResult<BlocklistEntry> {
    let owner_id = OrgId(row.int(6)?);
    let open = owner_id.0 == 0 || reader.is_none_or(|reader| reader == owner_id);
    let title = |column| {
        if open { row.text(column) } else { Ok(String::new()) }
    };
    Ok(BlocklistEntry {
        id: BlocklistEntryId(row.int(0)?),
        uuid: row.uuid(1)?,
        created: row.int(2)?,
        name: title(3)?,
        comment: row.text(4)?,
        creator: title(5)?,
        owner_id,
        refused: row.int(7)?,
        last_refused: row.int(8)?,
    })
}

/// Which entries a list shows; texts are looked for as parts, whatever their case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each narrows the column of its name")]
pub struct Filter {
    pub uuid: Option<Uuid>,
    pub name: Option<String>,
    pub creator: Option<String>,
    pub comment: Option<String>,
    /// In any of the texts.
    pub any: Option<String>,
}

impl Filter {
    fn patterns(&self) -> [Option<String>; 4] {
        [&self.name, &self.creator, &self.comment, &self.any].map(|text| {
            text.as_deref()
                .map(|text| format!("%{}%", crate::like::escape(text)))
        })
    }

    fn push<'a>(
        &self,
        sql: &mut Sql<'a>,
        list: Blocklist,
        reader: Option<OrgId>,
        patterns: &'a [Option<String>; 4],
    ) {
        let columns = columns(list);
        let [name, creator, comment, any] = patterns;
        sql.push(" WHERE TRUE");
        if let Some(uuid) = self.uuid {
            sql.push(&format!(" AND b.{} = ", columns.uuid)).bind(uuid);
        }
        // A title that the reader does not see must not be found either.
        let titles = |sql: &mut Sql<'a>, column: &str, pattern: &'a String| {
            sql.push("(").like(column, pattern, false);
            if let (Blocklist::Events, Some(reader)) = (list, reader) {
                sql.push(" AND b.owner_id IN (0, ").bind(reader).push(")");
            }
            sql.push(")");
        };
        let named = format!("b.{}", columns.name);
        if let Some(pattern) = name {
            sql.push(" AND ");
            titles(sql, &named, pattern);
        }
        if let (Some(pattern), Blocklist::Events) = (creator, list) {
            sql.push(" AND ");
            titles(sql, "b.event_orgc", pattern);
        }
        if let Some(pattern) = comment {
            sql.push(" AND ").like("b.comment", pattern, false);
        }
        if let Some(pattern) = any {
            sql.push(" AND (").like("b.comment", pattern, false).push(" OR ");
            titles(sql, &named, pattern);
            if list == Blocklist::Events {
                sql.push(" OR ");
                titles(sql, "b.event_orgc", pattern);
            }
            if let Some(uuid) = self.any.as_deref().and_then(|text| Uuid::try_parse(text).ok()) {
                sql.push(&format!(" OR b.{} = ", columns.uuid)).bind(uuid);
            }
            sql.push(")");
        }
    }
}

/// A page of a list in the order of the ids, and how many entries the filter lets through in all. `reader` is the
/// organisation whose eyes read titles; `None` reads all of them.
pub fn list(
    tx: &mut Tx<'_>,
    list: Blocklist,
    reader: Option<OrgId>,
    filter: &Filter,
    limit: u32,
    offset: i64,
) -> DbResult<(Vec<BlocklistEntry>, i64)> {
    let Columns { table, all, .. } = columns(list);
    let patterns = filter.patterns();
    let mut count = Sql::new(tx.dialect(), &format!("SELECT COUNT(*) FROM {table} b"));
    filter.push(&mut count, list, reader, &patterns);
    let total = tx.int(count.text(), count.values())?;
    let mut sql = Sql::new(tx.dialect(), &format!("SELECT {all} FROM {table} b"));
    filter.push(&mut sql, list, reader, &patterns);
    sql.push(" ORDER BY b.id LIMIT ")
        .bind(limit)
        .push(" OFFSET ")
        .bind(offset);
    let rows = tx.all(sql.text(), sql.values(), |row| read(row, reader))?;
    Ok((rows, total))
}

/// One entry by its id, with its titles.
pub fn by_id(tx: &mut Tx<'_>, list: Blocklist, id: BlocklistEntryId) -> DbResult<Option<BlocklistEntry>> {
    let Columns { table, all, .. } = columns(list);
    tx.first(
        &format!("SELECT {all} FROM {table} b WHERE b.id = $1"),
        params![id],
        |row| read(row, None),
    )
}

/// One entry by what it blocks, with its titles.
pub fn by_uuid(tx: &mut Tx<'_>, list: Blocklist, uuid: Uuid) -> DbResult<Option<BlocklistEntry>> {
    let Columns {
        table,
        all,
        uuid: column,
        ..
    } = columns(list);
    tx.first(
        &format!("SELECT {all} FROM {table} b WHERE b.{column} = $1"),
        params![uuid],
        |row| read(row, None),
    )
}

/// Those of the uuids that are blocked.
pub fn blocked(tx: &mut Tx<'_>, list: Blocklist, uuids: &[Uuid]) -> DbResult<Vec<Uuid>> {
    let Columns { table, uuid, .. } = columns(list);
    tx.all(
        &format!("SELECT {uuid} FROM {table} WHERE {uuid} = ANY($1)"),
        params![uuids],
        |row| row.uuid(0),
    )
}

/// Everything that a list blocks. For the list of organisations, which people write by hand and which stays short.
pub fn all(tx: &mut Tx<'_>, list: Blocklist) -> DbResult<HashSet<Uuid>> {
    let Columns { table, uuid, .. } = columns(list);
    let uuids = tx.all(&format!("SELECT {uuid} FROM {table}"), &[], |row| row.uuid(0))?;
    Ok(uuids.into_iter().collect())
}

/// Writes a new entry; its `id` is ignored. `None` when its uuid is listed already.
pub fn insert(
    tx: &mut Tx<'_>,
    list: Blocklist,
    entry: &BlocklistEntry,
) -> DbResult<Option<BlocklistEntryId>> {
    let id = match list {
        Blocklist::Events => tx.first(
            "INSERT INTO event_blocklist (event_uuid, created, event_info, comment, event_orgc, owner_id) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (event_uuid) DO NOTHING RETURNING id",
            params![
                entry.uuid,
                entry.created,
                &entry.name,
                &entry.comment,
                &entry.creator,
                entry.owner_id
            ],
            |row| row.int(0),
        )?,
        Blocklist::Organisations => tx.first(
            "INSERT INTO org_blocklist (org_uuid, created, org_name, comment) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (org_uuid) DO NOTHING RETURNING id",
            params![entry.uuid, entry.created, &entry.name, &entry.comment],
            |row| row.int(0),
        )?,
    };
    Ok(id.map(BlocklistEntryId))
}

/// Writes back what people say of an entry.
pub fn update(tx: &mut Tx<'_>, list: Blocklist, entry: &BlocklistEntry) -> DbResult<()> {
    match list {
        Blocklist::Events => tx.exec(
            "UPDATE event_blocklist SET event_info = $2, comment = $3, event_orgc = $4 WHERE id = $1",
            params![entry.id, &entry.name, &entry.comment, &entry.creator],
        )?,
        Blocklist::Organisations => tx.exec(
            "UPDATE org_blocklist SET org_name = $2, comment = $3 WHERE id = $1",
            params![entry.id, &entry.name, &entry.comment],
        )?,
    };
    Ok(())
}

/// Removes an entry.
pub fn delete(tx: &mut Tx<'_>, list: Blocklist, id: BlocklistEntryId) -> DbResult<()> {
    let table = columns(list).table;
    tx.exec(&format!("DELETE FROM {table} WHERE id = $1"), params![id])?;
    Ok(())
}

/// Notes that an event of a blocked organisation was refused.
pub fn count_refusal(tx: &mut Tx<'_>, org: Uuid, now: i64) -> DbResult<()> {
    tx.exec(
        "UPDATE org_blocklist SET blocked_amount = blocked_amount + 1, blocked_last_time = $2 WHERE org_uuid = $1",
        params![org, now],
    )?;
    Ok(())
}
