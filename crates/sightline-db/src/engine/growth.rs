//! Tables that grow from nothing on PostgreSQL. Statements are planned once and kept; what was planned for an empty table
//! reads all of it, however large it has become, until the server's own housekeeping looks at it, a minute later at best. So
//! a table that is being filled is analysed as it passes each power of ten.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Rows after which a table is looked at for the first time.
const FIRST: u64 = 1_000;
/// Beyond this the server's own housekeeping keeps up.
const LAST: u64 = 1_000_000;

/// How many rows this process has written to each table, over all connections.
#[derive(Debug, Default)]
pub(super) struct Growth(Mutex<HashMap<String, Table>>);

#[derive(Debug)]
struct Table {
    rows: u64,
    next: u64,
}

impl Growth {
    /// Counts rows; those of the table so far when it is time to look at it.
    pub(super) fn add(&self, table: &str, rows: u64) -> Option<u64> {
        let mut tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !tables.contains_key(table) {
            let fresh = Table { rows: 0, next: FIRST };
            tables.insert(table.to_owned(), fresh);
        }
        let known = tables.get_mut(table)?;
        known.rows = known.rows.saturating_add(rows);
        if known.rows < known.next || known.next > LAST {
            return None;
        }
        while known.next <= known.rows {
            known.next = known.next.saturating_mul(10);
        }
        Some(known.rows)
    }
}

/// Analyses a table of which the planner thinks that it is smaller than what has been written to it. A failure costs speed
/// only, and the server's housekeeping comes later.
pub(super) fn analyse(client: &mut postgres::Client, table: &str, rows: u64) {
    let known = client
        .query_one(
            "SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass($1::text)",
            &[&table],
        )
        .ok()
        .and_then(|row| row.try_get::<_, i64>(0).ok());
    if known.is_some_and(|known| u64::try_from(known).unwrap_or(0) < rows) {
        let _ = client.batch_execute(&format!("ANALYZE {table}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_looked_at_as_it_passes_each_power_of_ten() {
        let growth = Growth::default();
        let looks: Vec<u64> = (0..30)
            .filter_map(|_| growth.add("attributes", 100_000))
            .collect();
        assert_eq!(looks, [100_000, 1_000_000]);
        assert_eq!(growth.add("objects", 999), None);
        assert_eq!(growth.add("objects", 1), Some(1_000));
        assert_eq!(growth.add("objects", 1), None);
    }
}
