//! Sightings over the wire: shapes and refusals as recorded.

use crate::test_client::{Client, on_each};
use serde_json::{Value, json};

async fn get(client: &Client, path: &str) -> Value {
    client.ask("GET", path, Value::Null).await.1
}

#[test]
fn a_sighting_from_its_making_to_its_end() {
    on_each(|client| async move {
        let (_, attribute) = client.event().await;
        let (status, made) = client
            .post(
                "/sightings/add",
                json!({"value": "SEEN value", "type": "1", "timestamp": "5"}),
            )
            .await;
        let uuid = made["Sighting"]["uuid"].clone();
        let columns = json!({
            "id": "1", "attribute_id": "1", "event_id": "1", "org_id": "1", "date_sighting": "5", "uuid": uuid, "source": "", "type": "1",
        });
        assert_eq!((status, &made), (200, &json!({"Sighting": columns})));
        for (path, body) in [
            (format!("/sightings/add/{attribute}"), json!({"source": "blah"})),
            (
                format!("/sightings/add/{attribute}"),
                json!([{"id": "12", "uuid": "6c05e844-5b19-4f93-b197-3dc5e4474753"}]),
            ),
            (
                "/sightings/add".to_owned(),
                json!({"request": {"Sighting": {"uuid": attribute}}}),
            ),
            (
                "/sightings/add".to_owned(),
                json!({"values": ["seen value"], "filters": {"type": "text"}}),
            ),
        ] {
            let (status, answer) = client.post(&path, body.clone()).await;
            assert_eq!(
                (status, &answer["Sighting"]["attribute_id"]),
                (200, &json!("1")),
                "{path} {body}: {answer}"
            );
        }
        for (path, body, reason) in [
            (
                "/sightings/add",
                json!({"values": ["nope"]}),
                "No valid attributes found that match the criteria.",
            ),
            (
                "/sightings/add",
                json!({"value": "seen value", "filters": {"type": "domain"}}),
                "No valid attributes found that match the criteria.",
            ),
            (
                "/sightings/add/99999",
                json!({}),
                "No valid attributes found that match the criteria.",
            ),
            ("/sightings/add", json!({}), "No valid attributes found."),
            (
                "/sightings/add/1",
                json!({"type": 3}),
                "Invalid type, please change it before you POST 1000000 sightings.",
            ),
        ] {
            let expected = json!({"message": format!("Could not add the Sighting. Reason: {reason}")});
            assert_eq!(
                client.post(path, body.clone()).await,
                (200, expected),
                "{path} {body}"
            );
        }
        let all = get(&client, "/sightings/index/1").await;
        assert_eq!(all.as_array().unwrap().len(), 5);
        assert_eq!(
            (&all[0]["attribute_uuid"], &all[0]["uuid"]),
            (&json!(attribute), &uuid)
        );
        assert_eq!(all, get(&client, "/sightings/index").await);
        assert_eq!(all[0]["Organisation"].as_object().unwrap().len(), 3);
        let (_, newest) = client
            .post("/sightings/listSightings", json!({"context": "event", "id": 1}))
            .await;
        assert_eq!(
            (&newest[4]["Sighting"], &newest[0]["Sighting"]["id"]),
            (&columns, &json!("5"))
        );
        assert_eq!(newest[0]["Organisation"].as_object().unwrap().len(), 1);
        let (status, refused) = client
            .post("/sightings/listSightings", json!({"context": "event", "id": 2}))
            .await;
        assert_eq!((status, &refused["message"]), (405, &json!("Invalid object.")));
        assert_eq!(get(&client, "/sightings/view/1").await["Sighting"], columns);

        let path = format!("/sightings/delete/{}", uuid.as_str().unwrap());
        let (_, deleted) = client.post(&path, Value::Null).await;
        assert_eq!(
            (&deleted["message"], &deleted["id"]),
            (&json!("Sighting successfully deleted."), &uuid)
        );
        let (status, refused) = client.post("/sightings/delete/999", json!({})).await;
        assert_eq!((status, &refused["message"]), (404, &json!("Invalid sighting.")));
    });
}

#[test]
fn searches_answer_as_recorded() {
    on_each(|client| async move {
        let (event, attribute) = client.event().await;
        client.post("/sightings/add/1", json!({"source": "sensor"})).await;
        let everything = json!({"returnFormat": "json", "includeAttribute": true, "includeEvent": true, "includeUuid": true});
        let (status, found) = client.post("/sightings/restSearch", everything).await;
        let one = &found["response"][0]["Sighting"];
        assert_eq!(status, 200, "{found}");
        assert_eq!(
            (&one["value"], &one["source"]),
            (&json!("seen value"), &json!("sensor"))
        );
        assert_eq!(
            (&one["event_uuid"], &one["attribute_uuid"]),
            (&json!(event), &json!(attribute))
        );
        let attribute_part = json!({
            "id": "1", "uuid": attribute, "type": "text", "category": "Other", "to_ids": false, "value": "seen value",
        });
        assert_eq!(one["Attribute"], attribute_part);
        assert_eq!(one["Event"]["Orgc"], json!({"name": one["Organisation"]["name"]}));
        let (_, by_attribute) = client
            .post("/sightings/restSearch/attribute", json!({"id": 1}))
            .await;
        assert_eq!(by_attribute["response"].as_array().unwrap().len(), 1);
        let (_, none) = client
            .post("/sightings/restSearch", json!({"source": "other"}))
            .await;
        assert_eq!(none, json!({"response": []}));
        for (path, body, status, reason) in [
            (
                "/sightings/restSearch/event",
                json!({"returnFormat": "json"}),
                400,
                "An ID or UUID must be provided if the context is set.",
            ),
            (
                "/sightings/restSearch/object",
                json!({"id": 1}),
                400,
                "Invalid context object.",
            ),
            (
                "/sightings/restSearch",
                json!({"returnFormat": "snort"}),
                404,
                "Invalid output format.",
            ),
        ] {
            let (was, refused) = client.post(path, body).await;
            assert_eq!(
                (was, refused["message"].as_str().unwrap()),
                (status, reason),
                "{path}"
            );
        }
    });
}

#[test]
fn lists_come_in_pages_when_asked() {
    on_each(|client| async move {
        let (event, _) = client.event().await;
        for second in 1..=5 {
            let body = json!({"source": second.to_string(), "timestamp": second});
            client.post("/sightings/add/1", body).await;
        }
        let sources = |list: &Value| -> Vec<String> {
            let all = list.as_array().unwrap().iter();
            all.map(|one| one["Sighting"]["source"].as_str().unwrap().to_owned())
                .collect()
        };
        let whole = get(&client, "/sightings/listSightings/1/attribute").await;
        assert_eq!(sources(&whole), ["5", "4", "3", "2", "1"], "newest first");
        let second = get(&client, "/sightings/listSightings/1/attribute/limit:2/page:2").await;
        assert_eq!(sources(&second), ["3", "2"]);
        let body = json!({"context": "event", "id": event, "limit": 2, "page": 3});
        let (_, last) = client.post("/sightings/listSightings", body).await;
        assert_eq!(sources(&last), ["1"]);
        let (status, refused) = client
            .post("/sightings/listSightings", json!({"id": 1, "limit": "all"}))
            .await;
        assert_eq!(status, 400, "{refused}");
    });
}

#[test]
fn publishing_sightings_moves_their_moment_and_nothing_else() {
    on_each(|client| async move {
        let (event, _) = client.event().await;
        let before = get(&client, "/events/index").await;
        let (status, answer) = client
            .post(&format!("/events/publishSightings/{event}"), json!({}))
            .await;
        assert_eq!((status, &answer["message"]), (200, &json!("Sightings published")));
        let mut after = get(&client, "/events/index").await;
        assert_eq!(after[0]["sighting_timestamp"], json!("1700000000"));
        after[0]["sighting_timestamp"] = before[0]["sighting_timestamp"].clone();
        assert_eq!(after, before);
        let (status, refused) = client.post("/events/publishSightings/99", json!({})).await;
        assert_eq!((status, &refused["message"]), (404, &json!("Invalid event.")));
    });
}

#[test]
fn instances_send_sightings_in_bulk() {
    on_each(|client| async move {
        let (event, attribute) = client.event().await;
        let sent = json!([{"uuid": "6c05e844-5b19-4f93-b197-3dc5e4474753", "attribute_uuid": attribute, "type": "0"}]);
        let path = format!("/sightings/bulkSaveSightings/{event}");
        let (_, saved) = client.post(&path, json!({"Sighting": sent})).await;
        assert_eq!(saved, json!({"saved": true, "success": "1 sightings added."}));
        assert_eq!(
            client.post(&path, sent).await.1,
            json!({"saved": false, "success": "No sightings added."})
        );
        let path = format!("/sightings/filterSightingUuidsForPush/{event}");
        let asked = json!([
            "6c05e844-5b19-4f93-b197-3dc5e4474753",
            "6c05e844-5b19-4f93-b197-3dc5e4474754"
        ]);
        assert_eq!(
            client.post(&path, asked).await.1,
            json!(["6c05e844-5b19-4f93-b197-3dc5e4474753"])
        );
    });
}

#[test]
fn filters_alone_find_what_was_seen_and_those_that_restrict_nothing_mark_nothing() {
    on_each(|client| async move {
        client.event().await;
        let (status, made) = client
            .post("/sightings/add", json!({"filters": {"value": "seen value"}}))
            .await;
        assert_eq!((status, &made["Sighting"]["attribute_id"]), (200, &json!("1")));
        for (filters, reason) in [
            (
                json!({"value": "nope"}),
                "No valid attributes found that match the criteria.",
            ),
            (
                json!({"no_such_filter": "x", "limit": 5}),
                "No valid attributes found.",
            ),
        ] {
            let expected = json!({"message": format!("Could not add the Sighting. Reason: {reason}")});
            let answer = client.post("/sightings/add", json!({"filters": filters})).await;
            assert_eq!(answer, (200, expected), "{filters}");
        }
        assert_eq!(
            get(&client, "/sightings/index").await.as_array().unwrap().len(),
            1
        );
    });
}
