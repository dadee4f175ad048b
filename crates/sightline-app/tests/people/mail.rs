//! Mail over time: summaries when their period is over, alerts with the rights that their readers have then, links that end.

use crate::fixture::{ORG_ADMIN, USER, World, body, on_each_with, refusal};
use crate::mailbox::Mailbox;
use serde_json::{Value, json};
use sightline_app::events::{self, EventKey};
use sightline_app::jobs::{CancelToken, Handlers, Options, Reason, run_worker};
use sightline_app::{Ctx, Settings, login, mail, user_settings, users};
use sightline_core::ids::{EventId, UserId};
use sightline_db::params;
use std::sync::Arc;
use std::time::Duration;

const DAY: i64 = 86_400;
/// Seconds from the fixture's Tuesday evening to a quarter of an hour into Wednesday.
const TO_WEDNESDAY: i64 = 2 * 3_600 + 20;

/// Runs jobs until every mail that is due has been dealt with.
async fn work(world: &World) {
    let stop = CancelToken::new();
    let run = run_worker(
        Arc::clone(&world.platform),
        users::caller,
        mail::handlers(Handlers::default()),
        Options::default(),
        stop.clone(),
    );
    let worker = tokio::spawn(run);
    let now = world.platform.clock.now();
    for round in 0.. {
        let db = &world.platform.db;
        let (looked, left) = db
            .read(move |tx| {
                let looked = tx.int(
                    "SELECT COUNT(*) FROM jobs WHERE kind = 'mail_digests' AND created > $1",
                    params![now - 900],
                )?;
                let left = "SELECT COUNT(*) FROM jobs WHERE state IN ('queued', 'running')";
                Ok::<_, sightline_core::AppError>((looked, tx.int(left, params![])?))
            })
            .await
            .unwrap();
        if looked > 0 && left == 0 {
            break;
        }
        assert!(round < 1_500, "the jobs do not end");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stop.cancel(Reason::Stopping);
    worker.await.unwrap();
}

async fn event(ctx: &Ctx, mut fields: Value) -> EventId {
    fields["Attribute"] = json!([{"type": "domain", "value": "evil.example"}]);
    events::add(ctx, body(fields)).await.unwrap().event.id
}

async fn subscribe(reader: &Ctx, fields: Value) {
    users::edit_own(reader, body(fields)).await.unwrap();
}

async fn messages(world: &World) -> Vec<String> {
    world
        .platform
        .db
        .read(|tx| {
            tx.all(
                "SELECT message FROM jobs WHERE kind = 'mail' ORDER BY id",
                params![],
                |row| row.text(0),
            )
        })
        .await
        .unwrap()
}

#[test]
fn a_summary_comes_once_when_its_day_is_over_and_holds_what_its_reader_sees() {
    let (mailbox, remote) = Mailbox::open();
    on_each_with(&Settings::default(), &remote, |world| {
        let mailbox = mailbox.clone();
        async move {
            let (admin, org) = (world.admin().await, world.org("Readers").await);
            let reader = world.user("reader@example.org", org, USER).await;
            let weekly = world.user("weekly@example.org", org, USER).await;
            let former = world.user("former@example.org", org, USER).await;
            let picky = world.user("picky@example.org", org, USER).await;
            for one in [&reader, &former, &picky] {
                subscribe(one, json!({"notification_daily": true})).await;
            }
            subscribe(&weekly, json!({"notification_weekly": true})).await;
            let wanted = json!({"tags": ["wanted:%"]});
            user_settings::set(
                &picky,
                picky.caller.user_id,
                "periodic_notification_filters",
                wanted,
            )
            .await
            .unwrap();
            work(&world).await;
            assert_eq!(mailbox.len(), 0, "the first look only notes where it stands");
            for (info, distribution, published) in [
                ("Seen by all", 1, true),
                ("Our own", 0, true),
                ("Not finished", 1, false),
            ] {
                let id = event(&admin, json!({"info": info, "distribution": distribution})).await;
                if published {
                    events::publish(&admin, EventKey::Id(id)).await.unwrap();
                }
            }
            let disabled = json!({"disabled": true});
            users::edit(&admin, former.caller.user_id, body(disabled))
                .await
                .unwrap();
            world.platform.clock.advance(TO_WEDNESDAY);
            work(&world).await;
            let mails = mailbox.take("reader@example.org");
            assert_eq!(mails.len(), 1);
            let text = &mails[0];
            assert!(
                text.contains("Seen by all") && text.contains("1 event published"),
                "{text}"
            );
            assert!(
                !text.contains("Our own") && !text.contains("Not finished"),
                "{text}"
            );
            let mails = mailbox.take("picky@example.org");
            assert!(mails[0].contains("No events were published"), "{}", mails[0]);
            assert_eq!(
                mailbox.len(),
                0,
                "no summary of a week on a Wednesday, and none for who is gone"
            );
            world.platform.clock.advance(3_600);
            work(&world).await;
            assert_eq!(mailbox.len(), 0, "each day once");
            // Whoever has had enough before the day is over gets none; Monday brings the one of the week.
            subscribe(&reader, json!({"notification_daily": false})).await;
            world.platform.clock.advance(5 * DAY);
            work(&world).await;
            assert_eq!(mailbox.take("reader@example.org").len(), 0);
            let mails = mailbox.take("weekly@example.org");
            assert!(
                mails[0].contains("Weekly summary") && mails[0].contains("Seen by all"),
                "{mails:?}"
            );
            mailbox.take("picky@example.org");
        }
    });
}

#[test]
fn an_alert_is_written_with_the_rights_of_the_moment_when_it_is_sent() {
    let (mailbox, remote) = Mailbox::open();
    on_each_with(&Settings::default(), &remote, |world| {
        let mailbox = mailbox.clone();
        async move {
            let (admin, org) = (world.admin().await, world.org("Readers").await);
            let reader = world.user("reader@example.org", org, USER).await;
            subscribe(&reader, json!({"autoalert": true})).await;
            let id = event(&admin, json!({"info": "Withdrawn", "distribution": 1})).await;
            mail::alert(&admin, EventKey::Id(id)).await.unwrap();
            // The mail waits; meanwhile the event is taken back to its own organisation.
            let reader_id = reader.caller.user_id;
            let about = json!({"to": reader_id, "about": "alert", "event": id});
            let job = sightline_app::jobs::NewJob {
                kind: "mail",
                payload: about,
                ..Default::default()
            };
            let now = world.platform.clock.now();
            world
                .platform
                .db
                .write(move |tx| sightline_db::jobs::enqueue(tx, now, &job))
                .await
                .unwrap();
            let fields = json!({"distribution": 0, "published": true, "timestamp": now + 1});
            events::edit(&admin, EventKey::Id(id), body(fields))
                .await
                .unwrap();
            work(&world).await;
            assert_eq!(mailbox.len(), 0);
            let messages = messages(&world).await;
            assert_eq!(
                messages.len(),
                1,
                "who does not see it now has no mail queued: {messages:?}"
            );
            assert!(
                messages[0].contains("does not see the event any more"),
                "{messages:?}"
            );
        }
    });
}

#[test]
fn a_password_that_an_administrator_gives_ends_the_link_that_was_sent() {
    let (mailbox, remote) = Mailbox::open();
    let mut settings = Settings::default();
    settings.security.allow_password_forgotten = true;
    on_each_with(&settings, &remote, |world| {
        let mailbox = mailbox.clone();
        async move {
            let (admin, org) = (world.admin().await, world.org("Readers").await);
            let reader = world.user("reader@example.org", org, USER).await;
            let boss = world.user("boss@example.org", org, ORG_ADMIN).await;
            let stranger = Ctx {
                caller: Default::default(),
                ip: Some("192.0.2.9".into()),
                ..Ctx::platform(Arc::clone(&world.platform))
            };
            let link = async || {
                login::forgot(&stranger, "reader@example.org").await.unwrap();
                work(&world).await;
                let mails = mailbox.take("reader@example.org");
                let text = mails[0].replace("=\n", "");
                let (_, rest) = text.split_once("/users/password_reset/").unwrap();
                rest.chars()
                    .take_while(char::is_ascii_alphanumeric)
                    .collect::<String>()
            };
            let token = link().await;
            login::require_link(&stranger, &token).await.unwrap();
            let (_, password) = users::reset_password(&boss, reader.caller.user_id).await.unwrap();
            assert_eq!(
                refusal(login::require_link(&stranger, &token).await).0,
                "not found"
            );
            assert!(password.len() >= 12);
            let token = link().await;
            let edited = json!({"password": "Another-Horse-9"});
            users::edit(&admin, reader.caller.user_id, body(edited))
                .await
                .unwrap();
            assert_eq!(
                refusal(login::require_link(&stranger, &token).await).0,
                "not found"
            );
            let token = link().await;
            world.platform.clock.advance(3_601);
            assert_eq!(
                refusal(login::require_link(&stranger, &token).await).0,
                "not found"
            );
            // An organisation's administrator gives a site administrator no password.
            assert_eq!(
                refusal(users::reset_password(&boss, UserId(1)).await).0,
                "not found"
            );
        }
    });
}
