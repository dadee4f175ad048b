//! One instance per test, with its administrator's key, and calls as a client makes them.

use axum::http::{Method, Request, StatusCode, header};
use bytes::Bytes;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use sightline_api::{Api, Origin};
use sightline_app::files::Files;
use sightline_app::setup::{FirstStart, first_start};
use sightline_app::{Counts, Platform, Settings};
use sightline_core::Clock;
use sightline_remote::{Remote, RemoteConfig};
use sightline_testkit::TestDatabase;
use std::sync::Arc;
use tokio::sync::Notify;

/// The administrator's API key.
pub(crate) const ADMIN: &str = "AdminKeyAdminKeyAdminKeyAdminKeyAdminKey";

/// Roles of the seed, by id.
pub(crate) const ROLES: &[(i64, &str)] = &[
    (1, "admin"),
    (2, "Org Admin"),
    (3, "User"),
    (4, "Publisher"),
    (5, "Sync user"),
    (6, "Read Only"),
];

/// Runs `test` against a fresh instance on every engine.
pub(crate) fn on_each(test: &impl AsyncFn(&Instance)) {
    for database in sightline_testkit::databases() {
        let instance = Instance::start(database);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(test(&instance));
    }
}

/// A running instance.
pub(crate) struct Instance {
    api: Api,
    database: TestDatabase,
}

/// A user with its key.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) key: String,
}

impl Instance {
    /// A fresh instance on a fresh database. Call it outside an async runtime.
    pub(crate) fn start(database: TestDatabase) -> Self {
        let wish = FirstStart {
            password: Some("Password1234".into()),
            key: Some(ADMIN.into()),
            org: Some("Host".into()),
            ..FirstStart::default()
        };
        let clock = Clock::system();
        let outcome = first_start(&database.db, &clock, &wish).unwrap();
        let platform = Platform {
            db: database.db.clone(),
            clock,
            settings: Settings::default().into(),
            files: Files::new(database.directory().join("files")),
            remote: Remote::new(&RemoteConfig::default()).unwrap(),
            counts: Counts::default(),
            warninglists: sightline_app::warninglists::Warninglists::default(),
            bell: Notify::new(),
            followers: Default::default(),
            uuid: outcome.uuid,
            host_org: outcome.host_org,
            base_url: "http://sightline.example".into(),
        };
        Self {
            api: Api::new(Arc::new(platform)),
            database,
        }
    }

    /// The database.
    pub(crate) fn database(&self) -> &sightline_db::Db {
        &self.database.db
    }

    /// An answer that goes on.
    pub(crate) async fn stream(&self, key: &str, path: &str) -> Stream {
        let request = Request::get(path).header(header::AUTHORIZATION, key);
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let response = self
            .api
            .answer(parts, async { Ok(Bytes::new()) }, Origin::default())
            .await;
        assert_eq!(response.status(), StatusCode::OK);
        Stream(response.into_body())
    }

    /// One call; an empty key is a call without one.
    pub(crate) async fn call(
        &self,
        key: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> (StatusCode, Value) {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/json");
        if !key.is_empty() {
            request = request.header(header::AUTHORIZATION, key);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let bytes = body.map_or_else(Bytes::new, |body| Bytes::from(body.to_string()));
        let origin = Origin {
            ip: Some("192.0.2.7".into()),
            user_agent: Some("a client".into()),
            ..Origin::default()
        };
        let response = self.api.answer(parts, async { Ok(bytes) }, origin).await;
        let status = response.status();
        if response
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind == "text/event-stream")
        {
            // It has no end to wait for.
            return (status, Value::Null);
        }
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    /// A POST that must succeed.
    pub(crate) async fn post(&self, key: &str, path: &str, body: Value) -> Value {
        let (status, answer) = self.call(key, Method::POST, path, Some(body)).await;
        assert!(status.is_success(), "{path}: {status} {answer}");
        answer
    }

    /// A new organisation; its id.
    pub(crate) async fn org(&self, name: &str) -> String {
        let answer = self
            .post(ADMIN, "/admin/organisations/add", json!({"name": name}))
            .await;
        answer["Organisation"]["id"].as_str().unwrap().to_owned()
    }

    /// A new user of an organisation with a role of the seed.
    pub(crate) async fn person(&self, org: &str, role: i64, email: &str) -> Person {
        let body = json!({"email": email, "org_id": org, "role_id": role, "password": "Password1234"});
        let user = self.post(ADMIN, "/admin/users/add", body).await;
        let id = user["User"]["id"].as_str().unwrap().to_owned();
        Person {
            key: self.key(&id, json!({})).await,
            id,
        }
    }

    /// A new key of a user.
    pub(crate) async fn key(&self, user: &str, options: Value) -> String {
        let answer = self.post(ADMIN, &format!("/auth_keys/add/{user}"), options).await;
        answer["AuthKey"]["authkey_raw"].as_str().unwrap().to_owned()
    }
}

/// The rest of an answer.
pub(crate) struct Stream(axum::body::Body);

impl Stream {
    /// What comes next; `None` at the end.
    pub(crate) async fn chunk(&mut self) -> Option<String> {
        let frame = self.0.frame().await?.unwrap();
        Some(String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap())
    }
}
