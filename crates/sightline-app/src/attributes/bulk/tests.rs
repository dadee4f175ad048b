//! Changes of many attributes, against real databases: the same rights as one by one, nothing twice, nothing half.

use super::*;
use crate::jobs::{self, CancelToken, Handlers, Job, Options, Reason, State};
use crate::tags::tests::world::{HOST, OTHER, OWNER, USER, World, on_each};
use crate::{Settings, events, users};
use serde_json::json;
use sightline_core::ids::{EventId, JobId};
use sightline_core::{Permission, Permissions};
use sightline_db::params;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// More than two batches of the job.
const MANY: usize = 1_203;

fn wish(body: Value) -> Wish {
    serde_json::from_value(body).unwrap()
}

/// Rows for the members of the world, from which a job loads their rights.
async fn people(world: &World) {
    let insert = |ctx: &Ctx, tx: &mut Tx<'_>| {
        for (user, org, permissions) in [
            (HOST.0, HOST, Permission::ALL),
            (OWNER.0, OWNER, USER),
            (OTHER.0, OTHER, USER),
        ] {
            let bits = Permissions::of(permissions).bits();
            tx.exec(
                "INSERT INTO roles (id, name, permissions, created, modified) VALUES ($1, $2, $3, 0, 0)",
                params![user, &format!("role {user}"), bits],
            )?;
            tx.exec(
                "INSERT INTO users (id, org_id, role_id, email, password, date_created, date_modified) \
                 VALUES ($1, $2, $1, $3, '', $4, $4)",
                params![user, org, &format!("user{user}@example.com"), ctx.now()],
            )?;
        }
        Ok(())
    };
    world.admin().write(insert).await.unwrap();
}

fn start_worker(world: &World) -> (CancelToken, JoinHandle<()>) {
    let stop = CancelToken::new();
    let run = jobs::run_worker(
        Arc::clone(&world.platform),
        users::caller,
        handlers(Handlers::default()),
        Options::default(),
        stop.clone(),
    );
    (stop, tokio::spawn(run))
}

async fn ended(world: &World, id: JobId) -> Job {
    let admin = world.admin();
    tokio::time::timeout(Duration::from_secs(60), async {
        loop {
            let job = jobs::view(&admin, id).await.unwrap();
            if !job.state.is_alive() {
                return job;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .unwrap()
}

/// Starts a change, runs it to its end, and says what it did.
async fn done(world: &World, ctx: &Ctx, body: Value) -> (Job, Report) {
    let (id, _) = start(ctx, wish(body)).await.unwrap();
    let (stop, worker) = start_worker(world);
    let job = ended(world, id).await;
    stop.cancel(Reason::Stopping);
    worker.await.unwrap();
    (job, report(&world.admin(), id).await.unwrap().1)
}

/// Changed, unchanged, not permitted, duplicate.
fn numbers(tally: &Tally) -> (i64, i64, i64, i64) {
    (
        tally.of(Verdict::Change),
        tally.of(Verdict::Unchanged),
        tally.of(Verdict::NotPermitted),
        tally.of(Verdict::Duplicate),
    )
}

async fn counted(ctx: &Ctx, body: Value) -> (i64, (i64, i64, i64, i64)) {
    let preview = preview(ctx, wish(body)).await.unwrap();
    (preview.matched, numbers(&preview.tally.unwrap()))
}

/// An event of the owner that everybody sees, published, with so many domains.
async fn domains(world: &World, ctx: &Ctx, prefix: &str, count: usize) -> EventId {
    let list: Vec<_> = (0..count)
        .map(|n| json!({"type": "domain", "value": format!("{prefix}{n}.example"), "to_ids": true}))
        .collect();
    let (event, _) = world
        .event(ctx, json!({"info": prefix, "distribution": 3, "Attribute": list}))
        .await;
    world.publish_quietly(event.id).await;
    event.id
}

async fn count(world: &World, sql: &'static str) -> i64 {
    world
        .admin()
        .read(move |_, tx| Ok(tx.int(sql, &[])?))
        .await
        .unwrap()
}

#[test]
fn tags_reach_every_match_that_the_caller_may_change_and_no_other() {
    on_each(&Settings::default(), |world| async move {
        people(&world).await;
        let own = domains(&world, &world.owner(), "own", MANY).await;
        let foreign = domains(&world, &world.other(), "foreign", 30).await;
        let admin = world.admin();
        crate::tags::add(&admin, serde_json::from_value(json!({"name": "seen"})).unwrap())
            .await
            .unwrap();
        let body = json!({"filters": {"type": "domain", "published": true}, "action": "tag", "tag": "SEEN"});
        let matched = i64::try_from(MANY).unwrap() + 30;
        let expected = (matched - 30, 0, 30, 0);
        assert_eq!(counted(&world.owner(), body.clone()).await, (matched, expected));
        assert_eq!(world.audited("tag").await, 0, "a dry run writes nothing");

        let (job, report) = done(&world, &world.owner(), body.clone()).await;
        assert_eq!(job.state, State::Done, "{}", job.message);
        assert_eq!((report.matched, numbers(&report.tally)), (matched, expected));
        // The search said `published`, and the first batch unpublished the event: the set stood still.
        let tagged = count(&world, "SELECT COUNT(*) FROM attribute_tags WHERE NOT local").await;
        assert_eq!(tagged, expected.0);
        let touched = world.reload(own).await;
        assert!(!touched.published && touched.timestamp > 1);
        let untouched = world.reload(foreign).await;
        assert!(untouched.published && untouched.timestamp == 1);
        assert_eq!(world.audited("tag").await, 3, "one row per batch and event");
        let traced = count(
            &world,
            "SELECT COUNT(*) FROM audit_logs WHERE action = 'tag' AND request_id LIKE 'job-%' AND user_id = 2",
        );
        assert_eq!(traced.await, 3);
        assert_eq!(count(&world, "SELECT COUNT(*) FROM job_attributes").await, 0);

        let again = json!({"filters": {"type": "domain"}, "action": "tag", "tag": "seen"});
        let (_, report) = done(&world, &world.owner(), again.clone()).await;
        assert_eq!(numbers(&report.tally), (0, expected.0, 30, 0));

        let mut locally = again.clone();
        locally["local"] = json!(true);
        assert_eq!(
            counted(&world.owner(), locally.clone()).await.1,
            (0, expected.0, 30, 0)
        );
        let (_, report) = done(&world, &world.admin(), locally).await;
        assert_eq!(numbers(&report.tally), (30, expected.0, 0, 0));
        assert!(
            world.reload(foreign).await.published,
            "a local tag is nobody else's news"
        );

        let off = json!({"filters": {"type": "domain"}, "action": "untag", "tag": ["seen"]});
        assert_eq!(
            counted(&world.owner(), off.clone()).await.1,
            (expected.0, 0, 30, 0)
        );
        let (_, report) = done(&world, &world.admin(), off).await;
        assert_eq!(numbers(&report.tally), (matched, 0, 0, 0));
        assert_eq!(count(&world, "SELECT COUNT(*) FROM attribute_tags").await, 0);
    });
}

#[test]
fn flags_distribution_deletion_and_return() {
    on_each(&Settings::default(), |world| async move {
        people(&world).await;
        let owner = world.owner();
        let event = domains(&world, &owner, "a", 10).await;
        let filters = || json!({"eventid": event.0});
        let (_, report) = done(
            &world,
            &owner,
            json!({"filters": filters(), "action": "to_ids", "to_ids": false}),
        )
        .await;
        assert_eq!(numbers(&report.tally), (10, 0, 0, 0));
        assert_eq!(
            count(&world, "SELECT COUNT(*) FROM attributes WHERE to_ids").await,
            0
        );
        let level = json!({"filters": filters(), "action": "distribution", "distribution": 1});
        done(&world, &owner, level).await;
        assert_eq!(
            count(&world, "SELECT COUNT(*) FROM attributes WHERE distribution = 1").await,
            10
        );
        let quiet =
            json!({"filters": filters(), "action": "disable_correlation", "disable_correlation": true});
        done(&world, &owner, quiet).await;
        assert_eq!(
            count(
                &world,
                "SELECT COUNT(*) FROM attributes WHERE disable_correlation"
            )
            .await,
            10
        );
        assert_eq!(world.audited("edit").await, 3);

        let delete = json!({"filters": filters(), "action": "delete"});
        let (_, report) = done(&world, &owner, delete.clone()).await;
        assert_eq!(numbers(&report.tally), (10, 0, 0, 0));
        assert_eq!(world.reload(event).await.attribute_count, 0);
        assert!(
            start(&owner, wish(delete)).await.is_err(),
            "nothing matches any more"
        );

        let twin = serde_json::from_value(json!({"type": "domain", "value": "A3.example"})).unwrap();
        super::super::add(&owner, events::EventKey::Id(event), vec![twin], true)
            .await
            .unwrap();
        let restore = json!({"filters": filters(), "action": "restore"});
        assert_eq!(counted(&owner, restore.clone()).await, (10, (9, 0, 0, 1)));
        let (_, report) = done(&world, &owner, restore).await;
        assert_eq!(numbers(&report.tally), (9, 0, 0, 1));
        assert_eq!(world.reload(event).await.attribute_count, 10);

        let hard =
            json!({"filters": {"eventid": event.0, "deleted": [0, 1]}, "action": "delete", "hard": true});
        let (_, report) = done(&world, &owner, hard).await;
        assert_eq!(numbers(&report.tally), (11, 0, 0, 0));
        assert_eq!(count(&world, "SELECT COUNT(*) FROM attributes").await, 0);
    });
}

#[test]
fn what_others_keep_to_themselves_is_neither_counted_nor_shown() {
    on_each(&Settings::default(), |world| async move {
        people(&world).await;
        domains(&world, &world.owner(), "open", 3).await;
        let secret = json!({"info": "secret", "distribution": 0, "Attribute": [
            {"type": "domain", "value": "secret.example"},
        ]});
        world.event(&world.owner(), secret).await;
        let body = json!({"filters": {"type": "domain"}, "action": "to_ids", "to_ids": false});
        let seen = preview(&world.other(), wish(body.clone())).await.unwrap();
        assert_eq!(
            (
                seen.matched,
                seen.event_count,
                seen.events.len(),
                seen.sample.len()
            ),
            (3, 1, 1, 3)
        );
        assert!(
            seen.sample
                .iter()
                .all(|sample| sample.verdict == Verdict::NotPermitted)
        );
        let all = preview(&world.owner(), wish(body)).await.unwrap();
        assert_eq!((all.matched, all.event_count), (4, 2));
    });
}

#[test]
fn a_job_stops_with_its_users_rights_and_goes_on_where_it_stood() {
    on_each(&Settings::default(), |world| async move {
        people(&world).await;
        let owner = world.owner();
        domains(&world, &owner, "a", MANY).await;
        let body = json!({"filters": {"type": "domain"}, "action": "to_ids", "to_ids": false});
        let (id, matched) = start(&owner, wish(body.clone())).await.unwrap();
        let admin = world.admin();
        let disable = async |disabled: bool| {
            let set = move |_: &Ctx, tx: &mut Tx<'_>| {
                tx.exec("UPDATE users SET disabled = $1 WHERE id = 2", params![disabled])?;
                Ok(())
            };
            admin.write(set).await.unwrap();
        };
        disable(true).await;
        let (stop, worker) = start_worker(&world);
        let job = ended(&world, id).await;
        assert_eq!(
            (job.state, job.message.contains("disabled")),
            (State::Failed, true)
        );
        assert_eq!(
            count(&world, "SELECT COUNT(*) FROM attributes WHERE to_ids").await,
            matched
        );
        disable(false).await;
        jobs::retry(&owner, id).await.unwrap();
        let job = ended(&world, id).await;
        stop.cancel(Reason::Stopping);
        worker.await.unwrap();
        assert_eq!(job.state, State::Done);
        assert_eq!(
            count(&world, "SELECT COUNT(*) FROM attributes WHERE to_ids").await,
            0
        );
    });
}

#[test]
fn a_job_that_is_cut_off_and_cancelled_keeps_what_it_did_and_can_go_on() {
    on_each(&Settings::default(), |world| async move {
        people(&world).await;
        let owner = world.owner();
        domains(&world, &owner, "a", 10 * MANY).await;
        let admin = world.admin();
        let body = json!({"filters": {"type": "domain"}, "action": "to_ids", "to_ids": false});
        let (id, matched) = start(&owner, wish(body)).await.unwrap();
        let (stop, worker) = start_worker(&world);
        tokio::time::timeout(Duration::from_secs(60), async {
            while report(&admin, id).await.unwrap().1.tally.all() == 0 {
                tokio::task::yield_now().await;
            }
        })
        .await
        .unwrap();
        stop.cancel(Reason::Stopping);
        worker.await.unwrap();
        assert_eq!(jobs::cancel(&owner, id).await.unwrap(), State::Cancelled);
        let untouched = || count(&world, "SELECT COUNT(*) FROM attributes WHERE to_ids");
        let changed = report(&admin, id).await.unwrap().1.tally.of(Verdict::Change);
        assert!(
            0 < changed && changed < matched,
            "cut in the middle: {changed} of {matched}"
        );
        assert_eq!(
            untouched().await,
            matched - changed,
            "what is reported is what is done"
        );

        let (stop, worker) = start_worker(&world);
        assert_eq!(
            ended(&world, id).await.state,
            State::Cancelled,
            "it stays cancelled"
        );
        jobs::retry(&owner, id).await.unwrap();
        assert_eq!(ended(&world, id).await.state, State::Done);
        stop.cancel(Reason::Stopping);
        worker.await.unwrap();
        let tally = report(&admin, id).await.unwrap().1.tally;
        assert_eq!(numbers(&tally), (matched, 0, 0, 0), "nothing twice");
        assert_eq!(untouched().await, 0);
    });
}

#[test]
fn a_wish_that_makes_no_sense_names_the_field() {
    on_each(&Settings::default(), |world| async move {
        people(&world).await;
        let owner = world.owner();
        domains(&world, &owner, "a", 1).await;
        let filters = json!({"type": "domain"});
        for (field, body) in [
            ("filters", json!({"action": "restore"})),
            ("filters", json!({"action": "restore", "filters": {}})),
            ("filters", json!({"action": "restore", "filters": {"type": null}})),
            (
                "filters",
                json!({"action": "restore", "filters": {"type": "domain", "limit": 5}}),
            ),
            (
                "filters",
                json!({"action": "restore", "filters": {"type": "domain", "enforceWarninglist": true}}),
            ),
            ("action", json!({"filters": filters, "action": "explode"})),
            ("action", json!({"filters": filters})),
            ("tag", json!({"filters": filters, "action": "tag"})),
            ("tag", json!({"filters": filters, "action": "tag", "tag": "new"})),
            ("tag", json!({"filters": filters, "action": "untag", "tag": [[]]})),
            (
                "local",
                json!({"filters": filters, "action": "untag", "tag": "x", "local": "maybe"}),
            ),
            ("to_ids", json!({"filters": filters, "action": "to_ids"})),
            (
                "to_ids",
                json!({"filters": filters, "action": "to_ids", "to_ids": "perhaps"}),
            ),
            (
                "distribution",
                json!({"filters": filters, "action": "distribution", "distribution": 9}),
            ),
            (
                "sharing_group_id",
                json!({"filters": filters, "action": "distribution", "distribution": 4}),
            ),
            (
                "up_to_id",
                json!({"filters": filters, "action": "delete", "up_to_id": "soon"}),
            ),
        ] {
            for refused in [
                preview(&owner, wish(body.clone())).await.map(|_| ()),
                start(&owner, wish(body.clone())).await.map(|_| ()),
            ] {
                match refused {
                    Err(AppError::Invalid(fields)) => {
                        assert!(fields.0.contains_key(field), "{body}: {fields}");
                    }
                    other => panic!("{body}: {other:?}"),
                }
            }
        }
        let group =
            json!({"filters": filters, "action": "distribution", "distribution": 4, "sharing_group_id": 7});
        assert!(matches!(
            preview(&owner, wish(group)).await,
            Err(AppError::Forbidden(_))
        ));
        let reader = world.member(OWNER, &[]);
        let tag = json!({"filters": filters, "action": "tag", "tag": "x"});
        assert!(matches!(
            preview(&reader, wish(tag)).await,
            Err(AppError::Forbidden(_))
        ));
        let delete = json!({"filters": filters, "action": "delete"});
        assert!(matches!(
            start(&reader, wish(delete)).await,
            Err(AppError::Forbidden(_))
        ));
    });
}

#[test]
fn attributes_that_come_later_stay_out() {
    on_each(&Settings::default(), |world| async move {
        people(&world).await;
        let owner = world.owner();
        domains(&world, &owner, "a", 2).await;
        let body = |up_to: Option<i64>| json!({"filters": {"type": "domain"}, "action": "to_ids", "to_ids": false, "up_to_id": up_to});
        let seen = preview(&owner, wish(body(None))).await.unwrap();
        domains(&world, &owner, "b", 2).await;
        let (_, report) = done(&world, &owner, body(Some(seen.up_to_id))).await;
        assert_eq!((report.matched, numbers(&report.tally)), (2, (2, 0, 0, 0)));
        assert_eq!(
            count(&world, "SELECT COUNT(*) FROM attributes WHERE to_ids").await,
            2
        );
    });
}
