//! Warninglists. The entries of a list are a set of their own: a new version is written beside the old one, in as many
//! steps as it needs, and then one statement switches between them. Readers see the one or the other.

use crate::like::containing;
use crate::{DbResult, Kind, Row, Sql, Tx, params};
use sightline_core::ids::WarninglistId;
use sightline_misp::records::{Warninglist, WarninglistEntry};

/// Rows that one [`sweep`] removes at most.
const SWEPT_ROWS: i64 = 20_000;

const COLUMNS: &str = "w.id, w.name, w.type, w.description, w.version, w.enabled, w.is_default, w.category, w.types, \
     w.content_id, w.entry_count";

fn read(row: &Row<'_>) -> DbResult<Warninglist> {
    Ok(Warninglist {
        id: WarninglistId(row.int(0)?),
        name: row.text(1)?,
        kind: row.text(2)?,
        description: row.text(3)?,
        version: row.int(4)?,
        enabled: row.bool(5)?,
        is_default: row.bool(6)?,
        category: row.text(7)?,
        types: row.str(8)?.lines().map(str::to_owned).collect(),
        content_id: row.int(9)?,
        entry_count: row.int(10)?,
    })
}

/// Which warninglists a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Part of the name, the description or the kind.
    pub value: Option<String>,
    /// Enabled, or not.
    pub enabled: Option<bool>,
}

impl Filter {
    /// `pattern` is what [`containing`] makes of `value`.
    fn push<'a>(&self, sql: &mut Sql<'a>, pattern: Option<&'a str>) {
        sql.push(" WHERE TRUE");
        if let Some(enabled) = self.enabled {
            sql.push(if enabled {
                " AND w.enabled"
            } else {
                " AND NOT w.enabled"
            });
        }
        if let Some(pattern) = pattern {
            sql.push(" AND (").like("w.name", pattern, false);
            sql.push(" OR ").like("w.description", pattern, false);
            sql.push(" OR ").like("w.type", pattern, false).push(")");
        }
    }
}

/// A page of warninglists, newest first, and how many there are in all.
pub fn list(tx: &mut Tx<'_>, filter: &Filter, limit: u32, offset: i64) -> DbResult<(Vec<Warninglist>, i64)> {
    let pattern = filter.value.as_deref().map(containing);
    let mut count = Sql::new(tx.dialect(), "SELECT COUNT(*) FROM warninglists w");
    filter.push(&mut count, pattern.as_deref());
    let all = tx.int(count.text(), count.values())?;
    let mut sql = Sql::new(tx.dialect(), &format!("SELECT {COLUMNS} FROM warninglists w"));
    filter.push(&mut sql, pattern.as_deref());
    sql.push(" ORDER BY w.id DESC LIMIT ")
        .bind(limit)
        .push(" OFFSET ")
        .bind(offset);
    Ok((tx.all(sql.text(), sql.values(), read)?, all))
}

/// By id.
pub fn by_id(tx: &mut Tx<'_>, id: WarninglistId) -> DbResult<Option<Warninglist>> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM warninglists w WHERE w.id = $1"),
        params![id],
        read,
    )
}

/// By name.
pub fn by_name(tx: &mut Tx<'_>, name: &str) -> DbResult<Option<Warninglist>> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM warninglists w WHERE w.name = $1"),
        params![name],
        read,
    )
}

/// Those that are switched on, by id.
pub fn enabled(tx: &mut Tx<'_>) -> DbResult<Vec<Warninglist>> {
    tx.all(
        &format!("SELECT {COLUMNS} FROM warninglists w WHERE w.enabled ORDER BY w.id"),
        &[],
        read,
    )
}

/// Those whose name is like a pattern with `%` and `_`, in any case.
pub fn like(tx: &mut Tx<'_>, pattern: &str) -> DbResult<Vec<Warninglist>> {
    let mut sql = Sql::new(
        tx.dialect(),
        &format!("SELECT {COLUMNS} FROM warninglists w WHERE "),
    );
    sql.like("w.name", pattern, false).push(" ORDER BY w.id");
    tx.all(sql.text(), sql.values(), read)
}

/// Entries of a set after a position, in order.
pub fn entries(tx: &mut Tx<'_>, content: i64, after: i64, limit: u32) -> DbResult<Vec<WarninglistEntry>> {
    tx.all(
        "SELECT position, value, comment FROM warninglist_entries WHERE content_id = $1 AND position > $2 \
         ORDER BY position LIMIT $3",
        params![content, after, limit],
        |row| {
            Ok(WarninglistEntry {
                position: row.int(0)?,
                value: row.text(1)?,
                comment: row.text(2)?,
            })
        },
    )
}

/// Begins a set of entries.
pub fn begin(tx: &mut Tx<'_>, now: i64) -> DbResult<i64> {
    tx.int(
        "INSERT INTO warninglist_contents (created) VALUES ($1) RETURNING id",
        params![now],
    )
}

/// Adds entries to a set, in the order of their positions.
pub fn append(tx: &mut Tx<'_>, content: i64, entries: &[WarninglistEntry]) -> DbResult<()> {
    const COLUMNS: &[(&str, Kind)] = &[
        ("content_id", Kind::Int),
        ("position", Kind::Int),
        ("value", Kind::Text),
        ("comment", Kind::Text),
    ];
    tx.insert_many("warninglist_entries", COLUMNS, entries.len(), |n, values| {
        if let Some(entry) = entries.get(n) {
            values.extend_from_slice(&[
                content.into(),
                entry.position.into(),
                entry.value.as_str().into(),
                entry.comment.as_str().into(),
            ]);
        }
    })
}

/// Writes a list, new or in place of the one of its name, which keeps whether it is enabled.
pub fn put(tx: &mut Tx<'_>, list: &Warninglist) -> DbResult<WarninglistId> {
    tx.int(
        "INSERT INTO warninglists (name, type, description, version, enabled, is_default, category, types, content_id, \
         entry_count) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (name) DO UPDATE SET \
         type = excluded.type, description = excluded.description, version = excluded.version, \
         is_default = excluded.is_default, category = excluded.category, types = excluded.types, \
         content_id = excluded.content_id, entry_count = excluded.entry_count RETURNING id",
        params![
            &list.name,
            &list.kind,
            &list.description,
            list.version,
            list.enabled,
            list.is_default,
            &list.category,
            &list.types.join("\n"),
            list.content_id,
            list.entry_count
        ],
    )
    .map(WarninglistId)
}

/// Writes a list back under its id; whether it is enabled stays.
pub fn update(tx: &mut Tx<'_>, list: &Warninglist) -> DbResult<()> {
    tx.exec(
        "UPDATE warninglists SET name = $2, type = $3, description = $4, version = $5, category = $6, types = $7, \
         content_id = $8, entry_count = $9 WHERE id = $1",
        params![
            list.id,
            &list.name,
            &list.kind,
            &list.description,
            list.version,
            &list.category,
            &list.types.join("\n"),
            list.content_id,
            list.entry_count
        ],
    )?;
    Ok(())
}

/// Switches lists on or off.
pub fn set_enabled(tx: &mut Tx<'_>, lists: &[i64], enabled: bool) -> DbResult<()> {
    tx.exec(
        "UPDATE warninglists SET enabled = $2 WHERE id = ANY($1)",
        params![lists, enabled],
    )?;
    Ok(())
}

/// Removes a list; its entries are swept away later.
pub fn delete(tx: &mut Tx<'_>, id: WarninglistId) -> DbResult<()> {
    tx.exec("DELETE FROM warninglists WHERE id = $1", params![id])?;
    Ok(())
}

/// Removes some entries of sets that no list names any more; `false` when nothing is left to remove. Only the run that
/// writes new sets may call this: to everybody else a set that is being written looks abandoned.
pub fn sweep(tx: &mut Tx<'_>) -> DbResult<bool> {
    let abandoned = tx.first(
        "SELECT c.id FROM warninglist_contents c \
         WHERE NOT EXISTS (SELECT 1 FROM warninglists w WHERE w.content_id = c.id) ORDER BY c.id LIMIT 1",
        &[],
        |row| row.int(0),
    )?;
    let Some(content) = abandoned else {
        return Ok(false);
    };
    let swept = tx.exec(
        "DELETE FROM warninglist_entries WHERE content_id = $1 AND position IN \
         (SELECT position FROM warninglist_entries WHERE content_id = $1 ORDER BY position LIMIT $2)",
        params![content, SWEPT_ROWS],
    )?;
    if swept == 0 {
        tx.exec("DELETE FROM warninglist_contents WHERE id = $1", params![content])?;
    }
    Ok(true)
}
