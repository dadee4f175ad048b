//! What is kept and what is counted again; who waits for whom.

use super::*;
use crate::files::Files;
use crate::{Caller, Platform, Settings};
use sightline_core::{Clock, Permission, Permissions, random};
use sightline_db::{Db, Target, migrations};
use sightline_remote::{Remote, RemoteConfig};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc;
use tempfile::TempDir;
use tokio::sync::Notify;

const OWN: OrgId = OrgId(1);
const OTHER: OrgId = OrgId(2);

/// A platform without data; every count is kept for an hour if `keeping`, else none.
fn platform(files: &TempDir, keeping: bool) -> Arc<Platform> {
    let db = Db::open(&Target::Sqlite(files.path().join("test.db"))).unwrap();
    migrations::run(&db, 0).unwrap();
    let policy = Policy {
        free: if keeping {
            Duration::ZERO
        } else {
            Duration::from_secs(3_600)
        },
        times: u32::MAX,
        longest: Duration::from_secs(3_600),
    };
    Arc::new(Platform {
        db,
        clock: Clock::fixed(1_000_000),
        settings: Settings::default().into(),
        files: Files::new(files.path()),
        remote: Remote::new(&RemoteConfig::default()).unwrap(),
        counts: Counts {
            policy,
            ..Counts::default()
        },
        warninglists: crate::warninglists::Warninglists::default(),
        bell: Notify::new(),
        followers: Default::default(),
        uuid: random::uuid(),
        host_org: OWN,
        base_url: "http://localhost".into(),
    })
}

fn user(platform: &Arc<Platform>, org_id: OrgId) -> Ctx {
    Ctx::platform(Arc::clone(platform)).acting_as(Caller {
        org_id,
        permissions: Permissions::of(&[Permission::Add]),
        ..Caller::default()
    })
}

/// What `made` says after one more count.
fn one_more(made: &Arc<AtomicI64>) -> impl FnOnce(&Ctx, &mut Tx<'_>) -> AppResult<i64> + Send + use<> {
    let made = Arc::clone(made);
    move |_, _| Ok(made.fetch_add(1, Ordering::SeqCst) + 1)
}

async fn sightings(
    ctx: &Ctx,
    find: impl FnOnce(&Ctx, &mut Tx<'_>) -> AppResult<i64> + Send + 'static,
) -> i64 {
    let key = (ctx.visible(), ShownTo::everything());
    ctx.counted(&ctx.platform.counts.sighting_index, key, find)
        .await
        .unwrap()
}

#[test]
fn what_is_costly_is_kept_in_proportion_and_what_is_cheap_is_not() {
    let policy = Policy::default();
    assert_eq!(policy.keeps(Duration::from_millis(199)), None);
    assert_eq!(
        policy.keeps(Duration::from_secs(1)),
        Some(Duration::from_secs(20))
    );
    assert_eq!(
        policy.keeps(Duration::from_secs(120)),
        Some(Duration::from_secs(600))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_costly_count_is_made_once_for_each_organisation() {
    let directory = tempfile::tempdir().unwrap();
    let platform = platform(&directory, true);
    let made = Arc::default();
    for (org, wanted) in [(OWN, 1), (OWN, 1), (OTHER, 2), (OWN, 1), (OTHER, 2)] {
        assert_eq!(sightings(&user(&platform, org), one_more(&made)).await, wanted);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cheap_count_is_always_fresh() {
    let directory = tempfile::tempdir().unwrap();
    let platform = platform(&directory, false);
    let made = Arc::default();
    for wanted in 1..=3 {
        assert_eq!(sightings(&user(&platform, OWN), one_more(&made)).await, wanted);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_is_not_kept() {
    let directory = tempfile::tempdir().unwrap();
    let platform = platform(&directory, true);
    let ctx = user(&platform, OWN);
    let key = (ctx.visible(), ShownTo::everything());
    let refused = ctx
        .counted(&platform.counts.sighting_index, key, |_, _| {
            Err(AppError::not_found("no"))
        })
        .await;
    assert!(matches!(refused, Err(AppError::NotFound(_))));
    assert_eq!(sightings(&ctx, one_more(&Arc::default())).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_goes_away_leaves_its_count_to_the_next_one() {
    let directory = tempfile::tempdir().unwrap();
    let platform = platform(&directory, true);
    let ctx = user(&platform, OWN);
    let made: Arc<AtomicI64> = Arc::default();
    let (begun, has_begun) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel();
    let first = tokio::spawn({
        let (ctx, count) = (ctx.clone(), one_more(&made));
        async move {
            let slow = move |ctx: &Ctx, tx: &mut Tx<'_>| {
                begun.send(()).unwrap();
                may_go_on.recv().unwrap();
                count(ctx, tx)
            };
            sightings(&ctx, slow).await
        }
    });
    tokio::task::spawn_blocking(move || has_begun.recv().unwrap())
        .await
        .unwrap();
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    let second = tokio::spawn({
        let (ctx, count) = (ctx.clone(), one_more(&made));
        async move { sightings(&ctx, count).await }
    });
    tokio::task::yield_now().await;
    assert!(!second.is_finished(), "it waits for the count that goes on");
    go_on.send(()).unwrap();
    assert_eq!(second.await.unwrap(), 1);
    assert_eq!(made.load(Ordering::SeqCst), 1);
}
