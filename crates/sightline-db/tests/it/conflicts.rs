//! Transactions that are in each other's way.

use crate::engines::on_each;
use sightline_db::{Db, DbError, Dialect, Tx, params};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

/// Adds a line to two rows, one after the other; the first time, not before somebody else has the second one.
async fn add_to(db: &Db, rows: [&'static str; 2], met: Arc<Barrier>, runs: Arc<AtomicUsize>) {
    let add = |tx: &mut Tx<'_>, name: &str| {
        tx.exec(
            "UPDATE roles SET rate_limit_count = rate_limit_count + 1 WHERE name = $1",
            params![name],
        )
    };
    let first = Arc::new(AtomicUsize::new(0));
    db.write(move |tx| {
        runs.fetch_add(1, Ordering::SeqCst);
        add(tx, rows[0])?;
        if first.fetch_add(1, Ordering::SeqCst) == 0 {
            met.wait();
        }
        add(tx, rows[1])?;
        Ok::<_, DbError>(())
    })
    .await
    .unwrap();
}

#[test]
fn a_transaction_that_had_to_give_way_is_run_again() {
    on_each(|db| {
        if db.dialect() == Dialect::Sqlite {
            // One writer: two transactions never meet.
            return;
        }
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            db.write(|tx| {
                for name in ["one", "two"] {
                    tx.exec(
                        "INSERT INTO roles (name, permissions, created, modified) VALUES ($1, 0, 0, 0)",
                        params![name],
                    )?;
                }
                Ok::<_, DbError>(())
            })
            .await
            .unwrap();
            let (met, runs) = (Arc::new(Barrier::new(2)), Arc::new(AtomicUsize::new(0)));
            tokio::join!(
                add_to(db, ["one", "two"], Arc::clone(&met), Arc::clone(&runs)),
                add_to(db, ["two", "one"], Arc::clone(&met), Arc::clone(&runs)),
            );
            assert_eq!(runs.load(Ordering::SeqCst), 3, "one of them twice");
            let counts = db
                .read(|tx| {
                    tx.all(
                        "SELECT rate_limit_count FROM roles WHERE name IN ('one', 'two')",
                        &[],
                        |row| row.int(0),
                    )
                })
                .await
                .unwrap();
            assert_eq!(counts, [2, 2], "each has added once");
        });
    });
}
