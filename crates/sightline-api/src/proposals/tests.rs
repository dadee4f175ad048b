//! Proposals over the wire: shapes and refusals as recorded.

use crate::test_client::{Client, on_each};
use serde_json::{Value, json};

async fn get(client: &Client, path: &str) -> Value {
    let (status, answer) = client.ask("GET", path, Value::Null).await;
    assert_eq!(status, 200, "{path}: {answer}");
    answer
}

fn keys(record: &Value) -> Vec<&str> {
    record.as_object().unwrap().keys().map(String::as_str).collect()
}

fn sorted<const N: usize>(mut names: [&str; N]) -> Vec<&str> {
    names.sort_unstable();
    names.to_vec()
}

#[test]
fn a_new_attribute_is_proposed_and_accepted() {
    on_each(|client| async move {
        let (event, _) = client.event().await;
        let body = json!({
            "uuid": "d7a57df7-5ba5-4fdd-8d5c-e5ad973df295", "type": "ip-dst", "category": "Network activity",
            "value": "203.0.113.9",
        });
        let (status, made) = client.post("/shadow_attributes/add/1", body.clone()).await;
        let expected = json!({"ShadowAttribute": {
            "id": "1", "old_id": "0", "event_id": "1", "type": "ip-dst", "category": "Network activity", "comment": "",
            "to_ids": true, "uuid": "d7a57df7-5ba5-4fdd-8d5c-e5ad973df295", "event_org_id": "1",
            "email": made["ShadowAttribute"]["email"], "deleted": false, "timestamp": "1700000000",
            "first_seen": null, "last_seen": null, "value": "203.0.113.9",
        }});
        assert_eq!((status, &made), (200, &expected));
        assert!(made["ShadowAttribute"]["email"].as_str().unwrap().contains('@'));
        for wrapper in ["ShadowAttribute", "Attribute", "Proposal", "request"] {
            let wrapped = json!({wrapper: {"type": "text", "value": wrapper}});
            let (status, answer) = client
                .post(&format!("/shadowAttributes/add/{event}"), wrapped)
                .await;
            assert_eq!(
                (status, &answer["ShadowAttribute"]["value"]),
                (200, &json!(wrapper))
            );
        }

        let accepted = client.post("/shadow_attributes/accept/1", Value::Null).await;
        let message = "Proposal accepted.";
        let url = "http://localhost/shadow_attributes/accept/1";
        assert_eq!(
            accepted,
            (200, json!({"name": message, "message": message, "url": url}))
        );
        let (_, attribute) = client
            .ask(
                "GET",
                "/attributes/view/d7a57df7-5ba5-4fdd-8d5c-e5ad973df295",
                Value::Null,
            )
            .await;
        assert_eq!(attribute["Attribute"]["distribution"], json!("5"));
        let discarded = client.post("/shadow_attributes/discard/2", json!({})).await;
        assert_eq!(
            (discarded.0, &discarded.1["message"]),
            (200, &json!("Proposal discarded."))
        );
        let closed = get(&client, "/shadow_attributes/index/deleted:1").await;
        assert_eq!(closed.as_array().unwrap().len(), 2);
    });
}

#[test]
fn lists_and_views_have_the_recorded_columns() {
    on_each(|client| async move {
        let (event, _) = client.event().await;
        for n in 0..5 {
            let body = json!({"type": "text", "value": format!("value {n}")});
            client.post("/shadow_attributes/add/1", body).await;
        }
        let all = get(&client, "/shadowAttributes/index").await;
        assert_eq!(all.as_array().unwrap().len(), 5);
        assert_eq!(
            all,
            get(&client, &format!("/shadow_attributes/index/{event}")).await
        );
        let one = &all[0]["ShadowAttribute"];
        let mut columns = keys(one);
        columns.sort_unstable();
        let recorded = sorted([
            "id",
            "old_id",
            "event_id",
            "type",
            "category",
            "uuid",
            "to_ids",
            "comment",
            "org_id",
            "timestamp",
            "first_seen",
            "last_seen",
            "deleted",
            "proposal_to_delete",
            "disable_correlation",
            "value",
            "org_uuid",
            "event_uuid",
            "Org",
        ]);
        assert_eq!(columns, recorded);
        assert_eq!(
            (&one["event_uuid"], &one["Org"]["uuid"]),
            (&json!(event), &one["org_uuid"])
        );
        let paged =
            "/shadow_attributes/index/all:1/timestamp:1600000000/limit:2/page:2/deleted[]:0/deleted[]:1.json";
        let page = get(&client, paged).await;
        assert_eq!(
            (&page[0], &page[1], page.as_array().unwrap().len()),
            (&all[2], &all[3], 2)
        );

        let view = get(&client, "/shadow_attributes/view/1").await;
        let mut columns = keys(&view["ShadowAttribute"]);
        columns.sort_unstable();
        let recorded = sorted([
            "id",
            "old_id",
            "event_id",
            "type",
            "category",
            "uuid",
            "to_ids",
            "comment",
            "org_id",
            "first_seen",
            "last_seen",
            "value",
        ]);
        assert_eq!(columns, recorded);
    });
}

#[test]
fn changes_and_deletions_stand_beside_their_attribute() {
    on_each(|client| async move {
        let (event, attribute) = client.event().await;
        let (status, made) = client
            .post(
                &format!("/shadow_attributes/edit/{attribute}"),
                json!({"comment": "blah"}),
            )
            .await;
        let made = &made["ShadowAttribute"];
        assert_eq!(status, 200, "{made}");
        assert_eq!(
            (&made["old_id"], &made["uuid"], &made["comment"], &made["value"]),
            (
                &json!("1"),
                &json!(attribute),
                &json!("blah"),
                &json!("seen value")
            )
        );
        let (status, deletion) = client
            .post(&format!("/shadowAttributes/delete/{attribute}"), Value::Null)
            .await;
        let said = json!({"saved": true, "success": "The proposal to delete the attribute has been saved"});
        assert_eq!((status, deletion), (200, said));

        let whole = get(&client, &format!("/events/view/{event}")).await;
        let shown = whole["Event"]["Attribute"][0]["ShadowAttribute"]
            .as_array()
            .unwrap();
        let flags: Vec<&Value> = shown.iter().map(|one| &one["proposal_to_delete"]).collect();
        assert_eq!(flags, [&json!(false), &json!(true)]);
        let recorded = sorted([
            "id",
            "type",
            "category",
            "to_ids",
            "uuid",
            "event_uuid",
            "event_id",
            "old_id",
            "comment",
            "org_id",
            "proposal_to_delete",
            "timestamp",
            "first_seen",
            "last_seen",
            "value",
            "Org",
        ]);
        let mut columns = keys(&shown[0]);
        columns.sort_unstable();
        assert_eq!(columns, recorded);
        assert_eq!(whole["Event"]["ShadowAttribute"], json!([]));
        let without = get(&client, &format!("/events/view/{event}/noShadowAttributes:1")).await;
        assert!(!without.to_string().contains("ShadowAttribute"), "{without}");
        for (path, body, at) in [
            (
                "/events/restSearch",
                json!({}),
                "/response/0/Event/Attribute/0/ShadowAttribute",
            ),
            (
                "/attributes/restSearch",
                json!({"includeProposals": 1}),
                "/response/Attribute/0/ShadowAttribute",
            ),
        ] {
            let mut body = body;
            body["returnFormat"] = json!("json");
            let (_, found) = client.post(path, body).await;
            assert_eq!(found.pointer(at), Some(&json!(shown)), "{path}: {found}");
        }
        let (_, filtered) = client.post("/events/index", json!({"hasproposal": 1})).await;
        assert_eq!(filtered.as_array().unwrap().len(), 1);
        let (_, message) = client.post("/shadowAttributes/accept/2", Value::Null).await;
        assert_eq!(message["message"], "Proposed change accepted.");
        let (_, filtered) = client.post("/events/index", json!({"hasproposal": 1})).await;
        assert_eq!(filtered, json!([]));
    });
}

#[test]
fn objects_show_proposals_when_asked() {
    on_each(|client| async move {
        client.event().await;
        let object = json!({
            "name": "file", "meta-category": "file", "description": "a file", "template_version": "1",
            "template_uuid": "688c46fb-5edb-40a3-8273-1af7923e2215",
            "Attribute": [{"object_relation": "filename", "type": "filename", "value": "a.exe"}],
        });
        let (status, answer) = client.post("/objects/add/1", object).await;
        assert_eq!(status, 200, "{answer}");
        client
            .post("/shadow_attributes/edit/2", json!({"value": "b.exe"}))
            .await;
        let asked = json!({"returnFormat": "json", "includeProposals": true});
        let (_, found) = client.post("/objects/restSearch", asked).await;
        let proposed = found.pointer("/response/0/Object/Attribute/0/ShadowAttribute/0/value");
        assert_eq!(proposed, Some(&json!("b.exe")), "{found}");
    });
}

#[test]
fn an_event_that_comes_in_brings_no_proposals() {
    on_each(|client| async move {
        let proposal =
            json!({"old_id": "0", "type": "text", "value": "smuggled", "Org": {"name": "Far away"}});
        let body = json!({
            "info": "with proposals", "ShadowAttribute": [proposal],
            "Attribute": [{"type": "text", "value": "t", "ShadowAttribute": [proposal]}],
        });
        let (status, answer) = client.post("/events/add", body).await;
        assert_eq!(status, 200, "{answer}");
        assert!(!answer.to_string().contains("smuggled"), "{answer}");
        assert_eq!(get(&client, "/shadow_attributes/index").await, json!([]));
    });
}

#[test]
fn refusals_are_said_as_the_reference_says_them() {
    on_each(|client| async move {
        client.event().await;
        let text = json!({"type": "text", "value": "x"});
        for (path, body, status, message) in [
            ("/shadow_attributes/add/99999", text.clone(), 404, "Invalid Event"),
            (
                "/shadow_attributes/add/nonsense",
                text.clone(),
                404,
                "Invalid Event",
            ),
            (
                "/shadow_attributes/add/1",
                json!({"type": "ip-dst", "value": "x"}),
                404,
                "Could not save the proposal. Errors: [value]: IP address has an invalid format.\n",
            ),
            (
                "/shadow_attributes/edit/99999",
                text.clone(),
                404,
                "Invalid Attribute.",
            ),
            ("/shadow_attributes/edit/1", json!({}), 405, "Invalid input."),
            (
                "/shadow_attributes/accept/999",
                json!({}),
                405,
                "Proposal not found or you are not authorised to accept it.",
            ),
            (
                "/shadow_attributes/accept/x",
                json!({}),
                405,
                "Proposal not found or you are not authorised to accept it.",
            ),
            (
                "/shadow_attributes/discard/999",
                json!({}),
                405,
                "Could not discard proposal.",
            ),
            (
                "/events/pushProposals/1",
                json!({}),
                405,
                "The body has to be a list of proposals.",
            ),
        ] {
            let (was, refused) = client.post(path, body.clone()).await;
            assert_eq!(
                (was, refused["message"].as_str().unwrap()),
                (status, message),
                "{path} {body}"
            );
        }
        for id in ["99999", "nonsense"] {
            let answer = client
                .post(&format!("/shadow_attributes/delete/{id}"), Value::Null)
                .await;
            assert_eq!(
                answer,
                (200, json!({"false": true, "errors": "Invalid Attribute."}))
            );
        }
        for (path, status, message) in [
            ("/shadow_attributes/view/7", 404, "Invalid proposal."),
            ("/shadow_attributes/view/x", 404, "Invalid proposal."),
            ("/shadow_attributes/index/99", 404, "Invalid event"),
        ] {
            let (was, refused) = client.ask("GET", path, Value::Null).await;
            assert_eq!(
                (was, refused["message"].as_str().unwrap()),
                (status, message),
                "{path}"
            );
        }
        let (status, refused) = client
            .ask("GET", "/shadow_attributes/index/limit:x", Value::Null)
            .await;
        assert_eq!(status, 400, "{refused}");
        assert!(
            refused["message"].as_str().unwrap().contains("limit"),
            "{refused}"
        );
    });
}

#[test]
fn another_instance_pushes_its_proposals() {
    on_each(|client| async move {
        let (event, _) = client.event().await;
        let list = json!([{"ShadowAttribute": {
            "old_id": "0", "uuid": "d7a57df7-5ba5-4fdd-8d5c-e5ad973df295", "type": "ip-dst", "value": "203.0.113.9",
            "Org": {"name": "Far away", "uuid": "c5de83b4-36ba-49d6-9530-2a315caeece6"},
        }}]);
        let path = format!("/events/pushProposals/{event}");
        let (_, first) = client.post(&path, list.clone()).await;
        assert_eq!(
            first,
            json!({"success": true, "message": "1 Proposal(s) added.", "counter": 1})
        );
        let (_, second) = client.post(&path, list.clone()).await;
        assert_eq!(
            second,
            json!({"success": false, "message": "Nothing to update.", "counter": 0})
        );
        let unknown = "/events/pushProposals/0b1b1c0e-7a2b-4a35-9d7f-0b0c6c2c5f11";
        let (_, missing) = client.post(unknown, list).await;
        assert_eq!(
            missing,
            json!({"success": false, "message": "Event not found.", "counter": 0})
        );
        let all = get(&client, "/shadow_attributes/index").await;
        assert_eq!(all[0]["ShadowAttribute"]["Org"]["name"], "Far away");
    });
}
