//! A client for tests: asks a fresh instance without a socket, as its administrator.

use crate::Api;
use axum::http::request::Builder;
use axum::http::{HeaderMap, Request};
use bytes::Bytes;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use sightline_app::files::Files;
use sightline_app::setup::{FirstStart, first_start};
use sightline_app::{Counts, Origin, Platform, Settings};
use sightline_core::Clock;
use sightline_remote::{Remote, RemoteConfig};
use std::sync::Arc;
use tokio::sync::Notify;

const KEY: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123";

/// Runs `test` against a fresh instance on every engine, as its administrator.
pub(crate) fn on_each<F: Future<Output = ()>>(test: impl Fn(Client) -> F) {
    for database in sightline_testkit::databases() {
        let clock = Clock::fixed(1_700_000_000);
        let wish = FirstStart {
            password: Some("correct horse battery".into()),
            key: Some(KEY.into()),
            ..FirstStart::default()
        };
        let outcome = first_start(&database.db, &clock, &wish).unwrap();
        let platform = Arc::new(Platform {
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
            base_url: "http://localhost".into(),
        });
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(test(Client(Api::new(platform))));
    }
}

/// Who asks.
pub(crate) struct Client(Api);

impl Client {
    /// Status, headers and body of an answer to a body that does not say what it is.
    pub(crate) async fn raw(&self, method: &str, path: &str, body: &str) -> (u16, HeaderMap, String) {
        self.send(Request::builder().method(method).uri(path), body).await
    }

    /// Status and body.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", "application/json");
        let sent = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let (status, _, text) = self.send(request, &sent).await;
        (status, serde_json::from_str(&text).unwrap())
    }

    async fn send(&self, request: Builder, body: &str) -> (u16, HeaderMap, String) {
        let request = request
            .header("authorization", KEY)
            .header("accept", "application/json");
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let sent = Bytes::copy_from_slice(body.as_bytes());
        let (head, body) = self
            .0
            .answer(parts, async { Ok(sent) }, Origin::default())
            .await
            .into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        (head.status.as_u16(), head.headers, text)
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.ask("POST", path, body).await
    }

    /// An event with one attribute; both uuids.
    pub(crate) async fn event(&self) -> (String, String) {
        let attribute = json!({"type": "text", "value": "seen value"});
        let body = json!({"info": "an event", "distribution": 3, "Attribute": [attribute]});
        let (status, answer) = self.post("/events/add", body).await;
        assert_eq!(status, 200, "{answer}");
        let text = |pointer: &str| answer.pointer(pointer).unwrap().as_str().unwrap().to_owned();
        (text("/Event/uuid"), text("/Event/Attribute/0/uuid"))
    }
}
