//! Reads that begin before their result is asked for.

use super::engines::on_each;
use crossbeam_channel::bounded;
use sightline_db::{Access, Db, DbError, DbResult};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// More than any engine has threads.
const MANY: i64 = 40;

fn read<T: Send + 'static>(
    db: &Db,
    work: impl FnOnce(&mut sightline_db::Tx<'_>) -> DbResult<T> + Send + 'static,
) -> DbResult<T> {
    db.run_blocking(Access::Read, work)
}

#[test]
fn the_result_is_that_of_the_work_and_so_is_its_failure() {
    on_each(|db| {
        let good = db.ahead(|tx| tx.int("SELECT COUNT(*) FROM roles WHERE id < 0", &[]));
        let bad = db.ahead(|_| Err::<i64, _>(DbError::Other("on purpose".into())));
        assert_eq!(read(db, move |tx| good.take(tx)).unwrap(), 0);
        assert!(
            matches!(read(db, move |tx| bad.take(tx)), Err(DbError::Other(text)) if text == "on purpose")
        );
    });
}

#[test]
fn transactions_that_wait_for_reads_of_their_own_never_wait_for_each_other() {
    on_each(|db| {
        let waiting: Vec<_> = (0..MANY)
            .map(|n| {
                let db = db.clone();
                thread::spawn(move || {
                    let inner = db.clone();
                    read(&db, move |tx| inner.ahead(move |_| Ok(n)).take(tx)).unwrap()
                })
            })
            .collect();
        let sum: i64 = waiting.into_iter().map(|thread| thread.join().unwrap()).sum();
        assert_eq!(sum, (0..MANY).sum::<i64>());
    });
}

#[test]
fn what_nobody_waits_for_is_not_begun() {
    on_each(|db| {
        let (occupied, ready) = bounded(usize::try_from(MANY).unwrap());
        let (release, gate) = bounded::<()>(0);
        let busy: Vec<_> = (0..MANY)
            .map(|_| {
                let (occupied, gate) = (occupied.clone(), gate.clone());
                db.ahead(move |_| {
                    occupied.send(()).unwrap();
                    let _ = gate.recv();
                    Ok(())
                })
            })
            .collect();
        ready.recv().unwrap();
        let begun = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&begun);
        drop(db.ahead(move |_| {
            flag.store(true, Ordering::SeqCst);
            Ok(())
        }));
        drop(release);
        read(db, move |tx| {
            busy.into_iter().try_for_each(|ahead| ahead.take(tx))
        })
        .unwrap();
        // The queue is in order: what was put into it before this read has been looked at.
        read(db, |_| Ok(())).unwrap();
        assert!(!begun.load(Ordering::SeqCst));
    });
}
