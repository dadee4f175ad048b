//! The change feed: its order under concurrent writers, and what is forgotten.

use crate::data::{event, new_event, org, read, write};
use crate::engines::on_each;
use sightline_core::ids::EventId;
use sightline_db::audit::{Actor, Change, insert};
use sightline_db::change_feed::{self, Filter};
use sightline_db::{Db, Tx};
use std::sync::atomic::{AtomicUsize, Ordering};

fn noted(tx: &mut Tx<'_>, now: i64, id: i64) {
    let change = Change {
        action: "edit",
        model: "Event",
        id,
        title: "t",
        event: Some(EventId(1)),
        fields: serde_json::json!({}),
    };
    insert(tx, now, &Actor::default(), &change).unwrap();
}

fn read_on(db: &Db, after: i64) -> (Vec<i64>, i64) {
    let settled = read(db, |tx| change_feed::settled(tx, 0));
    let page = read(db, move |tx| {
        change_feed::page(tx, None, &Filter::default(), after, settled, 50)
    });
    (
        page.changes.iter().map(|change| change.record_id).collect(),
        page.position,
    )
}

/// Writers whose transactions overlap, and end in another order than they began; a reader that follows them.
#[test]
fn a_reader_that_follows_many_writers_misses_nothing_and_reads_nothing_twice() {
    const WRITERS: i64 = 6;
    const EACH: i64 = 30;
    on_each(|db: &Db| {
        write(db, |tx| {
            let owner = org(tx, "one");
            event(tx, new_event(owner, "an event"));
            Ok(())
        });
        let start = read(db, |tx| change_feed::latest(tx, i64::MAX));
        let (running, ended) = (AtomicUsize::new(6), AtomicUsize::new(0));
        let mut seen = Vec::new();
        std::thread::scope(|scope| {
            for writer in 0..WRITERS {
                let (db, running, ended) = (db.clone(), &running, &ended);
                scope.spawn(move || {
                    for n in 0..EACH {
                        write(&db, move |tx| {
                            noted(tx, 0, writer * 1_000 + n);
                            // Work between the change and the commit, of another length for every writer.
                            for _ in 0..(writer * 7 + n) % 12 {
                                tx.int("SELECT COUNT(*) FROM audit_logs", &[])?;
                            }
                            Ok(())
                        });
                        ended.fetch_add(1, Ordering::SeqCst);
                    }
                    running.fetch_sub(1, Ordering::SeqCst);
                });
            }
            let mut position = start;
            loop {
                let last_round = running.load(Ordering::SeqCst) == 0;
                let (ids, next) = read_on(db, position);
                let nothing = ids.is_empty();
                seen.extend(ids);
                position = next;
                if last_round && nothing {
                    break;
                }
            }
        });
        for writer in 0..WRITERS {
            let own: Vec<i64> = seen.iter().copied().filter(|id| id / 1_000 == writer).collect();
            let wanted: Vec<i64> = (0..EACH).map(|n| writer * 1_000 + n).collect();
            assert_eq!(own, wanted, "every change of a writer, once, in its order");
        }
        assert_eq!(seen.len(), usize::try_from(WRITERS * EACH).unwrap());
    });
}

#[test]
fn a_row_of_the_log_about_many_attributes_tells_of_each() {
    on_each(|db: &Db| {
        let start = read(db, |tx| change_feed::latest(tx, i64::MAX));
        write(db, |tx| {
            let bulk = |action: &'static str, fields| Change {
                action,
                model: "Event",
                id: 1,
                title: "t",
                event: Some(EventId(1)),
                fields,
            };
            let edit = bulk(
                "edit",
                serde_json::json!({"to_ids": [true, false], "attribute_ids": [5, 7]}),
            );
            let tag = bulk(
                "tag",
                serde_json::json!({"tag": ["a", "b"], "attribute_ids": [8]}),
            );
            insert(tx, 0, &Actor::default(), &edit)?;
            insert(tx, 0, &Actor::default(), &tag)
        });
        let page = read(db, move |tx| {
            change_feed::page(tx, None, &Filter::default(), start, i64::MAX, 50)
        });
        let told: Vec<_> = page
            .changes
            .iter()
            .map(|change| (change.kind.name(), change.action.name(), change.record_id))
            .collect();
        let update = |id| ("attribute", "update", id);
        let tagged = ("attribute", "tag", 8);
        assert_eq!(told, [update(5), update(7), tagged, tagged]);
    });
}

#[test]
fn a_transaction_that_is_rolled_back_is_not_told() {
    on_each(|db: &Db| {
        let start = read(db, |tx| change_feed::latest(tx, i64::MAX));
        let failed: Result<(), _> = db.run_blocking(sightline_db::Access::Write, |tx| {
            noted(tx, 0, 1);
            Err(sightline_db::DbError::Other("no".into()))
        });
        failed.unwrap_err();
        assert_eq!(read_on(db, start), (Vec::new(), start));
    });
}

#[test]
fn old_entries_are_forgotten_up_to_a_mark_that_stays() {
    on_each(|db: &Db| {
        write(db, |tx| {
            for n in 1..=10 {
                noted(tx, n * 100, n);
            }
            Ok(())
        });
        let after_five = read(db, |tx| {
            Ok(change_feed::page(tx, None, &Filter::default(), 0, i64::MAX, 6)?.position)
        });
        // In small batches, until there is nothing more to forget.
        let mut rounds = 0;
        while write(db, |tx| change_feed::prune(tx, 550, 3)) > 0 {
            rounds += 1;
        }
        assert!(rounds > 1);
        assert_eq!(read(db, change_feed::oldest), after_five);
        assert_eq!(read_on(db, after_five).0, vec![6, 7, 8, 9, 10]);
        // Even when everything is old, the last position is still known.
        let latest = read(db, |tx| change_feed::latest(tx, i64::MAX));
        while write(db, |tx| change_feed::prune(tx, i64::MAX, 3)) > 0 {}
        assert_eq!(read(db, change_feed::oldest), latest);
    });
}
