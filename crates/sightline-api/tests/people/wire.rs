//! An instance that answers requests, and the client that asks.

use axum::http::{HeaderMap, Request, StatusCode};
use bytes::Bytes;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use sightline_api::Api;
use sightline_app::files::Files;
use sightline_app::setup::{FirstStart, first_start};
use sightline_app::{Counts, Origin, Platform, Settings};
use sightline_core::Clock;
use sightline_remote::{Remote, RemoteConfig};
use sightline_testkit::databases;
use std::sync::Arc;
use tokio::sync::Notify;

/// The key of the first administrator.
pub(crate) const ADMIN: &str = "0123456789abcdefghijABCDEFGHIJ0123456789";
/// When everything in these tests happens: 2023-11-14 22:13:20.
pub(crate) const NOW: i64 = 1_700_000_000;

/// An instance after its first start.
pub(crate) struct Instance {
    api: Api,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

/// Runs `test` on a fresh instance per engine.
pub(crate) fn on_each<F: Future<Output = ()>>(settings: &Settings, test: impl Fn(Instance) -> F) {
    for database in databases() {
        eprintln!("on {}", database.engine());
        let clock = Clock::fixed(NOW);
        let wish = FirstStart {
            password: Some("Correct-Horse-7".into()),
            key: Some(ADMIN.into()),
            ..FirstStart::default()
        };
        let start = first_start(&database.db, &clock, &wish).unwrap();
        let platform = Platform {
            db: database.db.clone(),
            clock,
            settings: settings.clone().into(),
            files: Files::new(database.directory()),
            remote: Remote::new(&RemoteConfig::default()).unwrap(),
            counts: Counts::default(),
            warninglists: sightline_app::warninglists::Warninglists::default(),
            bell: Notify::new(),
            followers: Default::default(),
            uuid: start.uuid,
            host_org: start.host_org,
            base_url: "http://localhost".into(),
        };
        let instance = Instance {
            api: Api::new(Arc::new(platform)),
        };
        tokio::runtime::Runtime::new().unwrap().block_on(test(instance));
    }
}

impl Instance {
    /// Asks with a key; a body of `null` is none.
    pub(crate) async fn ask(&self, key: &str, method: &str, path: &str, body: Value) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", key)
            .header("accept", "application/json")
            .body(())
            .unwrap();
        let bytes = if body.is_null() {
            Bytes::new()
        } else {
            Bytes::from(body.to_string())
        };
        let origin = Origin {
            ip: Some("192.0.2.7".into()),
            user_agent: Some("a client".into()),
            ..Origin::default()
        };
        let (status, headers, body) = {
            let (parts, body) = self
                .api
                .answer(request.into_parts().0, async { Ok(bytes) }, origin)
                .await
                .into_parts();
            (
                parts.status,
                parts.headers,
                body.collect().await.unwrap().to_bytes(),
            )
        };
        let body = if body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&body).unwrap()
        };
        Answer {
            status,
            headers,
            body,
        }
    }

    /// The body of a GET that works.
    pub(crate) async fn get(&self, key: &str, path: &str) -> Value {
        let answer = self.ask(key, "GET", path, Value::Null).await;
        assert_eq!(answer.status, 200, "GET {path}: {}", answer.body);
        answer.body
    }

    /// The body of a POST that works.
    pub(crate) async fn post(&self, key: &str, path: &str, body: Value) -> Value {
        let answer = self.ask(key, "POST", path, body).await;
        assert_eq!(answer.status, 200, "POST {path}: {}", answer.body);
        answer.body
    }

    /// Status, message and reasons of a POST that does not work.
    pub(crate) async fn refused(&self, key: &str, path: &str, body: Value) -> (u16, String, Value) {
        let Answer { status, body, .. } = self.ask(key, "POST", path, body).await;
        let message = body
            .get("message")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let errors = body.get("errors").cloned().unwrap_or_default();
        (status.as_u16(), message, errors)
    }

    /// A new user of an organisation; its id and key.
    pub(crate) async fn user(&self, email: &str, org: &str, role: &str) -> (String, String) {
        let wanted = json!({"email": email, "org_id": org, "role_id": role});
        let added = self.post(ADMIN, "/admin/users/add", wanted).await;
        (text(&added, "/User/id"), text(&added, "/User/authkey"))
    }

    /// A new organisation; its id.
    pub(crate) async fn org(&self, name: &str) -> String {
        text(
            &self
                .post(ADMIN, "/admin/organisations/add", json!({"name": name}))
                .await,
            "/Organisation/id",
        )
    }
}

/// The text at a JSON pointer.
pub(crate) fn text(value: &Value, pointer: &str) -> String {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found
        .unwrap_or_else(|| panic!("no text at {pointer} in {value}"))
        .to_owned()
}

/// The names of an object's fields, in alphabetical order, as one line.
pub(crate) fn fields(value: &Value, pointer: &str) -> String {
    let object = value.pointer(pointer).and_then(Value::as_object);
    let mut names: Vec<&str> = object
        .unwrap_or_else(|| panic!("no object at {pointer} in {value}"))
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    names.join(" ")
}
