//! A small instance with three organisations, for tests of tags and sightings.

use crate::events::{self, EventKey};
use crate::files::Files;
use crate::{Caller, Counts, Ctx, Platform, Settings};
use serde_json::Value;
use sightline_core::ids::{AttributeId, EventId, OrgId, UserId};
use sightline_core::{AppResult, Clock, Permission, Permissions, random};
use sightline_db::attributes::Selection;
use sightline_db::{Visible, attributes, events as rows, params};
use sightline_misp::records::{Attribute, Event};
use sightline_remote::{Remote, RemoteConfig};
use sightline_testkit::databases;
use std::sync::Arc;
use tokio::sync::Notify;

/// Runs this instance.
pub(crate) const HOST: OrgId = OrgId(1);
/// Makes the events.
pub(crate) const OWNER: OrgId = OrgId(2);
/// Looks on.
pub(crate) const OTHER: OrgId = OrgId(3);

/// When everything starts.
pub(crate) const NOW: i64 = 1_700_000_000;

/// What a user without special rights has.
pub(crate) const USER: &[Permission] = &[
    Permission::Add,
    Permission::Modify,
    Permission::ModifyOrg,
    Permission::Tagger,
    Permission::Sighting,
];

/// An instance.
pub(crate) struct World {
    pub(crate) platform: Arc<Platform>,
}

/// Runs `test` on a fresh instance of every engine.
pub(crate) fn on_each<F: Future<Output = ()>>(settings: &Settings, test: impl Fn(World) -> F) {
    for database in databases() {
        let platform = Arc::new(Platform {
            db: database.db.clone(),
            clock: Clock::fixed(NOW),
            settings: settings.clone().into(),
            files: Files::new(database.directory().join("files")),
            remote: Remote::new(&RemoteConfig::default()).unwrap(),
            counts: Counts::default(),
            warninglists: crate::warninglists::Warninglists::default(),
            bell: Notify::new(),
            followers: Default::default(),
            uuid: random::uuid(),
            host_org: HOST,
            base_url: "http://localhost".into(),
        });
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let world = World { platform };
            world.platform.db.write(organisations).await.unwrap();
            test(world).await;
        });
    }
}

fn organisations(tx: &mut sightline_db::Tx<'_>) -> AppResult<()> {
    for name in ["Host", "Owner", "Other"] {
        tx.exec(
            "INSERT INTO organisations (uuid, name, local, date_created, date_modified) VALUES ($1, $2, TRUE, 0, 0)",
            params![random::uuid(), name],
        )?;
    }
    Ok(())
}

impl World {
    /// A member of an organisation; its user has the organisation's number.
    pub(crate) fn member(&self, org_id: OrgId, permissions: &[Permission]) -> Ctx {
        Ctx::platform(Arc::clone(&self.platform)).acting_as(Caller {
            user_id: UserId(org_id.0),
            org_id,
            permissions: Permissions::of(permissions),
            ..Caller::default()
        })
    }

    /// A site administrator of the host organisation.
    pub(crate) fn admin(&self) -> Ctx {
        self.member(HOST, Permission::ALL)
    }

    /// The owner of the events.
    pub(crate) fn owner(&self) -> Ctx {
        self.member(OWNER, USER)
    }

    /// A user of another organisation.
    pub(crate) fn other(&self) -> Ctx {
        self.member(OTHER, USER)
    }

    /// Adds an event as `ctx`; the event and its attributes.
    pub(crate) async fn event(&self, ctx: &Ctx, body: Value) -> (Event, Vec<Attribute>) {
        let added = events::add(ctx, serde_json::from_value(body).unwrap())
            .await
            .unwrap()
            .event;
        let id = added.id;
        let found = ctx
            .read(move |_, tx| {
                let selection = Selection {
                    flatten: true,
                    ..Selection::default()
                };
                Ok(attributes::page_of_event(
                    tx,
                    Visible::everything(),
                    id,
                    selection,
                    AttributeId(0),
                    10_000,
                )?)
            })
            .await;
        (added, found.unwrap())
    }

    /// The event as it is now.
    pub(crate) async fn reload(&self, id: EventId) -> Event {
        self.admin()
            .read(move |ctx, tx| events::find(ctx, tx, &EventKey::Id(id)))
            .await
            .unwrap()
    }

    /// Marks an event as published at the beginning of time, to see whether something touches it.
    pub(crate) async fn publish_quietly(&self, id: EventId) {
        let set = move |_: &Ctx, tx: &mut sightline_db::Tx<'_>| {
            tx.exec("UPDATE events SET timestamp = 1 WHERE id = $1", params![id])?;
            tx.exec(
                "UPDATE attributes SET timestamp = 1 WHERE event_id = $1",
                params![id],
            )?;
            Ok(rows::set_published(tx, id, true, Some(1))?)
        };
        self.admin().write(set).await.unwrap();
    }

    /// How many audit rows there are of an action.
    pub(crate) async fn audited(&self, action: &'static str) -> i64 {
        let count = move |_: &Ctx, tx: &mut sightline_db::Tx<'_>| {
            Ok(tx.int(
                "SELECT COUNT(*) FROM audit_logs WHERE action = $1",
                params![action],
            )?)
        };
        self.admin().read(count).await.unwrap()
    }
}
