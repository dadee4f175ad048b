//! The engine against a queue in memory, in simulated time.

mod queue;

use crate::{ATTEMPTS, CancelToken, Handlers, JobError, Level, Options, Reason, Schedule, Worker};
use queue::Queue;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

/// Long enough, in simulated time, for every reaction of the engine to something that is due now.
const SETTLE: Duration = Duration::from_secs(4);

struct Bench {
    stop: CancelToken,
    worker: JoinHandle<()>,
}

fn start(queue: &Arc<Queue>, handlers: Handlers<Queue>) -> Bench {
    let stop = CancelToken::new();
    let worker = Worker::new(Arc::clone(queue), handlers, Options::default(), stop.clone());
    Bench {
        stop,
        worker: tokio::spawn(worker.run()),
    }
}

impl Bench {
    async fn stop(self) {
        self.stop.cancel(Reason::Stopping);
        self.worker.await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_job_runs_with_its_payload_and_leaves_its_message() {
    let queue = Arc::new(Queue::new());
    let bench = start(
        &queue,
        Handlers::default().on("greet", |job| async move {
            job.progress.log(Level::Info, "looked around").await;
            Ok(format!("hello {}", job.payload["name"].as_str().unwrap()))
        }),
    );
    let other = queue.add("unknown", json!({}));
    let id = queue.add("greet", json!({"name": "you"}));
    sleep(SETTLE).await;
    let job = queue.job(id);
    assert_eq!(
        (job.state, job.message.as_str(), job.attempts),
        ("done", "hello you", 1)
    );
    assert_eq!(job.log, ["info: looked around"]);
    assert_eq!(queue.job(other).state, "queued", "nobody here knows this kind");
    bench.stop().await;
}

#[tokio::test(start_paused = true)]
async fn only_so_many_jobs_run_at_a_time() {
    let queue = Arc::new(Queue::new());
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let handlers = Handlers::default().on("work", {
        let (now, most) = (Arc::clone(&now), Arc::clone(&most));
        move |_| {
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            async move {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                sleep(Duration::from_secs(1)).await;
                now.fetch_sub(1, Ordering::SeqCst);
                Ok("worked".into())
            }
        }
    });
    for _ in 0..6 {
        queue.add("work", json!({}));
    }
    let bench = start(&queue, handlers);
    sleep(SETTLE).await;
    assert_eq!(most.load(Ordering::SeqCst), 2);
    assert!((1..=6).all(|id| queue.job(id).state == "done"));
    bench.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_passing_trouble_is_retried_later_and_later_and_then_fails() {
    let queue = Arc::new(Queue::new());
    let id = queue.add("flaky", json!({}));
    let bench = start(
        &queue,
        Handlers::default().on("flaky", |_| async { Err(JobError::Retry("peer away".into())) }),
    );
    let mut pauses = Vec::new();
    for attempt in 1..ATTEMPTS {
        sleep(SETTLE).await;
        let job = queue.job(id);
        assert_eq!((job.state, job.attempts), ("queued", attempt));
        pauses.push(job.run_at - queue.clock.now());
        queue.clock.advance(job.run_at - queue.clock.now());
    }
    sleep(SETTLE).await;
    let job = queue.job(id);
    assert_eq!(
        (job.state, job.attempts, job.message.as_str()),
        ("failed", ATTEMPTS, "peer away")
    );
    assert_eq!(pauses, [30, 150, 750, 3_600]);
    bench.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_panic_fails_the_job_and_spares_the_worker() {
    let queue = Arc::new(Queue::new());
    let handlers = Handlers::default()
        .on("bad", |_| async { panic!("secret detail") })
        .on("good", |_| async { Ok("fine".into()) });
    let bench = start(&queue, handlers);
    let bad = queue.add("bad", json!({}));
    let good = queue.add("good", json!({}));
    sleep(SETTLE).await;
    let job = queue.job(bad);
    assert_eq!(job.state, "failed");
    assert!(
        job.message.contains("defect") && !job.message.contains("secret"),
        "{}",
        job.message
    );
    assert_eq!(queue.job(good).state, "done");
    bench.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_job_ends_within_a_heartbeat() {
    let queue = Arc::new(Queue::new());
    let id = queue.add("long", json!({}));
    let handlers = Handlers::default().on("long", |job| async move {
        job.progress.token().cancelled().await;
        Err(JobError::Cancelled)
    });
    let bench = start(&queue, handlers);
    sleep(SETTLE).await;
    queue.change(id, |job| job.cancel = true);
    sleep(SETTLE).await;
    assert_eq!(queue.job(id).state, "cancelled");
    bench.stop().await;
}

#[tokio::test(start_paused = true)]
async fn stopping_hands_back_polite_and_stubborn_jobs_uncounted() {
    let queue = Arc::new(Queue::new());
    let polite = queue.add("polite", json!({}));
    let stubborn = queue.add("stubborn", json!({}));
    let handlers = Handlers::default()
        .on("polite", |job| async move {
            job.progress.checkpoint(&json!({"page": 7})).await?;
            job.progress.token().cancelled().await;
            job.progress.check()?;
            Ok("never".into())
        })
        .on("stubborn", |_| async {
            sleep(Duration::from_secs(86_400)).await;
            Ok("never".into())
        });
    let bench = start(&queue, handlers);
    sleep(SETTLE).await;
    let before = Instant::now();
    bench.stop().await;
    assert!(before.elapsed() <= Options::default().grace + Duration::from_secs(1));
    for id in [polite, stubborn] {
        let job = queue.job(id);
        assert_eq!((job.state, job.attempts), ("queued", 0), "{}", job.kind);
    }

    let resumed = start(
        &queue,
        Handlers::default().on("polite", |job| async move {
            let page = job.progress.resume::<serde_json::Value>().unwrap()["page"].clone();
            Ok(format!("from {page}"))
        }),
    );
    sleep(SETTLE).await;
    assert_eq!(queue.job(polite).message, "from 7");
    resumed.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_job_left_by_a_dead_process_runs_again() {
    let queue = Arc::new(Queue::new());
    let id = queue.add("work", json!({}));
    queue.change(id, |job| {
        (job.state, job.worker, job.attempts) = ("running", "dead/1".into(), 1);
    });
    let bench = start(
        &queue,
        Handlers::default().on("work", |_| async { Ok("done".into()) }),
    );
    sleep(SETTLE).await;
    let job = queue.job(id);
    assert_eq!((job.state, job.attempts), ("done", 2));
    bench.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_run_that_lost_its_job_is_dropped_and_writes_nothing() {
    let queue = Arc::new(Queue::new());
    let id = queue.add("work", json!({}));
    let handlers = Handlers::default().on("work", |_| async {
        sleep(Duration::from_secs(60)).await;
        Ok("a stale answer".into())
    });
    let bench = start(&queue, handlers);
    sleep(SETTLE).await;
    queue.change(id, |job| {
        (job.worker, job.heartbeat) = ("other/1".into(), i64::MAX);
    });
    sleep(Duration::from_secs(120)).await;
    let job = queue.job(id);
    assert_eq!(
        (job.state, job.worker.as_str(), job.message.as_str()),
        ("running", "other/1", "")
    );
    bench.stop().await;
}

#[tokio::test(start_paused = true)]
async fn progress_is_written_at_most_four_times_a_second_and_ends_up_right() {
    let queue = Arc::new(Queue::new());
    let id = queue.add("count", json!({}));
    let handlers = Handlers::default().on("count", |job| async move {
        for n in 1..=300 {
            job.progress.set(n, 300, "rows").await;
            sleep(Duration::from_millis(10)).await;
        }
        sleep(Duration::from_secs(10)).await;
        Ok("counted".into())
    });
    let bench = start(&queue, handlers);
    sleep(Duration::from_secs(9)).await;
    let job = queue.job(id);
    assert_eq!(job.message, "300/300 rows", "the heartbeat brings the last one");
    assert!((10..=13).contains(&job.writes), "{}", job.writes);
    bench.stop().await;
}

#[tokio::test(start_paused = true)]
async fn an_outcome_waits_for_the_database_to_come_back() {
    let queue = Arc::new(Queue::new());
    let id = queue.add("work", json!({}));
    let handlers = Handlers::default().on("work", |_| async {
        sleep(Duration::from_secs(1)).await;
        Ok("kept".into())
    });
    let bench = start(&queue, handlers);
    sleep(Duration::from_millis(500)).await;
    queue.away.store(true, Ordering::Relaxed);
    sleep(SETTLE).await;
    assert_eq!(queue.job(id).state, "running");
    queue.away.store(false, Ordering::Relaxed);
    sleep(SETTLE).await;
    assert_eq!(queue.job(id).message, "kept");
    bench.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_due_schedule_queues_its_job_and_the_log_has_an_end() {
    let queue = Arc::new(Queue::new());
    let schedule = Schedule {
        kind: "tidy",
        payload: json!({}),
        unique_key: "tidy".into(),
        every: 60,
    };
    let handlers = Handlers::default().every(schedule).on("tidy", |job| async move {
        for n in 0..1_500 {
            job.progress.log(Level::Warning, &n.to_string()).await;
        }
        Ok("tidied".into())
    });
    let bench = start(&queue, handlers);
    sleep(SETTLE).await;
    assert_eq!(queue.count(), 1);
    let job = queue.job(1);
    assert_eq!((job.state, job.log.len()), ("done", 1_001));
    assert_eq!(job.log.last().unwrap(), "warning: Further lines are left out.");
    bench.stop().await;
}
