//! The schema as it is, and as the migrations build it: what a diagnosis compares.

use crate::{DbResult, Dialect, Tx, migrations};
use std::collections::BTreeMap;

/// Table -> its columns, in their order.
pub type Columns = BTreeMap<String, Vec<String>>;

/// The tables that are there.
pub fn columns(tx: &mut Tx<'_>) -> DbResult<Columns> {
    let statement = match tx.dialect() {
        Dialect::Sqlite => SQLITE_COLUMNS,
        Dialect::Postgres => {
            "SELECT table_name::text, column_name::text FROM information_schema.columns \
             WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position"
        }
    };
    let rows = tx.all(statement, &[], |row| Ok((row.text(0)?, row.text(1)?)))?;
    Ok(grouped(rows))
}

/// Without the text index, which the engines keep in different ways.
const SQLITE_COLUMNS: &str = "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c \
     WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'attribute_text%' ORDER BY m.name, c.cid";

fn grouped(rows: Vec<(String, String)>) -> Columns {
    let mut columns = Columns::new();
    for (table, column) in rows {
        columns.entry(table).or_default().push(column);
    }
    columns
}

/// The tables that this version's migrations make. Both engines have the same, so that a throw-away database in
/// memory tells for both.
pub fn expected() -> DbResult<Columns> {
    let memory = rusqlite::Connection::open_in_memory()?;
    for statement in migrations::sqlite() {
        memory.execute_batch(statement)?;
    }
    let mut statement = memory.prepare(SQLITE_COLUMNS)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(grouped(rows.collect::<Result<_, _>>()?))
}

/// Table -> indexed column -> whether it is unique by itself.
pub fn indexes(tx: &mut Tx<'_>) -> DbResult<BTreeMap<String, BTreeMap<String, bool>>> {
    let statement = match tx.dialect() {
        Dialect::Sqlite => {
            "SELECT m.name, c.name, i.\"unique\" = 1 AND \
             (SELECT COUNT(*) FROM pragma_index_info(i.name)) = 1 FROM sqlite_master m \
             JOIN pragma_index_list(m.name) i JOIN pragma_index_info(i.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND c.name IS NOT NULL"
        }
        Dialect::Postgres => {
            "SELECT t.relname::text, a.attname::text, i.indisunique AND i.indnkeyatts = 1 FROM pg_index i \
             JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace \
             JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY(i.indkey::smallint[]) \
             WHERE n.nspname = current_schema()"
        }
    };
    let mut indexes: BTreeMap<String, BTreeMap<String, bool>> = BTreeMap::new();
    for (table, column, unique) in tx.all(statement, &[], |row| {
        Ok((row.text(0)?, row.text(1)?, row.bool(2)?))
    })? {
        *indexes.entry(table).or_default().entry(column).or_default() |= unique;
    }
    Ok(indexes)
}

/// Table, bytes of its rows, bytes of its indexes. SQLite tells only of the whole file.
pub fn sizes(tx: &mut Tx<'_>) -> DbResult<Vec<(String, i64, i64)>> {
    let statement = match tx.dialect() {
        Dialect::Sqlite => {
            "SELECT 'database', (SELECT page_count FROM pragma_page_count()) * \
             (SELECT page_size FROM pragma_page_size()), 0"
        }
        Dialect::Postgres => {
            "SELECT c.relname::text, pg_table_size(c.oid), pg_indexes_size(c.oid) FROM pg_class c \
             JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.relkind = 'r' AND n.nspname = current_schema() ORDER BY c.relname"
        }
    };
    tx.all(statement, &[], |row| Ok((row.text(0)?, row.int(1)?, row.int(2)?)))
}
