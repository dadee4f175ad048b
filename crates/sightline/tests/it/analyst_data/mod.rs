//! Notes, opinions and relationships against rights: who sees one, who changes one, and what they must not give away
//! of what they hang on. On both engines.

mod content;
mod rights;

use crate::harness::{self, Instance};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

const NOWHERE: &str = "2b6c6ff0-57f6-4f5a-9b40-000000000001";

fn on_each(test: &impl AsyncFn(&World<'_>)) {
    harness::on_each(&async |instance| test(&World::new(instance).await).await);
}

struct World<'a> {
    instance: &'a Instance,
    owner: String,
    read_only: String,
    reader: String,
    outsider: String,
    sync: String,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

impl<'a> World<'a> {
    async fn new(instance: &'a Instance) -> Self {
        let (ours, theirs) = (instance.org("Ours").await, instance.org("Theirs").await);
        let owner = instance.person(&ours, 4, "owner@ours.example").await;
        Self {
            instance,
            read_only: instance.key(&owner.id, json!({"read_only": true})).await,
            owner: owner.key,
            reader: instance.person(&ours, 6, "reader@ours.example").await.key,
            outsider: instance.person(&theirs, 4, "outsider@theirs.example").await.key,
            sync: instance.person(&theirs, 5, "sync@theirs.example").await.key,
        }
    }

    /// An event with an attribute; both uuids.
    async fn event(&self, distribution: i64) -> (String, String) {
        let attribute = json!({"type": "domain", "value": "a.example.com"});
        let body = json!({"info": "an event", "distribution": distribution, "Attribute": [attribute]});
        let event = self.instance.post(&self.owner, "/events/add", body).await;
        (
            text(&event["Event"]["uuid"]),
            text(&event["Event"]["Attribute"][0]["uuid"]),
        )
    }

    async fn get(&self, key: &str, path: &str) -> (StatusCode, Value) {
        self.instance.call(key, Method::GET, path, None).await
    }

    async fn send(&self, key: &str, path: &str, body: Value) -> (StatusCode, Value) {
        self.instance.call(key, Method::POST, path, Some(body)).await
    }

    async fn note(&self, key: &str, on: &str, kind: &str, body: Value) -> Value {
        let path = format!("/analyst_data/add/Note/{on}/{kind}");
        self.instance.post(key, &path, body).await["Note"].clone()
    }

    /// The notes that an index shows.
    async fn listed(&self, key: &str) -> Vec<String> {
        let (status, list) = self.get(key, "/analyst_data/index/Note").await;
        assert_eq!(status, StatusCode::OK, "{list}");
        let list = list.as_array().unwrap();
        list.iter().map(|row| text(&row["Note"]["note"])).collect()
    }
}
