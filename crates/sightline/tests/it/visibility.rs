//! What an outsider may not see is not there: view, HEAD, index, search, counts, statistics, tags, sightings
//! (spec 05 section 4). On both engines.

use crate::harness::{ADMIN, Instance};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

#[test]
fn what_an_outsider_may_not_see_is_not_there() {
    for database in sightline_testkit::databases() {
        let engine = database.engine();
        let instance = Instance::start(database);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(outsider(&instance, engine));
    }
}

/// One secret event, who may see it, and who may not.
struct World<'a> {
    instance: &'a Instance,
    engine: &'a str,
    colleague: String,
    outsider: String,
    event: String,
    event_uuid: String,
    attribute: String,
    attribute_uuid: String,
}

async fn outsider(instance: &Instance, engine: &str) {
    let world = World::new(instance, engine).await;
    world.is_not_found().await;
    world.is_not_shown().await;
    world.cannot_be_changed().await;
    counts(instance, &world.colleague, &world.outsider, engine).await;
}

impl<'a> World<'a> {
    async fn new(instance: &'a Instance, engine: &'a str) -> Self {
        let (ours, theirs) = (instance.org("Ours").await, instance.org("Theirs").await);
        let insider = instance.person(&ours, 4, "insider@ours.example").await;
        let colleague = instance.person(&ours, 3, "colleague@ours.example").await;
        let outsider = instance.person(&theirs, 4, "outsider@theirs.example").await;
        let tag = json!({"name": "zebra:tag"});
        instance.post(ADMIN, "/tags/add", tag.clone()).await;
        let secret = json!({
            "info": "zebra secret", "distribution": 0,
            "Attribute": [{"type": "domain", "value": "zebra.example.com", "Tag": [tag]}],
        });
        let answer = instance.post(&insider.key, "/events/add", secret).await;
        let event = &answer["Event"];
        let attribute = &event["Attribute"][0];
        assert_eq!(attribute["Tag"][0]["name"], "zebra:tag", "{engine}");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        World {
            instance,
            engine,
            colleague: colleague.key,
            outsider: outsider.key,
            event: text(&event["id"]),
            event_uuid: text(&event["uuid"]),
            attribute: text(&attribute["id"]),
            attribute_uuid: text(&attribute["uuid"]),
        }
    }

    /// Colleagues find it in every one of these places; outsiders in none.
    async fn is_not_found(&self) {
        let engine = self.engine;
        let search = |scope: &str, field: &str, value: &str| {
            let body = json!({"returnFormat": "json", field: value});
            (format!("/{scope}/restSearch"), body)
        };
        let searches = [
            search("events", "value", "zebra.example.com"),
            search("events", "uuid", &self.event_uuid),
            search("events", "tags", "zebra:tag"),
            search("events", "searchall", "%zebra%"),
            search("attributes", "value", "%zebra%"),
            search("attributes", "uuid", &self.attribute_uuid),
            ("/events/index".into(), json!({"eventinfo": "zebra"})),
            ("/events/index".into(), json!({"all": "zebra"})),
        ];
        for (path, body) in &searches {
            let seen = self
                .instance
                .post(&self.colleague, path, body.clone())
                .await
                .to_string();
            assert!(
                seen.contains("zebra"),
                "{engine} {path} {body}: a colleague sees it: {seen}"
            );
            let hidden = self
                .instance
                .post(&self.outsider, path, body.clone())
                .await
                .to_string();
            assert!(
                !hidden.contains("zebra"),
                "{engine} {path} {body}: an outsider does not: {hidden}"
            );
        }
    }

    /// A record that is hidden and one that never was answer alike.
    async fn is_not_shown(&self) {
        let event = format!("/events/view/{}", self.event);
        for path in [&event, &format!("/events/view/{}", self.event_uuid)] {
            let (status, answer) = self.outsider(Method::GET, path, None).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
            assert_eq!(answer["message"], "Invalid event", "{path}");
            assert_eq!(
                self.outsider(Method::HEAD, path, None).await.0,
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }
        let never = uuid::Uuid::new_v4();
        for (hidden, never) in [
            (event, "/events/view/999999".to_owned()),
            (
                format!("/attributes/view/{}", self.attribute),
                "/attributes/view/999999".to_owned(),
            ),
            (
                format!("/attributes/view/{}", self.attribute_uuid),
                format!("/attributes/view/{never}"),
            ),
            (
                format!("/shadow_attributes/index/{}", self.event),
                "/shadow_attributes/index/999999".to_owned(),
            ),
        ] {
            let hidden_answer = self.outsider(Method::GET, &hidden, None).await;
            let never_answer = self.outsider(Method::GET, &never, None).await;
            assert_eq!(hidden_answer.0, never_answer.0, "{} {hidden}", self.engine);
            assert_eq!(
                hidden_answer.1["message"], never_answer.1["message"],
                "{} {hidden}",
                self.engine
            );
        }
    }

    /// Nor may it be changed, deleted, published, filled or sighted.
    async fn cannot_be_changed(&self) {
        let (event, attribute) = (&self.event, &self.attribute);
        let part = json!({"type": "md5", "value": "x"});
        for (path, body) in [
            (format!("/events/edit/{event}"), json!({"info": "mine"})),
            (format!("/events/delete/{event}"), json!({})),
            (format!("/events/publish/{event}"), json!({})),
            (
                format!("/attributes/add/{event}"),
                json!({"type": "text", "value": "x"}),
            ),
            (
                format!("/attributes/edit/{attribute}"),
                json!({"value": "other.example.com"}),
            ),
            (format!("/attributes/delete/{attribute}"), json!({})),
            (
                format!("/shadow_attributes/add/{event}"),
                json!({"type": "text", "value": "x"}),
            ),
            (
                format!("/shadow_attributes/edit/{attribute}"),
                json!({"comment": "x"}),
            ),
            (format!("/events/publishSightings/{event}"), json!({})),
            (
                format!("/objects/add/{event}"),
                json!({"name": "file", "Attribute": [part]}),
            ),
        ] {
            let (status, answer) = self.outsider(Method::POST, &path, Some(body)).await;
            assert!(
                status.is_client_error(),
                "{} {path}: {status} {answer}",
                self.engine
            );
            assert!(
                !answer.to_string().contains("zebra"),
                "{} {path}: {answer}",
                self.engine
            );
        }
        let value = json!({"value": "zebra.example.com"});
        let sighted = self.instance.post(&self.outsider, "/sightings/add", value).await;
        assert!(sighted.get("Sighting").is_none(), "{}: {sighted}", self.engine);
        let path = format!("/events/view/{event}");
        let (_, unchanged) = self
            .instance
            .call(&self.colleague, Method::GET, &path, None)
            .await;
        assert_eq!(unchanged["Event"]["info"], "zebra secret", "{}", self.engine);
    }

    async fn outsider(&self, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        self.instance.call(&self.outsider, method, path, body).await
    }
}

#[test]
fn proposals_are_seen_with_what_they_are_about_and_decided_by_its_owner() {
    for database in sightline_testkit::databases() {
        let engine = database.engine();
        let instance = Instance::start(database);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let (ours, theirs) = (instance.org("Ours").await, instance.org("Theirs").await);
            let owner = instance.person(&ours, 4, "owner@ours.example").await;
            let other = instance.person(&theirs, 4, "other@theirs.example").await;
            let reader = instance.key(&owner.id, json!({"read_only": true})).await;
            let event = json!({"info": "shared", "distribution": 1, "Attribute": [
                {"type": "domain", "value": "open.example.com"},
                {"type": "domain", "value": "closed.example.com", "distribution": 0},
            ]});
            let event = instance.post(&owner.key, "/events/add", event).await["Event"].clone();
            for attribute in event["Attribute"].as_array().unwrap() {
                let path = format!("/shadow_attributes/edit/{}", attribute["id"].as_str().unwrap());
                instance
                    .post(&owner.key, &path, json!({"comment": "proposed"}))
                    .await;
            }
            let list = "/shadow_attributes/index";
            let (_, own) = instance.call(&owner.key, Method::GET, list, None).await;
            assert_eq!(own.as_array().unwrap().len(), 2, "{engine}: {own}");
            let (_, seen) = instance.call(&other.key, Method::GET, list, None).await;
            assert!(
                seen.to_string().contains("open.example") && !seen.to_string().contains("closed.example"),
                "{engine}: {seen}"
            );
            for id in [1, 2] {
                for action in ["accept", "discard"] {
                    let path = format!("/shadow_attributes/{action}/{id}");
                    let (status, _) = instance.call(&other.key, Method::POST, &path, None).await;
                    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "{engine} {path}");
                    let (status, _) = instance.call(&reader, Method::POST, &path, None).await;
                    assert_eq!(
                        status,
                        StatusCode::FORBIDDEN,
                        "{engine} {path} with a read-only key"
                    );
                }
            }
            let (_, still) = instance.call(&owner.key, Method::GET, list, None).await;
            assert_eq!(still, own, "{engine}");
        });
    }
}

/// Counts and statistics are of what the caller sees.
async fn counts(instance: &Instance, insider: &str, outsider: &str, engine: &str) {
    let tag = |index: &Value| {
        index["Tag"]
            .as_array()
            .unwrap()
            .iter()
            .find(|tag| tag["name"] == "zebra:tag")
            .cloned()
            .unwrap_or_default()
    };
    let (_, seen) = instance.call(insider, Method::GET, "/tags/index", None).await;
    assert_eq!(tag(&seen)["attribute_count"], 1, "{engine}: {seen}");
    let (_, hidden) = instance.call(outsider, Method::GET, "/tags/index", None).await;
    assert_eq!(tag(&hidden)["attribute_count"], 0, "{engine}: {hidden}");
    let (_, types) = instance
        .call(insider, Method::GET, "/attributes/attributeStatistics/type", None)
        .await;
    assert_eq!(types["domain"], "1", "{engine}");
    let (_, types) = instance
        .call(
            outsider,
            Method::GET,
            "/attributes/attributeStatistics/type",
            None,
        )
        .await;
    assert!(types.get("domain").is_none(), "{engine}: {types}");
}

#[test]
fn an_attribute_of_ones_own_organisation_stays_at_home() {
    for database in sightline_testkit::databases() {
        let engine = database.engine();
        let instance = Instance::start(database);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let (ours, theirs) = (instance.org("Ours").await, instance.org("Theirs").await);
            let insider = instance.person(&ours, 4, "insider@ours.example").await;
            let outsider = instance.person(&theirs, 4, "outsider@theirs.example").await;
            let event = json!({"info": "shared", "distribution": 1, "Attribute": [
                {"type": "domain", "value": "open.example.com"},
                {"type": "domain", "value": "closed.example.com", "distribution": 0},
            ]});
            let event = instance.post(&insider.key, "/events/add", event).await;
            let path = format!("/events/view/{}", event["Event"]["id"].as_str().unwrap());
            let (_, own) = instance.call(&insider.key, Method::GET, &path, None).await;
            assert_eq!(own["Event"]["Attribute"].as_array().unwrap().len(), 2, "{engine}");
            let (_, foreign) = instance.call(&outsider.key, Method::GET, &path, None).await;
            let seen = foreign["Event"]["Attribute"].as_array().unwrap();
            assert_eq!(seen.len(), 1, "{engine}");
            assert_eq!(seen[0]["value"], "open.example.com", "{engine}");
            let body = json!({"returnFormat": "json", "value": "closed.example.com"});
            for scope in ["events", "attributes"] {
                let found = instance
                    .post(&outsider.key, &format!("/{scope}/restSearch"), body.clone())
                    .await;
                assert!(!found.to_string().contains("closed"), "{engine} {scope}: {found}");
            }
        });
    }
}
