//! Feeds against real databases and a local web server.

mod cache;
mod exported;
mod managing;
mod misp;
mod real;
mod server;
mod text;

use super::*;
use crate::files::Files;
use crate::jobs::{CancelToken, Handlers, Job, LogLine, Options, Reason, State};
use crate::setup::{FirstStart, first_start};
use crate::{Caller, Counts, Platform, Settings, jobs, users};
use server::Server;
use sightline_core::ids::{EventId, JobId, OrgId, UserId};
use sightline_core::{Clock, Permissions};
use sightline_db::attributes::Selection;
use sightline_db::{Access, attributes, events};
use sightline_misp::feeds::FeedIn;
use sightline_misp::records::{Attribute, Event};
use sightline_remote::{Remote, RemoteConfig};
use sightline_testkit::{TestDatabase, databases};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use uuid::Uuid;

/// Longest a fetch may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(300);

/// An instance with one administrator.
struct Instance {
    admin: Ctx,
    directory: PathBuf,
}

/// Runs `test` on a fresh instance for every engine that is available.
fn on_each<F: Future<Output = ()>>(test: impl Fn(Instance) -> F) {
    for database in databases() {
        block_on(test(Instance::on(&database)));
    }
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(work)
}

impl Instance {
    fn on(database: &TestDatabase) -> Self {
        let clock = Clock::system();
        let directory = database.directory().to_path_buf();
        let start = first_start(&database.db, &clock, &FirstStart::default()).unwrap();
        let mut settings = Settings::default();
        settings.feeds.local_roots = vec![directory.join("local")];
        std::fs::create_dir_all(directory.join("local")).unwrap();
        let remote = RemoteConfig {
            allow_private: true,
            ..RemoteConfig::default()
        };
        let platform = Arc::new(Platform {
            db: database.db.clone(),
            clock,
            settings: settings.into(),
            files: Files::new(directory.join("files")),
            remote: Remote::new(&remote).unwrap(),
            counts: Counts::default(),
            warninglists: crate::warninglists::Warninglists::default(),
            bell: Notify::new(),
            followers: Default::default(),
            uuid: start.uuid,
            host_org: start.host_org,
            base_url: "http://localhost".into(),
        });
        let ctx = Ctx::platform(Arc::clone(&platform));
        let now = ctx.now();
        let caller: AppResult<Caller> = platform.db.run_blocking(Access::Read, move |tx| {
            Ok(users::caller(tx, now, UserId(1))?.unwrap())
        });
        Self {
            admin: ctx.acting_as(caller.unwrap()),
            directory,
        }
    }

    /// A user of another organisation without rights.
    fn stranger(&self) -> Ctx {
        self.admin.acting_as(Caller {
            user_id: UserId(77),
            org_id: OrgId(77),
            permissions: Permissions::NONE,
            ..Caller::default()
        })
    }

    async fn add(&self, body: serde_json::Value) -> FeedId {
        add(&self.admin, feed_in(body)).await.unwrap().id
    }

    async fn edit(&self, id: FeedId, body: serde_json::Value) {
        edit(&self.admin, id, feed_in(body)).await.unwrap();
    }

    /// Fetches a feed with a worker of its own; the ended job.
    async fn fetch(&self, id: FeedId) -> Job {
        let job = request_fetch(&self.admin, id).await.unwrap();
        self.work_until(job, |job| !job.state.is_alive()).await
    }

    /// Runs a worker until the job looks as wanted, then stops it.
    async fn work_until(&self, id: JobId, wanted: impl Fn(&Job) -> bool) -> Job {
        let stop = CancelToken::new();
        let worker = tokio::spawn(jobs::run_worker(
            Arc::clone(&self.admin.platform),
            users::caller,
            handlers(Handlers::default()),
            Options::default(),
            stop.clone(),
        ));
        let waiting = async {
            loop {
                let job = jobs::view(&self.admin, id).await.unwrap();
                if wanted(&job) {
                    return job;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let job = tokio::time::timeout(PATIENCE, waiting).await.unwrap();
        stop.cancel(Reason::Stopping);
        worker.await.unwrap();
        job
    }

    async fn log(&self, job: JobId) -> Vec<LogLine> {
        jobs::log(&self.admin, job, 0).await.unwrap()
    }

    async fn feed(&self, id: FeedId) -> Feed {
        view(&self.admin, id).await.unwrap().feed
    }

    async fn event(&self, id: EventId) -> Event {
        self.admin
            .read(move |ctx, tx| Ok(events::by_id(tx, ctx.visible(), id)?.unwrap()))
            .await
            .unwrap()
    }

    async fn event_by_uuid(&self, uuid: &str) -> Option<Event> {
        let uuid = Uuid::try_parse(uuid).unwrap();
        self.admin
            .read(move |ctx, tx| Ok(events::by_uuid(tx, ctx.visible(), uuid)?))
            .await
            .unwrap()
    }

    /// Attributes outside objects.
    async fn attributes(&self, event: EventId) -> Vec<Attribute> {
        self.admin
            .read(move |ctx, tx| {
                let all = Selection {
                    deleted: None,
                    ..Selection::default()
                };
                Ok(attributes::page_of_event(
                    tx,
                    ctx.visible(),
                    event,
                    all,
                    Default::default(),
                    1_000_000,
                )?)
            })
            .await
            .unwrap()
    }

    /// Values of live attributes outside objects, sorted.
    async fn values(&self, event: EventId) -> Vec<String> {
        let live = self
            .attributes(event)
            .await
            .into_iter()
            .filter(|attribute| !attribute.deleted);
        let mut values: Vec<String> = live.map(|attribute| attribute.value().into_owned()).collect();
        values.sort();
        values
    }

    async fn count(&self, sql: &'static str) -> i64 {
        self.admin.read(move |_, tx| Ok(tx.int(sql, &[])?)).await.unwrap()
    }
}

fn feed_in(body: serde_json::Value) -> FeedIn {
    serde_json::from_value(body).unwrap()
}
