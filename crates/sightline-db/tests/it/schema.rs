//! What the migrations of both engines build is the same.

use crate::data;
use crate::engines::on_each;
use sightline_db::{Db, Dialect, Tx};
use std::sync::Mutex;

/// Every column of every table, in alphabetical order.
pub(crate) fn columns(tx: &mut Tx<'_>) -> Vec<(String, String)> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => {
            "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' \
             AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'attribute_text%'"
        }
        Dialect::Postgres => {
            "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT) FROM information_schema.columns \
             WHERE table_schema = 'public'"
        }
    };
    let mut all = tx.all(sql, &[], |row| Ok((row.text(0)?, row.text(1)?))).unwrap();
    all.sort_unstable();
    all
}

/// Every index that a migration names, in alphabetical order.
fn indexes(tx: &mut Tx<'_>) -> Vec<(String, String)> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => {
            "SELECT tbl_name, name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        }
        Dialect::Postgres => {
            "SELECT CAST(tablename AS TEXT), CAST(indexname AS TEXT) FROM pg_indexes WHERE schemaname = 'public' \
             AND indexname NOT LIKE '%\\_pkey' AND indexname NOT LIKE 'attributes\\_%\\_text'"
        }
    };
    let mut all = tx.all(sql, &[], |row| Ok((row.text(0)?, row.text(1)?))).unwrap();
    all.sort_unstable();
    all
}

#[test]
fn both_histories_build_the_same_tables_columns_and_indexes() {
    let built = Mutex::new(Vec::new());
    on_each(|db: &Db| {
        let schema = data::read(db, |tx| Ok((columns(tx), indexes(tx))));
        built.lock().unwrap().push(schema);
    });
    let built = built.into_inner().unwrap();
    for other in &built {
        assert!(!other.0.is_empty() && !other.1.is_empty());
        assert_eq!(&built[0], other);
    }
}
