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

async fn outsider(instance: &Instance, engine: &str) {
    let (ours, theirs) = (instance.org("Ours").await, instance.org("Theirs").await);
    let insider = instance.person(&ours, 4, "insider@ours.example").await;
    let colleague = instance.person(&ours, 3, "colleague@ours.example").await;
    let outsider = instance.person(&theirs, 4, "outsider@theirs.example").await;
    let secret = json!({
        "info": "zebra secret", "distribution": 0,
        "Attribute": [{"type": "domain", "value": "zebra.example.com", "Tag": [{"name": "zebra:tag"}]}],
    });
    instance
        .post(ADMIN, "/tags/add", json!({"name": "zebra:tag"}))
        .await;
    let event = instance.post(&insider.key, "/events/add", secret).await;
    let id = event["Event"]["id"].as_str().unwrap().to_owned();
    let uuid = event["Event"]["uuid"].as_str().unwrap().to_owned();
    let attribute = event["Event"]["Attribute"][0]["id"].as_str().unwrap().to_owned();
    let attribute_uuid = event["Event"]["Attribute"][0]["uuid"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        event["Event"]["Attribute"][0]["Tag"][0]["name"], "zebra:tag",
        "{engine}"
    );

    // Colleagues see it in every one of these places; outsiders in none.
    let searches = [
        (
            "/events/restSearch",
            json!({"returnFormat": "json", "value": "zebra.example.com"}),
        ),
        (
            "/events/restSearch",
            json!({"returnFormat": "json", "uuid": uuid}),
        ),
        (
            "/events/restSearch",
            json!({"returnFormat": "json", "tags": "zebra:tag"}),
        ),
        (
            "/events/restSearch",
            json!({"returnFormat": "json", "searchall": "%zebra%"}),
        ),
        (
            "/attributes/restSearch",
            json!({"returnFormat": "json", "value": "%zebra%"}),
        ),
        (
            "/attributes/restSearch",
            json!({"returnFormat": "json", "uuid": attribute_uuid}),
        ),
        ("/events/index", json!({"eventinfo": "zebra"})),
        ("/events/index", json!({"all": "zebra"})),
    ];
    for (path, body) in &searches {
        let seen = instance
            .post(&colleague.key, path, body.clone())
            .await
            .to_string();
        assert!(
            seen.contains("zebra"),
            "{engine} {path} {body}: a colleague sees it: {seen}"
        );
        let hidden = instance.post(&outsider.key, path, body.clone()).await.to_string();
        assert!(
            !hidden.contains("zebra"),
            "{engine} {path} {body}: an outsider does not: {hidden}"
        );
    }
    for path in [format!("/events/view/{id}"), format!("/events/view/{uuid}")] {
        let (status, answer) = instance.call(&outsider.key, Method::GET, &path, None).await;
        assert_eq!(
            (status, answer["message"].as_str()),
            (StatusCode::NOT_FOUND, Some("Invalid event")),
            "{path}"
        );
        let (status, _) = instance.call(&outsider.key, Method::HEAD, &path, None).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "HEAD {path}");
    }
    // A record that is hidden and one that never was answer alike.
    for (hidden, never) in [
        (format!("/events/view/{id}"), "/events/view/999999".to_owned()),
        (
            format!("/attributes/view/{attribute}"),
            "/attributes/view/999999".to_owned(),
        ),
        (
            format!("/attributes/view/{attribute_uuid}"),
            format!("/attributes/view/{}", uuid::Uuid::new_v4()),
        ),
    ] {
        let (a, b) = (
            instance.call(&outsider.key, Method::GET, &hidden, None).await,
            instance.call(&outsider.key, Method::GET, &never, None).await,
        );
        assert_eq!(
            (a.0, &a.1["message"]),
            (b.0, &b.1["message"]),
            "{engine} {hidden}"
        );
    }
    // Nor may it be changed, tagged or sighted.
    for (path, body) in [
        (format!("/events/edit/{id}"), json!({"info": "mine"})),
        (format!("/events/delete/{id}"), json!({})),
        (format!("/events/publish/{id}"), json!({})),
        (
            format!("/attributes/add/{id}"),
            json!({"type": "text", "value": "x"}),
        ),
        (
            format!("/attributes/edit/{attribute}"),
            json!({"value": "other.example.com"}),
        ),
        (format!("/attributes/delete/{attribute}"), json!({})),
        (
            format!("/objects/add/{id}"),
            json!({"name": "file", "Attribute": [{"type": "md5", "value": "x"}]}),
        ),
    ] {
        let (status, answer) = instance
            .call(&outsider.key, Method::POST, &path, Some(body))
            .await;
        assert!(status.is_client_error(), "{engine} {path}: {status} {answer}");
        assert!(!answer.to_string().contains("zebra"), "{engine} {path}: {answer}");
    }
    let sighted = instance
        .post(
            &outsider.key,
            "/sightings/add",
            json!({"value": "zebra.example.com"}),
        )
        .await;
    assert!(sighted.get("Sighting").is_none(), "{engine}: {sighted}");
    counts(instance, &colleague.key, &outsider.key, engine).await;
    let unchanged = instance
        .call(&colleague.key, Method::GET, &format!("/events/view/{id}"), None)
        .await
        .1;
    assert_eq!(unchanged["Event"]["info"], "zebra secret", "{engine}");
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
