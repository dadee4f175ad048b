//! Jobs against real databases: rights, transactions, the worker.

use super::*;
use crate::files::Files;
use crate::{Caller, Counts, Platform, Settings};
use serde_json::{Value, json};
use sightline_core::{Clock, Permission, Permissions, random};
use sightline_db::audit::RequestType;
use sightline_db::{Access, Db, Target, migrations, params};
use sightline_remote::{Remote, RemoteConfig};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::sleep;

const ALICE: UserId = UserId(1);
const BOB: UserId = UserId(2);
const CAROL: UserId = UserId(3);
const GONE: UserId = UserId(9);

/// Alice and Bob are of organisation 1, Carol is of 2.
fn load_caller(_: &mut Tx<'_>, _: i64, user_id: UserId) -> AppResult<Option<Caller>> {
    let org_id = OrgId(if user_id == CAROL { 2 } else { 1 });
    let permissions = Permissions::of(&[Permission::Add]);
    Ok((user_id != GONE).then(|| Caller {
        user_id,
        org_id,
        permissions,
        ..Caller::default()
    }))
}

fn platform(target: &Target, files: &TempDir) -> Arc<Platform> {
    let db = Db::open(target).unwrap();
    migrations::run(&db, 0).unwrap();
    db.run_blocking(Access::Write, |tx| {
        for name in ["One", "Two"] {
            tx.exec(
                "INSERT INTO organisations (uuid, name, local, date_created, date_modified) VALUES ($1, $2, TRUE, 0, 0)",
                params![random::uuid(), name],
            )?;
        }
        Ok::<_, AppError>(())
    })
    .unwrap();
    Arc::new(Platform {
        db,
        clock: Clock::fixed(1_000_000),
        settings: Settings::default().into(),
        files: Files::new(files.path()),
        remote: Remote::new(&RemoteConfig::default()).unwrap(),
        counts: Counts::default(),
        warninglists: crate::warninglists::Warninglists::default(),
        bell: Notify::new(),
        followers: Default::default(),
        uuid: random::uuid(),
        host_org: OrgId(1),
        base_url: "http://localhost".into(),
    })
}

/// Runs `test` on SQLite, and on PostgreSQL when `SIGHTLINE_TEST_POSTGRES` holds a superuser's URL.
fn on_each<F: Future<Output = ()>>(test: impl Fn(Arc<Platform>) -> F) {
    let directory = tempfile::tempdir().unwrap();
    let run = |target: &Target| {
        let platform = platform(target, &directory);
        tokio::runtime::Runtime::new().unwrap().block_on(test(platform));
    };
    run(&Target::Sqlite(directory.path().join("test.db")));
    let Ok(admin) = std::env::var("SIGHTLINE_TEST_POSTGRES") else {
        eprintln!("SKIPPED on PostgreSQL: SIGHTLINE_TEST_POSTGRES is not set");
        return;
    };
    let name = format!("sightline_{}", random::alphanumeric(12).to_lowercase());
    let mut client = postgres::Client::connect(&admin, postgres::NoTls).unwrap();
    client.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
    let (server, _) = admin.rsplit_once('/').unwrap();
    run(&Target::Postgres(format!("{server}/{name}")));
    client
        .batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)"))
        .unwrap();
}

fn ctx(platform: &Arc<Platform>, user_id: UserId) -> Ctx {
    let org_id = OrgId(if user_id == CAROL { 2 } else { 1 });
    Ctx {
        caller: Caller {
            user_id,
            org_id,
            ..Caller::default()
        },
        request_type: RequestType::Api,
        ..Ctx::platform(Arc::clone(platform))
    }
}

fn job(kind: &'static str, payload: Value) -> NewJob {
    NewJob {
        kind,
        payload,
        ..NewJob::default()
    }
}

async fn ask(ctx: &Ctx, job: NewJob) -> JobId {
    ctx.write(move |ctx, tx| request(ctx, tx, job)).await.unwrap()
}

struct Running {
    stop: CancelToken,
    worker: JoinHandle<()>,
}

fn start(platform: &Arc<Platform>, handlers: Handlers) -> Running {
    let stop = CancelToken::new();
    let options = Options {
        grace: Duration::from_secs(2),
        ..Options::default()
    };
    let worker = tokio::spawn(run_worker(
        Arc::clone(platform),
        load_caller,
        handlers,
        options,
        stop.clone(),
    ));
    Running { stop, worker }
}

impl Running {
    async fn stop(self) {
        self.stop.cancel(Reason::Stopping);
        self.worker.await.unwrap();
    }
}

/// Waits, in real time, until the job is in the state.
async fn reaches(platform: &Arc<Platform>, id: JobId, state: State) -> Job {
    let admin = Ctx::platform(Arc::clone(platform));
    for _ in 0..1_000 {
        let job = view(&admin, id).await.unwrap();
        if job.state == state {
            return job;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("still not {state:?}: {:?}", view(&admin, id).await);
}

#[test]
fn a_job_runs_as_the_user_who_asked_and_is_audited_with_the_change() {
    on_each(|platform| async move {
        let handlers = Handlers::default().on("greet", |ctx, name: String, progress| async move {
            progress.log(Level::Warning, "looked around").await;
            Ok(format!(
                "{name}: {}/{}",
                ctx.caller.user_id,
                ctx.caller.may(Permission::Add)
            ))
        });
        let running = start(&platform, handlers);
        let alice = ctx(&platform, ALICE);
        let id = ask(&alice, job("greet", json!("hi"))).await;
        assert_eq!(reaches(&platform, id, State::Done).await.message, "hi: 1/true");
        let lines = log(&alice, id, 0).await.unwrap();
        assert_eq!(
            (lines[0].level.as_str(), lines[0].message.as_str()),
            ("warning", "looked around")
        );

        let broken = ask(&alice, job("greet", json!(7))).await;
        assert!(
            reaches(&platform, broken, State::Failed)
                .await
                .message
                .contains("payload")
        );
        let gone = ask(&ctx(&platform, GONE), job("greet", json!("hi"))).await;
        assert!(
            reaches(&platform, gone, State::Failed)
                .await
                .message
                .contains("gone or disabled")
        );
        running.stop().await;

        let rolled_back: AppResult<()> = alice
            .write(|ctx, tx| {
                request(ctx, tx, job("greet", json!("never")))?;
                Err(AppError::no_permission())
            })
            .await;
        assert!(rolled_back.is_err());
        assert_eq!(
            counts(&platform).await,
            (3, 3),
            "one audit row for each job that was asked for by a user"
        );
    });
}

/// Jobs of users, and their audit rows.
async fn counts(platform: &Platform) -> (i64, i64) {
    platform
        .db
        .read(|tx| {
            let jobs = tx.int("SELECT COUNT(*) FROM jobs WHERE user_id > 0", &[])?;
            let audits = tx.int(
                "SELECT COUNT(*) FROM audit_logs WHERE model = 'Job' AND action = 'add'",
                &[],
            )?;
            Ok::<_, DbError>((jobs, audits))
        })
        .await
        .unwrap()
}

#[test]
fn who_sees_and_who_steers() {
    on_each(|platform| async move {
        let (alice, bob, carol) = (ctx(&platform, ALICE), ctx(&platform, BOB), ctx(&platform, CAROL));
        let admin = Ctx::platform(Arc::clone(&platform));
        let id = ask(&alice, job("work", json!({}))).await;
        let system = ask(&admin, job("work", json!({}))).await;

        for (who, sees, total) in [
            (&alice, true, 1),
            (&bob, true, 1),
            (&carol, false, 0),
            (&admin, true, 2),
        ] {
            assert_eq!(view(who, id).await.is_ok(), sees);
            assert_eq!(log(who, id, 0).await.is_ok(), sees);
            let any_org = Filter {
                org: None,
                ..Filter::default()
            };
            assert_eq!(index(who, any_org, 1, 20).await.unwrap().1, total);
        }
        let foreign = Filter {
            org: Some(OrgId(1)),
            ..Filter::default()
        };
        assert_eq!(
            index(&carol, foreign, 1, 20).await.unwrap().1,
            0,
            "a filter does not widen what is seen"
        );
        assert!(matches!(view(&alice, system).await, Err(AppError::NotFound(_))));

        assert!(matches!(cancel(&bob, id).await, Err(AppError::Forbidden(_))));
        assert!(matches!(cancel(&carol, id).await, Err(AppError::NotFound(_))));
        assert_eq!(cancel(&alice, id).await.unwrap(), State::Cancelled);
        assert!(matches!(cancel(&alice, id).await, Err(AppError::NotAllowed(_))));
        assert!(matches!(retry(&bob, id).await, Err(AppError::Forbidden(_))));
        retry(&admin, id).await.unwrap();
        assert!(
            matches!(retry(&admin, id).await, Err(AppError::NotAllowed(_))),
            "it waits already"
        );
        cancel(&admin, id).await.unwrap();

        assert!(matches!(
            purge(&alice, &State::ALL).await,
            Err(AppError::Forbidden(_))
        ));
        assert_eq!(purge(&admin, &State::ALL).await.unwrap(), 1);
        assert_eq!(view(&admin, system).await.unwrap().state, State::Queued);
    });
}

#[test]
fn stopping_hands_a_job_back_and_the_next_worker_resumes_it() {
    on_each(|platform| async move {
        // Counts to three, one transaction each, and waits after the second until it is told to stop.
        let count = |pause: bool| {
            Handlers::default().on("count", move |ctx, (), progress: Progress| async move {
                let mut at = progress.resume::<i64>().unwrap_or(0);
                let from = at;
                while at < 3 {
                    at += 1;
                    let lease = progress.lease().clone();
                    ctx.write(move |ctx, tx| checkpoint(ctx, tx, &lease, &at)).await?;
                    if pause && at == 2 {
                        progress.set(2, 3, "waiting").await;
                        progress.token().cancelled().await;
                    }
                    progress.check()?;
                }
                Ok(format!("from {from} to {at}"))
            })
        };
        let first = start(&platform, count(true));
        let id = ask(&ctx(&platform, ALICE), job("count", json!(null))).await;
        let admin = Ctx::platform(Arc::clone(&platform));
        while view(&admin, id).await.unwrap().message != "waiting" {
            sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(percent(&view(&admin, id).await.unwrap()), 66);
        first.stop().await;
        let job = view(&admin, id).await.unwrap();
        assert_eq!((job.state, job.attempts), (State::Queued, 0));

        let second = start(&platform, count(false));
        let job = reaches(&platform, id, State::Done).await;
        assert_eq!(
            (job.message.as_str(), job.attempts, percent(&job)),
            ("from 2 to 3", 1, 100)
        );
        second.stop().await;
    });
}

#[test]
fn a_job_of_a_dead_process_runs_again_and_the_dead_run_cannot_write() {
    on_each(|platform| async move {
        let alice = ctx(&platform, ALICE);
        let id = ask(&alice, job("work", json!(null))).await;
        let claimed = alice
            .write(|ctx, tx| Ok(jobs::claim(tx, ctx.now(), "dead/1", &["work".into()])?))
            .await;
        assert_eq!(claimed.unwrap().unwrap().id, id);
        // On PostgreSQL the process could be another, living node: only silence tells.
        platform.clock.advance(31);

        let handlers = Handlers::default().on("work", |_, (), _| async { Ok("done by the living".into()) });
        let running = start(&platform, handlers);
        let job = reaches(&platform, id, State::Done).await;
        assert_eq!((job.message.as_str(), job.attempts), ("done by the living", 2));
        running.stop().await;

        let dead = Lease {
            id,
            worker: "dead/1".into(),
        };
        let late: AppResult<()> = alice
            .write(move |ctx, tx| {
                request(ctx, tx, self::job("sneaked", json!(null)))?;
                checkpoint(ctx, tx, &dead, &1)
            })
            .await;
        assert!(matches!(late, Err(AppError::Conflict(_))), "{late:?}");
        let sneaked = Filter {
            kind: Some("sneaked".into()),
            ..Filter::default()
        };
        assert_eq!(
            index(&alice, sneaked, 1, 20).await.unwrap().1,
            0,
            "its transaction was rolled back"
        );
    });
}

#[test]
fn cancelling_a_running_job_ends_it() {
    on_each(|platform| async move {
        let handlers = Handlers::default().on("long", |_, (), progress: Progress| async move {
            for n in 0.. {
                progress.check()?;
                progress.set(n, 0, "working").await;
                sleep(Duration::from_millis(50)).await;
            }
            Ok("never".into())
        });
        let running = start(&platform, handlers);
        let alice = ctx(&platform, ALICE);
        let id = ask(&alice, job("long", json!(null))).await;
        reaches(&platform, id, State::Running).await;
        assert_eq!(cancel(&alice, id).await.unwrap(), State::Running);
        let job = reaches(&platform, id, State::Cancelled).await;
        assert!(job.finished > 0);
        running.stop().await;
    });
}

#[test]
fn schedules_run_once_per_interval() {
    on_each(|platform| async move {
        let admin = Ctx::platform(Arc::clone(&platform));
        let purges = async || {
            let filter = Filter {
                kind: Some("jobs_purge".into()),
                ..Filter::default()
            };
            index(&admin, filter, 1, 20).await.unwrap()
        };
        for (seconds, expected) in [(0, 1), (3_600, 1), (23 * 3_600, 2)] {
            platform.clock.advance(seconds);
            let running = start(&platform, Handlers::default());
            // Time enough for a job too many, and as long as it takes for the due one.
            sleep(Duration::from_millis(300)).await;
            for job in purges().await.0 {
                assert_eq!(
                    reaches(&platform, job.id, State::Done).await.message,
                    "0 old jobs deleted."
                );
            }
            running.stop().await;
            assert_eq!(purges().await.1, expected);
        }
        platform.clock.advance(31 * 24 * 3_600);
        let deleted = purge_old(admin.clone()).await.unwrap();
        assert_eq!(deleted, "2 old jobs deleted.");
    });
}
