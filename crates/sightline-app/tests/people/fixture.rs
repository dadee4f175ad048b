//! An instance after its first start, with a second organisation and people in both.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sightline_app::files::Files;
use sightline_app::setup::{FirstStart, first_start};
use sightline_app::{Caller, Counts, Ctx, Platform, Settings, organisations, users};
use sightline_core::ids::{OrgId, RoleId, UserId};
use sightline_core::{AppError, Clock};
use sightline_db::audit::RequestType;
use sightline_remote::{Remote, RemoteConfig};
use sightline_testkit::databases;
use std::sync::Arc;
use tokio::sync::Notify;

/// Roles in the order in which the first start makes them.
pub(crate) const ADMIN: RoleId = RoleId(1);
pub(crate) const ORG_ADMIN: RoleId = RoleId(2);
pub(crate) const USER: RoleId = RoleId(3);
pub(crate) const SYNC: RoleId = RoleId(5);

pub(crate) const ADMIN_KEY: &str = "0123456789abcdefghijABCDEFGHIJ0123456789";
pub(crate) const ADMIN_PASSWORD: &str = "Correct-Horse-7";

/// An instance with its first administrator.
pub(crate) struct World {
    pub(crate) platform: Arc<Platform>,
}

/// Runs `test` in a fresh instance on every engine.
pub(crate) fn on_each<F: Future<Output = ()>>(settings: &Settings, test: impl Fn(World) -> F) {
    on_each_with(settings, &Remote::new(&RemoteConfig::default()).unwrap(), test);
}

/// The same, with another way out.
pub(crate) fn on_each_with<F: Future<Output = ()>>(
    settings: &Settings,
    remote: &Remote,
    test: impl Fn(World) -> F,
) {
    for database in databases() {
        eprintln!("on {}", database.engine());
        let clock = Clock::fixed(1_700_000_000);
        let wish = FirstStart {
            password: Some(ADMIN_PASSWORD.into()),
            key: Some(ADMIN_KEY.into()),
            ..FirstStart::default()
        };
        let outcome = first_start(&database.db, &clock, &wish).unwrap();
        let platform = Arc::new(Platform {
            db: database.db.clone(),
            clock,
            settings: settings.clone().into(),
            files: Files::new(database.directory()),
            remote: remote.clone(),
            counts: Counts::default(),
            warninglists: sightline_app::warninglists::Warninglists::default(),
            bell: Notify::new(),
            followers: Default::default(),
            uuid: outcome.uuid,
            host_org: outcome.host_org,
            base_url: "http://localhost".into(),
        });
        tokio::runtime::Runtime::new()
            .unwrap()
            .block_on(test(World { platform }));
    }
}

impl World {
    /// A request by a user, with its present rights.
    pub(crate) async fn acting(&self, id: UserId) -> Ctx {
        let now = self.platform.clock.now();
        let caller: Caller = self
            .platform
            .db
            .read(move |tx| users::caller(tx, now, id))
            .await
            .unwrap()
            .expect("an active user");
        Ctx {
            caller,
            request_type: RequestType::Api,
            ip: Some("192.0.2.7".into()),
            ..Ctx::platform(Arc::clone(&self.platform))
        }
    }

    /// The first administrator.
    pub(crate) async fn admin(&self) -> Ctx {
        self.acting(UserId(1)).await
    }

    /// A new local organisation.
    pub(crate) async fn org(&self, name: &str) -> OrgId {
        organisations::add(&self.admin().await, body(json!({"name": name})))
            .await
            .unwrap()
            .id
    }

    /// A new user that may log in with [`ADMIN_PASSWORD`].
    pub(crate) async fn user(&self, email: &str, org: OrgId, role: RoleId) -> Ctx {
        let wanted = json!({"email": email, "org_id": org, "role_id": role, "password": ADMIN_PASSWORD, "change_pw": 0});
        let added = users::add(&self.admin().await, body(wanted)).await.unwrap();
        self.acting(added.view.user.id).await
    }

    /// How many audit rows say this.
    pub(crate) async fn audited(&self, action: &'static str, model: &'static str) -> i64 {
        let count = "SELECT COUNT(*) FROM audit_logs WHERE action = $1 AND model = $2";
        self.platform
            .db
            .read(move |tx| tx.int(count, sightline_db::params![action, model]))
            .await
            .unwrap()
    }
}

/// A body as a client sends it.
pub(crate) fn body<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

/// The error, as its kind and text.
pub(crate) fn refusal<T>(outcome: Result<T, AppError>) -> (&'static str, String) {
    let error = outcome.err().expect("a refusal");
    let kind = match error {
        AppError::NotFound(_) => "not found",
        AppError::Invalid(_) => "invalid",
        AppError::Refused(_) => "refused",
        AppError::Rejected(_) => "rejected",
        AppError::Forbidden(_) => "forbidden",
        AppError::NotAllowed(_) => "not allowed",
        AppError::Unauthenticated(_) => "unauthenticated",
        AppError::Conflict(_) => "conflict",
        AppError::RateLimited { .. } => "rate limited",
        _ => "other",
    };
    (kind, error.to_string())
}
