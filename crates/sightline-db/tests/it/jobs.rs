//! The job queue: one worker per job, keys, attempts, cancelling, reclaiming, lists, purge.

use crate::engines::on_each;
use serde_json::{Value, json};
use sightline_core::ids::{JobId, OrgId, UserId};
use sightline_db::jobs::{self, ClaimedJob, Filter, Job, NewJob, State};
use sightline_db::{Access, Db, DbError, DbResult, Tx};
use std::collections::HashSet;
use std::thread;

const NOW: i64 = 1_000;

fn write<T: Send + 'static>(db: &Db, work: impl FnOnce(&mut Tx<'_>) -> DbResult<T> + Send + 'static) -> T {
    db.run_blocking(Access::Write, work).unwrap()
}

fn enqueue(db: &Db, key: Option<&str>) -> (JobId, bool) {
    let unique_key = key.map(str::to_owned);
    let job = NewJob {
        kind: "work",
        payload: json!({"n": 1}),
        unique_key,
        ..NewJob::default()
    };
    write(db, move |tx| jobs::enqueue(tx, NOW, &job))
}

fn claim(db: &Db, now: i64, worker: &'static str) -> Option<ClaimedJob> {
    write(db, move |tx| jobs::claim(tx, now, worker, &["work".into()]))
}

fn finish(db: &Db, id: JobId, worker: &'static str, state: State) -> bool {
    write(db, move |tx| {
        jobs::finish(tx, NOW + 1, (id, worker), state, "ended")
    })
}

fn view(db: &Db, id: JobId) -> Job {
    write(db, move |tx| jobs::view(tx, id)).unwrap()
}

#[test]
fn every_job_is_claimed_exactly_once() {
    const JOBS: i64 = 200;
    on_each(|db| {
        let made: HashSet<i64> = (0..JOBS).map(|_| enqueue(db, None).0.0).collect();
        let workers: Vec<_> = (0..8)
            .map(|n| {
                let db = db.clone();
                thread::spawn(move || {
                    let worker = format!("w{n}");
                    let mut taken = Vec::new();
                    loop {
                        let worker = worker.clone();
                        match write(&db, move |tx| jobs::claim(tx, NOW, &worker, &["work".into()])) {
                            Some(job) => taken.push(job.id.0),
                            None => return taken,
                        }
                    }
                })
            })
            .collect();
        let mut taken: Vec<i64> = workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
            .collect();
        // A worker that finds every remaining row locked gives up for now; nothing may be taken twice.
        while let Some(job) = claim(db, NOW, "last") {
            taken.push(job.id.0);
        }
        assert_eq!(taken.len(), made.len());
        assert_eq!(taken.into_iter().collect::<HashSet<_>>(), made);
    });
}

#[test]
fn the_oldest_due_job_of_a_known_kind_comes_first() {
    on_each(|db| {
        let late = NewJob {
            kind: "work",
            run_at: NOW + 10,
            ..NewJob::default()
        };
        let foreign = NewJob {
            kind: "foreign",
            ..NewJob::default()
        };
        let (late, _) = write(db, move |tx| jobs::enqueue(tx, NOW, &late));
        write(db, move |tx| jobs::enqueue(tx, NOW, &foreign));
        let (first, _) = enqueue(db, None);
        let claimed = claim(db, NOW, "w").unwrap();
        assert_eq!((claimed.id, claimed.attempts), (first, 1));
        assert_eq!(
            (claimed.payload, claimed.checkpoint),
            (json!({"n": 1}), json!({}))
        );
        assert_eq!(claim(db, NOW + 9, "w"), None);
        assert_eq!(claim(db, NOW + 10, "w").unwrap().id, late);
    });
}

#[test]
fn a_unique_key_keeps_a_second_job_out_until_the_first_has_ended() {
    on_each(|db| {
        let (first, made) = enqueue(db, Some("feed:1"));
        assert!(made);
        assert_eq!(enqueue(db, Some("feed:1")), (first, false));
        assert!(enqueue(db, Some("feed:2")).1, "another key");
        assert_eq!(claim(db, NOW, "w").unwrap().id, first);
        assert_eq!(enqueue(db, Some("feed:1")), (first, false), "running counts");
        assert!(finish(db, first, "w", State::Failed));
        let (second, made) = enqueue(db, Some("feed:1"));
        assert!(made && second != first);

        // The old one may come back only when nobody else holds the key.
        let blocked: DbResult<bool> = db.run_blocking(Access::Write, move |tx| jobs::retry(tx, NOW, first));
        assert!(matches!(blocked, Err(DbError::NotUnique(_))), "{blocked:?}");
        write(db, move |tx| jobs::cancel(tx, NOW, second));
        assert!(write(db, move |tx| jobs::retry(tx, NOW, first)));
        assert_eq!(
            enqueue(db, Some("feed:1")),
            (first, false),
            "it holds the key again"
        );
        assert_eq!(view(db, first).attempts, 0);
    });
}

#[test]
fn concurrent_requests_with_one_key_make_one_job() {
    on_each(|db| {
        let requests: Vec<_> = (0..8)
            .map(|_| {
                let db = db.clone();
                thread::spawn(move || enqueue(&db, Some("once")))
            })
            .collect();
        let answers: Vec<_> = requests
            .into_iter()
            .map(|request| request.join().unwrap())
            .collect();
        assert_eq!(answers.iter().filter(|(_, made)| *made).count(), 1);
        assert_eq!(
            answers.iter().map(|(id, _)| id.0).collect::<HashSet<_>>().len(),
            1
        );
    });
}

#[test]
fn a_run_that_lost_its_job_changes_nothing() {
    on_each(|db| {
        let (id, _) = enqueue(db, None);
        claim(db, NOW, "dead").unwrap();
        let none = write(db, |tx| jobs::reclaim(tx, NOW + 20, NOW - 10, 20, "gave up"));
        assert_eq!(none, 0, "its last sign of life is fresh");
        let one = write(db, |tx| jobs::reclaim(tx, NOW + 40, NOW + 10, 20, "gave up"));
        assert_eq!(one, 1);
        let claimed = claim(db, NOW + 40, "new").unwrap();
        assert_eq!((claimed.id, claimed.attempts), (id, 2), "a crash counts");

        assert_eq!(write(db, move |tx| jobs::heartbeat(tx, NOW, id, "dead")), None);
        assert_eq!(
            write(db, move |tx| jobs::progress(
                tx,
                NOW,
                (id, "dead"),
                (9, 9),
                "stale"
            )),
            None
        );
        assert_eq!(
            write(db, move |tx| jobs::checkpoint(tx, NOW, id, "dead", &json!([9]))),
            None
        );
        assert!(!finish(db, id, "dead", State::Done));
        assert!(!write(db, move |tx| jobs::requeue(
            tx,
            NOW,
            (id, "dead"),
            NOW,
            false,
            ""
        )));
        let job = view(db, id);
        assert_eq!(
            (job.state, job.message.as_str(), job.progress),
            (State::Running, "", 0)
        );

        assert_eq!(
            write(db, move |tx| jobs::heartbeat(tx, NOW + 41, id, "new")),
            Some(false)
        );
        assert!(finish(db, id, "new", State::Done));
        assert!(
            !finish(db, id, "new", State::Failed),
            "an ended job stays as it ended"
        );
    });
}

#[test]
fn a_job_that_keeps_killing_its_worker_fails() {
    on_each(|db| {
        let (id, _) = enqueue(db, Some("poison"));
        for _ in 0..3 {
            claim(db, NOW, "w").unwrap();
            assert_eq!(write(db, |tx| jobs::reclaim(tx, NOW, i64::MAX, 3, "gave up")), 1);
        }
        let job = view(db, id);
        assert_eq!(
            (job.state, job.message.as_str(), job.finished),
            (State::Failed, "gave up", NOW)
        );
        assert!(enqueue(db, Some("poison")).1, "its key is free");
    });
}

#[test]
fn requeued_jobs_keep_or_give_back_their_attempt_and_their_checkpoint() {
    on_each(|db| {
        let (id, _) = enqueue(db, None);
        claim(db, NOW, "a").unwrap();
        write(db, move |tx| {
            jobs::checkpoint(tx, NOW, id, "a", &json!({"page": 3}))
        });
        assert!(write(db, move |tx| jobs::requeue(
            tx,
            NOW,
            (id, "a"),
            NOW + 30,
            true,
            "peer away"
        )));
        let job = view(db, id);
        assert_eq!(
            (job.state, job.message.as_str(), job.run_at),
            (State::Queued, "peer away", NOW + 30)
        );
        assert_eq!(claim(db, NOW + 29, "b"), None);
        let claimed = claim(db, NOW + 30, "b").unwrap();
        assert_eq!((claimed.attempts, claimed.checkpoint), (2, json!({"page": 3})));
        assert!(write(db, move |tx| jobs::requeue(
            tx,
            NOW,
            (id, "b"),
            NOW,
            false,
            ""
        )));
        assert_eq!(claim(db, NOW + 30, "c").unwrap().attempts, 2);
    });
}

#[test]
fn cancelling_ends_a_queued_job_and_tells_a_running_one() {
    on_each(|db| {
        let (queued, _) = enqueue(db, None);
        assert_eq!(
            write(db, move |tx| jobs::cancel(tx, NOW, queued)),
            Some(State::Cancelled)
        );
        assert_eq!(write(db, move |tx| jobs::cancel(tx, NOW, queued)), None);
        assert_eq!(claim(db, NOW, "w"), None);

        let (running, _) = enqueue(db, None);
        claim(db, NOW, "w").unwrap();
        assert_eq!(
            write(db, move |tx| jobs::cancel(tx, NOW, running)),
            Some(State::Running)
        );
        assert_eq!(
            write(db, move |tx| jobs::heartbeat(tx, NOW, running, "w")),
            Some(true)
        );
        let told = write(db, move |tx| {
            jobs::progress(tx, NOW, (running, "w"), (1, 2), "half")
        });
        assert_eq!(told, Some(true));
        assert!(write(db, move |tx| jobs::requeue(
            tx,
            NOW,
            (running, "w"),
            NOW,
            true,
            ""
        )));
        assert_eq!(
            view(db, running).state,
            State::Cancelled,
            "no retry against a person's wish"
        );
    });
}

#[test]
fn lists_are_filtered_paged_and_counted() {
    on_each(|db| {
        for org in [1, 1, 2, 2, 2] {
            let job = NewJob {
                kind: if org == 1 { "work" } else { "other" },
                user_id: UserId(7),
                org_id: OrgId(org),
                ..NewJob::default()
            };
            write(db, move |tx| jobs::enqueue(tx, NOW, &job));
        }
        claim(db, NOW, "w").unwrap();
        let list = |filter: Filter, limit, offset| {
            let (rows, total) = write(db, move |tx| jobs::list(tx, &filter, limit, offset));
            (rows.len(), total)
        };
        assert_eq!(list(Filter::default(), 2, 4), (1, 5));
        assert_eq!(
            list(
                Filter {
                    org: Some(OrgId(2)),
                    ..Filter::default()
                },
                2,
                0
            ),
            (2, 3)
        );
        assert_eq!(
            list(
                Filter {
                    state: Some(State::Running),
                    ..Filter::default()
                },
                9,
                0
            ),
            (1, 1)
        );
        let both = Filter {
            kind: Some("other".into()),
            state: Some(State::Queued),
            org: Some(OrgId(2)),
        };
        assert_eq!(list(both, 9, 0), (3, 3));
        let (rows, _) = write(db, |tx| jobs::list(tx, &Filter::default(), 9, 0));
        assert!(
            rows.windows(2).all(|pair| pair[0].id > pair[1].id),
            "newest first"
        );
    });
}

#[test]
fn logs_are_read_from_a_line_on_and_purged_with_their_job() {
    on_each(|db| {
        let (old, _) = enqueue(db, None);
        claim(db, NOW, "w").unwrap();
        for n in 0..3 {
            write(db, move |tx| {
                jobs::log(tx, NOW, old, "warning", &format!("line {n}\0"))
            });
        }
        let lines = write(db, move |tx| jobs::log_lines(tx, old, 0, 2));
        assert_eq!(
            lines.iter().map(|l| l.message.as_str()).collect::<Vec<_>>(),
            ["line 0", "line 1"]
        );
        let rest = write(db, move |tx| jobs::log_lines(tx, old, lines[1].id, 9));
        assert_eq!((rest.len(), rest[0].level.as_str()), (1, "warning"));
        let end = write(db, move |tx| jobs::last_log_lines(tx, old, 2));
        assert_eq!(
            end.iter().map(|l| l.message.as_str()).collect::<Vec<_>>(),
            ["line 1", "line 2"]
        );

        assert!(finish(db, old, "w", State::Done));
        let (alive, _) = enqueue(db, None);
        assert_eq!(
            write(db, |tx| jobs::purge(tx, NOW + 1, &State::ALL)),
            0,
            "not older"
        );
        assert_eq!(
            write(db, |tx| jobs::purge(tx, NOW + 2, &[State::Failed])),
            0,
            "another state"
        );
        assert_eq!(write(db, |tx| jobs::purge(tx, NOW + 2, &State::ALL)), 1);
        assert_eq!(view(db, alive).state, State::Queued);
        assert_eq!(write(db, move |tx| jobs::log_lines(tx, old, 0, 9)), []);
    });
}

#[test]
fn the_last_time_that_some_work_was_queued_is_known() {
    on_each(|db| {
        let last = |payload: Value| write(db, move |tx| jobs::last_queued(tx, "work", &payload));
        assert_eq!(last(json!({"n": 1})), None);
        enqueue(db, None);
        assert_eq!(last(json!({"n": 1})), Some(NOW));
        assert_eq!(last(json!({"n": 2})), None);
    });
}
